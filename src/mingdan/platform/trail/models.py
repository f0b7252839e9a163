"""What the audit trail keeps. Entries, checkpoints and hashes are only ever added; triggers refuse all else."""

from django.db import models
from django.utils.translation import gettext_lazy as _

LONGEST = {"entry_id": 32, "kind": 80, "about": 120, "by": 120, "at": 27}
"""Characters of what can be searched for."""


class Recorded(models.Model):
    """The text of an entry, which counts, and what is repeated from it so that it can be found."""

    entry_id = models.CharField(max_length=LONGEST["entry_id"], unique=True)
    kind = models.CharField(_("kind"), max_length=LONGEST["kind"])
    about = models.CharField(_("about"), max_length=LONGEST["about"], blank=True)
    by = models.CharField(_("by"), max_length=LONGEST["by"], blank=True)
    at = models.CharField(_("recorded at"), max_length=LONGEST["at"])  # 2026-11-23T10:00:00.000000Z sorts as text
    text = models.TextField()

    class Meta:
        abstract = True


class PendingEntry(Recorded):
    """An entry that an action wrote in its own transaction and that has no number yet: the outbox.

    The sequencer takes rows out. It never asks for what is newer than the last one it saw: numbers are given before
    commit, so a slow transaction would be passed over.
    """


class Entry(Recorded):
    """An entry with its number, counted from 0 without gaps, and its hash in the tree."""

    index = models.BigIntegerField(_("number"), primary_key=True)
    leaf = models.BinaryField(max_length=32)

    class Meta:
        indexes = [
            models.Index(fields=["about", "index"], name="trail_entry_about"),
            models.Index(fields=["by", "index"], name="trail_entry_by"),
        ]


class PersonalValue(models.Model):
    """A personal value with the salt of its commitment; erasing empties both, and the entry stays provable."""

    entry_id = models.CharField(max_length=32)
    field = models.CharField(max_length=80)
    subject = models.CharField(max_length=120, blank=True)
    salt = models.BinaryField(max_length=32, null=True)
    value = models.TextField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry_id", "field"], name="trail_one_value_for_each_field"),
            models.CheckConstraint(
                name="trail_value_is_whole_or_erased",
                condition=models.Q(salt__isnull=False, value__isnull=False, erased_at__isnull=True)
                | models.Q(salt__isnull=True, value__isnull=True, erased_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["subject"], name="trail_value_subject")]


class SubtreeHash(models.Model):
    """The hash of a complete subtree of 256, 65,536, ... entries, so that a proof reads hundreds of hashes, not all."""

    level = models.SmallIntegerField()
    number = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "number"], name="trail_one_hash_for_each_subtree")]


class TreeHead(models.Model):
    """The one row from which the sequencer goes on: how many entries there are, and the right edge of their tree."""

    size = models.BigIntegerField(default=0)
    hashes = models.BinaryField(default=bytes)
    key = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="trail_one_tree_head")]


class Checkpoint(models.Model):
    """A signed statement of how many entries there are and what their root is."""

    size = models.BigIntegerField(primary_key=True)
    note = models.TextField()
    signed_at = models.DateTimeField()

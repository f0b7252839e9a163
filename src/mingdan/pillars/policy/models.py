"""Texts that bind people, version by version; how each was adopted; who received it. Requests about personal data."""

import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from mingdan.platform.people.models import Employee


class PolicyText(models.Model):
    """A rule book, policy or notice; what it says stands in its versions."""

    class Kind(models.TextChoices):
        RULES = "rules", _("rules of the company")
        NOTICE = "notice", _("notice on monitoring and personal data")
        GUIDANCE = "guidance", _("guidance that binds nobody")

    code = models.SlugField(_("code"), max_length=60, unique=True)
    title = models.CharField(_("Chinese title"), max_length=200)
    title_en = models.CharField(_("English title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.RULES)

    class Meta:
        constraints = [
            # "The notice in force" must be one, or nobody could say who has received it.
            models.UniqueConstraint(fields=["kind"], condition=models.Q(kind="notice"), name="policy_one_notice")
        ]

    def __str__(self) -> str:
        return self.title if _is_chinese() else self.title_en

    @property
    def needs_consultation(self) -> bool:
        """Say whether it may be published only after what Labour Contract Law art. 4 asks for."""
        return self.kind != self.Kind.GUIDANCE


class PolicyVersion(models.Model):
    """One wording of a text. Once published it never changes; its hash is in the audit trail and in every receipt."""

    text = models.ForeignKey(PolicyText, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    body = models.TextField(_("Chinese wording"))
    body_en = models.TextField(_("English wording"))
    sha256 = models.CharField(max_length=64)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    drafted_at = models.DateTimeField(_("drafted at"))
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(_("published at"), null=True)
    in_force_at = models.DateTimeField(_("in force from"), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["text", "number"], name="policy_version_number"),
            models.UniqueConstraint(
                fields=["text", "in_force_at"],
                condition=models.Q(in_force_at__isnull=False),
                name="policy_one_version_from_one_moment",
            ),
            models.CheckConstraint(
                condition=models.Q(published_at__isnull=True, in_force_at__isnull=True)
                | models.Q(published_at__isnull=False, in_force_at__gte=models.F("published_at")),
                name="policy_in_force_after_publication",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.text} v{self.number}"

    @property
    def wording(self) -> str:
        """Return the wording in the reader's language; both are published together."""
        return self.body if _is_chinese() else self.body_en


class Consultation(models.Model):
    """One step of the democratic procedure: what was discussed with whom, when, and what came of it."""

    class Step(models.TextChoices):
        STAFF = "staff", _("discussed by the staff congress or all staff")
        REPRESENTATIVES = "representatives", _("negotiated with the union or staff representatives")
        COMMENT = "comment", _("comment received, and answered")

    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="consultations")
    step = models.CharField(_("step"), max_length=20, choices=Step.choices)
    held_date = models.DateField(_("held on"))
    with_whom = models.CharField(_("with whom, how many"), max_length=300)
    outcome = models.TextField(_("what was said and what came of it"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()


class Receipt(models.Model):
    """That an employee received one version, and which bytes of it; in the application or on paper."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="receipts")
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    language = models.CharField(_("language"), max_length=10)
    on_paper = models.BooleanField(_("on paper"), default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("received at"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "employee"], name="policy_one_receipt")]


class DataRequest(models.Model):
    """What somebody asks about their own data; answered by HR, released by another person."""

    class Kind(models.TextChoices):
        ACCESS = "access", _("a copy of what is held about me")
        CORRECTION = "correction", _("correct something about me")
        DELETION = "deletion", _("delete something about me")
        EXPLANATION = "explanation", _("explain a result that a machine suggested about me")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ANSWERED = "answered", _("answered, awaits release")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("refused with reasons")

    kind = models.CharField(_("request"), max_length=12, choices=Kind.choices)
    words = models.TextField(_("what you ask for"), max_length=4000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("asked at"))
    due_date = models.DateField(_("to be answered by"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    answer = models.TextField(_("answer"), blank=True)
    is_to_be_granted = models.BooleanField(default=False)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "due_date"], name="data_request_due")]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def is_overdue(self, day: datetime.date) -> bool:
        """Say whether it should have been answered before a day."""
        return self.released_at is None and self.due_date < day


def _is_chinese() -> bool:
    return (get_language() or "zh").startswith("zh")

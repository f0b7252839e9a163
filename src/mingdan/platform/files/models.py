"""Who kept which file, about what; the bytes lie on disk under their hash."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class StoredFile(models.Model):
    """One file as somebody brought it, hanging on one object; the same bytes may be kept more than once.

    `about` is the reference of the object, as in the trail. An erased file keeps its hash and loses name and bytes.
    """

    sha256 = models.CharField(_("SHA-256"), max_length=64)
    size = models.BigIntegerField(_("bytes"))
    media_type = models.CharField(_("type"), max_length=120)
    name = models.CharField(_("file name"), max_length=200)
    about = models.CharField(_("about"), max_length=120)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("kept at"))
    erased_at = models.DateTimeField(_("erased at"), null=True)

    class Meta:
        indexes = [
            models.Index(fields=["about"], name="stored_file_about"),
            models.Index(fields=["sha256"], name="stored_file_sha256"),
        ]

    def __str__(self) -> str:
        return self.name or self.sha256[:12]

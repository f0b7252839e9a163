"""The roles of a company's people; what each may do stands in the rights that the parts of the application declare."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    SALESPERSON = "salesperson", _("salesperson")
    SALES_MANAGER = "sales_manager", _("sales manager")
    SALES_OPERATIONS = "sales_operations", _("sales operations")
    INTEGRITY_OFFICER = "integrity_officer", _("integrity officer")
    INTERNAL_AUDITOR = "internal_auditor", _("internal auditor")
    EXTERNAL_AUDITOR = "external_auditor", _("external auditor")
    HR = "hr", _("HR")
    FINANCE = "finance", _("finance")
    DIRECTOR = "director", _("director")
    ADMINISTRATOR = "administrator", _("administrator")

"""Users sign in, employees work; a person may be either without the other. What changes with time keeps its dates."""

import datetime

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

USERNAME_VALIDATORS = [
    RegexValidator(r"\A[\w.-]+\Z", _("A sign-in name has letters, digits, dots, hyphens and underscores only."))
]


class Users(BaseUserManager["User"]):
    """Look users up by what they type when they sign in."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """Somebody who can sign in; need not be an employee (an external auditor is none)."""

    class Theme(models.TextChoices):
        AS_DEVICE = "", _("as the device")
        LIGHT = "light", _("light")
        DARK = "dark", _("dark")

    username = models.CharField(_("sign-in name"), max_length=80, unique=True, validators=USERNAME_VALIDATORS)
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    theme = models.CharField(_("theme"), max_length=5, blank=True, choices=Theme.choices)
    is_active = models.BooleanField(_("can sign in"), default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = Users()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("username"), name="user_username_whatever_case"),
            models.UniqueConstraint(Lower("email"), condition=~models.Q(email=""), name="user_email_whatever_case"),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return str(self)


class Employee(models.Model):
    """Somebody who works or worked here; need not be able to sign in."""

    number = models.CharField(_("employee number"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    user = models.OneToOneField(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="employee", verbose_name=_("user")
    )
    position = models.CharField(_("position"), max_length=120, blank=True)
    region = models.CharField(_("region"), max_length=120, blank=True)
    phone = models.CharField(_("work telephone"), max_length=40, blank=True)
    private_phone = models.CharField(_("private telephone"), max_length=40, blank=True)
    hired_date = models.DateField(_("hired on"))
    left_date = models.DateField(_("left on"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(left_date__isnull=True) | models.Q(left_date__gte=models.F("hired_date")),
                name="employee_leaves_after_being_hired",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def is_employed_on(self, day: datetime.date) -> bool:
        """Return whether the person works here on a day; the last day counts."""
        return self.hired_date <= day and (self.left_date is None or day <= self.left_date)


class Team(models.Model):
    """A team or business unit; where it hangs in the tree is in `TeamPlace`."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    is_unit = models.BooleanField(_("is a business unit"), default=False)
    closed_date = models.DateField(_("closed on"), null=True, blank=True)

    def __str__(self) -> str:
        return self.name


def holding_on(day: datetime.date) -> models.Q:
    """Return the condition that a span holds on a day."""
    return models.Q(models.Q(until_date__isnull=True) | models.Q(until_date__gt=day), from_date__lte=day)


class Span(models.Model):
    """A fact that holds from a day until another; the last day no longer counts, and none means until further notice."""

    from_date = models.DateField(_("from"))
    until_date = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        abstract = True


def _ends_after_it_begins(name: str) -> models.CheckConstraint:
    is_open = models.Q(until_date__isnull=True)
    return models.CheckConstraint(condition=is_open | models.Q(until_date__gt=models.F("from_date")), name=name)


def _one_open_for_each(name: str, *fields: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(fields=fields, condition=models.Q(until_date__isnull=True), name=name)


class TeamPlace(Span):
    """Where a team hangs in the tree, for a time; no parent means at the top."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="places")
    parent = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="child_places")

    class Meta:
        constraints = [
            _ends_after_it_begins("team_place_ends_after_it_begins"),
            _one_open_for_each("team_has_one_place", "team"),
            models.CheckConstraint(condition=~models.Q(team=models.F("parent")), name="team_is_not_its_own_parent"),
        ]


class TeamMembership(Span):
    """The team that an employee belongs to, for a time; whoever leads it is a member who leads."""

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="memberships")
    leads = models.BooleanField(_("leads the team"), default=False)

    class Meta:
        constraints = [
            _ends_after_it_begins("membership_ends_after_it_begins"),
            _one_open_for_each("employee_is_in_one_team", "employee"),
        ]


class ReportingLine(Span):
    """Whom an employee reports to, for a time."""

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="reporting_lines")
    manager = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="report_lines")

    class Meta:
        constraints = [
            _ends_after_it_begins("reporting_ends_after_it_begins"),
            _one_open_for_each("employee_reports_to_one", "employee"),
            models.CheckConstraint(
                condition=~models.Q(employee=models.F("manager")), name="nobody_reports_to_themselves"
            ),
        ]


class CompanyDay(models.Model):
    """A day on which the company differs from the official calendar."""

    date = models.DateField(_("date"), unique=True)
    is_working = models.BooleanField(_("is a working day"))
    name = models.CharField(_("name"), max_length=120)

    def __str__(self) -> str:
        return f"{self.date} {self.name}"


class EmployeeImport(models.Model):
    """A file of employees that was read and awaits somebody's yes; its rows are emptied once it is done or dropped."""

    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    rows = models.JSONField(default=list)
    done_at = models.DateTimeField(null=True)

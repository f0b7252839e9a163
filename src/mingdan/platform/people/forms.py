"""What people type about people."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingdan.platform.people.models import USERNAME_VALIDATORS, Employee, Team, User


class DateInput(forms.DateInput):
    """The browser's own way to pick a day."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class EmployeeForm(forms.Form):
    number = forms.CharField(label=_("employee number"), max_length=40)
    name = forms.CharField(label=_("name"), max_length=120)
    hired_date = forms.DateField(label=_("hired on"), widget=DateInput)
    left_date = forms.DateField(label=_("left on"), widget=DateInput, required=False)
    position = forms.CharField(label=_("position"), max_length=120, required=False)
    region = forms.CharField(label=_("region"), max_length=120, required=False)
    phone = forms.CharField(label=_("work telephone"), max_length=40, required=False)
    private_phone = forms.CharField(label=_("private telephone"), max_length=40, required=False)


class EmployeeChangeForm(EmployeeForm):
    number = None  # type: ignore[assignment]  # Django's way to leave out an inherited field


class MoveForm(forms.Form):
    team = forms.ModelChoiceField(
        Team.objects.filter(closed_date__isnull=True).order_by("name"), label=_("team"), required=False
    )
    leads = forms.BooleanField(label=_("leads the team"), required=False)
    manager = forms.ModelChoiceField(Employee.objects.order_by("name"), label=_("reports to"), required=False)
    from_date = forms.DateField(label=_("from"), widget=DateInput)


class TeamForm(forms.Form):
    code = forms.SlugField(label=_("code"), max_length=40)
    name = forms.CharField(label=_("name"), max_length=120)
    name_en = forms.CharField(label=_("English name"), max_length=120, required=False)
    parent = forms.ModelChoiceField(Team.objects.order_by("name"), label=_("below"), required=False)
    from_date = forms.DateField(label=_("from"), widget=DateInput)
    is_unit = forms.BooleanField(label=_("is a business unit"), required=False)


class CompanyDayForm(forms.Form):
    date = forms.DateField(label=_("date"), widget=DateInput)
    is_working = forms.ChoiceField(
        label=_("kind"), choices=[("", _("holiday")), ("1", _("working day"))], required=False
    )
    name = forms.CharField(label=_("reason"), max_length=120)


class ImportForm(forms.Form):
    file = forms.FileField(label=_("xlsx file"), widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}))


class AccountForm(forms.Form):
    username = forms.CharField(label=_("sign-in name"), max_length=80, validators=USERNAME_VALIDATORS)
    name = forms.CharField(label=_("name"), max_length=120)
    email = forms.EmailField(label=_("e-mail"), required=False)
    employee = forms.ModelChoiceField(
        Employee.objects.filter(user__isnull=True).order_by("name"), label=_("employee"), required=False
    )

    def clean_username(self) -> str:
        """Refuse a name that is taken, whatever its case."""
        username: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exists():
            raise forms.ValidationError(_("This sign-in name is taken."))
        return username

    def clean_email(self) -> str:
        """Refuse an address that is taken, whatever its case."""
        email: str = self.cleaned_data["email"]
        if email and User.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(_("This e-mail address is taken."))
        return email


class GrantForm(forms.Form):
    """A role, or a right lent for a time."""

    reason = forms.CharField(label=_("reason"), max_length=400)
    expires_date = forms.DateField(label=_("until the end of"), widget=DateInput, required=False)


def today_or(day: str | None, today: datetime.date) -> datetime.date:
    """Return the day that an address names, or today."""
    try:
        return datetime.date.fromisoformat(day or "")
    except ValueError:
        return today

"""What people type about policy texts, receipts and requests."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingdan.pillars.policy.models import Consultation, DataRequest, PolicyText
from mingdan.platform.people.forms import DateInput
from mingdan.platform.people.models import Employee


class TextForm(forms.Form):
    code = forms.SlugField(label=_("code"), max_length=60, help_text=_("Letters, digits and hyphens; it stays."))
    title = forms.CharField(label=_("Chinese title"), max_length=200)
    title_en = forms.CharField(label=_("English title"), max_length=200)
    kind = forms.ChoiceField(label=_("kind"), choices=PolicyText.Kind.choices)

    def clean_code(self) -> str:
        """Refuse a code that is taken."""
        code: str = self.cleaned_data["code"]
        if PolicyText.objects.filter(code=code).exists():
            raise forms.ValidationError(_("There is a text with this code."))
        return code


class DraftForm(forms.Form):
    body = forms.CharField(label=_("Chinese wording"), widget=forms.Textarea(attrs={"rows": 14, "lang": "zh-CN"}))
    body_en = forms.CharField(label=_("English wording"), widget=forms.Textarea(attrs={"rows": 14, "lang": "en"}))


class ConsultationForm(forms.Form):
    step = forms.ChoiceField(label=_("step"), choices=Consultation.Step.choices)
    held_date = forms.DateField(label=_("held on"), widget=DateInput)
    with_whom = forms.CharField(label=_("with whom, how many"), max_length=300)
    outcome = forms.CharField(label=_("what was said and what came of it"), widget=forms.Textarea(attrs={"rows": 4}))
    file = forms.FileField(
        label=_("minutes or list of signatures"), required=False, help_text=_("PDF, picture or office document, 25 MB.")
    )


class PublishForm(forms.Form):
    in_force_date = forms.DateField(
        label=_("in force from"), widget=DateInput, required=False, help_text=_("Empty: at once.")
    )


class PaperReceiptForm(forms.Form):
    employee = forms.ModelChoiceField(Employee.objects.none(), label=_("signed on paper by"))

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["employee"].queryset = people  # type: ignore[attr-defined]


class HoldForm(forms.Form):
    employee = forms.ModelChoiceField(Employee.objects.order_by("name"), label=_("employee"))
    reason = forms.CharField(label=_("reason"), max_length=400)


class RequestForm(forms.Form):
    kind = forms.ChoiceField(label=_("request"), choices=DataRequest.Kind.choices)
    words = forms.CharField(label=_("what you ask for"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))


class AnswerForm(forms.Form):
    words = forms.CharField(label=_("answer"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
    grant = forms.BooleanField(label=_("what is asked for is granted"), required=False)

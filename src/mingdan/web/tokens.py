"""One's own API tokens: list, make, revoke."""

import datetime

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingdan.platform.api import actions
from mingdan.platform.api.models import Token
from mingdan.platform.api.queries import tokens_of
from mingdan.platform.api.scopes import HOLD_TOKENS, declared_scopes
from mingdan.platform.people.page import SignedInRequest, page

LIVES = (30, 90, 365)
"""Days from which one chooses."""


class TokenForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("What it is for"), max_length=80)
    scopes = forms.MultipleChoiceField(label=gettext_lazy("Scopes"))
    days = forms.TypedChoiceField(label=gettext_lazy("Lives for"), coerce=int, initial=90)

    def __init__(self, *arguments: object, **named: object) -> None:
        super().__init__(*arguments, **named)  # type: ignore[arg-type]
        self.fields["scopes"].choices = [  # type: ignore[attr-defined]
            (scope.code, f"{scope.code} · {scope.label}") for scope in declared_scopes()
        ]
        self.fields["days"].choices = [(days, _("%(n)s days") % {"n": days}) for days in LIVES]  # type: ignore[attr-defined]


@page("GET", "POST", right=HOLD_TOKENS, step_up=True)
def tokens(request: SignedInRequest) -> HttpResponse:
    """List one's tokens, and make one; its secret is in this one answer and nowhere else."""
    now, secret = timezone.now(), ""
    form = TokenForm(request.POST or None)
    if form.is_valid():
        cells = form.cleaned_data
        until = now + datetime.timedelta(days=cells["days"])
        try:
            _token, secret = actions.issue_token(
                name=cells["name"], scopes=cells["scopes"], expires_at=until, by=request.user, at=now
            )
            form = TokenForm()
        except actions.CannotIssueTokenError as refusal:
            form.add_error(None, refusal.sentence)
    rows = [(token, token.revoked_at is None and token.expires_at > now) for token in tokens_of(request.user, now)]
    return render(request, "web/tokens.html", {"form": form, "rows": rows, "secret": secret})


@page("POST", right=HOLD_TOKENS)
def revoke_token(request: SignedInRequest, pk: int) -> HttpResponse:
    """Revoke one of one's own tokens; that is never made harder than it must be."""
    now = timezone.now()
    token = Token.objects.filter(pk=pk, user=request.user).first()
    if token is None:
        raise Http404
    actions.revoke_token(token, by=request.user, at=now)
    return redirect("tokens")

"""What stands before every page: signed in, holding the right, and for what is sensitive the password just now."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from mingdan.platform.access.rights import Right
from mingdan.platform.people.access import ensure_right
from mingdan.platform.people.models import User


class SignedInRequest(HttpRequest):
    """A request of somebody who is signed in."""

    user: User


View = Callable[..., HttpResponse]


def page(*methods: str, right: Right | None = None, step_up: bool = False) -> Callable[[View], View]:
    """Guard a view: only these methods, only who holds the right (404 otherwise), and the password again to change.

    The right is asked before the password, so that nobody learns of a page by being asked to confirm.
    """

    def guard(view: View) -> View:
        confirmed = _asking_again(view) if step_up else view

        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if right is not None:
                ensure_right(request.user, right, timezone.now())
            if request.method not in allowed:
                return HttpResponseNotAllowed(allowed)
            return confirmed(request, *args, **kwargs)

        return guarded

    allowed = (*methods, *(("HEAD",) if "GET" in methods else ()))
    return guard


def _asking_again(view: View) -> View:
    confirmed = cast(View, reauthentication_required(view, allow_get=True))

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "GET" or get_reauthentication_flows(cast(User, request.user)):
            return confirmed(request, *args, **kwargs)
        # Whoever comes through the company's own sign-in has nothing to confirm with; allauth would let them pass.
        messages.warning(request, _("This needs a second factor: set one up first, then try again."))
        return redirect("mfa_index")

    return asked

"""The pages that belong to no part of the application in particular."""

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from mingdan.platform.access.queries import roles_of
from mingdan.platform.operations.metrics import MEDIA_TYPE, exposition
from mingdan.platform.people.access import employees_for
from mingdan.platform.people.models import User
from mingdan.platform.people.page import SignedInRequest, page
from mingdan.platform.people.queries import company_calendar
from mingdan.web.health import complaints

YEAR = 365 * 24 * 3600


@page("GET")
def home(request: SignedInRequest) -> HttpResponse:
    """Show where a signed-in person starts."""
    now = timezone.now()
    context = {
        "today": company_calendar().day(timezone.localdate(now)),
        "roles": [role.label for role in sorted(roles_of(request.user, now))],
        "employee": employees_for(request.user, now).filter(user=request.user).first(),
        "has_second_factor": is_mfa_enabled(request.user),
    }
    return render(request, "web/home.html", context)


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keep a person's language or theme: in the account of whoever is signed in, and in a cookie for the sign-in page."""
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(back if safe else "/")
    chosen = {
        "language": (request.POST.get("language"), dict(settings.LANGUAGES), settings.LANGUAGE_COOKIE_NAME),
        "theme": (request.POST.get("theme"), User.Theme.values, "mingdan_theme"),
    }
    for field, (value, allowed, cookie) in chosen.items():
        if value is None or value not in allowed:
            continue
        response.set_cookie(cookie, value, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
        if request.user.is_authenticated:
            setattr(request.user, field, value)
            request.user.save(update_fields=[field])
    return response


@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the process answers."""
    return HttpResponse("ok", content_type="text/plain")


@require_GET
def readyz(request: HttpRequest) -> HttpResponse:
    """Say whether requests can be served; 503 with the reasons otherwise."""
    found = complaints(timezone.now())
    return HttpResponse("\n".join(found) or "ok", content_type="text/plain", status=503 if found else 200)


@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Tell Prometheus how the application stands, if it shows the token of the settings; 404 for everybody else."""
    shown = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not constant_time_compare(shown, f"Bearer {settings.METRICS_TOKEN}"):
        raise Http404
    return HttpResponse(exposition(timezone.now()), content_type=MEDIA_TYPE)

"""What happens around every request: the reader's language, the limits of a session, nothing kept in caches."""

import datetime
from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control

Respond = Callable[[HttpRequest], HttpResponse]

SEEN_EVERY = datetime.timedelta(minutes=1)


PROBES = frozenset({"/healthz", "/readyz", "/metrics"})


def probes_use_any_name(respond: Respond) -> Respond:
    """Let probes ask by address, as load balancers and Prometheus do; their answers never use the name."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.path_info in PROBES:
            request.META["HTTP_HOST"] = settings.ALLOWED_HOSTS[0]
            request.META.pop("HTTP_X_FORWARDED_HOST", None)
        return respond(request)

    return answer


def preferences(respond: Respond) -> Respond:
    """Answer in the language that a signed-in person chose; others get the one of their browser or cookie."""

    def answer(request: HttpRequest) -> HttpResponse:
        language = getattr(request.user, "language", "")
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = language
        response = respond(request)
        response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        return response

    return answer


def sessions_end(respond: Respond) -> Respond:
    """End a session after its idle or absolute limit, and note once a minute that it was used."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and request.session.session_key:
            _end_or_note(request, timezone.now())
        return respond(request)

    return answer


def _end_or_note(request: HttpRequest, now: datetime.datetime) -> None:
    session = UserSession.objects.filter(session_key=request.session.session_key).first()
    if session is None:
        UserSession.objects.create_from_request(request)
    elif is_over(session, now):
        session.delete()
        logout(request)
    elif now - session.last_seen_at > SEEN_EVERY:
        UserSession.objects.filter(pk=session.pk).update(last_seen_at=now)


def is_over(session: UserSession, now: datetime.datetime) -> bool:
    """Return whether a session has been idle or alive for too long."""
    idle = datetime.timedelta(seconds=settings.SESSION_IDLE_SECONDS)
    absolute = datetime.timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return now - session.last_seen_at > idle or now - session.created_at > absolute


def nothing_is_cached(respond: Respond) -> Respond:
    """Keep pages out of every cache, so that nobody finds them with the back button after signing out."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = respond(request)
        patch_cache_control(response, no_store=True, private=True)
        return response

    return answer

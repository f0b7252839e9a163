"""Accounts: who can sign in, with which roles and rights; every change asks for the password again."""

import datetime

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from mingdan.platform.access.actions import CannotGrantError, grant_role, lend_right, take_back
from mingdan.platform.access.declared import GRANT, SEE_GRANTS
from mingdan.platform.access.duties import DutiesConflictError
from mingdan.platform.access.models import ExtraRight, RoleGrant, in_force
from mingdan.platform.access.queries import has_right
from mingdan.platform.access.rights import declared_rights, right_named
from mingdan.platform.access.roles import Role
from mingdan.platform.people import access, actions
from mingdan.platform.people.forms import AccountForm, GrantForm
from mingdan.platform.people.models import User
from mingdan.platform.people.page import SignedInRequest, page
from mingdan.platform.trail.actions import record_reading

PAGE = 50
REFUSED = (CannotGrantError, DutiesConflictError, actions.CannotChangePeopleError)


def _account(request: SignedInRequest, pk: int, now: datetime.datetime) -> User:
    found = User.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@page("GET", right=SEE_GRANTS)
def accounts(request: SignedInRequest) -> HttpResponse:
    """List the accounts with their roles."""
    now = timezone.now()
    words = request.GET.get("q", "").strip()
    found = User.objects.order_by("-is_active", "username")
    if words:
        found = found.filter(Q(username__icontains=words) | Q(name__icontains=words))
    sheet = Paginator(found, PAGE).get_page(request.GET.get("page"))
    held: dict[int, list[str]] = {}
    for grant in RoleGrant.objects.filter(in_force(now), user__in=sheet.object_list):
        held.setdefault(grant.user_id, []).append(grant.get_role_display())
    rows = [(user, held.get(user.pk, [])) for user in sheet]
    may_keep = has_right(request.user, access.KEEP_ACCOUNTS, now)
    return render(request, "people/accounts.html", {"page": sheet, "rows": rows, "words": words, "may_keep": may_keep})


@page("GET", right=SEE_GRANTS)
def account(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one account: roles and rights now and before, sessions."""
    now = timezone.now()
    found = _account(request, pk, now)
    record_reading("viewed", by=request.user, at=now, about=found)
    roles = RoleGrant.objects.filter(user=found).select_related("granted_by", "revoked_by").order_by("-granted_at")
    lent = ExtraRight.objects.filter(user=found).select_related("granted_by", "revoked_by").order_by("-granted_at")
    context = {
        "account": found,
        "roles": [(grant, grant.is_in_force(now)) for grant in roles],
        "lent": [(grant, grant.is_in_force(now), right_named(grant.right).label) for grant in lent],
        "sessions": UserSession.objects.filter(user=found).count(),
        "may_grant": has_right(request.user, GRANT, now) and found.is_active and found.pk != request.user.pk,
        "may_keep": has_right(request.user, access.KEEP_ACCOUNTS, now)
        and found.is_active
        and found.pk != request.user.pk,
        "all_roles": Role.choices,
        "all_rights": [right for right in declared_rights() if right.can_be_lent],
        "form": GrantForm(),
        "history": access.history_for(request.user, found, now),
    }
    return render(request, "people/account.html", context)


@page("GET", "POST", right=access.KEEP_ACCOUNTS, step_up=True)
def add_account(request: SignedInRequest) -> HttpResponse:
    """Open an account; its owner sets the password through the link of the password reset."""
    now = timezone.now()
    form = AccountForm(request.POST or None)
    if form.is_valid():
        cells = form.cleaned_data
        with transaction.atomic():
            added = actions.open_account(
                username=cells["username"], name=cells["name"], email=cells["email"], by=request.user, at=now
            )
            if cells["employee"]:
                actions.link_account(cells["employee"], added, by=request.user, at=now)
        messages.success(
            request, _("The account was opened. Its owner sets a password through “Forgot your password?”.")
        )
        return redirect("people:account", added.pk)
    return render(
        request, "people/form.html", {"form": form, "heading": _("Open an account"), "back": "people:accounts"}
    )


@page("POST", right=GRANT, step_up=True)
def grant(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give a role, or lend a right."""
    now = timezone.now()
    found, form = _account(request, pk, now), GrantForm(request.POST)
    what = request.POST.get("what", "")
    if not form.is_valid():
        messages.error(request, _("Say why: the reason goes into the audit trail."))
        return redirect("people:account", found.pk)
    until, reason = _end_of(form.cleaned_data["expires_date"]), form.cleaned_data["reason"]
    try:
        if what in Role.values:
            grant_role(found, Role(what), by=request.user, at=now, reason=reason, expires_at=until)
        elif what in {right.code for right in declared_rights()}:
            lent_until = until or now + datetime.timedelta(days=7)
            lend_right(found, right_named(what), by=request.user, at=now, reason=reason, expires_at=lent_until)
        else:
            raise Http404
    except REFUSED as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("Saved."))
    return redirect("people:account", found.pk)


def _end_of(day: datetime.date | None) -> datetime.datetime | None:
    if day is None:
        return None
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.max))


@page("POST", right=GRANT, step_up=True)
def revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a role or a lent right back."""
    now = timezone.now()
    found = _account(request, pk, now)
    kind, _sep, number = request.POST.get("grant", "").partition(":")
    one: RoleGrant | ExtraRight | None = None
    if number.isdigit() and kind == "role":
        one = RoleGrant.objects.filter(user=found, pk=number).first()
    elif number.isdigit() and kind == "right":
        one = ExtraRight.objects.filter(user=found, pk=number).first()
    if one is None:
        raise Http404
    try:
        take_back(one, by=request.user, at=now)
    except REFUSED as refusal:
        messages.error(request, refusal.sentence)
    return redirect("people:account", found.pk)


@page("POST", right=access.KEEP_ACCOUNTS, step_up=True)
def close(request: SignedInRequest, pk: int) -> HttpResponse:
    """Close an account, or with `only=sessions` just end its sessions."""
    now = timezone.now()
    found = _account(request, pk, now)
    try:
        if request.POST.get("only") == "sessions":
            actions.end_sessions(found, by=request.user, at=now)
        else:
            actions.close_account(found, by=request.user, at=now)
    except REFUSED as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("Done."))
    return redirect("people:account", found.pk)


@page("GET", right=SEE_GRANTS)
def rights(request: SignedInRequest) -> HttpResponse:
    """Show which role reaches how far with which right."""
    rows = [(right, [right.reach.get(role) for role in Role]) for right in declared_rights()]
    return render(request, "people/rights.html", {"rows": rows, "roles": Role.choices})

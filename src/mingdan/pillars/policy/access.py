"""The rights over policy texts, receipts and requests; drafts look absent to those who may not keep texts."""

import datetime

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from mingdan.pillars.policy.models import DataRequest, PolicyText, PolicyVersion
from mingdan.platform.access.queries import Person, has_right, standing_of
from mingdan.platform.access.rights import Reach, Right, declare
from mingdan.platform.access.roles import Role
from mingdan.platform.files.access import hang_files_on

SEE_POLICIES = declare(
    Right("policy.see_policies", _("read policy texts that were published"), dict.fromkeys(Role, Reach.ALL))
)
KEEP_POLICIES = declare(
    Right(
        "policy.keep_policies",
        _("draft policy texts and record consultations"),
        {Role.HR: Reach.ALL, Role.INTEGRITY_OFFICER: Reach.ALL},
    )
)
PUBLISH_POLICIES = declare(
    Right("policy.publish_policies", _("publish policy texts"), {Role.DIRECTOR: Reach.ALL}, can_be_lent=False)
)
SEE_RECEIPTS = declare(
    Right(
        "policy.see_receipts",
        _("see who has received which policy text"),
        {
            Role.HR: Reach.ALL,
            Role.INTEGRITY_OFFICER: Reach.ALL,
            Role.INTERNAL_AUDITOR: Reach.ALL,
            Role.DIRECTOR: Reach.ALL,
        },
    )
)
ANSWER_REQUESTS = declare(
    Right("policy.answer_requests", _("answer requests about personal data"), {Role.HR: Reach.ALL}, can_be_lent=False)
)
RELEASE_ANSWERS = declare(
    Right(
        "policy.release_answers",
        _("release answers to requests about personal data"),
        {Role.DIRECTOR: Reach.ALL, Role.INTERNAL_AUDITOR: Reach.ALL},
        can_be_lent=False,
    )
)

SEE_REQUESTS = declare(
    Right(
        "policy.see_requests",
        _("see requests about personal data"),
        {Role.HR: Reach.ALL, Role.DIRECTOR: Reach.ALL, Role.INTERNAL_AUDITOR: Reach.ALL},
        can_be_lent=False,
    )
)


def versions_for(user: Person, at: datetime.datetime) -> QuerySet[PolicyVersion]:
    """Return the versions that somebody may read: published ones, and drafts for those who keep or publish them."""
    standing = standing_of(user, at)
    found = PolicyVersion.objects.select_related("text")
    if not standing.has(SEE_POLICIES):
        return found.none()
    if standing.has(KEEP_POLICIES) or standing.has(PUBLISH_POLICIES) or standing.has(SEE_RECEIPTS):
        return found
    return found.filter(published_at__isnull=False)


def version_for(user: Person, pk: int, at: datetime.datetime) -> PolicyVersion:
    """Return one version; Http404 alike for one that may not be read and one that does not exist."""
    found = versions_for(user, at).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def text_for(user: Person, pk: int, at: datetime.datetime) -> PolicyText:
    """Return one text that has a version which somebody may read, or any for those who keep texts."""
    found = PolicyText.objects.filter(pk=pk).first()
    if found is None or not (has_right(user, KEEP_POLICIES, at) or versions_for(user, at).filter(text=found).exists()):
        raise Http404
    return found


def request_for(user: Person, pk: int, at: datetime.datetime) -> DataRequest:
    """Return a request of one's own, or any for those who handle them."""
    found = DataRequest.objects.select_related("by").filter(pk=pk).first()
    if found is None or not (found.by_id == user.pk or has_right(user, SEE_REQUESTS, at)):
        raise Http404
    return found


def _may_see_version(user: Person, key: str, at: datetime.datetime) -> bool:
    return key.isdigit() and versions_for(user, at).filter(pk=key).exists()


hang_files_on("policy.policyversion", _may_see_version)

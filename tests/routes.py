"""Who reaches which page, written down by hand; tests/test_permissions.py compares it with what happens."""

from dataclasses import dataclass, field

from tests.cast import NAMES

EVERYBODY = frozenset(NAMES)
STAFF = EVERYBODY - {"eve"}
GRANTS = frozenset({"kim", "dan", "ivy", "chloe"})
JOBS = frozenset({"hal", "kim", "dan"})
KEEPS_JOBS = frozenset({"hal", "kim"})
DRAFTS = frozenset({"fay", "chloe"})
SEES_DRAFTS = DRAFTS | {"ivy", "dan"}
SEES_REQUESTS = frozenset({"fay", "ivy", "dan"})
HOLDS = frozenset({"chloe", "dan"})
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Route:
    """Who may open a page (`get`) and who may act on it (`post`); `about` says what its number stands for."""

    address: str
    get: frozenset[str] = NOBODY
    post: frozenset[str] = NOBODY
    about: str = ""
    leaves_entry: bool = False
    form: dict[str, str] = field(default_factory=dict)


ROUTES = {
    "home": Route("/", get=EVERYBODY),
    "people:employees": Route("/people/", get=STAFF),
    "people:add_employee": Route(
        "/people/add/",
        get=frozenset({"fay"}),
        post=frozenset({"fay"}),
        leaves_entry=True,
        form={"number": "E900", "name": "New", "hired_date": "2026-01-05"},
    ),
    "people:import_employees": Route("/people/import/", get=frozenset({"fay"}), post=frozenset({"fay"})),
    "people:import_preview": Route(
        "/people/import/{pk}/",
        get=frozenset({"fay"}),
        post=frozenset({"fay"}),
        about="import",
        leaves_entry=True,
    ),
    "people:employee": Route("/people/{pk}/", get=STAFF, about="employee", leaves_entry=True),
    "people:change_employee": Route(
        "/people/{pk}/change/",
        get=frozenset({"fay"}),
        post=frozenset({"fay"}),
        about="employee",
        leaves_entry=True,
        form={"name": "Renamed", "hired_date": "2024-01-01"},
    ),
    "people:move_employee": Route(
        "/people/{pk}/move/",
        post=frozenset({"fay"}),
        about="employee",
        leaves_entry=True,
        form={"team": "{team}", "from_date": "2026-02-01"},
    ),
    "people:teams": Route("/teams/", get=STAFF),
    "people:add_team": Route(
        "/teams/add/",
        get=frozenset({"fay"}),
        post=frozenset({"fay"}),
        leaves_entry=True,
        form={"code": "new", "name": "New", "from_date": "2026-01-05"},
    ),
    "people:calendar": Route(
        "/calendar/",
        get=STAFF,
        post=frozenset({"fay", "hal"}),
        leaves_entry=True,
        form={"date": "2026-03-02", "is_working": "", "name": "stock-taking"},
    ),
    "people:accounts": Route("/accounts/", get=GRANTS),
    "people:add_account": Route(
        "/accounts/add/",
        get=frozenset({"kim"}),
        post=frozenset({"kim"}),
        leaves_entry=True,
        form={"username": "new", "name": "New"},
    ),
    "people:account": Route("/accounts/{pk}/", get=GRANTS, about="account", leaves_entry=True),
    "people:grant": Route(
        "/accounts/{pk}/grant/",
        post=frozenset({"kim"}),
        about="account",
        leaves_entry=True,
        form={"what": "people.see_private", "reason": "audit"},
    ),
    "people:revoke": Route(
        "/accounts/{pk}/revoke/",
        post=frozenset({"kim"}),
        about="account",
        leaves_entry=True,
        form={"grant": "role:{role}"},
    ),
    "people:close": Route("/accounts/{pk}/close/", post=frozenset({"kim"}), about="account", leaves_entry=True),
    "people:rights": Route("/rights/", get=GRANTS),
    "tokens": Route(
        "/tokens/",
        get=STAFF,
        post=STAFF,
        leaves_entry=True,
        form={"name": "report", "scopes": "people:read", "days": "30"},
    ),
    "revoke_token": Route("/tokens/{pk}/revoke/", post=STAFF, about="token", leaves_entry=True),
    "operations:jobs": Route("/jobs/", get=JOBS),
    "operations:job": Route("/jobs/{pk}/", get=JOBS, about="job"),
    "operations:cancel": Route("/jobs/{pk}/cancel/", post=KEEPS_JOBS, about="job", leaves_entry=True),
    "operations:retry": Route("/jobs/{pk}/retry/", post=KEEPS_JOBS, about="failed job", leaves_entry=True),
    "operations:deliveries": Route("/deliveries/", get=JOBS),
    "operations:retry_delivery": Route("/deliveries/{pk}/retry/", post=KEEPS_JOBS, about="delivery", leaves_entry=True),
    "operations:skip_delivery": Route("/deliveries/{pk}/skip/", post=KEEPS_JOBS, about="delivery", leaves_entry=True),
    "files:download": Route("/files/{pk}/", get=EVERYBODY, about="file", leaves_entry=True),
    "policy:policies": Route("/policies/", get=EVERYBODY),
    "policy:add_text": Route(
        "/policies/add/",
        get=DRAFTS,
        post=DRAFTS,
        leaves_entry=True,
        form={"code": "rules", "title": "制度", "title_en": "Rules", "kind": "rules"},
    ),
    "policy:draft": Route(
        "/policies/{pk}/draft/",
        get=DRAFTS,
        post=DRAFTS,
        about="text",
        leaves_entry=True,
        form={"body": "新", "body_en": "new"},
    ),
    "policy:version": Route("/policies/versions/{pk}/", get=EVERYBODY, about="version"),
    "policy:receive": Route(
        "/policies/versions/{pk}/receive/",
        post=EVERYBODY,
        about="version",
        leaves_entry=True,
        form={"sha256": "{sha256}"},
    ),
    "policy:consult": Route(
        "/policies/versions/{pk}/consult/",
        post=DRAFTS,
        about="draft",
        leaves_entry=True,
        form={"step": "comment", "held_date": "2026-01-05", "with_whom": "all", "outcome": "none"},
    ),
    "policy:publish": Route(
        "/policies/versions/{pk}/publish/", post=frozenset({"ivy"}), about="draft", leaves_entry=True
    ),
    "policy:receipts": Route(
        "/policies/versions/{pk}/receipts/", get=SEES_DRAFTS, post=SEES_DRAFTS, about="version", leaves_entry=True
    ),
    "policy:notice": Route("/notice/", get=EVERYBODY),
    "policy:register": Route("/register/", get=EVERYBODY),
    "policy:holds": Route("/holds/", get=HOLDS, post=HOLDS, leaves_entry=True),
    "policy:release_hold": Route(
        "/holds/{pk}/release/", post=HOLDS, about="hold", leaves_entry=True, form={"reason": "over"}
    ),
    "policy:own_data": Route(
        "/my-data/",
        get=EVERYBODY,
        post=EVERYBODY,
        leaves_entry=True,
        form={"kind": "access", "words": "a copy"},
    ),
    "policy:own_data_copy": Route("/my-data/copy/", get=EVERYBODY, leaves_entry=True),
    "policy:requests": Route("/requests/", get=SEES_REQUESTS, leaves_entry=True),
    "policy:request": Route("/requests/{pk}/", get=EVERYBODY, about="request", leaves_entry=True),
    "policy:answer": Route(
        "/requests/{pk}/answer/",
        post=frozenset({"fay"}),
        about="request",
        leaves_entry=True,
        form={"words": "here", "grant": "on"},
    ),
    "policy:release": Route(
        "/requests/{pk}/release/", post=frozenset({"ivy", "dan"}), about="answered request", leaves_entry=True
    ),
}
"""The pages of our own, each with whom it opens for."""

PUBLIC = {"choose", "healthz", "readyz", "metrics"}
"""Open to everybody, signed in or not; metrics ask for a token of their own (tests/web/test_metrics.py)."""

SIGN_IN = {
    "account_login", "account_logout", "account_inactive", "account_signup", "account_reauthenticate", "account_email",
    "account_email_verification_sent", "account_change_password", "account_set_password", "account_reset_password",
    "account_confirm_login_code", "account_confirm_email", "account_reset_password_from_key_done",
    "account_reset_password_from_key", "account_reset_password_done", "mfa_authenticate", "mfa_login_webauthn",
    "socialaccount_login_cancelled", "socialaccount_login_error", "socialaccount_signup", "openid_connect_login",
    "openid_connect_callback",
}  # fmt: skip
"""allauth's own, for whoever is about to sign in or has; tests/web tries them."""

OWN_ACCOUNT = {
    "account_change_password", "account_email", "mfa_index", "mfa_reauthenticate", "mfa_activate_totp",
    "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes",
    "mfa_list_webauthn", "mfa_add_webauthn", "mfa_reauthenticate_webauthn", "mfa_remove_webauthn", "mfa_edit_webauthn",
    "socialaccount_connections", "usersessions_list",
}  # fmt: skip
"""allauth's own, for one's own account: nobody who is signed out gets in."""

SEES: dict[str, frozenset[str]] = {
    "ann": frozenset({"ann", "ben"}),
    "ben": frozenset({"ann", "ben"}),
    "jo": frozenset({"jo"}),
    "eve": NOBODY,
} | dict.fromkeys(("chloe", "dan", "fay", "gus", "hal", "ivy", "kim"), STAFF)
"""Whose record each of us sees: own, those in one's business unit, or everybody's by role; eve audits from outside."""

ABSENT = 987654

"""Settings: everything a company may set comes from environment variables (docs/handbook/operations.md lists them).

A production start with a missing or insecure setting stops with a sentence and a hint. `MINGDAN_MODE` is production
unless said otherwise; demo and test run without any other variable.
"""

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF

from mingdan.lib.environment import Environment, UnusableSettingsError, database_from

_environment = Environment(os.environ)

MODE = _environment.choice("MINGDAN_MODE", ("production", "demo", "test"))
IS_PRODUCTION = MODE == "production"
PACKAGE = Path(__file__).parent
DEBUG = _environment.flag("MINGDAN_DEBUG")

ADDRESS = _environment.text("MINGDAN_ADDRESS", "" if IS_PRODUCTION else "http://localhost:8000")
"""Where people reach the application: scheme, host and port, without a path."""

DATA = Path(_environment.text("MINGDAN_DATA", "mingdan-data")).absolute()
"""The folder of everything that is not in the database server: SQLite's file, uploaded files, keys."""

SECRET_KEY = _environment.text("MINGDAN_SECRET_KEY", "" if IS_PRODUCTION else secrets.token_urlsafe(48))
SECRET_KEY_FALLBACKS = _environment.words("MINGDAN_FORMER_SECRET_KEYS")

TRAIL_NAME = f"{urlsplit(ADDRESS).hostname or 'localhost'}/mingdan"
"""The origin line of the trail's checkpoints."""

TRAIL_KEY_FILE = Path(_environment.text("MINGDAN_TRAIL_KEY_FILE", str(DATA / "trail.key")))
"""The private key that signs checkpoints; never in the database, which it vouches for."""

_LEAST_KEY = 50


def _complaints() -> list[str]:
    """Return what makes these settings unfit for production, each a sentence with its remedy."""
    address = urlsplit(ADDRESS)
    return [
        sentence
        for is_wrong, sentence in (
            (DEBUG, "MINGDAN_DEBUG shows the program's inside to visitors: unset it."),
            (
                len(SECRET_KEY) < _LEAST_KEY or len(set(SECRET_KEY)) < 5,
                f"MINGDAN_SECRET_KEY is missing or shorter than {_LEAST_KEY} characters: make one with "
                "`python3 -c 'import secrets; print(secrets.token_urlsafe(48))'` and keep it secret.",
            ),
            (
                not address.hostname or address.path not in ("", "/"),
                "MINGDAN_ADDRESS is missing or has a path: set it to where people reach Mingdan, such as "
                "https://mingdan.example.com.",
            ),
            (
                bool(address.hostname) and address.scheme != "https",
                "MINGDAN_ADDRESS must begin with https://, because passwords would travel in the clear: put a server "
                "with a certificate (Caddy, nginx) in front.",
            ),
            (
                "MINGDAN_DATA" not in os.environ and "DATABASE_URL" not in os.environ,
                "MINGDAN_DATA is missing: set it to the folder where Mingdan keeps its data, such as /var/lib/mingdan.",
            ),
        )
        if is_wrong
    ]


if IS_PRODUCTION and _complaints():
    raise UnusableSettingsError("these settings are not fit for production.\n- " + "\n- ".join(_complaints()))

_host = urlsplit(ADDRESS).hostname or "localhost"
ALLOWED_HOSTS = [_host, *_environment.words("MINGDAN_OTHER_HOSTS")]
if not IS_PRODUCTION:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]", "testserver"]
CSRF_TRUSTED_ORIGINS = [ADDRESS.rstrip("/")]
TRUSTED_PROXIES = _environment.text("MINGDAN_TRUSTED_PROXIES", "127.0.0.1,::1")
"""Whose word on scheme and client is taken (uvicorn's `forwarded_allow_ips`); nobody else can forge them."""

INSTALLED_APPS = [
    "mingdan.platform.trail",
    "mingdan.platform.events",
    "mingdan.platform.jobs",
    "mingdan.platform.live",
    "mingdan.platform.operations",
    "mingdan.platform.files",
    "mingdan.platform.retention",
    "mingdan.pillars.policy",
    "mingdan.platform.api",
    "mingdan.web",
    "mingdan.platform.people",
    "mingdan.platform.access",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "mingdan.platform.operations.request_log.requests_are_logged",
    "mingdan.web.middleware.probes_use_any_name",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "mingdan.web.middleware.preferences",
    "mingdan.web.middleware.sessions_end",
    "mingdan.web.middleware.nothing_is_cached",
]

ROOT_URLCONF = "mingdan.web.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mingdan.web.navigation.page_frame",
            ],
            "builtins": ["django.templatetags.i18n", "mingdan.web.templatetags.pieces"],
        },
    }
]

DATABASES = {"default": database_from(_environment.text("DATABASE_URL", f"sqlite:///{DATA / 'mingdan.sqlite3'}"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Rate limits count in the database, because every process must see the same number.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "platform_cache"}}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

USE_TZ = True
TIME_ZONE = _environment.text("MINGDAN_TIME_ZONE", "Asia/Shanghai")
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "mingdan_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"

STATIC_URL = "/static/"
# Served by the application itself, straight from the packages: nothing to collect, nothing to forget.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_MAX_AGE = 3600 if IS_PRODUCTION else 0

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"

ACCOUNT_ADAPTER = "mingdan.web.sign_in.AccountAdapter"
ACCOUNT_FORMS = {"login": "mingdan.web.forms.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_USERNAME_VALIDATORS = "mingdan.platform.people.models.USERNAME_VALIDATORS"
# At most ten tries in ten minutes for one account, and for one address.
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/10m/key,50/10m/ip", "reset_password": "20/h/ip,5/h/key"}
MFA_ADAPTER = "mingdan.web.sign_in.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Mingdan 明单"
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_PRODUCTION

_issuer = _environment.text("MINGDAN_OIDC_ISSUER")
_oidc_origin = "://".join(urlsplit(_issuer)[:2]) if _issuer else ""
METRICS_TOKEN = _environment.text("MINGDAN_METRICS_TOKEN")
"""What Prometheus shows to read /metrics; without it there is no such page."""

OIDC_MATCHES = _environment.choice("MINGDAN_OIDC_MATCHES", ("email", "username"))
"""Which claim of the company's own sign-in finds the account: the verified e-mail address or preferred_username."""

SOCIALACCOUNT_ADAPTER = "mingdan.web.sign_in.SocialAccountAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS = (
    {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "company",
                    "name": _environment.text("MINGDAN_OIDC_NAME", str(_host)),
                    "client_id": _environment.text("MINGDAN_OIDC_CLIENT_ID"),
                    "secret": _environment.text("MINGDAN_OIDC_SECRET"),
                    "settings": {"server_url": _issuer, "uid_field": "sub"},
                }
            ],
        }
    }
    if _issuer
    else {}
)

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_IDLE_SECONDS = 3 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_PRODUCTION
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = IS_PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if IS_PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        # The company's own sign-in begins with a form of ours that leads there.
        "form-action": [SELF, *([_oidc_origin] if _oidc_origin else [])],
        "frame-ancestors": [NONE],
    }
}

_mail = urlsplit(_environment.text("MINGDAN_SMTP"))
_without_server = "mingdan.platform.operations.unsent_mail" if IS_PRODUCTION else "django.core.mail.backends.console"
EMAIL_BACKEND = f"{'django.core.mail.backends.smtp' if _mail.hostname else _without_server}.EmailBackend"
EMAIL_HOST, EMAIL_PORT = _mail.hostname or "", _mail.port or 587
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.username or "", _mail.password or ""
EMAIL_USE_TLS = _mail.scheme == "smtp+tls"
EMAIL_USE_SSL = _mail.scheme == "smtps"
DEFAULT_FROM_EMAIL = _environment.text("MINGDAN_MAIL_FROM", f"mingdan@{_host}")
EMAIL_SUBJECT_PREFIX = "[Mingdan 明单] "

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "json": {"()": "mingdan.platform.operations.log_lines.JsonLines"},
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "json" if IS_PRODUCTION else "line"},
        # A logger without any handler would be printed by Python itself, as it is.
        "nowhere": {"class": "logging.NullHandler"},
    },
    "loggers": {
        "mingdan": {"level": "INFO" if IS_PRODUCTION else "WARNING"},
        "django": {"handlers": ["stderr"], "level": "ERROR", "propagate": MODE == "test"},
        # Whoever scans the internet asks under any name; being refused is all that happens.
        "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}

if MODE == "test":
    # Tests sign in thousands of times; one slow hash each would be minutes.
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

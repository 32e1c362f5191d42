"""Every setting of the service, read from the environment and nowhere else.

`.env` in the project's root and the file that the one-machine stack writes
(`<MEDIASHARE_HOME>/service.env`) are read first; what the environment says already wins.
A value that is missing or malformed stops the start with its name, what was expected
and an example. `.env.example` lists them all, and a test keeps it whole.
"""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

import dj_database_url
import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from dotenv import load_dotenv

from mediashare.logs import hide_keys

BASE_DIR = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("MEDIASHARE_HOME") or BASE_DIR / "var")

load_dotenv(BASE_DIR / ".env")
load_dotenv(HOME / "service.env")


def text(name: str, default: str | None = None, *, example: str = "") -> str:
    """The value of an environment variable; empty means its default, or missing without one."""
    value = os.environ.get(name) or default
    if value is None:
        hint = f", for example {name}={example}" if example else ""
        raise ImproperlyConfigured(
            f"{name} is not set{hint}. `make run` sets it for you; see .env.example."
        )
    return value


def flag(name: str, *, default: bool) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if value not in {"", "1", "true", "yes", "on", "0", "false", "no", "off"}:
        raise ImproperlyConfigured(f"{name}={value!r} is not a yes or no, for example {name}=yes.")
    return default if not value else value in {"1", "true", "yes", "on"}


def number(name: str, default: int, *, least: int = 0, most: int | None = None) -> int:
    """A whole number from `least` to `most`, both allowed."""
    value = os.environ.get(name, "").strip() or str(default)
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name}={value!r} is not a whole number, as {name}={default}.")
    if int(value) < least or (most is not None and int(value) > most):
        reach = f"at least {least}" if most is None else f"between {least} and {most}"
        raise ImproperlyConfigured(f"{name}={value} must be {reach}, as {name}={default}.")
    return int(value)


def choice(name: str, default: str, allowed: set[str]) -> str:
    value = text(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name}={value!r} must be one of {', '.join(sorted(allowed))}.")
    return value


def listing(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def pairs(name: str) -> dict[str, str]:
    """A listing of `key=value`."""
    found = dict(part.partition("=")[::2] for part in listing(name))
    if not all(found.values()):
        raise ImproperlyConfigured(f"{name} must be pairs, as {name}=media=photos,bulk=others.")
    return found


# Who am I

DEBUG = flag("DEBUG", default=False)
SECRET_KEY = text("SECRET_KEY", example="$(openssl rand -base64 48)")
SECRET_KEY_FALLBACKS = listing("SECRET_KEY_FALLBACKS")
SITE_URL = text("SITE_URL", example="https://photos.example.org").rstrip("/")
ROLE = choice("ROLE", "everything", {"website", "uploads", "sync", "everything"})
ALLOWED_HOSTS = [*listing("ALLOWED_HOSTS"), urlsplit(SITE_URL).hostname or "localhost"]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
ROOT_URLCONF = f"mediashare.urls.{ROLE}"
WSGI_APPLICATION = "mediashare.wsgi.application"
HTTPS = SITE_URL.startswith("https://")

INSTALLED_APPS = [
    "mediashare.accounts",
    "mediashare.storage",
    "mediashare.api",
    "mediashare.embedded",
    "processing",
    "processing.archives",
    "sync.server",
    "albums",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_filters",
    "django_structlog",
    "drf_spectacular",
    "rest_framework",
    "storages",
    "template_partials",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
]

# Where is data

DATABASES = {
    "default": dj_database_url.parse(
        text("DATABASE_URL", example="postgresql://user:password@localhost:5432/mediashare"),
        conn_max_age=number("DATABASE_CONN_MAX_AGE", 60),
        conn_health_checks=True,
    )
}
# A worker that waits for a database that is gone does nothing else meanwhile.
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": text("CACHE_URL", example="redis://localhost:6379/1"),
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

# Empty endpoints mean AWS itself; empty keys mean the instance's own role.
S3_REGION = text("S3_REGION", "us-east-1")
S3_ENDPOINT_URL = text("S3_ENDPOINT_URL", "")
S3_PUBLIC_ENDPOINT_URL = text("S3_PUBLIC_ENDPOINT_URL", S3_ENDPOINT_URL)
STS_ENDPOINT_URL = text("STS_ENDPOINT_URL", S3_ENDPOINT_URL)
S3_ACCESS_KEY_ID = text("S3_ACCESS_KEY_ID", "")
S3_SECRET_ACCESS_KEY = text("S3_SECRET_ACCESS_KEY", "")
ORIGINALS_BUCKET = text("ORIGINALS_BUCKET", example="mediashare-originals")
RENDITIONS_BUCKET = text("RENDITIONS_BUCKET", example="mediashare-renditions")

STORAGES = {
    "default": {
        "BACKEND": "mediashare.aws.renditions.Renditions",
        "OPTIONS": {
            "bucket_name": RENDITIONS_BUCKET,
            "endpoint_url": S3_ENDPOINT_URL or None,
            "region_name": S3_REGION,
            "access_key": S3_ACCESS_KEY_ID or None,
            "secret_key": S3_SECRET_ACCESS_KEY or None,
            "signature_version": "s3v4",
            "addressing_style": "path" if S3_ENDPOINT_URL else "auto",
            "default_acl": None,
            "file_overwrite": True,
            "object_parameters": {"CacheControl": "private, max-age=31536000, immutable"},
        },
    },
    "staticfiles": {"BACKEND": "mediashare.staticfiles.ModuleManifestStorage"},
}

# Uploads

UPLOAD_METHOD = choice("UPLOAD_METHOD", "sts", {"sts", "presigned"})
UPLOAD_ROLE_ARN = text(
    "UPLOAD_ROLE_ARN", example="arn:aws:iam::000000000000:role/mediashare-upload"
)
UPLOAD_CREDENTIALS_SECONDS = number("UPLOAD_CREDENTIALS_SECONDS", 3600, least=900, most=3600)
UPLOAD_EXPIRY_HOURS = number("UPLOAD_EXPIRY_HOURS", 24)
UPLOAD_MAX_BYTES = number("UPLOAD_MAX_BYTES", 5 * 2**40)
UPLOAD_MAX_OPEN = number("UPLOAD_MAX_OPEN", 2000)
QUOTA_BYTES = number("QUOTA_BYTES", 50 * 2**30)
TRASH_DAYS = number("TRASH_DAYS", 30)

# Sync

SYNC_ROLE_ARN = text("SYNC_ROLE_ARN", example="arn:aws:iam::000000000000:role/mediashare-sync")
SYNC_JOURNAL = choice("SYNC_JOURNAL", "postgresql", {"postgresql", "dynamodb"})
DYNAMODB_TABLE = text("DYNAMODB_TABLE", "mediashare-journal")
DYNAMODB_ENDPOINT_URL = text("DYNAMODB_ENDPOINT_URL", "")
SYNC_HISTORY_DAYS = number("SYNC_HISTORY_DAYS", 90, least=1)
SYNC_WAITING_URL = text("SYNC_WAITING_URL", "").rstrip("/")
SYNC_MAIL_QUIET_SECONDS = number("SYNC_MAIL_QUIET_SECONDS", 600, least=60)
SYNC_WAITS_MOST = number("SYNC_WAITS_MOST", 12_000, least=1)
SYNC_WAITS_PER_PERSON = number("SYNC_WAITS_PER_PERSON", 200, least=1)
SYNC_WAITS_CHECKED_SECONDS = number("SYNC_WAITS_CHECKED_SECONDS", 15, least=1)

# Delivery

DELIVERY = choice("DELIVERY", "s3", {"s3", "cloudfront"})
DELIVERY_WINDOW_SECONDS = number("DELIVERY_WINDOW_SECONDS", 6 * 3600, least=60)
CLOUDFRONT_DOMAIN = text("CLOUDFRONT_DOMAIN", "")
CLOUDFRONT_KEY_ID = text("CLOUDFRONT_KEY_ID", "")
CLOUDFRONT_PRIVATE_KEY = text("CLOUDFRONT_PRIVATE_KEY", "")

# Processing

CELERY_BROKER_URL = text("CELERY_BROKER_URL", example="redis://localhost:6379/0")
CELERY_QUEUE_PREFIX = text("CELERY_QUEUE_PREFIX", "mediashare-")
SQS_QUEUE_URLS = listing("SQS_QUEUE_URLS")
SQS_VISIBILITY_SECONDS = number("SQS_VISIBILITY_SECONDS", 180)
JOB_LEASE_SECONDS = number("JOB_LEASE_SECONDS", 120)
JOB_MAX_ATTEMPTS = number("JOB_MAX_ATTEMPTS", 6)
JOB_RETRY_SECONDS = number("JOB_RETRY_SECONDS", 5)
JOB_SWEEP_SECONDS = number("JOB_SWEEP_SECONDS", 30)
PHOTO_MAX_PIXELS = number("PHOTO_MAX_PIXELS", 200_000_000)
PHOTO_MAX_SECONDS = number("PHOTO_MAX_SECONDS", 120)
VIDEO_MAX_SECONDS = number("VIDEO_MAX_SECONDS", 4 * 3600)
FILM_MAX_SECONDS = number("FILM_MAX_SECONDS", 2 * 3600)
SCRATCH_DIR = text("SCRATCH_DIR", "")
STOP_GRACE_SECONDS = number("STOP_GRACE_SECONDS", 0)
READY_FILE = text("READY_FILE", "")
METRICS_TOKEN = text("METRICS_TOKEN", "")
CLOUDWATCH_NAMESPACE = text("CLOUDWATCH_NAMESPACE", "")
CLOUDWATCH_ENDPOINT_URL = text("CLOUDWATCH_ENDPOINT_URL", "")
WORKER_GROUPS = pairs("WORKER_GROUPS")
RESERVE_GROUPS = pairs("RESERVE_GROUPS")
AUTOSCALING_ENDPOINT_URL = text("AUTOSCALING_ENDPOINT_URL", "")
SPOT_WATCH = flag("SPOT_WATCH", default=False)
AWS_EC2_METADATA_SERVICE_ENDPOINT = text(
    "AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://169.254.169.254"
)
BACKUP_DIR = text("BACKUP_DIR", "")
BACKUP_DAYS = number("BACKUP_DAYS", 30, least=1)
ARCHIVE_HOURS = number("ARCHIVE_HOURS", 72, least=12)
ARCHIVE_VISITOR_BYTES = number("ARCHIVE_VISITOR_BYTES", 50 * 2**30)

# People

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
SIGNUP_OPEN = flag("SIGNUP_OPEN", default=True)
ACCOUNT_ADAPTER = "mediashare.accounts.adapter.AccountAdapter"
# Limits that are not named here are allauth's own.
ACCOUNT_RATE_LIMITS = {"login": text("THROTTLE_SIGN_IN", "30/m/ip")}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_LOGIN_BY_CODE_ENABLED = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "mediashare"
# WebAuthn wants a secure context; browsers count localhost as one.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS

DEFAULT_FROM_EMAIL = text("DEFAULT_FROM_EMAIL", "mediashare <noreply@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
MAILBOX_DIR = text("MAILBOX_DIR", "")
_smtp = urlsplit(text("SMTP_URL", ""))
if _smtp.scheme not in {"", "smtp", "smtps"} or bool(_smtp.scheme) != bool(_smtp.hostname):
    raise ImproperlyConfigured("SMTP_URL must be as smtp://user:password@mail.example.org:587.")
EMAIL_HOST = _smtp.hostname or ""
EMAIL_PORT = _smtp.port or (465 if _smtp.scheme == "smtps" else 587)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_smtp.username or ""), unquote(_smtp.password or "")
# What is not encrypted from the start must be before a password is said.
EMAIL_USE_SSL = _smtp.scheme == "smtps"
EMAIL_USE_TLS = _smtp.scheme == "smtp"
EMAIL_TIMEOUT = 20
EMAIL_BACKEND = text(
    "EMAIL_BACKEND",
    "mediashare.accounts.mailbox.EmailBackend"
    if MAILBOX_DIR
    else "django.core.mail.backends.smtp.EmailBackend"
    if EMAIL_HOST
    else "anymail.backends.amazon_ses.EmailBackend",
)
ANYMAIL = {
    "AMAZON_SES_CLIENT_PARAMS": {"region_name": text("SES_REGION", S3_REGION)},
    "AMAZON_SES_CONFIGURATION_SET_NAME": text("SES_CONFIGURATION_SET", "") or None,
}
SES_TOPIC_ARNS = listing("SES_TOPIC_ARNS")

# Safety

# Limits are counted for each network address. More proxies than there are would let everybody
# choose an address; fewer would take all visitors for one.
TRUSTED_PROXIES = ALLAUTH_TRUSTED_PROXY_COUNT = number("TRUSTED_PROXIES", 0)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SECURE_SSL_REDIRECT = False  # The load balancer redirects; health checks come over plain HTTP.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = number("SECURE_HSTS_SECONDS", 0)
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20  # No file ever passes here; 10,000 part numbers do.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

_bytes_origins = [origin for origin in {S3_PUBLIC_ENDPOINT_URL, CLOUDFRONT_DOMAIN} if origin] or [
    f"https://*.s3.{S3_REGION}.amazonaws.com",
    f"https://s3.{S3_REGION}.amazonaws.com",
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *_bytes_origins],
        "media-src": [SELF, "blob:", *_bytes_origins],
        "connect-src": [SELF, *_bytes_origins],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

# API

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "mediashare.accounts.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["mediashare.accounts.authentication.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["mediashare.api.parsing.BoundedJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "mediashare.api.pagination.NewestFirst",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.ScopedRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {
        "api": text("THROTTLE_API", "1200/min"),
        "uploads": text("THROTTLE_UPLOADS", "6000/min"),
        "sync": text("THROTTLE_SYNC", "6000/min"),
        "archives": text("THROTTLE_ARCHIVES", "20/hour"),
        "share-password": text("THROTTLE_SHARE_PASSWORD", "10/min"),
        "devices": text("THROTTLE_DEVICES", "300/min"),
        "device-code": text("THROTTLE_DEVICE_CODE", "10/min"),
    },
    "NUM_PROXIES": TRUSTED_PROXIES,
    "EXCEPTION_HANDLER": "mediashare.api.problems.handle_exception",
    "PAGE_SIZE": 100,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "mediashare",
    "DESCRIPTION": "Uploads, items, albums and share links. Errors are RFC 9457 problem details.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "ArchiveKind": "processing.archives.models.Archive.Kind",
        "ItemKind": [
            ("photo", "photo"),
            ("video", "video"),
            ("audio", "audio"),
            ("file", "file"),
        ],
        "ItemState": "albums.models.Item.State",
        "JobState": "processing.models.Job.State",
        "UploadState": "mediashare.storage.models.Upload.State",
    },
}

# How do I look

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "mediashare" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mediashare.accounts.context.site",
                "albums.context.unfinished_jobs",
            ],
            "builtins": ["django.templatetags.static", "mediashare.bidi", "mediashare.icons"],
        },
    }
]
STATIC_URL = "/static/"
STATIC_ROOT = Path(text("STATIC_ROOT", str(HOME / "static")))
STATICFILES_DIRS = [BASE_DIR / "mediashare" / "static"]
WHITENOISE_USE_FINDERS = DEBUG
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

# How do I log

LOG_FORMAT = choice("LOG_FORMAT", "json", {"json", "text"})
LOG_LEVEL = text("LOG_LEVEL", "INFO")
_shared_processors: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
# Tracebacks are text: structlog's richer ones would write local variables, secrets among them.
_renderers: list[structlog.typing.Processor] = (
    [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    if LOG_FORMAT == "json"
    else [
        structlog.dev.ConsoleRenderer(
            colors=False, pad_event_to=0, exception_formatter=structlog.dev.plain_traceback
        )
    ]
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "log": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": _shared_processors,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                hide_keys,
                *_renderers,
            ],
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "log"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    # Of each message Celery tells twice; of each job we do.
    "loggers": {"celery": {"level": "WARNING"}},
}
structlog.configure(
    processors=[
        *_shared_processors,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)

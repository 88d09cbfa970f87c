"""Django's settings; every value a deployment may change comes from `config.env`."""

import dj_database_url

from config.env import ROOT, read_env

ENV = read_env()

BASE_DIR = ROOT
SECRET_KEY = ENV.secret_key
DEBUG = False
ALLOWED_HOSTS = list(ENV.allowed_hosts)
CSRF_TRUSTED_ORIGINS = list(ENV.csrf_trusted_origins)
DATA_DIR = ENV.data_dir

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "channels",
    "common",
    "accounts",
    "audit",
    "jobs",
    "studies",
    "annotations.marks",
    "annotations.reading",
    "annotations.assist",
    "annotations.learning",
    "annotations.datasets",
    "config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

# -- database -------------------------------------------------------------------------------------------------------
DATABASES = {
    "default": dj_database_url.parse(ENV.database_url or f"sqlite:///{ENV.data_dir / 'fiducial.sqlite3'}"),
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 30,
        "transaction_mode": "IMMEDIATE",  # take the write lock at once: no deadlock by lock upgrade
        # FULL: an acknowledged stroke survives a power cut, not only a killed process.
        # mmap_size: pages are read where the system keeps them, instead of copied one by one; 2 GiB is SQLite's most.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
        "PRAGMA mmap_size=2147418112;",
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # What a page out of turn costs on an SSD (PostgreSQL's own figure is a disk's): indexes that hold all that is asked
    # for are read instead of whole tables. `?options=…` in DATABASE_URL overrules it.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c random_page_cost=1.1")

# -- blobs ----------------------------------------------------------------------------------------------------------
if ENV.storage.folder is not None:
    _BLOBS = {"BACKEND": "common.storage.DurableFileStorage", "OPTIONS": {"location": str(ENV.storage.folder)}}
else:
    _BLOBS = {
        "BACKEND": "common.s3.RangedS3Storage",
        "OPTIONS": {
            "bucket_name": ENV.storage.bucket,
            "endpoint_url": ENV.storage.endpoint_url or None,
            "region_name": ENV.storage.region or None,
            "file_overwrite": True,
            "querystring_auth": False,
        },
    }
STORAGES = {
    "default": _BLOBS,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
ACCEL_REDIRECT = ENV.accel_redirect  # location of a proxy that sends frames in our place: docker/nginx.conf
STATIC_URL = "/static/"
FRONTEND_DIST = ROOT / "frontend" / "dist"
WHITENOISE_ROOT = FRONTEND_DIST if FRONTEND_DIST.is_dir() else None
WHITENOISE_INDEX_FILE = False
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/assets/"  # their names hold a hash of their content
MAX_UPLOAD_BYTES = ENV.max_upload_bytes
RENDITION_CACHE_BYTES = ENV.rendition_cache_bytes
DEIDENTIFICATION_KEYS = ENV.deidentification_keys  # the first seals, all open; none: SECRET_KEY
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 << 20
FILE_UPLOAD_MAX_MEMORY_SIZE = 4 << 20

# -- messages -------------------------------------------------------------------------------------------------------
REDIS_URL = ENV.redis_url
CHANNEL_LAYERS = {
    "default": (
        {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            # The layer waits 5 s for a message, which is redis-py's own limit for an answer: allow more.
            "CONFIG": {"hosts": [{"address": ENV.redis_url, "socket_timeout": 30}]},
        }
        if ENV.redis_url
        else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
    )
}
BROKER_FOLDER = ENV.data_dir / "broker"
JOB_LOST_AFTER_S = ENV.job_lost_after_s  # without a sign of life for so long, a running job has lost its worker

# -- API ------------------------------------------------------------------------------------------------------------
APPEND_SLASH = False
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.BearerTokenAuthentication",
        "accounts.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["common.parsers.StorableJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "common.api.handle_error",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Fiducial",
    "VERSION": "1",
    "DESCRIPTION": "Readings, marks, drafts, training runs and releases. Images are under /dicomweb/.",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "JobStateEnum": "jobs.types.JobState",
        "ImportStateEnum": "studies.types.ImportState",
        "OutcomeEnum": "studies.types.Outcome",
        "SetAsideReasonEnum": "studies.types.SetAsideReason",
        "RepairActionEnum": "studies.types.RepairAction",
        "SettleChoiceEnum": "studies.types.SettleChoice",
        "HeldStateEnum": "studies.types.HeldState",
        "DeidentificationOptionEnum": "studies.types.DeidentificationOption",
        "HeldReasonEnum": "studies.types.HeldReason",
        "SeriesKindEnum": "studies.types.SeriesKind",
        "QuestionKindEnum": "annotations.reading.types.QuestionKind",
        "NotReadableReasonEnum": "annotations.reading.types.NotReadableReason",
        "ProjectStateEnum": "annotations.reading.types.ProjectState",
        "ReadingStateEnum": "annotations.reading.types.ReadingState",
        "CaseStateEnum": "annotations.reading.types.CaseState",
        "ConsensusRuleEnum": "annotations.reading.types.ConsensusRule",
        "DraftActionEnum": "annotations.assist.types.DraftAction",
        "DraftOutcomeEnum": "annotations.assist.types.DraftOutcome",
        "TrainingStateEnum": "annotations.learning.types.TrainingState",
        "ReleaseStateEnum": "annotations.datasets.types.ReleaseState",
        "ReleaseFormatEnum": "annotations.datasets.types.Format",
        "MissingReasonEnum": "annotations.datasets.types.MissingReason",
    },
}

# -- language and time ----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# -- security -------------------------------------------------------------------------------------------------------
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
if ENV.production:
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}

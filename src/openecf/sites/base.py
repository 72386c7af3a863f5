"""Settings that every site shares. The facts come from the site's folder (``OPENECF_SITE``)."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import openecf
from openecf.platform import fees
from openecf.platform.config import this_site
from openecf.platform.telemetry import logs

SITE = this_site()
CONFIG = SITE.config
fees.announce()
PACKAGE = Path(openecf.__file__).parent

SECRET_KEY = SITE.secrets.django
DEBUG = False
LOGGING = logs.configure(site=SITE.id)
SECURE = CONFIG.base_url.startswith("https:")
ALLOWED_HOSTS = [urlsplit(CONFIG.base_url).hostname or "", "127.0.0.1", "localhost", *CONFIG.hosts]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_TRUSTED_ORIGINS = [CONFIG.base_url, *(f"https://{host}" for host in CONFIG.hosts)]


def _database(url: str) -> dict:
    parts = urlsplit(url)
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "openecf.platform.postgres",
        "NAME": parts.path.lstrip("/"),
        "USER": parts.username or "",
        "PASSWORD": parts.password or "",
        "HOST": query.get("host") or parts.hostname or "",
        "PORT": parts.port or "",
        "OPTIONS": {
            "pool": {"min_size": 1, "max_size": CONFIG.database_pool, "timeout": 10},
            # Of statements that say so (``platform.postgres.prepared``), from their first use on; of no other.
            "prepare_threshold": 0 if CONFIG.prepared_statements else None,
        },
    }


DATABASES = {"default": _database(CONFIG.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

PLATFORM_APPS = [
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "procrastinate.contrib.django",
    "openecf.platform.audit",
    "openecf.platform.bus",
    "openecf.platform.mail",
    "openecf.platform.throttle",
    "openecf.platform.health",
    "openecf.platform.jobs",
    "openecf.platform.store",
    "openecf.platform.payments",
    "openecf.platform.banners",
    "openecf.platform.shell",
]

SECURITY_MIDDLEWARE = [
    "openecf.platform.telemetry.middleware.Observed",
    "openecf.platform.web.Arrival",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "openecf.platform.compressing.PublicPages",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]
GATE = "openecf.platform.access.Gate"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "openecf.platform.shell.context.shell",
            ],
        },
    }
]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español"), ("ht", "Kreyòl ayisyen")]
LOCALE_PATHS = [PACKAGE / "locale"]
FORMAT_MODULE_PATH = ["openecf.platform.shell.formats"]
LANGUAGE_COOKIE_NAME = f"openecf_{SITE.id}_language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = PACKAGE / "platform" / "shell" / "built"  # made by `openecf assets`, the same for every site
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "openecf.platform.shell.static_files.Hashed"},
}
WHITENOISE_USE_FINDERS = not (STATIC_ROOT / "staticfiles.json").exists()
WHITENOISE_MAX_AGE = 3600
FORM_RENDERER = "openecf.platform.shell.forms.Renderer"
OPENECF_LOGIN_URL = "/login"
OPENECF_LOGOUT_URL = "/logout"
OPENECF_BESIDE_SESSION = ""
OPENECF_DESK_RULE = OPENECF_DESK_DECIDES_RULE = "openecf.platform.bus.access.OPERATOR"

_SAFE = "__Host-" if SECURE else ""
SESSION_COOKIE_NAME = f"{_SAFE}openecf_{SITE.id}_session"
CSRF_COOKIE_NAME = f"{_SAFE}openecf_{SITE.id}_csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "openecf.platform.shell.views.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

PASSWORD_HASHERS = ["openecf.platform.passwords.Argon2id"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = CONFIG.smtp.host
EMAIL_PORT = CONFIG.smtp.port
EMAIL_HOST_USER = CONFIG.smtp.username
EMAIL_HOST_PASSWORD = CONFIG.smtp.password
EMAIL_USE_TLS = CONFIG.smtp.starttls
EMAIL_TIMEOUT = 10

SILENCED_SYSTEM_CHECKS = ["auth.E003"]  # user names are unique whatever their case: a constraint on lower(username)

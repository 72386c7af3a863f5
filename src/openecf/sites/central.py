"""Settings of the central site."""

from __future__ import annotations

from openecf.sites.base import *  # noqa: F403
from openecf.sites.base import GATE, PLATFORM_APPS, SECURITY_MIDDLEWARE, TEMPLATES

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    *PLATFORM_APPS,
    "openecf.central.accounts",
    "openecf.central.factors",
    "openecf.central.signon",
    "openecf.central.billing",
    "openecf.central.courts",
    "openecf.central.firms",
    "openecf.central.registration",
    "openecf.central.service_center",
]
AUTH_USER_MODEL = "accounts.Account"
ROOT_URLCONF = "openecf.sites.central_urls"
MIDDLEWARE = [*SECURITY_MIDDLEWARE, "openecf.central.signon.middleware.SignOnSession", GATE]
TEMPLATES[0]["OPTIONS"]["context_processors"].append("openecf.central.accounts.context.head")
OPENECF_LOGOUT_URL = "/csologin/logout"

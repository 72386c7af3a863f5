"""The WSGI application of this process's site."""

from __future__ import annotations

import os

from openecf.platform.config import this_site

os.environ.setdefault("DJANGO_SETTINGS_MODULE", f"openecf.sites.{this_site().config.kind}")

from django.core.wsgi import get_wsgi_application  # noqa: E402  (settings first)

from openecf.platform.form_data import Request  # noqa: E402

application = get_wsgi_application()
application.request_class = Request

"""The WSGI application of this process's site."""

from __future__ import annotations

import gc
import os

from openecf.platform.config import this_site

os.environ.setdefault("DJANGO_SETTINGS_MODULE", f"openecf.sites.{this_site().config.kind}")

from django.core.wsgi import get_wsgi_application  # noqa: E402  (settings first)
from django.urls import get_resolver  # noqa: E402

from openecf.platform.form_data import Request  # noqa: E402

application = get_wsgi_application()
application.request_class = Request

# What is loaded by now stays as long as the process does: the collector of garbage need not walk through it with every
# few pages. Nor need it come so often: a page makes thousands of objects that go by themselves, and hardly a cycle.
get_resolver().url_patterns  # noqa: B018  (loads every page's module)
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)

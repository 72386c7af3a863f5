"""Settings of a central site whose passwords cost nothing to check, for ``bench.signon`` alone."""

from __future__ import annotations

from openecf.sites.central import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

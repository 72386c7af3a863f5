"""Addresses that are mailed and carry their own proof. The secret is made from the site's and kept nowhere."""

from __future__ import annotations

import base64
import hashlib
import hmac
from uuid import UUID

from django.conf import settings

from openecf.platform.config import this_site


def secret(kind: str, of: UUID) -> str:
    """43 characters that only this site can make of ``kind`` and ``of``."""
    mac = hmac.digest(settings.SECRET_KEY.encode(), f"service center {kind} {of}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")


def is_secret(kind: str, of: UUID, shown: str) -> bool:
    return hmac.compare_digest(secret(kind, of).encode(), shown.encode("utf-8", "replace"))


def address(kind: str, of: UUID) -> str:
    """``…/service-center/KIND/ID/SECRET``."""
    return f"{this_site().config.base_url}/service-center/{kind}/{of}/{secret(kind, of)}"

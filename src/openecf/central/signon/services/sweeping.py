"""Forgetting what no longer matters."""

from __future__ import annotations

from datetime import datetime, timedelta

from openecf.central.signon.models import Assertion, Code, LogoutDelivery, RefreshToken, Revocation, SsoSession, Token

_KEEP_SESSIONS = timedelta(days=90)


def sweep(*, at: datetime) -> None:
    """Delete used-up credentials, revocations that outlived every session, sessions ended a season ago."""
    hour_ago = at - timedelta(hours=1)
    Code.objects.filter(expires_at__lt=hour_ago).delete()
    Token.objects.filter(expires_at__lt=hour_ago).delete()
    RefreshToken.objects.filter(expires_at__lt=hour_ago).delete()
    Assertion.objects.filter(expires_at__lt=at).delete()
    Revocation.objects.filter(at__lt=at - timedelta(days=2)).delete()
    LogoutDelivery.objects.exclude(delivered_at=None, given_up_at=None).filter(
        next_at__lt=at - timedelta(days=2)
    ).delete()
    SsoSession.objects.filter(expires_at__lt=at - _KEEP_SESSIONS).delete()

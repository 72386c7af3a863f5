"""Courts as relying parties."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from openecf.central.signon import queries
from openecf.central.signon.models import Client
from openecf.central.signon.services.keys import tend_keys
from openecf.platform.audit import services as audit

CALLBACK = "/oidc/callback"
SIGNED_OUT = "/signed-out"
BACK_CHANNEL = "/oidc/backchannel"


def register_court(*, court_id: str, base_url: str, hosts: Sequence[str], public_key: str, at: datetime) -> None:
    """Let an admitted court (``courts.services.admit_court``) send people here; again with new facts, it replaces them.

    ``base_url`` is the court's own address, ``hosts`` its public names (https), ``public_key`` PEM.
    """
    origins = [base_url.rstrip("/"), *(f"https://{host}" for host in hosts)]
    facts = {
        "redirect_uris": [origin + CALLBACK for origin in origins],
        "post_logout_redirect_uris": [origin + SIGNED_OUT for origin in origins],
        "origins": origins,
        "backchannel_logout_uri": base_url.rstrip("/") + BACK_CHANNEL,
        "public_key": public_key,
    }
    known = Client.objects.filter(court_id=court_id).values(*facts).first()
    if known != facts:
        with transaction.atomic():
            Client.objects.update_or_create(court_id=court_id, defaults=facts | {"registered_at": at})
            audit.record(act="signon.court-registered", by="system", at=at, subject=court_id, origins=origins)
        queries.forget_clients()
    tend_keys(at=at)

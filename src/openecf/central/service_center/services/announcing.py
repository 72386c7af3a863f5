"""Banners of the Service Center: shown here at once, and told to the courts over the bus."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy

from openecf.central.courts import queries as courts
from openecf.central.service_center.queries import Staff
from openecf.kernel.refusal import Refusal
from openecf.platform.audit import services as audit
from openecf.platform.banners import services as banners
from openecf.platform.banners.models import Banner
from openecf.platform.bus import services as bus
from openecf.platform.bus.messages import BannerSet


class NoSuchBanner(Refusal):
    said = gettext_lazy("This banner is over, or was taken back already.")
    code = "no-such-banner"


def announce(
    *, staff: Staff, severity: str, words: dict[str, str], begins_at: datetime, ends_at: datetime,
    only_at: Sequence[str] = (), at: datetime,
) -> UUID:  # fmt: skip
    """Say something on every page, from when to when; here and at all courts, or at some courts and here."""
    message = BannerSet(
        id=uuid4(), severity=severity, begins_at=begins_at, ends_at=ends_at, courts=tuple(only_at), withdrawn_at=None,
        changed_at=at, **{language: words.get(language, "") for language in ("en", "es", "ht")},
    )  # fmt: skip
    _tell(message, "service.banner-set", staff, at)
    return message.id


def withdraw(*, staff: Staff, banner: UUID, at: datetime) -> None:
    """Say it no more. NoSuchBanner."""
    row = Banner.objects.filter(id=banner, withdrawn_at=None, ends_at__gt=at).first()
    if row is None:
        raise NoSuchBanner
    row.withdrawn_at = at
    _tell(banners.message_of(row, changed_at=at), "service.banner-withdrawn", staff, at)


def _tell(message: BannerSet, act: str, staff: Staff, at: datetime) -> None:
    with transaction.atomic():
        banners.keep(banner=message)
        audit.record(act=act, by=staff.ref, at=at, subject=f"banner:{message.id}", severity=message.severity)
        for court in courts.courts():
            if not message.courts or court.id in message.courts:
                bus.put(to=court.id, message=message, at=at)

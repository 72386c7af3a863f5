"""Messages that the banners room applies."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from openecf.platform.banners import services
from openecf.platform.bus.handlers import CannotApply, handles
from openecf.platform.bus.messages import BannerSet


@handles(BannerSet)
def banner_set(message: BannerSet, *, sender: str, message_id: UUID, at: datetime) -> None:
    """The Service Center set a banner, changed it or took it back."""
    if sender != "central":
        raise CannotApply
    services.keep(banner=message)

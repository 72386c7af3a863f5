"""Setting banners: one site decides, all others hear of it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from openecf.platform.banners import queries
from openecf.platform.banners.models import Banner
from openecf.platform.bus.messages import BannerSet
from openecf.platform.config import this_site


def keep(*, banner: BannerSet) -> bool:
    """Show the banner here as the message has it; whether it was news. An older message that comes late changes nothing.

    Inside the caller's transaction. A banner for other courts is not kept.
    """
    site = this_site()
    if site.config.kind == "court" and banner.courts and site.id not in banner.courts:
        return False
    facts = banner.model_dump(exclude={"id"}) | {"courts": list(banner.courts)}
    with transaction.atomic():
        row, made = Banner.objects.select_for_update().get_or_create(id=banner.id, defaults=facts)
        if not made:
            if row.changed_at >= banner.changed_at:
                return False
            Banner.objects.filter(id=banner.id).update(**facts)
        transaction.on_commit(queries.forget)
    return True


def message_of(row: Banner, *, changed_at: datetime) -> BannerSet:
    """What other sites are told of a banner."""
    return BannerSet(
        id=row.id, severity=row.severity, en=row.en, es=row.es, ht=row.ht, begins_at=row.begins_at, ends_at=row.ends_at,
        courts=tuple(row.courts), withdrawn_at=row.withdrawn_at, changed_at=changed_at,
    )  # fmt: skip

"""The demonstration's accounts, and some usage of theirs. Every person is invented, every password public."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from openecf.central.accounts import services as accounts
from openecf.central.accounts.models import AccountType
from openecf.central.billing import services as billing
from openecf.platform.bus.messages import UsageRecorded
from openecf.platform.demo_cast import ACCOUNTS

_PLACE = {
    "address1": "1 Lantern Street", "city": "Miami", "state": "FL", "county": "Miami-Dade", "zip": "33101",
    "country": "US", "phone": "305-555-0100",
}  # fmt: skip
_USAGE = (
    ("flsb", 3, "Docket Report", "26-10001 Fil or Ent: filed", 4),
    ("flsb", 3, "Image1-0", "26-10001 Document 1-0", 12),
    ("nysb", 20, "Search", "LName: Brandywine", 1),
    ("flsd", 45, "Docket Report", "1:26-cv-20001", 9),
    ("ca11", 70, "Docket Report", "26-10001", 2),
)


def load(*, at: datetime) -> None:
    """Bring in the cast's accounts and usage. Idempotent."""
    for number, person in enumerate(ACCOUNTS):
        accounts.bring_in(
            id=person.id,
            number=person.number,
            username=person.username,
            password=person.password,
            type=AccountType(person.type),
            email=person.email,
            first_name=person.first,
            last_name=person.last,
            created_at=person.created,
            upgraded_at=None if person.legacy else person.created,
            at=at,
            birth_date=None if person.type == "paa" else date(1961 + number, 5, 7 + number),
            shared=person.shared,
            place=_PLACE | {"firm": person.firm},
        )
    for person in ACCOUNTS[:4]:
        for n, (court, days, description, criteria, pages) in enumerate(_USAGE):
            billing.record_usage(
                usage=UsageRecorded(
                    account=person.id,
                    court=court,
                    at=at - timedelta(days=days, hours=n),
                    client_code="lantern" if n % 2 else "",
                    description=description,
                    criteria=criteria,
                    pages=pages,
                    cents=10 * pages,
                ),
                sender=court,
                message_id=uuid5(NAMESPACE_URL, f"demonstration:{person.number}:{n}"),
                at=at,
            )

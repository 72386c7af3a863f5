"""Seeing that several people use one account, and settling it.

An account is seen (``watch_sharing``) when it is in use from more places at once than one person is in; after three such days
within thirty it appears shared: it goes on searching, and no court lets it link or file. Its owner is told why and what to do.
A new password, which ends every other sign-on, settles it at once; if the others come back, it is seen again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext

from openecf.central.accounts import queries as accounts
from openecf.central.accounts import services as standing
from openecf.central.signon.models import Crowd
from openecf.central.signon.rules import CROWDS_COUNT_FOR, WATCHED, Seat, appears_shared, is_crowd
from openecf.central.signon.services.renewing import let_courts_ask_again
from openecf.kernel.networks import network_of
from openecf.platform.audit.services import record
from openecf.platform.mail import services as mail

# Only accounts with several live browsers are looked at; an account without an address of its browser tells nothing.
_SEATS = """
SELECT s.account_id, array_agg(host(s.address)), array_agg(s.device)
FROM signon_session s JOIN account a ON a.id = s.account_id
WHERE s.kind = 'browser' AND s.ended_at IS NULL AND s.expires_at > %(now)s AND s.last_seen_at > %(since)s
  AND s.address IS NOT NULL AND a.is_active AND NOT a.shared AND a.appears_shared_at IS NULL
GROUP BY s.account_id HAVING count(*) >= 3
"""


def watch_sharing(*, at: datetime) -> list[UUID]:
    """Note the accounts that are crowded now; those that appear shared from now on."""
    with connection.cursor() as cursor:
        cursor.execute(_SEATS, {"now": at, "since": at - WATCHED})
        seen = {account: _seats(addresses, devices) for account, addresses, devices in cursor.fetchall()}
    crowds = {account: seats for account, seats in seen.items() if is_crowd(seats)}
    return [account for account, seats in crowds.items() if _note(account, seats, at)]


def _seats(addresses: Sequence[str], devices: Sequence[str]) -> list[Seat]:
    return [Seat(network_of(address), device) for address, device in zip(addresses, devices, strict=True)]


def _note(account: UUID, seats: Sequence[Seat], at: datetime) -> bool:
    today = at.astimezone(UTC).date()
    with transaction.atomic():
        Crowd.objects.filter(account_id=account, day__lte=today - CROWDS_COUNT_FOR).delete()
        facts = {"networks": len({seat.network for seat in seats}), "seats": len(set(seats)), "at": at}
        Crowd.objects.get_or_create(account_id=account, day=today, defaults=facts)
        days = list(Crowd.objects.filter(account_id=account).order_by("day").values_list("day", flat=True))
        if not appears_shared(days, today=today) or not standing.note_sharing(account=account, since=at):
            return False
        record(act="account.appears-shared", by="system", at=at, subject=str(account), **_plain(facts, days))
        let_courts_ask_again(account=account, why="appears-shared", by="system", at=at)
        _tell(account, at)
    return True


def _plain(facts: Mapping[str, object], days: Sequence[object]) -> dict[str, object]:
    return {"networks": facts["networks"], "seats": facts["seats"], "days": [str(day) for day in days]}


def settle_sharing(*, account: UUID, why: str, by: str, at: datetime) -> bool:
    """The account no longer appears shared (a new password, the Service Center's word). Whether it did."""
    with transaction.atomic():
        Crowd.objects.filter(account_id=account).delete()
        if not standing.note_sharing(account=account, since=None):
            return False
        record(act="account.sharing-settled", by=by, at=at, subject=str(account), why=why)
        let_courts_ask_again(account=account, why="sharing-settled", by=by, at=at)
    return True


def _tell(account_id: UUID, at: datetime) -> None:
    account = accounts.account(account_id)
    with standing.in_words_of(account):
        mail.send(
            to=[account.email],
            subject=gettext("Your PACER account appears to be shared"),
            text=gettext(
                "PACER account {number} was used from several places at once on three days of the last month, more than "
                "one person is in. It goes on searching. No court lets it be linked or file, because the record must say "
                "which person filed.\n\n"
                "If several people use it: each of them registers an account of the own, free of charge, and a firm can "
                "pay for all of them with a PACER Administrative Account. Somebody who files for an attorney or trustee "
                "registers as filing agent.\n\n"
                "If you alone use it: change its password in Manage My Account. That ends every other sign-on and "
                "settles the matter at once. Somebody else may know your password."
            ).format(number=account.number),
            at=at,
            reference=f"account:{account.number}",
        )

"""The meter: a price is shown before it is charged; a charge is written here and told to the central ledger."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_noop

from openecf.court.cases import queries as cases
from openecf.court.fees import queries
from openecf.court.fees.charging import charge_filing as charge_filing
from openecf.court.fees.rules import REPORT_LABEL, Receipt, exempt_for, pays_nothing, price
from openecf.court.people.rules import Reader
from openecf.kernel import courts
from openecf.kernel.exemptions import TRUSTEE
from openecf.kernel.refusal import Refusal
from openecf.platform.bus import services as bus
from openecf.platform.bus.messages import UsageRecorded
from openecf.platform.config import this_site

if TYPE_CHECKING:
    from openecf.court.cases.models import Case

CENTRAL = "central"
UNDER_SEAL = "Case Under Seal"

# With each page that somebody reads, hence by hand.
_METERED = """
INSERT INTO meter_line (account, login, at, client_code, description, criteria, case_id, pages, cents, exempt, exempt_for)
VALUES (%(account)s, %(login)s, %(at)s, %(client_code)s, %(description)s, %(criteria)s, %(case)s, %(pages)s, %(cents)s,
  %(exempt)s, %(exempt_for)s)
"""


class ClientCodeRequired(Refusal):
    """The reader's account must name the client to bill, and did not."""

    said = gettext_noop("A Client Code is required for PACER search")
    code = "client-code-required"


def quote(
    *,
    reader: Reader,
    description: str,
    criteria: str,
    pages: int,
    capped: bool = True,
    case: Case | None = None,
    at: datetime,
    free: bool = False,
    criteria_label: str = REPORT_LABEL,
) -> Receipt:
    """The receipt that ``charge`` would give, without charging."""
    court = courts.court(this_site().id)
    exempt = _exempt_for(reader, case, at)
    billable, cost = price(
        reader=reader, pages=pages, capped=capped, free=free, exempt=bool(exempt), at=at, zone=court.zone
    )
    return Receipt(
        login=reader.username,
        client_code=reader.client_code,
        description=description,
        criteria=criteria,
        pages=billable,
        cost=cost,
        at=at.astimezone(ZoneInfo(court.zone)),
        criteria_label=criteria_label,
        exempt=bool(exempt),
        exempt_for=exempt,
        free=free or pays_nothing(reader),
        hidden=reader.receipts_hidden,
    )


def _exempt_for(reader: Reader, case: Case | None, at: datetime) -> str:
    if not reader.exempt:
        return ""
    takes_part = reader.exempt_for == TRUSTEE and case is not None and cases.participates(reader, case.id)
    number = case.number if case else ""
    if takes_part and reader.acting:
        # For another trustee than when it was chosen, one may have no exemption, or that of one case.
        held = queries.exemptions(reader=reader, at=at)
        takes_part = any(one.purpose == TRUSTEE and one.case in ("", number) for one in held)
    return exempt_for(reader, case=number, takes_part=takes_part)


def charge(
    *,
    reader: Reader,
    description: str,
    criteria: str,
    pages: int,
    capped: bool = True,
    case: Case | None = None,
    at: datetime,
    free: bool = False,
    criteria_label: str = REPORT_LABEL,
) -> Receipt:
    """Charge a reader for pages of the record (``capped``: thirty pages at most) and give the receipt.

    Writes the meter line and the message to the central ledger in one statement, in the caller's transaction if there
    is one.
    Free looks, opinions, public terminals and the court's own people leave no line; exempt people leave one of $0.00.
    """
    if reader.client_code_required and not reader.client_code and not (free or pays_nothing(reader)):
        raise ClientCodeRequired(account=reader.number)
    receipt = quote(
        reader=reader,
        description=description,
        criteria=criteria,
        pages=pages,
        capped=capped,
        case=case,
        at=at,
        free=free,
        criteria_label=criteria_label,
    )
    if receipt.free or reader.account is None:
        return receipt
    # The reader does not wait for the disk. When the database server crashes, what may be lost is the charges of the last
    # fraction of a second, each with its message, in the reader's favour; never anything of the record, and nothing of a
    # charge that belongs to another act: that one commits with its act, durably.
    bus.put_with(
        fact=_METERED,
        values={
            "account": reader.account,
            "login": reader.username,
            "at": at,
            "client_code": reader.client_code,
            "description": description[:120],
            "criteria": criteria,
            "case": case.id if case else None,
            "pages": receipt.pages,
            "cents": receipt.cost.cents,
            "exempt": receipt.exempt,
            "exempt_for": receipt.exempt_for,
        },
        to=CENTRAL,
        at=at,
        may_lag=True,
        message=_usage(reader, receipt, description, criteria, case, at),
    )
    return receipt


def _usage(
    reader: Reader, receipt: Receipt, description: str, criteria: str, case: Case | None, at: datetime
) -> UsageRecorded:
    """What the central ledger is told. A sealed case's number stays at this court, whose own history still names it."""
    return UsageRecorded(
        account=reader.account,
        court=this_site().id,
        at=at,
        client_code=reader.client_code,
        description=description,
        criteria=UNDER_SEAL if case is not None and case.restriction else criteria,
        pages=receipt.pages,
        cents=receipt.cost.cents,
        exempt=receipt.exempt,
        exempt_for=receipt.exempt_for,
    )

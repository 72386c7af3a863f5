"""Where a person's notices go: said once, told to every court where the person files."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import get_language, gettext_lazy

from openecf.central.accounts import services as accounts
from openecf.central.courts import queries as courts
from openecf.central.registration.models import FilerContact
from openecf.kernel.names import looks_like_address
from openecf.kernel.refusal import Refusal
from openecf.platform.audit import services as audit
from openecf.platform.bus import services as bus
from openecf.platform.bus.messages import FilerContactChanged

if TYPE_CHECKING:
    from openecf.central.accounts.models import Account


class NotAnAddress(Refusal):
    """Notices need one e-mail address."""

    said = gettext_lazy("This is no e-mail address; one looks like name@firm.example.")
    code = "not-an-address"


def change_contact(
    *, account: Account, password: str, email: str, wants_text: bool, summary: bool, tells_silence: bool, at: datetime
) -> int:
    """Tell every court where the account is linked where notices should go, and how; how many courts. WrongPassword,
    NotAnAddress. ``summary``: once a day; ``tells_silence``: also of a day without filings, which needs a summary.

    The password is asked for once more: who reads a lawyer's notices knows her cases.
    """
    email = email.strip()
    if not looks_like_address(email):
        raise NotAnAddress
    accounts.require_owner(account=account, password=password, at=at)
    linked = [row.court for row in courts.registered_courts(account.id)]
    with transaction.atomic():
        accounts.hold_proved(account=account)
        said = {
            "email": email,
            "wants_text": wants_text,
            "summary": summary,
            "tells_silence": tells_silence and summary,
        }
        FilerContact.objects.update_or_create(account_id=account.id, defaults=said | {"changed_at": at})
        for court in linked:
            message = FilerContactChanged(account=account.id, at=at, language=get_language() or "", **said)
            bus.put(to=court, message=message, at=at)
        audit.record(act="filer.contact-changed", by=str(account.id), at=at, subject=str(account.id), courts=linked,
                     summary=summary)  # fmt: skip
    return len(linked)

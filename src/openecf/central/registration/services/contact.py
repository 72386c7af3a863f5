"""Where a person's notices go: said once, proved, and told to every court where the person files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import get_language, gettext, gettext_lazy

from openecf.central.accounts import queries as account_queries
from openecf.central.accounts import services as accounts
from openecf.central.courts import queries as courts
from openecf.central.registration import queries
from openecf.central.registration.models import ContactAsked, ContactSaid, FilerContact
from openecf.kernel.names import looks_like_address
from openecf.kernel.refusal import Refusal
from openecf.kernel.tokens import base62, digest
from openecf.platform.audit import services as audit
from openecf.platform.bus import services as bus
from openecf.platform.bus.messages import FilerContactChanged
from openecf.platform.config import this_site
from openecf.platform.mail import services as mail
from openecf.platform.throttle import services as throttle

if TYPE_CHECKING:
    from openecf.central.accounts.models import Account

LINK_LIFE = timedelta(hours=24)
_HOUR = timedelta(hours=1)
_PROOFS = 5


class NotAnAddress(Refusal):
    """Notices need one e-mail address."""

    said = gettext_lazy("This is no e-mail address; one looks like name@firm.example.")
    code = "not-an-address"


class TooManyProofs(Refusal):
    """One account has mails sent to address after address."""

    said = gettext_lazy(
        "Links were mailed several times within an hour. Look into the mailbox, or try again in an hour."
    )
    code = "too-many-proofs"


def change_contact(
    *, account: Account, password: str, email: str, wants_text: bool, summary: bool, tells_silence: bool, at: datetime
) -> bool:
    """Tell every court where the account is linked where notices should go, and how; whether that holds now.
    ``summary``: once a day; ``tells_silence``: also of a day without filings, which needs a summary.

    An address that the person did not prove yet gets a link first, and until it is opened every court goes on as
    before: a mistyped address would take documents that are served, and a stranger's would show them. The password is
    asked for once more, as who reads a lawyer's notices knows her cases. WrongPassword, NotAnAddress, TooManyProofs.
    """
    email = email.strip()
    if not looks_like_address(email):
        raise NotAnAddress
    accounts.require_owner(account=account, password=password, at=at)
    said = {"email": email, "wants_text": wants_text, "summary": summary, "tells_silence": tells_silence and summary}
    kept = queries.contact_of(account.id)
    settled = queries.proved(account, email=email) or (kept is not None and kept.email == email)
    if not settled and throttle.count(key=f"contact-proof:{account.id}", window=_HOUR, now=at) > _PROOFS:
        raise TooManyProofs
    with transaction.atomic():
        accounts.hold_proved(account=account)
        if settled:
            ContactAsked.objects.filter(account_id=account.id).delete()
            _tell_courts(account.id, said, language=get_language() or "", at=at)
        else:
            _ask(account, said, at)
    return settled


def _ask(account: Account, said: Mapping[str, object], at: datetime) -> None:
    secret, email = base62(43), str(said["email"])
    asked = {"digest": digest(secret), "language": get_language() or "", "asked_at": at, "expires_at": at + LINK_LIFE}
    ContactAsked.objects.update_or_create(account_id=account.id, defaults=dict(said) | asked)
    audit.record(act="filer.contact-asked", by=str(account.id), at=at, subject=str(account.id))
    mail.send(
        to=[email],
        subject=gettext("Confirm your e-mail address for notices of filings"),
        text=gettext(
            "The owner of PACER account {number} wants courts to send notices of electronic filing to this address."
            "\n\nIf that is you, open this page within 24 hours:\n\n{link}\n\nIf not, do nothing."
        ).format(number=account.number, link=f"{this_site().config.base_url}/pscof/confirm-notices/{secret}"),
        at=at,
        reference=f"account:{account.number}",
    )
    _warn(account, but=email, at=at)


def _warn(account: Account, *, but: str, at: datetime) -> None:
    kept = queries.contact_of(account.id)
    addresses = {account.email, kept.email if kept else account.email} - {but}
    if not addresses:
        return
    with accounts.in_words_of(account):
        mail.send(
            to=sorted(addresses),
            subject=gettext("A change to your PACER account"),
            text=gettext(
                "On {at} (UTC), in PACER account {number}, another e-mail address for notices of filings was asked for. "
                "Until somebody opens the link that we mailed there, notices go on as before.\n\n"
                "If that was not you, reset your password at once: the link is no good then."
            ).format(at=f"{at:%Y-%m-%d %H:%M}", number=account.number),
            at=at,
            reference=f"account:{account.number}",
        )


def look_at_proof(*, secret: str, at: datetime) -> ContactAsked:
    """What a mailed link is about, not used up: mail scanners open links, too. LinkSpent if it is no good (any more):
    used, too old, asked anew, or asked for before the account got another password or was closed."""
    asked = ContactAsked.objects.filter(digest=digest(secret), expires_at__gt=at).first()
    if asked is None or not _still_wanted(asked):
        raise accounts.LinkSpent
    return asked


def _still_wanted(asked: ContactAsked) -> bool:
    account = account_queries.account(asked.account_id)
    newer = account.password_changed_at is not None and account.password_changed_at > asked.asked_at
    return account.is_active and not newer


def confirm_contact(*, secret: str, at: datetime) -> None:
    """Somebody who reads mail at the new address pressed the button: every court is told, once. LinkSpent."""
    account = look_at_proof(secret=secret, at=at).account_id
    with transaction.atomic():
        accounts.hold(account=account)
        asked = look_at_proof(secret=secret, at=at)
        used, _rows = ContactAsked.objects.filter(digest=digest(secret)).delete()
        if not used:
            raise accounts.LinkSpent
        said = {name: getattr(asked, name) for name in ("email", "wants_text", "summary", "tells_silence")}
        _tell_courts(account, said, language=asked.language, at=at, proved_at=at)


def take_contact_back(*, account: Account, since: datetime, email: str, by: str, at: datetime) -> bool:
    """Somebody else was signed on from a moment: what was said since about notices holds no more, and every court is told
    again what held before; whether there was anything. Both addresses are mailed. Inside the transaction of the act that
    says why, which holds the account.

    ``email``: the account's own address of before. Notices go there where nothing had been said: what each court held
    then is not known here.
    """
    ContactAsked.objects.filter(account_id=account.id, asked_at__gt=since).delete()
    now = queries.contact_of(account.id)
    if now is None or now.changed_at <= since:
        return False
    before = queries.contact_at(account.id, at=since)
    said: dict[str, object] = {"email": email, "wants_text": False, "summary": False, "tells_silence": False}
    if before is not None:
        said = {name: getattr(before, name) for name in said}
    if said == {name: getattr(now, name) for name in said}:
        return False
    proved_at = None if before is None else before.proved_at
    _tell_courts(account.id, said, language=account.language, at=at, by=by, proved_at=proved_at)
    # One mail to each, without the address: neither of two strangers learns the other's.
    for to in sorted({str(said["email"]), now.email, email}):
        with accounts.in_words_of(account):
            mail.send(
                to=[to],
                subject=gettext("A change to your PACER account"),
                text=gettext(
                    "On {at} (UTC) the owner of PACER account {number} said that somebody else had signed in to it. Since "
                    "that sign-in another address for notices of filings, or another form of them, had been chosen. That was "
                    "taken back: courts send them as before.\n\n"
                    "If you had chosen it yourself, choose it again in Manage My Account. If you had another address at a "
                    "court itself, look there whether it is right."
                ).format(at=f"{at:%Y-%m-%d %H:%M}", number=account.number),
                at=at,
                reference=f"account:{account.number}",
            )
    return True


def _tell_courts(
    account: UUID, said: Mapping[str, object], *, language: str, at: datetime, by: str = "", **proof: datetime | None
) -> None:
    kept = dict(said) | {"changed_at": at}
    before = queries.contact_of(account)
    if before is not None and before.email.lower() != str(said["email"]).lower():
        kept["proved_at"] = None
    row, _made = FilerContact.objects.update_or_create(account_id=account, defaults=kept | proof)
    ContactSaid.objects.create(account_id=account, at=at, proved_at=row.proved_at, **said)
    linked = [row.court for row in courts.registered_courts(account)]
    for court in linked:
        bus.put(to=court, message=FilerContactChanged(account=account, at=at, language=language, **said), at=at)
    audit.record(act="filer.contact-changed", by=by or str(account), at=at, subject=str(account), courts=linked,
                 summary=said["summary"])  # fmt: skip

"""Questions to the Service Center: asked by anybody, followed by who asked, answered by the staff.

No answer here says whether an address or a name belongs to an account: a guest proves a mailbox, nothing more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext, gettext_lazy

from openecf.central.accounts import queries as accounts
from openecf.central.service_center import links
from openecf.central.service_center.models import Post, Ticket
from openecf.central.service_center.queries import Staff
from openecf.central.service_center.services import attaching
from openecf.central.service_center.services.attaching import Kept, Sent
from openecf.kernel.networks import network_of
from openecf.kernel.refusal import Refusal
from openecf.kernel.tokens import digest
from openecf.platform.audit import services as audit
from openecf.platform.config import this_site
from openecf.platform.mail import services as mail
from openecf.platform.throttle import services as throttle

if TYPE_CHECKING:
    from openecf.central.accounts.models import Account

State = Ticket.State
_HOUR = timedelta(hours=1)
_PER_NETWORK = 20
_PER_MAILBOX = 4
_PER_ACCOUNT = 10
_POSTS_PER_TICKET = 30
_REST = timedelta(days=30)
LONGEST = 5000


class TooManyTickets(Refusal):
    said = gettext_lazy("That is a lot of messages in an hour. Wait a while, or call the Service Center.")
    code = "too-many"


class NoSuchTicket(Refusal):
    said = gettext_lazy("There is no such ticket, or the link is not the one that was mailed.")
    code = "no-such-ticket"


class TicketClosed(Refusal):
    said = gettext_lazy("This ticket is closed. If the matter goes on, open a new one.")
    code = "ticket-closed"


class NothingWritten(Refusal):
    said = gettext_lazy("Write something first.")
    code = "nothing-written"


def ask(
    *, account: Account | None, name: str, email: str, topic: str, court: str, text: str, address: str, at: datetime
) -> Ticket | None:
    """A question: of an account it is open at once; a guest's when the mailed link was pressed. None if a guest's
    mailbox was written to too often: the page says the same. TooManyTickets, NothingWritten."""
    if throttle.count(key=f"ticket-network:{network_of(address)}", window=_HOUR, now=at) > _PER_NETWORK:
        raise TooManyTickets
    if account is not None and throttle.count(key=f"ticket:{account.id}", window=_HOUR, now=at) > _PER_ACCOUNT:
        raise TooManyTickets
    if not text.strip():
        raise NothingWritten
    if account is None:
        mailbox = digest(email.strip().lower())
        if throttle.count(key=f"ticket-mailbox:{mailbox}", window=_HOUR, now=at) > _PER_MAILBOX:
            return None
    with transaction.atomic():
        ticket = Ticket.objects.create(
            number=_number(at), account=account, name=account.name.direct if account else name.strip(),
            email=account.email if account else email.strip(), language=translation.get_language() or "en", topic=topic,
            court=court, state=State.OPEN if account else State.UNPROVED, opened_at=at, changed_at=at,
        )  # fmt: skip
        Post.objects.create(ticket=ticket, at=at, text=text.strip()[:LONGEST])
        by = str(account.id) if account else "anonymous"
        audit.record(act="service.ticket-asked", by=by, at=at, subject=f"ticket:{ticket.number}", topic=topic)
        if account is None:
            _mail_proof(ticket, at)
        else:
            _mail_opened(ticket, at)
    return ticket


def by_link(*, ticket: UUID, secret: str) -> Ticket:
    """The ticket that a mailed link opens. NoSuchTicket."""
    found = Ticket.objects.filter(id=ticket).first() if links.is_secret("ticket", ticket, secret) else None
    if found is None:
        raise NoSuchTicket
    return found


def prove(*, ticket: Ticket, at: datetime) -> None:
    """The guest pressed the button behind the mailed link: the staff see the question now. Twice changes nothing."""
    with transaction.atomic():
        if Ticket.objects.filter(id=ticket.id, state=State.UNPROVED).update(state=State.OPEN, changed_at=at):
            audit.record(act="service.ticket-proved", by="link", at=at, subject=f"ticket:{ticket.number}")
            _mail_opened(ticket, at)


def add(*, ticket: Ticket, text: str, by: str, at: datetime, files: Sequence[Sent] = ()) -> None:
    """Its owner writes more. NothingWritten, TicketClosed, TooManyTickets, and what ``attaching.keep`` refuses with."""
    if not text.strip() and not files:
        raise NothingWritten
    if throttle.count(key=f"ticket-posts:{ticket.id}", window=_HOUR, now=at) > _POSTS_PER_TICKET:
        raise TooManyTickets
    kept = _kept(ticket, files, str(ticket.account_id or ticket.id), at)
    with transaction.atomic():
        _move(ticket, State.OPEN, at)
        attaching.attach(Post.objects.create(ticket=ticket, at=at, text=text.strip()[:LONGEST]), kept)
        audit.record(
            act="service.ticket-added", by=by, at=at, subject=f"ticket:{ticket.number}", files=len(kept)
        )  # fmt: skip


def close(*, ticket: Ticket, by: str, at: datetime) -> None:
    """Its owner, or the staff, is done with it. TicketClosed."""
    with transaction.atomic():
        _move(ticket, State.CLOSED, at)
        Ticket.objects.filter(id=ticket.id).update(closed_at=at)
        audit.record(act="service.ticket-closed", by=by, at=at, subject=f"ticket:{ticket.number}")


def take(*, staff: Staff, ticket: Ticket, at: datetime) -> None:
    """This agent deals with it from now on. TicketClosed."""
    with transaction.atomic():
        if not Ticket.objects.filter(id=ticket.id).exclude(state=State.CLOSED).update(assigned_id=staff.account):
            raise TicketClosed
        audit.record(act="service.ticket-taken", by=staff.ref, at=at, subject=f"ticket:{ticket.number}")


def answer(
    *, staff: Staff, ticket: Ticket, text: str, then_close: bool, at: datetime, files: Sequence[Sent] = ()
) -> None:
    """Answer its owner, by mail and in the ticket, in the owner's language; files are in the ticket only.
    NothingWritten, TicketClosed, and what ``attaching.keep`` refuses with."""
    if not text.strip():
        raise NothingWritten
    kept = _kept(ticket, files, staff.ref, at)
    with transaction.atomic():
        _move(ticket, State.CLOSED if then_close else State.ANSWERED, at)
        Ticket.objects.filter(id=ticket.id, assigned=None).update(assigned_id=staff.account)
        if then_close:
            Ticket.objects.filter(id=ticket.id).update(closed_at=at)
        post = Post.objects.create(ticket=ticket, at=at, agent_id=staff.account, text=text.strip()[:LONGEST])
        attaching.attach(post, kept)
        audit.record(act="service.ticket-answered", by=staff.ref, at=at, subject=f"ticket:{ticket.number}",
                     files=len(kept))  # fmt: skip
        _mail_answer(ticket, text.strip()[:LONGEST], at)


def note(*, staff: Staff, ticket: Ticket, text: str, at: datetime, files: Sequence[Sent] = ()) -> None:
    """Write something that only the staff see. NothingWritten, and what ``attaching.keep`` refuses with."""
    if not text.strip():
        raise NothingWritten
    kept = attaching.keep(files, whose=staff.ref, at=at)
    with transaction.atomic():
        post = Post.objects.create(
            ticket=ticket, at=at, agent_id=staff.account, internal=True, text=text.strip()[:LONGEST]
        )
        attaching.attach(post, kept)
        audit.record(act="service.ticket-noted", by=staff.ref, at=at, subject=f"ticket:{ticket.number}",
                     files=len(kept))  # fmt: skip


def sweep(*, at: datetime) -> None:
    """Close what was answered a month ago and not taken up again; forget questions whose mailbox nobody proved."""
    with transaction.atomic():
        Ticket.objects.filter(state=State.UNPROVED, opened_at__lt=at - timedelta(days=7)).delete()
        rested = Ticket.objects.filter(state=State.ANSWERED, changed_at__lt=at - _REST)
        numbers = list(rested.values_list("number", flat=True))
        if numbers:
            rested.update(state=State.CLOSED, closed_at=at)
            audit.record(act="service.tickets-rested", by="system", at=at, tickets=numbers)


def _kept(ticket: Ticket, files: Sequence[Sent], whose: str, at: datetime) -> list[Kept]:
    """The files, looked at and stored; nothing is stored for a ticket that takes no more. TicketClosed."""
    if files and not Ticket.objects.filter(id=ticket.id).exclude(state__in=[State.CLOSED, State.UNPROVED]).exists():
        raise TicketClosed
    return attaching.keep(files, whose=whose, at=at)


def _move(ticket: Ticket, state: str, at: datetime) -> None:
    """One statement: a ticket that somebody closed meanwhile is not written to."""
    live = Ticket.objects.filter(id=ticket.id).exclude(state__in=[State.CLOSED, State.UNPROVED])
    if not live.update(state=state, changed_at=at):
        raise TicketClosed


def _number(at: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('service_ticket_number')")
        return f"{at:%y}-{cursor.fetchone()[0]:06d}"


def address_of(ticket: Ticket) -> str:
    """Where its owner follows it."""
    if ticket.account_id:
        return f"{this_site().config.base_url}/service-center/tickets/{ticket.id}"
    return links.address("ticket", ticket.id)


def _mail(ticket: Ticket, subject: str, text: str, at: datetime) -> None:
    """To the address that the account has now; a guest's is the one that was proved."""
    to = accounts.account(ticket.account_id).email if ticket.account_id else ticket.email
    mail.send(to=[to], subject=subject, text=text, at=at, reference=f"ticket:{ticket.number}")


def _mail_proof(ticket: Ticket, at: datetime) -> None:
    _mail(
        ticket,
        gettext("Confirm your message to the PACER Service Center"),
        gettext(
            "Somebody, probably you, wrote to the PACER Service Center with this address. Open this page and press the "
            "button to send the message; by the same page you follow it later:\n\n{link}\n\nIf that was not you, do "
            "nothing: the message is forgotten after seven days."
        ).format(link=address_of(ticket)),
        at,
    )


def _mail_opened(ticket: Ticket, at: datetime) -> None:
    with translation.override(ticket.language):
        _mail(
            ticket,
            gettext("Your message to the PACER Service Center: ticket {number}").format(number=ticket.number),
            gettext(
                "We have your message. Its number is {number}. Read the answer, add to it or close it here:\n\n{link}"
            ).format(number=ticket.number, link=address_of(ticket)),
            at,
        )


def _mail_answer(ticket: Ticket, text: str, at: datetime) -> None:
    with translation.override(ticket.language):
        _mail(
            ticket,
            gettext("The PACER Service Center answers: ticket {number}").format(number=ticket.number),
            gettext("{text}\n\n--\nAnswer or close ticket {number} here, not by mail:\n\n{link}").format(
                text=text, number=ticket.number, link=address_of(ticket)
            ),
            at,
        )

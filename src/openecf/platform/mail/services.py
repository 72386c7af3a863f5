"""Sending mail: a row in the caller's transaction is the promise, a job keeps it."""

from __future__ import annotations

import random
import smtplib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Substr
from django.utils.translation import gettext_lazy
from procrastinate.contrib.django import app

from openecf.kernel.refusal import Refusal
from openecf.platform.audit.services import record
from openecf.platform.config import this_site
from openecf.platform.mail import gates, queries, rules
from openecf.platform.mail.models import OutgoingMail
from openecf.platform.store import services as store

log = structlog.get_logger()
DELIVER = "openecf.mail.deliver"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
MAY_REPEAT = "This mail may have been sent once before; both copies have the same Message-ID."
AWAY = "away: "
"""What ``last_error`` of a mail begins with that no server was there to take."""

MAY_HAVE_IT = "may have it: "
"""What ``last_error`` goes on with where a server may have taken the mail before."""

HANDING_OVER = "handing over"
"""``last_error`` of a mail while somebody hands it to the server; it stays where that worker died and left no word."""

# What the one before said comes from the row as it was, locked: of two who take at once the second finds it taken.
_TAKE = """
UPDATE mail_outgoing m SET attempts = attempts + 1, next_at = %(until)s, last_error = %(word)s
FROM (SELECT id, last_error FROM mail_outgoing WHERE id = %(id)s FOR UPDATE) AS before
WHERE m.id = before.id AND m.sent_at IS NULL AND m.dead_at IS NULL AND m.next_at <= %(now)s
RETURNING before.last_error
"""


class NotStuck(Refusal):
    """The mail at the desk is not dead (any more)."""

    said = gettext_lazy("This mail is not waiting for a decision any more. Somebody else may have dealt with it.")


def send(
    *,
    to: Sequence[str],
    subject: str,
    text: str,
    at: datetime,
    html: str = "",
    bcc: Sequence[str] = (),
    sender: str = "",
    headers: Mapping[str, str] | None = None,
    attachments: Sequence[rules.Attachment] = (),
    reference: str = "",
) -> None:
    """Promise a mail inside the caller's transaction; it leaves after that commits. Text and HTML say the same.

    What is attached must be in the document store already.
    """
    with transaction.atomic():
        mail = OutgoingMail.objects.create(
            created_at=at,
            next_at=at,
            sender=sender or default_sender(),
            recipients=list(to),
            bcc=list(bcc),
            subject=" ".join(subject.split()),
            text=text,
            html=html,
            headers=dict(headers or {}),
            attachments=[asdict(one) for one in attachments],
            reference=reference,
        )
        app.configure_task(DELIVER, queue="mail").defer(mail_id=mail.pk)


def default_sender() -> str:
    """Who a mail of this site is from. Demonstration sites use an address that can belong to nobody."""
    site = this_site()
    domain = "ecf.example" if site.config.demonstration else next(iter(site.config.hosts), "localhost")
    return f"{'Central Sign-On' if site.config.central is None else 'CM/ECF'} <{site.id}@{domain}>"


def deliver(*, mail_id: int, at: datetime) -> bool:
    """Hand one mail to the mail server, if it is due; whether it is sent. A server that is down costs a pause.

    Once a server answers again, everything that waited for one becomes due.
    """
    return _deliver(mail_id, at) == "sent"


def deliver_due(*, now: Callable[[], datetime]) -> int:
    """Hand over what is due, oldest first; how many mails were sent. Ends at the first that no server is there to take."""
    sent = 0
    for mail_id in queries.due(now=now()):
        outcome = _deliver(mail_id, now())
        sent += outcome == "sent"
        if outcome == "away":
            break
    return sent


def _deliver(mail_id: int, at: datetime) -> str:
    """``sent``, ``away``, ``refused``, ``withheld`` or ``not due``."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"id": mail_id, "now": at, "until": at + rules.LEASE, "word": HANDING_OVER})
        before = cursor.fetchone()
    if before is None:
        return "not due"
    mail = OutgoingMail.objects.get(pk=mail_id)
    if not _may_leave(mail, at):
        return "withheld"
    may_repeat = before[0] == HANDING_OVER or before[0].removeprefix(AWAY).startswith(MAY_HAVE_IT)
    if may_repeat:
        log.warning("mail.may_repeat", mail=mail.pk, reference=mail.reference)
    try:
        _keep_demonstrations_here()
        message = _compose(mail, may_repeat=may_repeat)
        message.connection.open()
    except (OSError, smtplib.SMTPException, ValueError, store.NotStored) as wrong:
        return _failed(mail, wrong, at, may_have_it=may_repeat)
    try:
        message.send()
        # At once, before the line is closed politely: who is killed between the server's 250 and this statement sends
        # the mail a second time, and that stretch is to be as short as it can be. The second copy has the same
        # Message-ID, by which receivers can tell it.
        OutgoingMail.objects.filter(pk=mail.pk).update(sent_at=at, last_error="")
    except (OSError, smtplib.SMTPException, ValueError) as wrong:
        return _failed(mail, wrong, at, may_have_it=may_repeat or _broke_off(wrong))
    finally:
        with suppress(OSError, smtplib.SMTPException):
            message.connection.close()
    OutgoingMail.objects.filter(sent_at=None, dead_at=None, last_error__startswith=AWAY).update(
        next_at=at, last_error=Substr("last_error", len(AWAY) + 1)
    )
    return "sent"


def _may_leave(mail: OutgoingMail, at: datetime) -> bool:
    """Whether the room that wrote the mail still lets it go; if not, it is put away for good, on record."""
    gate, number = gates.gate_of(mail.reference)
    if gate is None or gate.may_leave(number, mail.bcc, mail.text, at):
        return True
    with transaction.atomic():
        OutgoingMail.objects.filter(pk=mail.pk).update(sent_at=at, last_error=queries.WITHHELD)
        record(act="mail.withheld", by="system", at=at, subject=f"mail:{mail.pk}", reference=mail.reference)
        if gate.withheld is not None:
            gate.withheld(number, mail.bcc, at)
    return False


def retry(*, mail_id: int, by: str, at: datetime) -> None:
    """Give a dead mail another round; NotStuck if it is not dead."""
    with transaction.atomic():
        if not OutgoingMail.objects.filter(pk=mail_id, dead_at__isnull=False, sent_at=None).update(
            dead_at=None, attempts=0, next_at=at
        ):
            raise NotStuck
        record(act="mail.retried", by=by, at=at, subject=f"mail:{mail_id}")
        app.configure_task(DELIVER, queue="mail").defer(mail_id=mail_id)


def retry_all(*, by: str, at: datetime) -> int:
    """Give every dead mail another round; how many. The next sweep sends them, oldest first."""
    with transaction.atomic():
        count = OutgoingMail.objects.filter(dead_at__isnull=False, sent_at=None).update(
            dead_at=None, attempts=0, next_at=at
        )
        if count:
            record(act="mail.retried", by=by, at=at, subject="mail:all", count=count)
    return count


def discard(*, mail_id: int, reason: str, by: str, at: datetime) -> None:
    """Give a dead mail up for good. The row stays, marked; NotStuck if it is not dead."""
    with transaction.atomic():
        if not OutgoingMail.objects.filter(pk=mail_id, dead_at__isnull=False, sent_at=None).update(
            sent_at=at, last_error=f"discarded: {reason}"[:2000]
        ):
            raise NotStuck
        record(act="mail.discarded", by=by, at=at, subject=f"mail:{mail_id}", reason=reason)


def _keep_demonstrations_here() -> None:
    if this_site().config.demonstration and settings.EMAIL_HOST not in LOOPBACK:
        raise ValueError("a demonstration's mail goes to the mailbox on its own machine only")


def _compose(mail: OutgoingMail, *, may_repeat: bool = False) -> EmailMultiAlternatives:
    """Bcc recipients are in the envelope only: Django writes no Bcc header.

    ``may_repeat``: the worker before this one died while handing the mail over, or the line broke, so that the server
    may have it already; the mail says so (``Comments``, RFC 5322, section 3.6.5) to whoever wonders about two.
    """
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        from_email=mail.sender,
        to=mail.recipients,
        bcc=mail.bcc,
        # Nobody reads what programs answer: out-of-office replies and the like stay away (RFC 3834, section 5).
        headers={
            "Message-ID": f"<{this_site().id}.{mail.pk}@openecf.invalid>",
            "Auto-Submitted": "auto-generated",
            **({"Comments": MAY_REPEAT} if may_repeat else {}),
            **mail.headers,
        },
        connection=get_connection(timeout=settings.EMAIL_TIMEOUT),
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    for one in mail.attachments:
        with store.open(one["sha256"]) as file:
            message.attach(one["name"], file.read(), one["type"])
    return message


def _failed(mail: OutgoingMail, wrong: Exception, at: datetime, *, may_have_it: bool) -> str:
    mine = OutgoingMail.objects.filter(pk=mail.pk, sent_at=None)
    said = f"{MAY_HAVE_IT if may_have_it else ''}{type(wrong).__name__}: {wrong}"[:500]
    if _is_away(wrong):
        wait = rules.pause_while_away(waited=at - mail.created_at, luck=random.random())  # noqa: S311
        mine.update(next_at=at + wait, last_error=AWAY + said, attempts=F("attempts") - 1)
        log.warning("mail.server_away", error=type(wrong).__name__)
        return "away"
    if rules.is_dead(attempts=mail.attempts) or _is_final(wrong):
        mine.update(dead_at=at, last_error=said)
        log.error("mail.dead_letter", mail=mail.pk, reference=mail.reference, error=type(wrong).__name__)
        return "refused"
    wait = rules.pause(attempts=mail.attempts, luck=random.random())  # noqa: S311  (spread, not secrecy)
    mine.update(next_at=at + wait, last_error=said)
    return "refused"


def _is_away(wrong: Exception) -> bool:
    """Nobody listens, the line broke, or the server says that it is closing or does not know us (yet)."""
    if isinstance(wrong, smtplib.SMTPConnectError | smtplib.SMTPServerDisconnected | smtplib.SMTPAuthenticationError):
        return True
    if isinstance(wrong, smtplib.SMTPResponseException):
        return wrong.smtp_code == 421
    return isinstance(wrong, OSError) and not isinstance(wrong, smtplib.SMTPException)


def _broke_off(wrong: Exception) -> bool:
    """The line broke before the server said what it did with the mail."""
    return isinstance(wrong, smtplib.SMTPServerDisconnected) or not isinstance(
        wrong, smtplib.SMTPException | ValueError
    )


def _is_final(wrong: Exception) -> bool:
    """The server refused every recipient, or the content, for good (5xx); an unusable header or a
    lost attachment cannot get better."""
    if isinstance(wrong, smtplib.SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _said in wrong.recipients.values())
    if isinstance(wrong, smtplib.SMTPResponseException):
        return 550 <= wrong.smtp_code < 560
    return isinstance(wrong, ValueError | store.NotStored)

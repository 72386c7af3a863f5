"""Browsers and programs that sign on with an account for the first time: its owner is told, with a way to say that it was
somebody else (``disowning``)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext

from openecf.central.accounts import rules
from openecf.central.accounts.models import Account, KnownDevice, KnownProgram, MailedLink
from openecf.central.accounts.services.languages import in_words_of
from openecf.central.accounts.services.links import LIFE, Purpose, make_link
from openecf.kernel.networks import network_of
from openecf.platform.audit import services as audit
from openecf.platform.mail import services as mail
from openecf.platform.postgres import prepared

PROGRAM_LIFE = timedelta(days=180)
"""So long a program that is not used stays known, as a browser does."""
_A_DAY = timedelta(days=1)

# A program that was seen today already costs nothing but the look.
_MEET = """
INSERT INTO account_program AS p (account_id, name, network, made_at, seen_at)
VALUES (%(account)s, %(name)s, %(network)s, %(now)s, %(now)s)
ON CONFLICT (account_id, name, network) DO UPDATE SET seen_at = %(now)s WHERE p.seen_at < %(day_before)s
RETURNING p.made_at = %(now)s
"""


@dataclass(frozen=True)
class Visit:
    """Where a sign-on came from: an IP address, and the line with which a browser or program introduces itself."""

    address: str
    user_agent: str

    @property
    def name(self) -> str:
        return rules.told_name(self.user_agent)


def tell_of_browser(*, account: Account, came: Visit, at: datetime) -> None:
    """Mail the owner that a browser signed in that the account does not know, if that is news. ``account`` is as it was
    read for this sign-on. Inside the caller's transaction, before the browser is made known."""
    if not _is_news(account, KnownDevice.objects.filter(account=account, expires_at__gt=at), at):
        return
    with in_words_of(account):
        what = came.name or gettext("a browser without a name")
        words = gettext(
            "On {at} (UTC) somebody signed in to PACER account {number} in a browser that it was not used in before: "
            "{what}, from the network address {address}."
        )
        _mail(account, words, what, came, at)


def meet_program(*, account: Account, came: Visit, at: datetime) -> None:
    """A program signed in: make it known, and mail the owner of one that was not. One that asks from ever other networks
    is told of five times a day at most. ``account`` as in ``tell_of_browser``."""
    values = {"account": account.id, "name": came.name, "network": network_of(came.address), "now": at}
    with transaction.atomic():
        met = prepared.row(_MEET, values | {"day_before": at - _A_DAY})
        if met is None or not met[0]:
            return
        audit.record(act="account.program-remembered", by=str(account.id), at=at, subject=str(account.id))
        if not _is_news(account, KnownProgram.objects.filter(account=account, made_at__lt=at), at):
            return
        with in_words_of(account):
            what = came.name or gettext("a program without a name")
            words = gettext(
                "On {at} (UTC) a program signed in to PACER account {number} that had not done so before, or not from "
                "there: {what}, from the network address {address}."
            )
            _mail(account, words, what, came, at)


def forget_known(*, account: Account, at: datetime) -> int:
    """Make every browser and program a stranger to the account again; how many. Sign-ons that are live go on: to end them
    is another wish."""
    with transaction.atomic():
        gone = KnownDevice.objects.filter(account=account).delete()[0]
        gone += KnownProgram.objects.filter(account=account).delete()[0]
        audit.record(act="account.known-forgotten", by=str(account.id), at=at, subject=str(account.id), known=gone)
    return gone


def _is_news(account: Account, others: QuerySet, at: datetime) -> bool:
    if account.last_used_at is None:
        return False
    links = MailedLink.objects.filter(account=account, purpose=Purpose.DISOWN)
    return rules.is_news(
        password_changed_at=account.password_changed_at, knows_others=others.exists(),
        told_today=links.filter(expires_at__gt=at + LIFE[Purpose.DISOWN] - _A_DAY).count(), at=at,
    )  # fmt: skip


def _mail(account: Account, words: str, what: str, came: Visit, at: datetime) -> None:
    with transaction.atomic():
        link = make_link(purpose=Purpose.DISOWN, email=account.email, at=at, account=account)
        told = words.format(at=f"{at:%Y-%m-%d %H:%M}", number=account.number, what=what, address=came.address or "?")
        rest = gettext(
            "If that was you, do nothing.\n\nIf it was not, open this page within 10 days and press its button. It signs "
            "everybody out, and the password opens nothing any more until you choose another:\n\n{link}"
        ).format(link=link)
        mail.send(
            to=account.told_at, subject=gettext("A new sign-in to your PACER account"), text=f"{told}\n\n{rest}", at=at,
            reference=f"account:{account.number}",
        )  # fmt: skip

"""Making sure with whom an agent speaks, before anything is changed for that person."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext, gettext_lazy

from openecf.central.accounts import queries as accounts
from openecf.central.accounts.services.languages import in_words_of
from openecf.central.service_center import queries, rules
from openecf.central.service_center.models import Verification
from openecf.central.service_center.queries import Staff
from openecf.kernel.refusal import Refusal
from openecf.platform.audit import services as audit
from openecf.platform.mail import services as mail
from openecf.platform.throttle import services as throttle

How = Verification.How
_LOOK = timedelta(hours=1)

_TRY = """
UPDATE service_verification SET tries = tries + 1,
  proved_at = CASE WHEN code = %(code)s THEN %(at)s::timestamptz END
WHERE id = (
  SELECT id FROM service_verification
  WHERE account_id = %(account)s AND agent_id = %(agent)s AND how = 'mailed' ORDER BY asked_at DESC LIMIT 1
) AND proved_at IS NULL AND tries < %(most)s AND asked_at > %(oldest)s
RETURNING proved_at IS NOT NULL
"""


class OwnAccount(Refusal):
    """Nobody serves himself at the desk."""

    said = gettext_lazy("This is your own account. Somebody else at the desk must do this for you.")
    code = "own-account"


class NotVerified(Refusal):
    """It is not known (any more) with whom the agent speaks."""

    said = gettext_lazy("First verify with whom you speak. A verification counts for 30 minutes.")
    code = "not-verified"


class FactsAreNotEnough(NotVerified):
    said = gettext_lazy(
        "What a caller can tell is not enough for this act: others may know it too. Mail a code, call back, or have "
        "papers shown."
    )
    code = "facts-are-not-enough"


class TooFewFacts(Refusal):
    said = gettext_lazy("Ask for at least three facts, and note which of them were told rightly.")
    code = "too-few-facts"


class NoNumber(Refusal):
    said = gettext_lazy("The account has no telephone number to call back at.")
    code = "no-number"


class WrongReading(Refusal):
    """The caller read out another code than the one mailed, or it is too old, or was tried too often."""

    said = gettext_lazy("This is not the code that was mailed, or it is older than 15 minutes, or was tried too often.")
    code = "wrong-reading"


def _not_oneself(staff: Staff, account: UUID) -> None:
    if staff.account == account:
        raise OwnAccount


def note_look(*, staff: Staff, account: UUID, at: datetime) -> None:
    """An agent opened the page of an account: once an hour, that is enough to know who looked."""
    hour = throttle.count(key=f"look:{staff.account}:{account}", window=_LOOK, now=at)
    if hour == 1:
        audit.record(act="service.looked-at", by=staff.ref, at=at, subject=str(account))


def note_verification(
    *, staff: Staff, account: UUID, how: str, facts: Sequence[str] = (), said: str = "", at: datetime
) -> None:
    """The agent made sure by facts (three at least), by calling back, or by papers. TooFewFacts, NoNumber, OwnAccount."""
    _not_oneself(staff, account)
    how = How(how)
    if how == How.FACTS and len(set(facts)) < rules.FEWEST_FACTS:
        raise TooFewFacts
    if how == How.CALL_BACK and not accounts.account(account).phone:
        raise NoNumber
    if how == How.MAILED_CODE:
        raise WrongReading
    words = ", ".join([*facts, said] if said else facts)[:300]
    with transaction.atomic():
        Verification.objects.create(
            agent_id=staff.account, account_id=account, how=how, said=words, asked_at=at, proved_at=at
        )
        audit.record(act="service.verified", by=staff.ref, at=at, subject=str(account), how=how, facts=list(facts))


def mail_code(*, staff: Staff, account: UUID, at: datetime) -> None:
    """Mail the account's address a code for the caller to read out. OwnAccount."""
    _not_oneself(staff, account)
    code = f"{secrets.randbelow(10**rules.CODE_DIGITS):0{rules.CODE_DIGITS}d}"
    row = accounts.account(account)
    with transaction.atomic():
        Verification.objects.create(
            agent_id=staff.account, account_id=account, how=How.MAILED_CODE, asked_at=at, code=_keyed(account, code)
        )
        audit.record(act="service.code-mailed", by=staff.ref, at=at, subject=str(account))
        with in_words_of(row):
            mail.send(
                to=[row.email],
                subject=gettext("The code that the PACER Service Center asks you for"),
                text=gettext(
                    "You are speaking with the PACER Service Center about PACER account {number}. Read this code to the "
                    "agent within 15 minutes:\n\n    {code}\n\nIf you are not on the telephone with the Service Center "
                    "just now, tell nobody this code: somebody tries to pass for you."
                ).format(number=row.number, code=f"{code[:4]} {code[4:]}"),
                at=at,
                reference=f"account:{row.number}",
            )


def try_reading(*, staff: Staff, account: UUID, code: str, at: datetime) -> None:
    """The caller read the mailed code out. WrongReading; one statement counts the try and looks."""
    digits = "".join(c for c in code if c.isascii() and c.isdecimal())
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_TRY, {
                "code": _keyed(account, digits), "at": at, "account": account, "agent": staff.account,
                "most": rules.CODE_TRIES, "oldest": at - rules.CODE_LIFE,
            })  # fmt: skip
            row = cursor.fetchone()
        right = row is not None and row[0]
        audit.record(
            act="service.verified" if right else "service.code-misread", by=staff.ref, at=at, subject=str(account),
            how=How.MAILED_CODE,
        )  # fmt: skip
    if not right:
        raise WrongReading


def require_verified(*, staff: Staff, account: UUID, strictly: bool, at: datetime) -> None:
    """OwnAccount, NotVerified, FactsAreNotEnough."""
    _not_oneself(staff, account)
    ways = queries.ways_verified(agent=staff.account, account=account, now=at)
    if not rules.is_verified(ways, strictly=False):
        raise NotVerified
    if not rules.is_verified(ways, strictly=strictly):
        raise FactsAreNotEnough


def _keyed(account: UUID, code: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"service {account} {code}".encode(), hashlib.sha256).hexdigest()

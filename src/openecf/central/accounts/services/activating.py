"""Typing the token of the letter: the account searches from then on, and courts hear of it at once.

A door of its own, beside ``services``, as ``securing`` is.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext_lazy, gettext_noop

from openecf.central.accounts import rules
from openecf.central.accounts.models import Account
from openecf.central.accounts.services import closing, lettering, standing
from openecf.central.firms import queries as firms
from openecf.central.signon import services as sign_ons
from openecf.kernel.refusal import Refusal
from openecf.kernel.tokens import digest
from openecf.platform.audit import services as audit
from openecf.platform.throttle import services as throttle

_HOUR = timedelta(hours=1)
_TRIES = 10
_ACTIVATE = """
WITH taken AS (
  UPDATE account_activation_letter SET used_at = %(at)s
  WHERE account_id = %(account)s AND digest = %(digest)s AND used_at IS NULL AND withdrawn_at IS NULL
    AND expires_at > %(at)s
  RETURNING account_id
)
UPDATE account SET search_status = 'active', search_note = '' FROM taken
WHERE id = taken.account_id AND search_note = %(letter)s AND is_active RETURNING id
"""


class WrongToken(Refusal):
    """Mistyped, of an earlier letter, or too old: all the same to whoever guesses."""

    said = gettext_lazy(
        "This is not the token of your latest letter, or it is too old. It has twelve letters and digits; check each."
    )
    code = "wrong-token"


class TooManyTokens(Refusal):
    said = gettext_lazy("Too many wrong tokens. Try again in an hour.")
    code = "too-many-tokens"


def activate(*, account: Account, token: str, at: datetime, address: str) -> bool:
    """Search is active by the token of the mailed letter; of several at once one takes it. Whether it is: who left a firm
    meanwhile does not search before it is settled who pays. TooManyTokens, WrongToken, lettering.NotAwaitingLetter."""
    if account.search_note != rules.LETTER:
        raise lettering.NotAwaitingLetter
    key = f"activation:{account.id}"
    if throttle.failures(key=key, window=_HOUR, now=at) >= _TRIES:
        raise TooManyTokens
    with transaction.atomic():
        standing.hold(account=account.id)  # before its letter, as whoever sends another one does
        if taken := _take(account, token, at):
            by = str(account.id)
            audit.record(act="account.activated", by=by, at=at, subject=by, address=address or None)
            if waits := firms.left_by_its_owner(account.id):
                standing.suspend_search(account=account.id, why=standing.LEFT_FIRM, at=at)
            else:
                closing.tell(account, gettext_noop("case search was activated with the token of our letter"), at)
            sign_ons.let_courts_ask_again(account=account.id, why="activated", by=by, at=at)
    if not taken:
        throttle.count(key=key, window=_HOUR, now=at)
        raise WrongToken
    throttle.forget(key=key)
    return not waits


def _take(account: Account, token: str, at: datetime) -> bool:
    facts = {"account": account.id, "digest": digest(rules.typed_token(token)), "at": at, "letter": rules.LETTER}
    with connection.cursor() as cursor:
        cursor.execute(_ACTIVATE, facts)
        return cursor.fetchone() is not None

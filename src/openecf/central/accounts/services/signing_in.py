"""Checking a password, so that guessing is slow and nobody can lock the owner out.

Each known device has a budget of its own; strangers share one per account that waits longer and longer. Names that no
account has cost the same statements and the same hash as names that one has. What only shows over many accounts, one
password tried on all of them or one network trying a list, is ``patterns``.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import NoReturn
from uuid import UUID

import structlog
from django.conf import settings
from django.contrib.auth.hashers import make_password, verify_password
from django.db import transaction
from django.utils.translation import gettext, gettext_lazy

from openecf.central.accounts import queries, rules
from openecf.central.accounts.models import Account, Closed, KnownDevice, StrangerFailures
from openecf.central.accounts.services import alarm
from openecf.central.accounts.services.languages import in_words_of
from openecf.central.accounts.services.newcomers import Visit, tell_of_browser
from openecf.central.accounts.services.patterns import Pattern, patterns_of
from openecf.kernel.networks import network_of
from openecf.kernel.refusal import Refusal
from openecf.kernel.tokens import base62, digest
from openecf.platform.audit import services as audit
from openecf.platform.mail import services as mail
from openecf.platform.postgres import prepared
from openecf.platform.throttle import services as throttle

log = structlog.get_logger()

WINDOW = timedelta(minutes=15)
DEVICE_LIFE = timedelta(days=180)
DEVICE_COOKIE = settings.SESSION_COOKIE_NAME.replace("session", "device")
"""Names the browser as a known device; a new password makes it worthless."""

MOST_PEOPLE = 5
"""Whose secrets one browser's cookie holds; who comes after that takes the place of who was there first."""
_SECRET = re.compile("[0-9A-Za-z]{43}")

_hashing = threading.BoundedSemaphore(max(2, os.cpu_count() or 2))
_HASH_WAIT_SECONDS = 5.0
_COUNT_STRANGER = """
INSERT INTO account_stranger_failures AS f (key, n, last_at) VALUES (%(key)s, 1, %(now)s)
ON CONFLICT (key) DO UPDATE SET n = f.n + 1, last_at = %(now)s
RETURNING n
"""


class NotSignedOn(Refusal):
    """The same words for a wrong, unknown, throttled or disabled name: nobody learns which accounts exist."""

    said = gettext_lazy("Invalid username, password, or one-time passcode.")
    code = "not-signed-on"


class SignOnBusy(NotSignedOn):
    """Every place for hashing is taken; answer 429 with Retry-After."""

    said = gettext_lazy("Central Sign-On is very busy. Try again in a few seconds.")
    code = "busy"


class AccountClosed(NotSignedOn):
    """The password is right, the account closed: its owner is told why, and what to do. Nobody else gets that far."""

    code = "account-closed"


_CLOSED = {
    Closed.UNUSED: gettext_lazy(
        "This account was not used for two years and rests. Write to the PACER Service Center, or call: it makes the "
        "account active again. Nothing of it is lost."
    ),
    Closed.OWNER: gettext_lazy(
        "This account was deactivated by its owner. If you need it again, write to the PACER Service Center, or call."
    ),
    Closed.MERGED: gettext_lazy(
        "This account was merged into your account {number}. Sign in with the user name and password of that one."
    ),
    Closed.DISPUTED: gettext_lazy(
        "After its e-mail address had been changed, somebody at the address before said that it was not the owner who "
        "signed in. Write to the PACER Service Center, or call: it opens the account to its owner."
    ),
}


def why_closed(account: Account) -> str:
    """Why a closed account is closed, and what its owner can do."""
    number = account.merged_into.number if account.merged_into_id else ""
    return _CLOSED[account.closed_why].format(number=number)


@cache
def _nobodys_hash() -> str:
    """A hash with today's parameters that no password answers to."""
    return make_password(base62(40))


@contextmanager
def hashing_place() -> Iterator[None]:
    """A place to hash in; SignOnBusy if none is free in time. Hashes take 19 MiB and a core each."""
    if not _hashing.acquire(timeout=_HASH_WAIT_SECONDS):
        raise SignOnBusy
    try:
        yield
    finally:
        _hashing.release()


@dataclass(frozen=True)
class _Attempt:
    """One try at a name's password: who tries, how many failures went before it, and what it may be a part of."""

    key: str
    known_device: bool
    budgets: dict[str, int]
    patterns: tuple[Pattern, ...]
    before: dict[str, throttle.Failures]
    strangers: StrangerFailures | None
    now: datetime

    @property
    def is_over_budget(self) -> bool:
        if any(self.before[counter].n >= budget for counter, budget in self.budgets.items()):
            return True
        if self.known_device or self.strangers is None:
            return False
        closed = self.strangers.n >= rules.STRANGERS_CLOSED
        return closed or self.now < self.strangers.last_at + rules.strangers_wait(self.strangers.n)

    @property
    def is_of_a_pattern(self) -> bool:
        return any(one.shows_in(self.before[one.key]) for one in self.patterns)

    def failed(self) -> bool:
        """Count it. Whether it is the one at which strangers are shut out."""
        for counter in self.budgets:
            throttle.count(key=counter, window=WINDOW, now=self.now)
        for one in self.patterns:
            one.count(name=self.key, now=self.now)
        if self.known_device:
            return False
        alarm.count(now=self.now)
        (strangers,) = prepared.row(_COUNT_STRANGER, {"key": self.key, "now": self.now})
        return strangers == rules.STRANGERS_CLOSED

    def succeeded(self) -> None:
        # The network's own counter stays: one right password among a hundred wrong ones is how stuffing looks.
        for counter in self.budgets:
            if self.before[counter].n and not counter.startswith("network:"):
                throttle.forget(key=counter)
        if self.strangers is not None:
            StrangerFailures.objects.filter(key=self.key).delete()


def check_password(
    *,
    username: str,
    password: str,
    now: datetime,
    address: str,
    device: str = "",
    user_agent: str = "",
    second: Callable[[Account], bool] | None = None,
    challenge: Callable[[Account], bool] | None = None,
) -> Account:
    """The account that this name and password open.

    ``address`` is the caller's IP address, ``device`` the known-device cookie, ``user_agent`` how the caller introduces
    itself. NotSignedOn if the password is wrong, the name unknown, the account disabled or the guesses too many. The
    budgets are looked at inside the hashing place, so parallel guesses overrun them by no more than the number of places.

    ``second`` proves the second factor of an account that has one, where it comes along with the password: then a
    wrong code is a failure like a wrong password. Where it is asked for later, failures are not forgotten until
    ``forget_failures``.

    ``challenge`` is asked of an account without a second factor, in a browser that it does not know, while guessing goes
    on all over the site: whether the sign-on goes on, to be proved in another way. Without it, it does not.
    """
    name = rules.login_name(username)
    _nobodys_hash()
    with hashing_place():
        found = _find(name, device, now, Visit(address, user_agent))
        account, attempt = found.account, _attempt(name, found, address=address, now=now, password=password)
        facts = {"account": str(account.id) if account else "unknown", "known_device": attempt.known_device}
        if attempt.is_over_budget:
            log.info("sign_on.throttled", **facts)
            raise NotSignedOn
        right, stale = _verify(account, password)
        if attempt.is_of_a_pattern:  # it goes the way of a wrong password, in hashes and statements, whatever is right
            log.info("sign_on.pattern", **facts)
            right = False
        if not right:  # counted before the next guess looks at the budgets
            _refuse(attempt, account, facts)
    two_step = account.second_factor_since is not None
    challenged = found.is_alarmed and not two_step
    if not account.is_active and account.closed_why and not challenged:
        raise AccountClosed(why_closed(account))
    right = account.is_active
    if right and two_step and second is not None:
        right = second(account)
    elif right and challenged:
        right = challenge is not None and challenge(account)
    if not right:
        _refuse(attempt, account, facts)
    if not challenged and (not two_step or second is not None):
        attempt.succeeded()
    if stale:  # unless the password was changed since it was read
        Account.objects.filter(id=account.id, password=account.password).update(password=make_password(password))
    return account


def _refuse(attempt: _Attempt, account: Account | None, facts: Mapping[str, object]) -> NoReturn:
    """One more failure. Raises NotSignedOn."""
    if attempt.failed() and account is not None:
        _tell_of_strangers(account, attempt.now)
    log.info("sign_on.refused", **facts)
    raise NotSignedOn


def _tell_of_strangers(account: Account, at: datetime) -> None:
    """Mail the owner, once, that unknown browsers get no more guesses, and how the owner gets in."""
    with transaction.atomic(), in_words_of(account):
        mail.send(
            to=account.told_at,
            subject=gettext("Somebody guesses the password of your PACER account"),
            text=gettext(
                "By {at} (UTC) {n} wrong passwords in a row had been typed for PACER account {number} in browsers that it "
                "was never used in. None opened it. Until you sign in, no such browser can sign in with a password.\n\n"
                "Browsers that you signed in with before still work, and so do your passkeys. In a new browser, use "
                "“Forgot your password or username?”."
            ).format(at=f"{at:%Y-%m-%d %H:%M}", n=rules.STRANGERS_CLOSED, number=account.number),
            at=at,
            reference=f"account:{account.number}",
        )


def forget_failures(*, account: Account, now: datetime, address: str, device: str = "") -> None:
    """The owner proved the second factor too: wrong passwords before it count no more."""
    name = rules.login_name(account.username)
    _attempt(name, _find(name, device, now), address=address, now=now).succeeded()


_FIND = f"""
SELECT a.id IS NOT NULL, d.digest, f.n, f.last_at,
  EXISTS (SELECT FROM account_alarm WHERE until > %(now)s) AND d.digest IS NULL AND NOT EXISTS (
    SELECT FROM account_program p WHERE p.account_id = a.id AND p.name = %(program)s AND p.network = %(network)s
  ),
  {", ".join(queries.columns(of="a"))}
FROM (SELECT) AS asked
LEFT JOIN account a ON lower(a.username) = %(name)s
LEFT JOIN LATERAL (
  SELECT digest FROM account_device
  WHERE digest = ANY(%(devices)s) AND account_id = a.id AND expires_at > %(now)s LIMIT 1
) AS d ON true
LEFT JOIN account_stranger_failures f ON f.key = %(key)s
"""  # noqa: S608  (column names of our own model)


@dataclass(frozen=True)
class _Found:
    """What there is for a typed name, in one statement: the account, which of the browser's secrets is its own
    (as digest; "" if none is), strangers' tries; whether the alarm is on for a caller that the account does not know."""

    account: Account | None
    device: str
    strangers: StrangerFailures | None
    is_alarmed: bool


_NOWHERE = Visit("", "")


def _find(name: str, device: str, now: datetime, came: Visit = _NOWHERE) -> _Found:
    key = digest(name)
    values = {"name": name, "devices": _digests(device), "key": key, "now": now}
    values |= {"program": came.name, "network": network_of(came.address)}
    exists, own, failures, last_at, is_alarmed, *columns = prepared.row(_FIND, values)
    return _Found(
        account=queries.from_columns(columns) if exists else None,
        device=own or "",
        strangers=StrangerFailures(key=key, n=failures, last_at=last_at) if failures is not None else None,
        is_alarmed=is_alarmed,
    )


def _attempt(name: str, found: _Found, *, address: str, now: datetime, password: str | None = None) -> _Attempt:
    """What counts against this try: a known device answers for itself alone, a stranger for its network too, and for
    what many strangers do with the ``password``."""
    key = digest(name)
    network = network_of(address)
    patterns: tuple[Pattern, ...] = ()
    if found.device:
        budgets = {f"device:{key}:{found.device[:32]}": rules.KNOWN_DEVICE_BUDGET}
    else:
        budgets = {
            f"name-network:{key}:{network}": rules.NETWORK_ACCOUNT_BUDGET,
            f"network:{network}": rules.NETWORK_BUDGET,
        }
        if password is not None:
            patterns = patterns_of(password=password[: rules.PASSWORD_MAX], network=network, now=now)
    windows = dict.fromkeys(budgets, WINDOW) | {one.key: one.window for one in patterns}
    before = throttle.look(windows=windows, now=now)
    return _Attempt(key, bool(found.device), budgets, patterns, before, found.strangers, now)


def _verify(account: Account | None, password: str) -> tuple[bool, bool]:
    """Whether the password is the account's, and whether its hash has old parameters. Always one hash."""
    usable = account is not None and account.has_usable_password() and len(password) <= rules.PASSWORD_MAX
    right, stale = verify_password(password[: rules.PASSWORD_MAX], account.password if usable else _nobodys_hash())
    return right and usable, stale


def is_password(account: Account, password: str) -> bool:
    """Whether this is the account's password. Costs one hash, in a place that the caller holds; writes nothing."""
    return _verify(account, password)[0]


def _digests(device: str) -> list[str]:
    """The digests of the secrets in a browser's cookie: one for each person who signed in there."""
    return [digest(secret) for secret in device.split(".")[-MOST_PEOPLE:] if secret]


_OWN_DEVICE = """
SELECT digest, expires_at FROM account_device
WHERE digest = ANY(%(devices)s) AND account_id = %(account)s AND expires_at > %(now)s LIMIT 1
"""


def known_device(*, account: UUID, device: str, now: datetime) -> str:
    """Which of the secrets in a browser's cookie is one that the account signed in from, as digest; "" if none is."""
    row = prepared.row(_OWN_DEVICE, {"devices": _digests(device), "account": account, "now": now})
    return row[0] if row else ""


def remember_device(*, account: Account, had: str = "", came: Visit | None = None, at: datetime) -> str:
    """Make the browser that just signed in a known device of the account; what its cookie holds from now on
    (``DEVICE_LIFE`` long, from each sign-on on).

    ``had`` is what it held. Several people may use one browser: each has a secret of the own in the cookie, always made
    here, so that one that was planted there is nobody's. Of a new one that ``came`` from somewhere the owner is told.
    """
    asked = {"devices": _digests(had), "account": account.id, "now": at}
    if had and (own := prepared.row(_OWN_DEVICE, asked)):
        if own[1] < at + DEVICE_LIFE / 2:
            KnownDevice.objects.filter(digest=own[0]).update(expires_at=at + DEVICE_LIFE)
        return had
    secret = base62(43)
    with transaction.atomic():
        if came is not None:
            tell_of_browser(account=account, came=came, at=at)
        KnownDevice.objects.create(digest=digest(secret), account=account, made_at=at, expires_at=at + DEVICE_LIFE)
        audit.record(act="account.device-remembered", by=str(account.id), at=at, subject=str(account.id))
    others = [one for one in had.split(".") if _SECRET.fullmatch(one)]
    return ".".join([*others[-MOST_PEOPLE + 1 :], secret])


def touch(*, account: Account, at: datetime) -> None:
    """The account was used (one that is not used for two years is closed). Written at most once a day."""
    day_before = at - timedelta(days=1)
    if account.last_used_at is None or account.last_used_at < day_before:
        Account.objects.filter(id=account.id).exclude(last_used_at__gt=day_before).update(last_used_at=at)

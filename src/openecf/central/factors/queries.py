"""Reading an account's second factors, and from when it needs one."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection

from openecf.central.billing.rules import ZONE
from openecf.central.courts import queries as courts
from openecf.central.factors import rules, sealing
from openecf.central.factors.models import AuthenticatorApp, Challenge, Passkey, Plan, RecoveryCode
from openecf.central.factors.square import Square, square
from openecf.kernel.days import legal_day
from openecf.kernel.tokens import digest
from openecf.platform.config import this_site

if TYPE_CHECKING:
    from openecf.central.accounts.models import Account


@dataclass(frozen=True)
class App:
    """An authenticator app as its owner sees it."""

    id: UUID
    name: str
    added: datetime
    used: datetime | None


@dataclass(frozen=True)
class PasskeyShown:
    """A passkey as its owner sees it. ``site`` is the name of this site that it answers to."""

    id: UUID
    name: str
    site: str
    synced: bool
    added: datetime
    used: datetime | None


@dataclass(frozen=True)
class Factors:
    """An account's second factors: its apps and passkeys, oldest first, and how many recovery codes are left of the last
    batch."""

    apps: Sequence[App]
    passkeys: Sequence[PasskeyShown]
    recovery_left: int
    recovery_made: datetime | None

    @property
    def are_few(self) -> bool:
        return self.count > 0 and rules.few_left(self.recovery_left)

    @property
    def count(self) -> int:
        return len(self.apps) + len(self.passkeys)

    @property
    def may_add(self) -> bool:
        return len(self.apps) < rules.MOST_APPS

    @property
    def may_add_passkey(self) -> bool:
        return len(self.passkeys) < rules.MOST_PASSKEYS


def factors_of(account: UUID) -> Factors:
    """What the account proves itself with besides its password."""
    apps = AuthenticatorApp.objects.filter(account_id=account).exclude(confirmed_at=None).order_by("confirmed_at")
    passkeys = Passkey.objects.filter(account_id=account).order_by("added_at")
    codes = RecoveryCode.objects.filter(account_id=account).values_list("made_at", "used_at")
    made = [(made_at, used_at) for made_at, used_at in codes]
    return Factors(
        apps=[App(row.id, row.name, row.confirmed_at, row.last_used_at) for row in apps],
        passkeys=[
            PasskeyShown(row.id, row.name, row.rp_id, row.synced, row.added_at, row.last_used_at) for row in passkeys
        ],
        recovery_left=sum(used_at is None for _, used_at in made),
        recovery_made=made[0][0] if made else None,
    )


@dataclass(frozen=True)
class Enrolment:
    """An app that is being set up: what it has to learn."""

    id: UUID
    name: str
    secret: str
    address: str
    picture: Square


def issuer() -> str:
    """What apps write above the code. A demonstration says that it is one."""
    return "Central Sign-On (demonstration)" if this_site().config.demonstration else "Central Sign-On"


def enrolment(*, app: UUID, account: UUID, username: str, session: UUID, now: datetime) -> Enrolment | None:
    """The app that this very sign-on sets up; None if there is none, any more."""
    row = AuthenticatorApp.objects.filter(
        id=app, account_id=account, session=session, confirmed_at=None, begun_at__gt=now - rules.ENROLMENT_LIFE
    ).first()
    if row is None:
        return None
    secret = sealing.unseal(row.sealed, app=row.id, account=account)
    address = rules.address(secret=secret, issuer=issuer(), username=username)
    return Enrolment(row.id, row.name, rules.in_text(secret), address, square(address))


def passkey_enrolment(*, challenge: UUID, account: UUID, session: UUID, now: datetime) -> Challenge | None:
    """The challenge by which this very sign-on adds a passkey; None if there is none, any more."""
    return Challenge.objects.filter(
        id=challenge, account_id=account, purpose=Challenge.Purpose.ADD, holder=digest(str(session)), used_at=None,
        expires_at__gt=now,
    ).first()  # fmt: skip


@dataclass(frozen=True)
class Ways:
    """By what an account can take the second step: an app's code, a passkey of this site; or, without either, a code that
    was mailed."""

    app: bool
    passkey: bool
    mailed: bool = False


_WAYS = """
SELECT EXISTS (SELECT FROM factor_app f WHERE f.account_id = w.account_id AND f.confirmed_at IS NOT NULL),
  EXISTS (SELECT FROM factor_passkey p WHERE p.account_id = w.account_id AND p.rp_id = %(rp_id)s),
  w.mailed <> ''
FROM factor_waiting w WHERE w.digest = %(digest)s AND w.ended_at IS NULL AND w.expires_at > %(now)s
"""


def ways_of(*, waiting: str, site: rules.PasskeySite | None, now: datetime) -> Ways | None:
    """What the page of the second step offers to the sign-on that waits under this cookie; recovery codes go without
    saying. None if none waits (any more)."""
    with connection.cursor() as cursor:
        cursor.execute(_WAYS, {"digest": digest(waiting), "rp_id": site.rp_id if site else "", "now": now})
        row = cursor.fetchone()
    return Ways(*row) if row else None


_READ_AGAIN_SECONDS = 15.0
_plans: list[tuple[float, dict[str, date]]] = []


def plans() -> Mapping[str, date]:
    """From when accounts need a second factor to sign on, by account type; at most fifteen seconds old."""
    now = time.monotonic()
    if not _plans or now - _plans[0][0] > _READ_AGAIN_SECONDS:
        _plans[:] = [(now, dict(Plan.objects.filter(withdrawn_at=None).values_list("whom", "begins")))]
    return _plans[0][1]


def forget_plans() -> None:
    """Read the plans again at their next use (after a change in this process; tests)."""
    _plans.clear()


def today(now: datetime) -> date:
    """The day it is for plans: that of the Service Center and of bills."""
    return legal_day(now, ZONE)


def need_of(account: Account, *, now: datetime) -> rules.Need | None:
    """From when this account needs a second factor, and for what; None if nothing is asked, or it has one."""
    if account.second_factor_since is not None or account.upgraded_at is None:
        return None
    linked = courts.second_factor_days(account.id)
    return rules.need(account_type=account.type, plans=plans(), courts=linked, today=today(now))


def must_enrol(account: Account, *, now: datetime) -> bool:
    """Whether this account may go to no court before it has a second factor. Without a statement of its own."""
    begins = plans().get(account.type)
    return begins is not None and begins <= today(now) and account.second_factor_since is None

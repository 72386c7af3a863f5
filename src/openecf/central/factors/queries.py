"""Reading an account's second factors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from openecf.central.factors import rules, sealing
from openecf.central.factors.models import AuthenticatorApp, RecoveryCode
from openecf.central.factors.square import Square, square
from openecf.platform.config import this_site


@dataclass(frozen=True)
class App:
    """An authenticator app as its owner sees it."""

    id: UUID
    name: str
    added: datetime
    used: datetime | None


@dataclass(frozen=True)
class Factors:
    """An account's second factors: its apps, oldest first, and how many recovery codes are left of the last batch."""

    apps: Sequence[App]
    recovery_left: int
    recovery_made: datetime | None

    @property
    def are_few(self) -> bool:
        return bool(self.apps) and rules.few_left(self.recovery_left)

    @property
    def may_add(self) -> bool:
        return len(self.apps) < rules.MOST_APPS


def factors_of(account: UUID) -> Factors:
    """What the account proves itself with besides its password."""
    apps = AuthenticatorApp.objects.filter(account_id=account).exclude(confirmed_at=None).order_by("confirmed_at")
    codes = RecoveryCode.objects.filter(account_id=account).values_list("made_at", "used_at")
    made = [(made_at, used_at) for made_at, used_at in codes]
    return Factors(
        apps=[App(row.id, row.name, row.confirmed_at, row.last_used_at) for row in apps],
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

"""What Central Sign-On tells a court about the person who signed on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID


@dataclass(frozen=True)
class SignedOn:
    """The person behind a request. ``sid`` is this court's own name for the sign-on session.

    ``kind`` is ``browser`` for people who came by OpenID Connect, ``api`` for programs with a NextGenCSO token.
    """

    account: UUID
    number: str
    username: str
    name: str
    email: str
    account_type: str
    upgraded: bool
    shared: bool
    may_search: bool
    sid: str
    kind: Literal["browser", "api"]
    auth_time: datetime
    acr: str = ""
    amr: tuple[str, ...] = ()
    two_step: bool = False
    """The account has a second factor, whether this sign-on proved it or not."""
    client_code: str = ""
    client_code_required: bool = False
    receipts_hidden: bool = False
    """The firm that pays wants its people to see no transaction receipts."""
    exempt: bool = False
    """In this session the person reads as exempt from fees, for ``exempt_for``; in one case only if there is one."""
    exempt_for: str = ""
    exempt_case: str = ""
    reads_as: str = ""
    """The purpose of the exemption that the person chose at the sign-on, until this court has made of it what it can."""
    beside: tuple | None = None
    """What the site found about the person with the session (queries.Found); None: it has not asked."""
    fresh: bool = True
    """False when this court has not heard from Central Sign-On for a minute: reading goes on, filing waits."""


FRESH_FOR = timedelta(seconds=60)
"""A court that has heard nothing for so long refuses to file: a revocation could have been missed."""


EXEMPT = "exempt"
"""Where a session's facts keep the exemption that it uses: it goes with the session, so every sign-on begins without."""
READS_AS = "reads_as"
"""What was chosen at the sign-on; it goes from the facts once this court has acted on it, or the person chose here."""
SIGN_ON = "sign_on"
"""The provider's name for a sign-on and for what was chosen at it: the same however often the court's session begins anew."""


def as_chosen(facts: dict, *, used: dict | None) -> dict:
    """The facts of a session of a sign-on in which the person chose here already: an exemption, or (None) to pay."""
    rest = {name: value for name, value in facts.items() if name not in (EXEMPT, READS_AS)}
    return rest | {EXEMPT: used} if used else rest


def signed_on(
    facts: dict, *, sid: str, kind: Literal["browser", "api"], fresh: bool, beside: tuple | None = None
) -> SignedOn:
    """The facts that userinfo or introspection gave, as the court keeps them."""
    exempt = facts.get(EXEMPT) or {}
    return SignedOn(
        account=UUID(facts["sub"]),
        number=facts["number"],
        username=facts["preferred_username"],
        name=facts["name"],
        email=facts["email"],
        account_type=facts["account_type"],
        upgraded=bool(facts["upgraded"]),
        shared=bool(facts["shared"]),
        may_search=bool(facts["may_search"]),
        sid=sid,
        kind=kind,
        auth_time=datetime.fromtimestamp(facts["auth_time"], UTC),
        acr=facts.get("acr") or "",
        amr=tuple(facts.get("amr") or ()),
        two_step=bool(facts.get("two_step")),
        client_code=facts.get("client_code", ""),
        client_code_required=bool(facts.get("client_code_required")),
        receipts_hidden=bool(facts.get("receipts_hidden")),
        exempt=bool(exempt),
        exempt_for=exempt.get("for", ""),
        exempt_case=exempt.get("case", ""),
        reads_as=facts.get(READS_AS) or "",
        beside=beside,
        fresh=fresh,
    )

"""Who is looking, and what they may do here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from openecf.kernel.assurance import AAL2

COURT_GROUPS = frozenset({"clerk", "judge", "chambers"})
CHAMBERS_GROUPS = frozenset({"judge", "chambers"})
AGENT_GROUP = "filing-agent"
PRO_HAC_VICE = "pro-hac-vice"
PRINCIPAL_GROUPS = frozenset({"attorney", PRO_HAC_VICE, "trustee", "us-trustee"})
"""Who may let filing agents act for them."""


@dataclass(frozen=True)
class Acting:
    """A filing agent acts for a principal. ``agent`` is the agent's own court user; ``agency`` what links the two."""

    agency: int
    agent: int
    agent_name: str
    principal_name: str
    role: str
    may_file: bool
    sees_restricted: bool
    may_pay: bool = False


@dataclass(frozen=True)
class Reader:
    """The caller of a court page: nobody, a PACER account, or a court-issued user linked to one.

    ``user`` is the id of the linked court-issued account; ``group`` its group; both are empty until linking. While a
    filing agent acts for a principal, both are the principal's, and ``acting`` says who it really is; the account, and
    what reading costs it, stays the agent's own.
    """

    account: UUID | None = None
    number: str = ""
    username: str = ""
    name: str = ""
    user: int | None = None
    group: str = ""
    sid: str = ""
    kind: Literal["browser", "api", "none"] = "none"
    may_search: bool = False
    upgraded: bool = False
    account_type: str = ""
    shared: bool = False
    email: str = ""
    client_code: str = ""
    client_code_required: bool = False
    receipts_hidden: bool = False
    """The firm that pays wants no receipts shown; what is charged stays the same."""
    exempt: bool = False
    """Chose, for this session, to read without paying; for what, and in which case only, the next two say."""
    exempt_for: str = ""
    exempt_case: str = ""
    terminal: bool = False
    auth_time: datetime | None = None
    acr: str = ""
    two_step: bool = False
    """The account has a second factor, whether this sign-on proved it (``acr``) or not."""
    own_login: bool = False
    """Came in with the court's own login, at a court that has not moved to NextGen yet."""
    acting: Acting | None = None
    principals: int = 0
    """How many people this filing agent may act for now."""

    @property
    def signed_on(self) -> bool:
        return self.account is not None

    @property
    def linked(self) -> bool:
        return self.user is not None

    @property
    def proved_twice(self) -> bool:
        """Whether this sign-on proved two factors."""
        return self.acr == AAL2

    @property
    def is_court(self) -> bool:
        """Clerk's office, judge or chambers of this court."""
        return self.group in COURT_GROUPS

    @property
    def is_chambers(self) -> bool:
        return self.group in CHAMBERS_GROUPS

    @property
    def files_in_own_cases(self) -> bool:
        """Whether the reader files nowhere but in the cases that the court tied to the account."""
        return self.group in OWN_CASES_ONLY

    @property
    def files_for_oneself(self) -> bool:
        """Whether the reader is a party without an attorney, and files for nobody else."""
        return self.group == "pro-se"

    @property
    def agent(self) -> int | None:
        """The filing agent's own court user, acting or not; None for everybody else."""
        return self.acting.agent if self.acting else self.user if self.group == AGENT_GROUP else None

    @property
    def own_user(self) -> int | None:
        """The caller's own court user, whomever the caller acts for."""
        return self.acting.agent if self.acting else self.user

    @property
    def sees_as_filer(self) -> bool:
        """Whether what is closed to others opens to this reader as to the user: an agent needs the permission."""
        return self.linked and (self.acting is None or self.acting.sees_restricted)

    @property
    def ref(self) -> str:
        """For audit lines: ``user:7`` or ``account:…``; of an agent, the agent."""
        user = self.own_user
        return f"user:{user}" if user else f"account:{self.account}" if self.account else "nobody"

    @property
    def on_behalf_of(self) -> str:
        """For audit lines: the principal, while an agent acts; else empty."""
        return f"user:{self.user}" if self.acting else ""


NOBODY = Reader()

OWN_CASES_ONLY = frozenset({"pro-se", PRO_HAC_VICE})
"""Groups whose people file only in single cases, which the court ties to the account: of parties without an attorney those in
which they are a party, of attorneys those for which the court admitted them."""
FILING_GROUPS = OWN_CASES_ONLY | {"attorney", "trustee", "us-trustee", "limited", "court-reporter", "auditor"}
BILLING_ACCOUNT = "paa"


@dataclass(frozen=True)
class Step:
    """One line of the personal checklist. ``key`` names its words in the template."""

    key: Literal["account", "own", "upgraded", "linked", "second-factor"]
    done: bool


def checklist(reader: Reader, *, live: bool, has_a_day: bool = False, second_factor: bool = False) -> tuple[Step, ...]:
    """What NextGen asks of a person who files, and what of it is done. Empty for nobody.

    ``has_a_day``: the court said when it goes live. ``second_factor``: it asks for one, now or from a day that it
    announced. Who came in with the court's own login has proved to know it, and nothing yet of a PACER account.
    """
    moving = has_a_day and not live
    if not reader.signed_on and not (reader.own_login and moving):
        return ()
    steps = [Step("account", reader.signed_on)]
    if reader.signed_on:
        own = reader.account_type != BILLING_ACCOUNT and not reader.shared
        steps += [Step("own", own), Step("upgraded", reader.upgraded)]
    if live:
        # Who cannot link yet is not sent to a page that says no.
        ready = reader.linked or all(step.done for step in steps)
        steps.append(Step("linked", reader.linked) if ready else Step("link-then", False))
    elif moving:
        steps += [Step("court-login", reader.own_login), Step("link-later", False)]
    if second_factor and reader.signed_on:
        steps.append(Step("second-factor", reader.two_step or reader.proved_twice))
    return tuple(steps)


ACTS = {
    "account.address-given": _("Address for notices changed"),
    "account.admitted": _("Registration approved"),
    "account.contact-changed": _("Address for notices changed"),
    "account.issued": _("Account issued"),
    "account.link-offered": _("Court login proved, to be linked"),
    "account.link-refused": _("Linking refused"),
    "account.linked": _("Accounts linked"),
    "account.notice-addresses": _("Notice addresses changed"),
    "account.notice-way": _("How notices reach an address changed"),
    "account.own-password": _("Court password changed"),
    "agent.added": _("Filing agent added"),
    "agent.changed": _("Filing agent's permissions changed"),
    "agent.chose": _("Chosen whom to act for"),
    "agent.ended": _("Filing agent removed"),
    "agent.left": _("Filing agent left"),
    "agent.removed": _("Filing agent removed"),
    "case.appearance": _("Appearance entered"),
    "case.attorney-added": _("Attorney added"),
    "case.attorney-connected": _("Attorney connected to an account"),
    "case.attorney-edited": _("Attorney edited"),
    "case.closed": _("Case closed"),
    "case.converted": _("Case converted"),
    "case.edited": _("Case edited"),
    "case.flag-cleared": _("Flag cleared"),
    "case.flag-set": _("Flag set"),
    "case.opened": _("Case opened"),
    "case.party-added": _("Party added"),
    "case.party-connected": _("Party connected to an account"),
    "case.party-disconnected": _("Party no longer connected to an account"),
    "case.party-edited": _("Party edited"),
    "case.reopened": _("Case reopened"),
    "case.restricted": _("Access to the case changed"),
    "docket.struck": _("Docket entry struck"),
    "court.announced": _("Announced by e-mail"),
    "documents.restrict": _("Access to a document changed"),
    "filing.begun": _("Filing begun"),
    "filing.discarded": _("Filing discarded"),
    "filing.submitted": _("Filing submitted"),
    "own-login.handed-out": _("New court password handed out"),
    "own-login.link-sent": _("Link to a new court password mailed"),
    "own-login.reset-asked": _("New court password asked for"),
    "own-login.signed-off": _("Logged out (court login)"),
    "own-login.signed-on": _("Logged in (court login)"),
    "session.begun": _("Logged in"),
    "session.ended": _("Logged out"),
    "session.revoked": _("Sign-on ended elsewhere"),
}
"""What the log calls the acts that people do; the others are named after their codes."""


def act_in_words(act: str) -> str:
    """``account.link-offered`` in the reader's language; ``audit.opened`` → ``Audit: opened``."""
    if act in ACTS:
        return str(ACTS[act])
    room, _dot, what = act.partition(".")
    return f"{room.capitalize()}: {what.replace('-', ' ').replace('_', ' ')}" if what else room.capitalize()


def case_named(subject: str, facts: Mapping[str, object]) -> int | None:
    """The case of an audit line: its subject (``case:12``), or what a filing's facts say; None when there is none."""
    if subject.startswith("case:") and subject[5:].isdecimal():
        return int(subject[5:])
    case = facts.get("case")
    return case if isinstance(case, int) else None


def user_named(ref: str) -> int | None:
    """The court user of a reference (``user:7``); None for anything else."""
    return int(ref[5:]) if ref.startswith("user:") and ref[5:].isdecimal() else None


class Standing(StrEnum):
    """Why a caller may or may not do something; each has its own words (``people.access``)."""

    WELCOME = "welcome"
    NOT_SIGNED_ON = "not-signed-on"
    LEGACY = "legacy"
    BILLING_ONLY = "billing-only"
    MAY_NOT_SEARCH = "may-not-search"
    NOT_LINKED = "not-linked"
    NOT_A_FILER = "not-a-filer"
    SHARED = "shared"
    CHOOSE_PRINCIPAL = "choose-principal"
    NO_PRINCIPAL = "no-principal"
    NOT_FOR_AGENTS = "not-for-agents"
    MAY_NOT_FILE_FOR = "may-not-file-for"
    NOT_A_PRINCIPAL = "not-a-principal"
    NOT_AN_AGENT = "not-an-agent"
    NOT_COURT = "not-court"
    NOT_CLERK = "not-clerk"


def as_signed_on(reader: Reader) -> Standing:
    """Anyone who signed on."""
    return Standing.WELCOME if reader.signed_on else Standing.NOT_SIGNED_ON


def as_reader(reader: Reader) -> Standing:
    """Who may search and read: upgraded accounts of people, not firms' billing accounts; anybody at the courthouse's
    public terminals. Whose searching is suspended reads no case, linked or not: only who gave no client code is let on,
    to be asked for it before anything is charged (``fees.services.ClientCodeRequired``)."""
    if (reader.own_login and reader.is_court) or (reader.terminal and not reader.signed_on):
        return Standing.WELCOME
    if not reader.signed_on:
        return Standing.NOT_SIGNED_ON
    if reader.account_type == BILLING_ACCOUNT:
        return Standing.BILLING_ONLY
    if not reader.upgraded:
        return Standing.LEGACY
    only_code_missing = reader.linked and reader.client_code_required and not reader.client_code
    if not reader.may_search and not (reader.is_court or only_code_missing):
        return Standing.MAY_NOT_SEARCH
    return Standing.WELCOME


def as_person(reader: Reader) -> Standing:
    """Who may read, and is somebody: what belongs to a person is nothing for a public terminal. Whose searching is
    suspended, or waits for the letter of a new account, is nonetheless a person here: linking, filing, the account and
    its addresses go on."""
    known = as_reader(reader)
    if known is Standing.MAY_NOT_SEARCH:
        return Standing.WELCOME
    somebody = reader.signed_on or reader.own_login
    return Standing.NOT_SIGNED_ON if known is Standing.WELCOME and not somebody else known


def as_linked(reader: Reader) -> Standing:
    """Who has an account of this court, whatever its group. An account that several people use counts for nobody."""
    if reader.own_login:
        return Standing.WELCOME
    known = as_person(reader)
    if known is not Standing.WELCOME:
        return known
    if reader.shared:
        return Standing.SHARED
    return Standing.WELCOME if reader.linked else Standing.NOT_LINKED


def as_filer(reader: Reader) -> Standing:
    """Who may file: a linked account of a filing group, an agent of one with the permission, or the court itself."""
    known = as_linked(reader)
    if known is not Standing.WELCOME:
        return known
    if reader.group == AGENT_GROUP:
        return Standing.CHOOSE_PRINCIPAL if reader.principals else Standing.NO_PRINCIPAL
    if reader.acting and not reader.acting.may_file:
        return Standing.MAY_NOT_FILE_FOR
    return Standing.WELCOME if reader.group in FILING_GROUPS or reader.is_court else Standing.NOT_A_FILER


def as_own(reader: Reader) -> Standing:
    """What belongs to a court-issued account itself (its addresses, its agents): the person, never somebody for it."""
    known = as_linked(reader)
    return Standing.NOT_FOR_AGENTS if known is Standing.WELCOME and reader.acting else known


def as_principal(reader: Reader) -> Standing:
    """Who may let others act for them: attorneys and trustees, themselves."""
    known = as_own(reader)
    return Standing.NOT_A_PRINCIPAL if known is Standing.WELCOME and reader.group not in PRINCIPAL_GROUPS else known


def as_agent(reader: Reader) -> Standing:
    """Filing agents, acting or not."""
    known = as_linked(reader)
    return Standing.NOT_AN_AGENT if known is Standing.WELCOME and reader.agent is None else known


def as_court(reader: Reader) -> Standing:
    """The court's own people: clerk's office, judges, chambers."""
    known = as_linked(reader)
    outside = (Standing.WELCOME, Standing.NOT_LINKED, Standing.SHARED)
    return Standing.NOT_COURT if known in outside and not reader.is_court else known


def as_clerk(reader: Reader) -> Standing:
    """The clerk's office."""
    known = as_court(reader)
    return Standing.NOT_CLERK if known is Standing.WELCOME and reader.group != "clerk" else known


FRESH = timedelta(minutes=15)
"""How old a sign-on may be for acts that change who a person is here."""


def is_fresh(reader: Reader, now: datetime) -> bool:
    """Whether the person signed on recently enough to link accounts."""
    return reader.auth_time is not None and now - reader.auth_time <= FRESH


def is_namesake(name: str, last_name: str) -> bool:
    """Whether a person of that (direct) name has that last name."""

    def words(text: str) -> str:
        return f" {' '.join(text.casefold().replace(',', ' ').split())} "

    return bool(last_name.strip()) and words(last_name) in words(name)


def masked(text: str, *, shown: int = 3) -> str:
    """``•••••021``: enough for the owner to know it, too little for somebody else to use it."""
    return "•" * max(len(text) - shown, 0) + text[-shown:] if len(text) > shown else "•" * len(text)

"""The invented people of the demonstration. One list, so that the central site and the courts agree on who is who.

Every address ends in ``.example``; every password is public. Loaded only where a site's configuration says
``demonstration``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

PASSWORD = "lantern-harbor-juniper"  # noqa: S105  (public on purpose)
COURT_PASSWORD = "Court-issued-2022"  # noqa: S105


@dataclass(frozen=True)
class CastAccount:
    """A PACER account. ``legacy`` ones were made before 2014-08-11 and not upgraded; ``staff`` is the role of those who
    work at the Service Center, ``authenticator`` the secret of their app, as it is typed into one (public, too)."""

    id: UUID
    number: str
    username: str
    first: str
    last: str
    type: str
    role: str
    legacy: bool = False
    shared: bool = False
    firm: str = ""
    created: datetime = datetime(2019, 3, 4, 15, 0, tzinfo=UTC)
    password: str = PASSWORD
    staff: str = ""
    authenticator: str = ""

    @property
    def email(self) -> str:
        return f"{self.username}@{'pacer' if self.type == 'search' else 'counsel'}.example"


@dataclass(frozen=True)
class CastCourtUser:
    """A court-issued login at every demonstration court. ``account`` names the linked PACER account's user name."""

    login: str
    first: str
    last: str
    group: str
    account: str = ""
    bar_id: str = ""
    firm: str = ""
    secondary: tuple[str, ...] = field(default=())
    summaries: tuple[str, ...] = field(default=())
    """Those of the secondary addresses that are told once a day, also of a day without filings."""


def _id(n: int) -> UUID:
    return UUID(f"0ecf0000-0000-4000-8000-{n:012d}")


ACCOUNTS = (
    CastAccount(
        _id(1),
        "7100001",
        "mquimby-law",
        "Marisol",
        "Quimby",
        "attorney",
        "attorney, not linked yet",
        firm="Quimby & Okafor LLP",
    ),
    CastAccount(
        _id(2), "7100002", "tokafor-law", "Tobias", "Okafor", "attorney", "attorney, linked", firm="Quimby & Okafor LLP"
    ),
    CastAccount(
        _id(3),
        "7100003",
        "pvandermeer",
        "Petra",
        "Vandermeer",
        "attorney",
        "attorney, linked (opposing counsel)",
        firm="Vandermeer Law Office",
    ),
    CastAccount(_id(4), "7100004", "hlindqvist", "Hana", "Lindqvist", "search", "public searcher"),
    CastAccount(
        _id(5),
        "7100005",
        "oldone",
        "Walter",
        "Brandywine",
        "search",
        "legacy account",
        legacy=True,
        created=datetime(2009, 6, 1, 15, 0, tzinfo=UTC),
    ),
    CastAccount(
        _id(6),
        "7100006",
        "quimby-billing",
        "Quimby & Okafor",
        "LLP",
        "paa",
        "firm's billing account (PAA)",
        firm="Quimby & Okafor LLP",
    ),
    CastAccount(_id(7), "7100007", "clerk-delgado", "Ines", "Delgado", "non-attorney", "clerk's office, linked"),
    CastAccount(_id(8), "7100008", "judge-ashgrove", "Lenora", "Ashgrove", "non-attorney", "judge, linked"),
    CastAccount(
        _id(9),
        "7100009",
        "frontdesk-shared",
        "Front",
        "Desk",
        "search",
        "shared office account",
        shared=True,
        firm="Quimby & Okafor LLP",
    ),
    CastAccount(
        _id(31),
        "7100031",
        "nhalloran-law",
        "Nerys",
        "Halloran",
        "attorney",
        "attorney, new: registers nowhere yet",
        firm="Halloran PA",
    ),
    CastAccount(
        _id(32),
        "7100032",
        "boduya-law",
        "Bastien",
        "Oduya",
        "attorney",
        "attorney, new: waits for a clerk of flsb",
        firm="Oduya Law Office",
    ),
    CastAccount(
        _id(10), "7100010", "rcastellan", "Rufus", "Castellan", "non-attorney", "trustee with an office, linked"
    ),
    CastAccount(
        _id(51),
        "7100051",
        "slarkspur-law",
        "Simeon",
        "Larkspur",
        "attorney",
        "attorney, linked",
        firm="Larkspur & Tansy",
    ),
    CastAccount(
        _id(52), "7100052", "isedgwick", "Idris", "Sedgwick", "non-attorney", "filing agent of three attorneys"
    ),
    CastAccount(
        _id(53), "7100053", "bsolano", "Beatriz", "Solano", "non-attorney", "the trustee's office, files for him"
    ),
    CastAccount(
        _id(41),
        "7100041",
        "ofairweather",
        "Odile",
        "Fairweather",
        "search",
        "Service Center agent",
        staff="agent",
        authenticator="LANTERNHARBORJUNIPERAGENTFAIRWEA",
    ),
    CastAccount(
        _id(42),
        "7100042",
        "bsundqvist",
        "Bram",
        "Sundqvist",
        "search",
        "Service Center supervisor",
        staff="supervisor",
        authenticator="LANTERNHARBORJUNIPERBOSSSUNDQVIS",
    ),
    CastAccount(
        _id(61),
        "7100061",
        "shollis-law",
        "Soren",
        "Hollis",
        "search",
        "associate, the firm (PAA) pays for him",
        firm="Quimby & Okafor LLP",
    ),
    CastAccount(
        _id(71), "7100071", "wthrush", "Wilhelmina", "Thrush", "non-attorney", "files without an attorney, in one case"
    ),
    CastAccount(
        _id(72),
        "7100072",
        "vcalloway-law",
        "Vesper",
        "Calloway",
        "attorney",
        "attorney admitted pro hac vice, in one case of flsd",
        firm="Calloway & Finch",
    ),
    CastAccount(_id(62), "7100062", "wgreenaway", "Winifred", "Greenaway", "search", "new: waits for her letter"),
)

COURT_USERS = (
    CastCourtUser("mquimby", "Marisol", "Quimby", "attorney", bar_id="FL0044021", firm="Quimby & Okafor LLP"),
    CastCourtUser(
        "tokafor",
        "Tobias",
        "Okafor",
        "attorney",
        "tokafor-law",
        "FL0044022",
        "Quimby & Okafor LLP",
        ("docketing@counsel.example",),
    ),
    CastCourtUser(
        "pvandermeer", "Petra", "Vandermeer", "attorney", "pvandermeer", "NY2200417", "Vandermeer Law Office"
    ),
    CastCourtUser("idelgado", "Ines", "Delgado", "clerk", "clerk-delgado"),
    CastCourtUser("lashgrove", "Lenora", "Ashgrove", "judge", "judge-ashgrove"),
    CastCourtUser("rcastellan", "Rufus", "Castellan", "trustee", "rcastellan"),
    CastCourtUser(
        "slarkspur",
        "Simeon",
        "Larkspur",
        "attorney",
        "slarkspur-law",
        "FL0060913",
        "Larkspur & Tansy",
        ("paralegal@larkspur.example",),
        ("paralegal@larkspur.example",),
    ),
    CastCourtUser("isedgwick", "Idris", "Sedgwick", "filing-agent", "isedgwick"),
    CastCourtUser("bsolano", "Beatriz", "Solano", "filing-agent", "bsolano"),
    CastCourtUser("wthrush", "Wilhelmina", "Thrush", "pro-se", "wthrush"),
    CastCourtUser("vcalloway", "Vesper", "Calloway", "pro-hac-vice", "vcalloway-law", "GA0771204", "Calloway & Finch"),
    # Of years ago, with another address and another firm: is the applicant at the registration desk the same person?
    CastCourtUser("boduya", "Bastien", "Oduya", "attorney", bar_id="FL0060177", firm="Heron Avenue Legal Clinic"),
    CastCourtUser("nopacer", "Odalys", "Frimpong", "attorney", bar_id="FL0051177", firm="Frimpong PA"),
)


@dataclass(frozen=True)
class CastAgency:
    """A filing agent and the principal who lets them act, by court logins."""

    agent: str
    principal: str
    role: str = "filing-agent"
    sees_restricted: bool = False
    gets_notices: bool = False


AGENCIES = (
    CastAgency("isedgwick", "tokafor", sees_restricted=True),
    CastAgency("isedgwick", "pvandermeer"),
    CastAgency("isedgwick", "slarkspur", gets_notices=True),
    CastAgency("bsolano", "rcastellan", role="trustee-staff", sees_restricted=True, gets_notices=True),
)

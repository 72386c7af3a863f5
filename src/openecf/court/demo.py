"""The demonstration of a court: invented people, judges, cases and short real PDFs, through the rooms' own services.

What is in it is data: ``demo.toml`` of the court's bench and ``platform.demo_cast``. Loading it again changes nothing.
"""

from __future__ import annotations

import io
import tomllib
from datetime import date, datetime, time, timedelta
from importlib import resources
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from reportlab.lib.pagesizes import letter
from reportlab.pdfgen import canvas

from openecf.court.agents.models import Agency
from openecf.court.bench import bench
from openecf.court.cases import services as cases
from openecf.court.cases.models import Case, Judge, Party
from openecf.court.docket import services as docket
from openecf.court.documents import services as documents
from openecf.court.documents.rules import NewDocument
from openecf.court.fees.rules import FilingFees
from openecf.court.notices import announcing
from openecf.court.notices import queries as notices
from openecf.court.people import services as people
from openecf.court.people.before_linking import as_held
from openecf.court.people.models import CourtUser
from openecf.court.transition import queries as transition_queries
from openecf.court.transition import services as transition
from openecf.kernel.restriction import Restriction
from openecf.platform import demo_cast
from openecf.platform.bus import services as bus
from openecf.platform.bus.messages import AccountLinked
from openecf.platform.registering.demo import rules_of
from openecf.platform.store import services as store

log = structlog.get_logger()
BY = "system"
LIVE_SINCE = timedelta(days=400)
AFTERWARDS = timedelta(seconds=1)
"""What is told once more when all is there, with its cases, is later than what the profile told: the later one counts."""
LINES_PER_PAGE = 18
ASKS_SECOND_FACTOR = frozenset({"nysb"})
SECOND_FACTOR_AHEAD = timedelta(days=100)
"""The demonstration's New York court has announced two-step sign-in, so that one sees how that is told."""


def load(*, at: datetime) -> None:
    """Everything of the demonstration that this court does not have yet."""
    data = tomllib.loads(resources.files(f"openecf.benches.{bench().name}").joinpath("demo.toml").read_text("utf-8"))
    transition.set_up(
        at=at,
        live_at=at - LIVE_SINCE,
        offices=data.get("offices_at", {}).get(settings.COURT.id, data["offices"]),
        help_email=f"help@{settings.COURT.id}.example",
        help_phone="555-0100",
        registration=rules_of(settings.COURT.id).model_dump(mode="json", exclude_defaults=True),
        filing_fees=_fees(data),
        filing_needs_mfa=(at + SECOND_FACTOR_AHEAD).date() if settings.COURT.id in ASKS_SECOND_FACTOR else None,
    )
    users = {cast.login: _user(cast, at) for cast in demo_cast.COURT_USERS}
    for cast in demo_cast.AGENCIES:
        _agency(cast, users, at)
    judges = {row["initials"]: _judge(row, users, at) for row in data["judge"]}
    for row in data["case"]:
        if not Case.objects.filter(number=row["number"], type=row.get("type", _type_in(row["number"]))).exists():
            with transaction.atomic():
                _case(row, users, judges)
            log.info("demo.case", number=row["number"])
    _announce(users, at)
    _tell_of_the_move(data.get("notice", []), users, at)
    transition.tell_status(at=at + AFTERWARDS)


def _fees(data: dict) -> dict:
    """What filings cost at this court, as its profile keeps it."""
    said = FilingFees.model_validate(data.get("filing_fees", {}).get(settings.COURT.id, {}))
    return said.model_dump(mode="json", exclude_defaults=True)


def _type_in(number: str) -> str:
    return number.split("-")[1] if ":" in number else ""


def _user(cast: demo_cast.CastCourtUser, at: datetime) -> CourtUser:
    """One of the cast with an account of this court; who is linked has a dead password, as linking leaves it."""
    account = next((each for each in demo_cast.ACCOUNTS if each.username == cast.account), None)
    known = CourtUser.objects.filter(login__iexact=cast.login).first()
    if known:
        return known
    issued = make_password(demo_cast.COURT_PASSWORD)
    with transaction.atomic():
        user = _create(cast, account, issued, at)
        if account:
            told = AccountLinked(account=account.id, court=settings.COURT.id, role=user.group, at=user.linked_at)
            bus.put(to="central", message=told, at=at)
    return user


def _create(
    cast: demo_cast.CastCourtUser, account: demo_cast.CastAccount | None, issued: str, at: datetime
) -> CourtUser:
    user = CourtUser.objects.create(
        login=cast.login,
        password="" if account else issued,
        spent_password=issued if account else "",
        group=cast.group,
        first_name=cast.first,
        last_name=cast.last,
        initials=f"{cast.first[0]}{cast.last[0]}",
        bar_id=cast.bar_id,
        firm=cast.firm,
        address_lines=["400 Heron Avenue", "Suite 12", "Coral Harbor, FL 33199"] if cast.firm else [],
        phone=f"555-01{40 + len(cast.login):02d}" if cast.firm else "",
        email=account.email if account else f"{cast.login}@office.example",
        secondary_emails=list(cast.secondary),
        account=account.id if account else None,
        account_number=account.number if account else "",
        linked_at=at - LIVE_SINCE if account else None,
    )
    for address in cast.summaries:
        people.set_way(
            user_id=user.id, address=address, usual="summary", tells_silence=True, wants_text=False, by=BY, at=at
        )
    if account:
        user.before_link = as_held(user) | {"email": f"{cast.login}@office.example"}
        user.save(update_fields=["before_link"])
    return user


def _agency(cast: demo_cast.CastAgency, users: dict[str, CourtUser], at: datetime) -> None:
    """A principal of the cast lets an agent act, unless they have ended it since."""
    principal, agent = users[cast.principal], users[cast.agent]
    if Agency.objects.filter(principal=principal, agent=agent).exists():
        return
    given = {
        "role": cast.role,
        "sees_restricted": cast.sees_restricted,
        "gets_notices": cast.gets_notices,
        "starts": (at - LIVE_SINCE).date(),
        "made_at": at,
    }
    Agency.objects.create(principal=principal, agent=agent, **given)
    if cast.gets_notices:
        people.note_agents_told(user_id=principal.id, told=True)


def _announce(users: dict[str, CourtUser], at: datetime) -> None:
    """The clerk's office told the trustees something, once."""
    if notices.announcements():
        return
    announcing.announce(
        title="Reports of trustees in the last week of the year",
        text="The office closes at noon on the last two days of the year.\n\nReports that are filed by then are docketed "
        "the same day; filing itself goes on around the clock.",
        groups=["trustee"], urgent=False, by=f"user:{users['idelgado'].id}", at=at,
    )  # fmt: skip


def _tell_of_the_move(rows: list[dict], users: dict[str, CourtUser], at: datetime) -> None:
    """The numbered notices of the move, each in three languages, once. The tour moves nysb anew: it does not say that it is live."""
    here = [row for row in rows if row.get("only_at", settings.COURT.id) == settings.COURT.id]
    for row in here if transition_queries.next_notice() == 1 else ():
        transition.publish_notice(
            title=row["title"], text=row["text"], translations={code: row[code] for code in ("es", "ht")},
            by=f"user:{users['idelgado'].id}", at=at - LIVE_SINCE - timedelta(days=row["days_before_live"]),
        )  # fmt: skip


def _judge(row: dict, users: dict[str, CourtUser], at: datetime) -> Judge:
    return cases.add_judge(
        name=row["name"],
        title=row["title"],
        initials=row["initials"],
        user=users.get(row.get("login", "")),
        at=at,
        by=BY,
    )


def _moment(day: date, nth: int = 0) -> datetime:
    """A time in that day's office hours at the court."""
    morning = datetime.combine(day, time(9, 12), ZoneInfo(settings.COURT.zone))
    return morning + timedelta(minutes=17 * nth)


def _case(row: dict, users: dict[str, CourtUser], judges: dict[str, Judge]) -> None:
    opened = _moment(row["filed"])
    columns = (
        *("caption", "short_title", "filed", "chapter", "voluntary", "asset", "cause", "nature_of_suit", "jury_demand"),
        *("demand", "jurisdiction", "appeal_from", "fee_status", "case_type_information", "flags", "panel"),
    )
    facts = {column: row[column] for column in columns if column in row}
    if "judge" in row:
        facts["assigned_to"] = judges[row["judge"]]
    if "originating" in row:
        facts["originating"] = {k: v.isoformat() if isinstance(v, date) else v for k, v in row["originating"].items()}
    if "lead" in row:
        facts["lead"] = Case.objects.get(number=row["lead"])
    case = cases.open_case(number=row["number"], type=row.get("type", ""), at=opened, by=BY, **facts)
    for party in row["party"]:
        _party(case, party, users, opened)
    if "restriction" in row:
        level = Restriction.of(row["restriction"])
        cases.set_restriction(case_id=case.id, level=level, reason="demonstration", at=opened, by=BY)
    for nth, entry in enumerate(row["entry"]):
        _entry(case, entry, users, _moment(entry["filed"], nth))
    if "closed" in row:
        cases.close_case(case_id=case.id, on=row["closed"], at=_moment(row["closed"], 30), by=BY)


def _party(case: Case, row: dict, users: dict[str, CourtUser], at: datetime) -> None:
    extra = {k: row[k] for k in ("offense_opening", "offense_terminated", "defendant_number") if k in row}
    party = cases.add_party(
        case_id=case.id, name=row["name"], type=row["type"], lines=row.get("lines", ""), at=at, by=BY, **extra
    )
    for count in row.get("count", ()):
        cases.add_count(party_id=party.id, at=at, by=BY, **count)
    for attorney in row.get("attorney", ()):
        _attorney(case, party, attorney, users, at)


def _attorney(case: Case, party: Party, row: dict, users: dict[str, CourtUser], at: datetime) -> None:
    if "login" in row:
        cases.appear(case=case, user=users[row["login"]], party_ids=[party.id], roles=row["roles"], at=at, by=BY)
    else:
        cases.add_attorney(party_id=party.id, at=at, by=BY, **row)


def _entry(case: Case, row: dict, users: dict[str, CourtUser], at: datetime) -> None:
    numbered = row.get("numbered", True)
    related = case.entries.filter(number__in=[str(number) for number in row.get("relates", ())])
    entry = docket.enter(
        case_id=case.id,
        event=row.get("event", ""),
        title=row["title"],
        text=row["text"],
        at=at,
        filer=users.get(row.get("filer", "")),
        entered_by=row.get("filer", "clerk"),
        relates_to=[each.id for each in related],
        restriction=row.get("restriction", 0),
        numbered=numbered,
        filed=row["filed"],
    )
    if numbered and row.get("pages"):
        level = row.get("document_restriction", 0)
        main = _document(case, entry.number, row["title"], row["text"], 0, row["pages"], level)
        attached = [
            _document(case, entry.number, name, f"{name} to document {entry.number}.", part, 1 + part % 3, level)
            for part, name in enumerate(row.get("attachments", ()), start=1)
        ]
        documents.attach(entry=entry, documents=[main, *attached], at=at)
    docket.finish(entry)
    if "relief" in row:
        docket.open_motion(entry_id=entry.id, relief=row["relief"])
    if "outcome" in row:
        asked = [each.id for each in related]
        docket.decide_motions(case_id=case.id, outcome=row["outcome"], by_entry=entry.id, entry_ids=asked)


def _document(case: Case, number: str, title: str, text: str, part: int, pages: int, level: int) -> NewDocument:
    """A PDF made for the demonstration, in the store."""
    heading = f"{settings.COURT.full_name}", f"Case {case.number}", case.short_title, title
    stored = store.put([_pdf(heading, text, pages)], sealed=True)
    name = f"{number}-{part}.pdf"
    return NewDocument(
        part=part,
        description="" if part == 0 else title,
        filename=name,
        sha256=stored.sha256,
        bytes=stored.bytes,
        pages=pages,
        restriction=level,
    )


def _pdf(heading: tuple[str, ...], text: str, pages: int) -> bytes:
    """A plain court paper: heading on each page, the docket text as its body, numbered pages. The same every time."""
    out = io.BytesIO()
    page = canvas.Canvas(out, pagesize=letter, invariant=1)
    page.setTitle(heading[-1])
    words = text.split()
    for nth in range(1, pages + 1):
        page.setFont("Times-Bold", 13)
        for line, said in enumerate(heading):
            page.drawCentredString(306, 716 - 18 * line, said[:90])
        page.setFont("Times-Roman", 12)
        for line in range(LINES_PER_PAGE):
            start = (line + nth * LINES_PER_PAGE) * 11 % max(len(words), 1)
            page.drawString(72, 610 - 26 * line, f"{line + 1:>2}   " + " ".join((words * 3)[start : start + 11]))
        page.drawCentredString(306, 50, f"Demonstration document, page {nth} of {pages}")
        page.showPage()
    page.save()
    return out.getvalue()

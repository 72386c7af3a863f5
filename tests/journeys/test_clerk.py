"""Ines at the clerk's office, and Judge Ashgrove: orders, minutes, hearings, judgment, close and reopen, corrections."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import Page

from tests.court import pdfs
from tests.journeys.courts import APPELLATE, BANKRUPTCY, DISTRICT, CourtStory, each_court
from tests.journeys.filing import Filing
from tests.journeys.pages import main_of, press, whole
from tests.stand import Stand

HEARING = {"hearing_date": "2027-03-09", "hearing_time": "09:30", "hearing_place": "Courtroom 4"}
JUDGE = {"judge": ""}
"""The first judge of the list."""


@dataclass(frozen=True)
class Act:
    """One entry that the court makes: found by a word, asked for what the event asks, worded like this."""

    typed: str
    title: str
    says: str
    free: str = "As stated on the record"
    details: dict[str, str] = field(default_factory=dict)
    document: bool = False
    against: str = ""
    closes: bool = False
    """Whether the case is closed after it."""


ACTS = {
    BANKRUPTCY: (
        Act("text only", "Order (text only)", "(TEXT ONLY)", details={**JUDGE, "signed_on": "2026-01-05"}),
        Act("minute", "Hearing Held (BK)", "Hearing Held", details={**JUDGE, "held_on": "2026-01-05"}),
        Act("notice of hearing", "Notice of Hearing", "Hearing scheduled for", details=HEARING),
        Act(
            "judgment",
            "Judgment",
            "Judgment Against",
            details={**JUDGE, "signed_on": "2026-01-05"},
            document=True,
            against="Clementine Osterhaus",
        ),
        Act("close", "Close Bankruptcy Case", "Bankruptcy Case Closed", closes=True),
        Act("reopen", "Reopen Case", "Case Reopened"),
    ),
    DISTRICT: (
        Act("paperless", "Paperless Order", "PAPERLESS ORDER", details={**JUDGE, "signed_on": "2026-01-05"}),
        Act("minute", "Minute Entry", "proceedings held before", details={**JUDGE, "held_on": "2026-01-05"}),
        Act("notice of hearing", "Notice of Hearing", "Hearing set for", details={**JUDGE, **HEARING}),
        Act(
            "judgment",
            "Final Judgment",
            "JUDGMENT",
            details={**JUDGE, "signed_on": "2026-01-05"},
            document=True,
            against="Larkspur Cruise Partners, Inc.",
            closes=True,
        ),
        Act("close", "Close Case", "Civil Case Terminated", closes=True),
        Act("reopen", "Reopen Case", "Case Reopened"),
    ),
    APPELLATE: (
        Act("minute", "Oral Argument Held", "Oral argument held", details={"held_on": "2026-01-05"}),
        Act("argument", "Oral Argument Scheduled", "Oral argument scheduled for", details=HEARING),
        Act("judgment", "Judgment Entered", "JUDGMENT entered", document=True, closes=True),
        Act("close", "Case Termination Without a Panel", "Case terminated", closes=True),
        Act("reopen", "Case Reopened", "Case reopened"),
    ),
}


def enter_act(filing: Filing, act: Act) -> None:
    """Go through whatever pages the event has."""
    filing.begin(act.typed, act.title)
    for _page in range(8):
        match filing.step:
            case "case":
                filing.case(filing.court.clerks_case)
                if filing.page.get_by_role("button", name="File in this closed case").count():
                    filing.press("File in this closed case")
            case "parties":
                filing.parties(act.against)
            case "documents":
                filing.documents(("order.pdf", pdfs.plain(2, "ORDER"))) if act.document else filing.press("Next")
            case "related":
                filing.related()
            case "details":
                filing.details(**act.details)
            case "text":
                filing.text(free=act.free)
            case "final":
                filing.submit()
            case _:
                return


@each_court
def test_the_clerks_day(court, stand, visitors):
    filing = Filing(visitors.at(court.id, "clerk-delgado"), stand, court)
    for act in ACTS[court]:
        enter_act(filing, act)
        assert filing.step == "done", f"{act.title}: {filing.said}"
        assert act.says in filing.text_on_docket
        assert is_closed(stand, court) is act.closes, act.title


def is_closed(stand: Stand, court: CourtStory) -> bool:
    with stand.database(court.id) as database:
        row = database.execute('SELECT terminated FROM "case" WHERE number = %s', [court.clerks_case]).fetchone()
        return row[0] is not None


@each_court
def test_the_judge_signs_an_order_that_decides_a_motion(court, stand, visitors):
    motion = Filing(visitors.at(court.id, "tokafor-law"), stand, court)
    motion.up_to_final()
    motion.submit()
    judge = Filing(visitors.at(court.id, "judge-ashgrove"), stand, court)
    title = "Motion Order Filed" if court is APPELLATE else "Order on Motion"
    judge.begin("grant", title)
    judge.case(court.typed)
    outcomes = {motion.number: "granted"}
    while judge.step != "final":
        match judge.step:
            case "documents":
                judge.documents(("order.pdf", pdfs.plain(1, "SO ORDERED")))
            case "related":
                judge.related(outcomes)
            case "details":
                asked = {"signed_on": "2026-11-02"} if judge.page.locator("[name=signed_on]").count() else {}
                assert "Ashgrove" in judge.page.locator("[name=judge] option:checked").inner_text()
                judge.details(**asked)
            case "text":
                judge.text()
    judge.submit()
    assert "granting" in judge.text_on_docket.lower() or "granted" in judge.text_on_docket.lower()
    assert motion.number in judge.text_on_docket
    with stand.database(court.id) as database:
        decided = database.execute(
            """SELECT m.outcome FROM motion m JOIN entry e ON e.id = m.entry_id JOIN "case" c ON c.id = e.case_id
               WHERE c.number = %s AND e.number = %s""",
            [court.case, motion.number],
        ).fetchone()
    assert decided[0] == "granted"


def open_editor(page: Page, stand: Stand, court: CourtStory) -> None:
    """Find the case on the editing pages by its number."""
    page.goto(stand.url(court.id, "/cases/"))
    page.get_by_label("Case number").fill(court.case)
    page.get_by_role("button", name="Find this case").click()
    if "/edit" not in page.url:
        page.locator("main ul a").first.click()


@each_court
def test_party_attorney_and_entry_are_corrected_and_the_docket_shows_it(court, stand, visitors):
    page = visitors.at(court.id, "clerk-delgado")
    open_editor(page, stand, court)
    page.get_by_role("link", name=f"Edit {court.filer}", exact=True).first.click()
    lines = page.locator("textarea[name=lines]")
    lines.fill(f"{lines.input_value()}\nformerly at the old mill")
    save(page)
    page.get_by_role("link", name=f"Edit Tobias Okafor, {court.filer}").first.click()
    if whole(page).locator("[name=phone]").count():
        page.locator("[name=phone]").fill("555-0199")
    else:
        page.locator("textarea[name=contact]").fill("Quimby & Okafor LLP\n555-0199")
    save(page)
    page.get_by_role("link", name="Correct or strike a docket entry").click()
    page.get_by_role("link", name="Correct 1 ").first.click()
    page.get_by_label("Docket text").fill(f"{page.get_by_label('Docket text').input_value()} (corrected by the clerk)")
    page.get_by_label("Reason, for the record").fill("A word was missing.")
    page.get_by_role("button", name="Correct the text").click()
    said = sheet(page, stand, court)
    for words in ("formerly at the old mill", "555-0199", "(corrected by the clerk)"):
        assert words in said


def save(page: Page) -> None:
    press(page, "Save")
    assert not page.get_by_role("alert").count(), main_of(page)


def sheet(page: Page, stand: Stand, court: CourtStory) -> str:
    """What the case's docket sheet says, run through its form."""
    with stand.database(court.id) as database:
        case_id = database.execute('SELECT id FROM "case" WHERE number = %s', [court.case]).fetchone()[0]
    if court is APPELLATE:
        room = f"/n/beam/servlet/TransportRoom?servlet=DocketReportFilter.jsp&caseNum={court.case}"
        page.goto(stand.url(court.id, room))
    else:
        page.goto(stand.url(court.id, f"/cgi-bin/DktRpt.pl?{case_id}"), referer=stand.url(court.id, "/"))
    page.locator("main form [type=submit]").click()
    return main_of(page)

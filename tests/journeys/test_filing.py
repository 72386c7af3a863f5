"""Tobias files a motion, and everybody who must know gets to know."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.courts import CourtStory, each_court
from tests.journeys.filing import Filing, motion
from tests.journeys.pages import main_of
from tests.journeys.people import Visitors
from tests.journeys.reading import Shelf, words_of
from tests.stand import OPENECF, Stand

pytestmark = each_court


def at_filing(visitors: Visitors, stand: Stand, court: CourtStory, who: str = "tokafor-law") -> Filing:
    """A person at a court's filing pages."""
    return Filing(visitors.at(court.id, who), stand, court)


def entries_of(stand: Stand, court: CourtStory) -> int:
    """How many entries the court's dockets hold, as its database says."""
    with stand.database(court.id) as database:
        return database.execute("SELECT count(*) FROM entry").fetchone()[0]


class Filed(dict):
    """One motion at each court, filed when a story first asks for it: court to the page that followed."""

    def __init__(self, visitors: Visitors, stand: Stand) -> None:
        self.visitors, self.stand = visitors, stand

    def __missing__(self, court: CourtStory) -> Filing:
        filing = at_filing(self.visitors, self.stand, court)
        filing.up_to_final()
        filing.submit()
        self[court] = filing
        return filing


@pytest.fixture(scope="module")
def filed(visitors: Visitors, stand: Stand) -> Filed:
    return Filed(visitors, stand)


def notice_to_petra(stand: Stand, filing: Filing) -> dict:
    """The notice of the filing as it came to the opposing counsel."""
    return stand.mail("pvandermeer@counsel.example", filing.text_on_docket)


def test_the_last_page_shows_the_text_as_it_will_stand_and_warns(court, visitors, stand):
    filing = at_filing(visitors, stand, court)
    before = entries_of(stand, court)
    filing.up_to_final()
    assert filing.step == "final"
    assert court.motion.free in filing.final_text
    assert "Submitting this page commits this filing. You will have no further opportunity to change it." in filing.said
    assert entries_of(stand, court) == before, "nothing is on the docket before it is submitted"
    filing.discard()
    assert entries_of(stand, court) == before


def test_the_notice_is_shown_at_once_with_stamp_and_service_list(court, filed):
    filing = filed[court]
    assert filing.step == "done"
    assert f"Entered as document {filing.number} in case {court.case}." in filing.said
    for words in (
        court.notice,
        filing.text_on_docket,
        "ument Stamp:",
        f"[Court={court.id}]",
        "Tobias Okafor",
        "tokafor-law@counsel.example, docketing@counsel.example",
        "pvandermeer@counsel.example",
        court.otherwise,
    ):
        assert words in filing.said
    assert ("by other means" in filing.said) is ("by other means" in court.otherwise), "no empty list of nobody"
    assert "<p>" not in filing.said, "the notice is shown as a page, not as its markup"


def test_the_notice_is_mailed_in_html_and_text_to_both_counsel_and_their_second_addresses(court, filed, stand):
    filing = filed[court]
    for address in ("tokafor-law@counsel.example", "docketing@counsel.example", "pvandermeer@counsel.example"):
        mail = stand.mail(address, filing.text_on_docket)
        assert court.notice in mail["html"]
        assert court.notice in mail["text"]
        assert filing.text_on_docket in " ".join(mail["html"].split())
        assert look_link(mail, stand, court), "each recipient has a link for the free look"
        assert court.otherwise in mail["html"]


def look_link(mail: dict, stand: Stand, court: CourtStory) -> str:
    """The free-look link of a notice; empty when it has none."""
    links = re.findall(r'href="([^"]+/docs?1/[^"]+)"', mail["html"])
    secret = [link.replace("&amp;", "&") for link in links if re.search(r"magic_num|uid=", link)]
    assert all(link.startswith(stand.url(court.id)) for link in secret)
    return secret[0] if secret else ""


class Looks(dict):
    """What Petra's free looks gave at each court: the motion and its exhibit, exactly as filed."""

    def __init__(self, visitors: Visitors, filed: Filed) -> None:
        self.visitors, self.filed = visitors, filed

    def __missing__(self, court: CourtStory) -> list[bytes]:
        link = look_link(notice_to_petra(self.filed.stand, self.filed[court]), self.filed.stand, court)
        page = self.visitors.stranger().new_page()
        shelf = Shelf(page)
        for row in (0, 1):
            open_free_look(page, link, row)
        self[court] = shelf.files
        return shelf.files


@pytest.fixture(scope="module")
def looks(visitors: Visitors, filed: Filed) -> Looks:
    return Looks(visitors, filed)


def open_free_look(page: Page, link: str, row: int) -> None:
    """Follow a notice's link: the menu of the entry's documents, one of them, and the question before it opens."""
    page.goto(link)
    document = page.locator("table.ecf-documents a").nth(row)
    if "/docs1/" in link:  # the appellate court opens at once
        page.goto(f"{document.get_attribute('href')}&pdf_header=2")
        return
    document.click()
    page.get_by_text("Exactly as filed").click()
    with page.expect_navigation(wait_until="domcontentloaded"):
        page.get_by_role("button", name="View document").click()


def test_the_free_look_opens_once_without_signing_on_and_then_asks_for_a_login(court, looks, filed, stand, visitors):
    motion_pdf, exhibit_pdf = looks[court]
    assert words_of(motion_pdf) == ["MOTION 1", "MOTION 2", "MOTION 3"]
    assert words_of(exhibit_pdf) == ["EXHIBIT 1", "EXHIBIT 2"]
    page = visitors.stranger().new_page()
    page.goto(look_link(notice_to_petra(stand, filed[court]), stand, court))
    page.locator("table.ecf-documents a").first.click()
    assert "This free look has been used or has expired. Log in with your PACER account" in main_of(page)


def test_verify_says_that_notice_and_pdf_are_intact_and_what_is_not(court, looks, filed, stand, tmp_path):
    mail = notice_to_petra(stand, filed[court])
    raw = httpx.get(f"{stand.facts['mailbox']['url']}/mail/{mail['name']}/raw", timeout=60).content
    (notice := tmp_path / "notice.eml").write_bytes(raw)
    main, exhibit = looks[court]
    (pdf := tmp_path / "motion.pdf").write_bytes(main)
    (attachment := tmp_path / "exhibit.pdf").write_bytes(exhibit)
    assert verified(stand, notice, pdf, attachment) == (0, [])

    (touched := tmp_path / "touched.pdf").write_bytes(main[:200] + bytes([main[200] ^ 1]) + main[201:])
    code, altered = verified(stand, notice, touched, attachment)
    assert (code, len(altered)) == (1, 1)
    assert "touched.pdf" in altered[0]

    word = court.motion.free.split()[-1].encode()
    (forged := tmp_path / "forged.eml").write_bytes(raw.replace(word, b"elephants"))
    code, altered = verified(stand, forged, pdf, attachment)
    assert code == 1
    assert [line for line in altered if line.startswith("Docket text: altered")]


def verified(stand: Stand, notice: Path, *pdfs: Path) -> tuple[int, list[str]]:
    """What ``openecf verify`` answers, and what it calls altered."""
    command = [OPENECF, "verify", str(notice), *map(str, pdfs), "--keys", str(stand.var / "sites.json")]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.stdout, run.stderr
    return run.returncode, [line.split("ALTERED")[1].strip() for line in run.stdout.splitlines() if "ALTERED  " in line]


def test_a_draft_survives_a_closed_browser(court, visitors, stand):
    filing = at_filing(visitors, stand, court)
    filing.begin(court.motion.typed, court.motion.title)
    filing.case(court.typed)
    filing.parties(court.filer)
    filing.documents(motion(), [])
    draft = f"/filing/{filing.page.url.split('/')[-2]}/discard"
    filing.page.context.close()

    later = at_filing(visitors, stand, court)
    later.page.goto(stand.url(court.id, "/filing/drafts"))
    later.page.get_by_role("link", name=re.compile(f"Go on.*{court.motion.title}")).first.click()
    assert later.step in ("related", "text")
    later.page.get_by_role("link", name="Documents", exact=True).click()
    assert "motion.pdf" in later.said
    later.page.get_by_role("link", name="Leave it for later").click()
    row = later.page.locator(f"a[href='{draft}']")
    row.press("Enter")
    assert "You lose: what you chose and typed on its pages the PDF motion.pdf, 3 pages" in later.said
    later.page.get_by_role("link", name="Keep it and go on").press("Enter")
    assert later.step in ("related", "text"), "nothing is lost by asking"
    later.page.goto(stand.url(court.id, draft))
    later.page.get_by_role("button", name="Discard the draft").press("Enter")
    expect(later.page.get_by_role("status")).to_contain_text("Discarded. Nothing of it is on the docket.")
    assert not row.count()


def test_a_double_click_files_once(court, visitors, stand):
    filing = at_filing(visitors, stand, court)
    filing.up_to_final()
    before = entries_of(stand, court)
    with filing.page.expect_navigation(url=re.compile("/done$")):
        filing.page.get_by_role("button", name="Submit this filing").dblclick()
    filing.page.reload()
    assert entries_of(stand, court) == before + 1
    filing.page.go_back()
    if filing.step == "final":
        filing.submit()
    assert filing.step == "done"
    assert entries_of(stand, court) == before + 1


def test_the_opposing_counsel_pays_or_reads_the_receipt_after_the_free_look(court, looks, filed, stand, visitors):
    page = visitors.at(court.id, "pvandermeer")
    shelf = Shelf(page)
    page.goto(look_link(notice_to_petra(stand, filed[court]), stand, court).partition("?")[0])
    page.locator("table.ecf-documents a").first.click()
    assert "Billable Pages:" in main_of(page)
    assert not shelf.files, "the charge is shown before the document"

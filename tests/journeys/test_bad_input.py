"""What goes wrong in front of a filer: bad files, wrong numbers, sealed cases, a sign-on that ends. Nothing is lost."""

from __future__ import annotations

import re

from tests.court import pdfs
from tests.journeys.courts import BANKRUPTCY, CourtStory, each_court
from tests.journeys.filing import Filing, as_file, motion
from tests.journeys.people import Visitors, read_first, sign_on
from tests.stand import Stand

TOBIAS = "tokafor-law"
BAD_FILES = {
    "a password": (pdfs.HOSTILE["a password"][0], "The PDF has security measures such as a password"),
    "JavaScript on opening": (pdfs.HOSTILE["JavaScript on opening"][0], "The PDF contains JavaScript"),
    "a ZIP called .pdf": (pdfs.HOSTILE["a ZIP called .pdf"][0], "The file is not a PDF."),
    "nothing in it": (b"", "The file is empty (0 bytes)."),
    "36 MB": (pdfs.plain() + b"\n%" + b"x" * 36_000_000, "The file is larger than this court accepts."),
}


def at_documents(visitors: Visitors, stand: Stand, court: CourtStory) -> Filing:
    """Tobias's motion, up to the page that asks for its PDF."""
    filing = Filing(visitors.at(court.id, TOBIAS), stand, court)
    filing.begin(court.motion.typed, court.motion.title)
    filing.case(court.typed)
    filing.parties(court.filer)
    return filing


def discard(filing: Filing) -> None:
    filing.page.goto(re.sub(r"/\w+$", "/", filing.page.url))
    filing.page.goto(filing.stand.url(filing.court.id, "/filing/drafts"))
    filing.page.get_by_role("link", name=re.compile("Discard")).first.click()
    filing.press("Discard the draft")


@each_court
def test_a_bad_file_is_refused_in_words_and_takes_no_good_one_with_it(court, stand, visitors, tmp_path):
    filing = at_documents(visitors, stand, court)
    filing.page.locator("#main_document").set_input_files(as_file(motion()))
    filing.press("Upload, and stay here")
    assert "motion.pdf" in filing.said
    for name, (content, words) in BAD_FILES.items():
        if len(content) > 1_000_000 and court is not BANKRUPTCY:
            continue  # one court is enough to send 36 MB to
        (exhibit := tmp_path / "exhibit.pdf").write_bytes(content)
        filing.attach([(("exhibit.pdf", exhibit), "Exhibit", "A")])
        filing.press("Next")
        assert words in filing.problems, name
        assert "exhibit.pdf" in filing.problems
        assert "Everything else that you uploaded is kept." in filing.problems
        assert filing.page.get_by_role("button", name="Remove motion.pdf").count() == 1, "the good one is still there"
    discard(filing)


@each_court
def test_a_wrong_number_and_a_sealed_case_look_alike(court, stand, visitors):
    filing = Filing(visitors.at(court.id, TOBIAS), stand, court)
    filing.begin(court.motion.typed, court.motion.title)
    said = {}
    for number in (court.unknown_case, court.sealed_case, "what is this"):
        filing.case(number)
        assert filing.step == "case"
        said[number] = filing.said.replace(number, "…")
    assert len(set(said.values())) == 1, "the sealed case is as if it were not there"
    assert "Case not found." in filing.problems
    discard(filing)


@each_court
def test_a_closed_case_is_asked_about_first(court, stand, visitors):
    filing = Filing(visitors.at(court.id, TOBIAS), stand, court)
    filing.begin(court.motion.typed, court.motion.title)
    filing.case(court.closed_case)
    assert filing.step == "case"
    assert "Closed on" in filing.said
    filing.press("File in this closed case")
    assert "This case was closed on" in filing.said
    discard(filing)


@each_court
def test_a_sign_on_that_ended_in_mid_filing_leads_back_to_the_draft(court, stand, visitors):
    filing = at_documents(visitors, stand, court)
    filing.documents(motion(), [])
    if filing.step == "related":
        filing.related()
    at = filing.page.url
    for site in ("central", court.id):
        filing.page.context.clear_cookies(name=f"openecf_{site}_session")
    filing.page.locator("[name=free]").fill(court.motion.free)
    filing.page.get_by_role("button", name="Next", exact=True).click()
    filing.page.wait_for_load_state()
    assert "Your draft is kept as it was before this page; nothing was filed." in filing.said
    filing.page.get_by_role("link", name="Log in with PACER").click()
    sign_on(filing.page, TOBIAS)
    read_first(filing.page)
    assert filing.page.url == at, "back on the very page"
    filing.text(free=court.motion.free)
    assert filing.step == "final"
    assert court.motion.free in filing.final_text
    discard(filing)

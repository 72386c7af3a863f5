"""Idris is the filing agent of three attorneys; Beatriz works in the office of Rufus, the trustee."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.journeys.courts import BANKRUPTCY as FLSB
from tests.journeys.filing import Filing, motion
from tests.journeys.people import Visitors, enter, sign_on
from tests.stand import Stand

TOBIAS, PETRA, SIMEON = "Tobias Okafor", "Petra Vandermeer", "Simeon Larkspur"


def says(page: Page, place: str = "main") -> str:
    return " ".join(page.locator(place).first.inner_text().split())


def act_for(page: Page, stand: Stand, name: str) -> None:
    page.goto(stand.url("flsb", "/utilities/acting"))
    button = page.get_by_role("button", name=f"Act for {name}")
    if button.count():
        with page.expect_navigation(wait_until="domcontentloaded"):
            button.click()


@pytest.fixture
def idris(visitors: Visitors, stand: Stand) -> Iterator[Page]:
    """Idris, who just signed on at flsb: each story begins with a sign-on of its own."""
    page = visitors.stranger().new_page()
    page.goto(stand.url("central", "/login"))
    sign_on(page, "isedgwick")
    enter(page, stand, "flsb")
    yield page
    page.context.close()


def test_a_filing_agent_of_three_attorneys_is_asked_for_whom_and_files_for_one(idris, stand, visitors):
    assert idris.url.endswith("/utilities/acting?next=%2F"), "of three principals one is chosen first"
    assert all(f"Act for {name}" in says(idris) for name in (TOBIAS, PETRA, SIMEON))
    with idris.expect_navigation(wait_until="domcontentloaded"):
        idris.get_by_role("button", name=f"Act for {TOBIAS}").click()
    assert f"You act for {TOBIAS}" in says(idris, ".ecf-who") and "Idris Sedgwick" in says(idris, ".ecf-who")
    filing = Filing(idris, stand, FLSB)
    filing.up_to_final()
    assert f"You file this for {TOBIAS}" in filing.said
    filing.submit()
    assert f"Submitted by Idris Sedgwick, filing agent, for {TOBIAS}" in filing.said
    assert filing.text_on_docket.endswith("(Okafor, Tobias)") and "Sedgwick" not in filing.text_on_docket
    notice = stand.mail("pvandermeer@counsel.example", filing.text_on_docket)
    assert "Okafor, Tobias" in notice["text"] + notice["html"] and "Sedgwick" not in notice["text"] + notice["html"]
    assert not [mail for mail in stand.mails("isedgwick@counsel.example") if filing.text_on_docket in mail["text"]]
    tobias = visitors.at("flsb", "tokafor-law")
    tobias.goto(stand.url("flsb", "/utilities/log"))
    assert "by Idris Sedgwick" in says(tobias) and "Filing submitted" in says(tobias)


def test_he_switches_and_what_he_began_for_one_is_not_filed_for_another(idris, stand):
    act_for(idris, stand, TOBIAS)
    filing = Filing(idris, stand, FLSB)
    filing.up_to_final()
    draft = idris.url
    act_for(idris, stand, SIMEON)
    assert f"You act for {SIMEON}" in says(idris, ".ecf-who")
    idris.goto(draft)
    assert f"This draft is for {TOBIAS}, and you act for somebody else now" in says(idris)
    with idris.expect_navigation(wait_until="domcontentloaded"):
        idris.get_by_role("link", name="Choose whom you act for").click()
    with idris.expect_navigation(wait_until="domcontentloaded"):
        idris.get_by_role("button", name=f"Act for {TOBIAS}").click()
    assert idris.url == draft, "the choice leads back to the draft"
    filing.discard()


def test_an_attorney_removes_him_while_a_filing_is_under_way_and_adds_him_again(idris, stand, visitors):
    act_for(idris, stand, PETRA)
    filing = Filing(idris, stand, FLSB)
    filing.begin("extend time", "Motion to Extend Time")
    filing.case(FLSB.typed)
    draft = idris.url
    petra = visitors.at("flsb", "pvandermeer")
    petra.goto(stand.url("flsb", "/utilities/agents"))
    with petra.expect_navigation(wait_until="domcontentloaded"):
        petra.get_by_role("button", name="Remove Idris Sedgwick").click()
    assert "The filing agent was removed, at once" in says(petra) and "Nobody may act for you" in says(petra)
    idris.goto(draft)
    assert f"You may no longer file for {PETRA}. Nothing was filed. The draft is kept" in says(idris)
    assert stand.mail("isedgwick@counsel.example", f"Filing agent removed: Idris Sedgwick for {PETRA}")
    petra.goto(stand.url("flsb", "/filing/drafts"))
    assert "Begun by Idris Sedgwick, your filing agent" in says(petra)
    petra.goto(stand.url("flsb", "/utilities/agents"))
    petra.get_by_label("Court login or PACER account number").fill("7100052")
    petra.get_by_label("Last name").fill("Sedgwick")
    with petra.expect_navigation(wait_until="domcontentloaded"):
        petra.get_by_role("button", name="Add", exact=True).click()
    assert "The filing agent was added" in says(petra) and "Law firm staff" in says(petra)
    idris.reload()
    act_for(idris, stand, PETRA)
    idris.goto(draft)
    assert f"You act for {PETRA}" in says(idris, ".ecf-who") and filing.step == "parties"


@pytest.fixture
def beatriz(visitors: Visitors) -> Page:
    return visitors.at("flsb", "bsolano")


def test_a_trustees_office_files_the_trustees_own_papers(beatriz, stand, visitors):
    assert "You act for Rufus Castellan" in says(beatriz, ".ecf-who"), "an only principal needs no choice"
    filing = Filing(beatriz, stand, FLSB)
    filing.begin("statement", "Trustee's Statement (text only)")
    filing.case("24-10101")
    filing.text(free="The debtor's tax returns were received")
    assert filing.final_text == (
        "Trustee's Statement: The debtor's tax returns were received. Filed by Rufus Castellan. (Castellan, Rufus)"
    )
    filing.submit()
    assert "Submitted by Beatriz Solano, filing agent, for Rufus Castellan" in filing.said
    copy = stand.mail("bsolano@counsel.example", "tax returns were received")
    assert "Trustee" in copy["subject"], "the office gets copies: the trustee lets it"


def test_the_office_objects_to_a_claim_and_the_time_to_respond_runs(beatriz, stand):
    filing = Filing(beatriz, stand, FLSB)
    filing.begin("objection claim", "Trustee's Objection to Claim")
    filing.case("24-10101")
    filing.documents(motion("OBJECTION"))
    filing.text(free="3 of Gulfward Furniture Company")
    assert "Trustee's Objection to Claim 3 of Gulfward Furniture Company" in filing.final_text
    assert "Responses due by" in filing.final_text
    filing.submit()
    assert filing.step == "done"


def test_the_office_cannot_change_the_trustees_addresses_nor_add_others(beatriz, stand):
    for path in ("/utilities/email", "/utilities/agents"):
        beatriz.goto(stand.url("flsb", path))
        assert "Only the account's owner can do this" in says(beatriz)
    beatriz.goto(stand.url("flsb", "/utilities/"))
    assert "Whom you act for" in says(beatriz) and "Maintain your e-mail" not in says(beatriz)


def test_an_attorney_who_shares_an_office_login_is_told_how_to_get_an_own_account(visitors, stand):
    """The front desk's account searches; it cannot be linked, and nothing can be filed with it, by page or by program."""
    desk = visitors.at("flsb", "frontdesk-shared")
    desk.goto(stand.url("flsb", "/utilities/link"))
    assert "shared by several people" in says(desk)
    desk.goto(stand.url("flsb", "/filing/"))
    assert "Several people use this PACER account" in says(desk)
    assert desk.get_by_role("link", name="Register an account of your own").count()
    desk.goto(stand.url("flsb", "/cgi-bin/iquery.pl"))
    assert desk.get_by_label("Case Number").count(), "it searches as before"
    with stand.program("flsb", "frontdesk-shared") as program:
        refused = program.post("/filing/start", data={"event": "motion:dismiss-case"})
        assert refused.status_code == 403

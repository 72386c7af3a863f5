"""People who have nothing yet: a firm that wants an account to pay with, a filing agent and a trustee new to a court."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from string import ascii_lowercase

from playwright.sync_api import Page

from tests.journeys.courts import BANKRUPTCY as FLSB
from tests.journeys.filing import Filing
from tests.journeys.looking import Looker
from tests.journeys.notices import ODALYS, OWN_PASSWORD, register
from tests.journeys.pages import main_of, menu_of, press
from tests.journeys.people import Visitors, enter, sign_on
from tests.stand import Stand, until

PRINCIPAL, PRINCIPALS_NAME = "tokafor-law", "Tobias Okafor"
TRUSTEES_CASE = "24-10101"
PACER_MENU = {"Query", "Reports", "Utilities"}


def last_name() -> str:
    """A last name that nobody had in an earlier run: of two people of one name and birth date the second has to wait."""
    return f"Quill{''.join(random.choices(ascii_lowercase, k=8))}"  # noqa: S311


def somebody(type: str, first: str, last: str, firm: str) -> dict[str, object]:
    """What a person types who registers: the kind of account, the person, the address."""
    names = {"first_name": first, "last_name": last}
    return {
        "type": type,
        "person": ODALYS["person"] | names | {"birth_date": "1979-02-23"},
        "address": ODALYS["address"] | {"firm": firm},
    }


def new_name(stem: str) -> str:
    """A user name that no earlier run took."""
    return f"{stem}{time.time_ns() % 10**8}"


def number_of(page: Page) -> str:
    """The account number on the page that says that the account is ready."""
    return re.search(r"Account number (\d{7})", main_of(page))[1]


def at(page: Page, url: str) -> str:
    page.goto(url)
    return main_of(page)


def test_a_firm_registers_a_paa_and_is_refused_every_page_of_a_case(stand: Stand, visitors: Visitors):
    """Firms may register a PACER Administrative Account: for management only, with no access to cases and no filing."""
    looker, page, firm = Looker(), visitors.stranger().new_page(), new_name("heronbilling")
    page.goto(stand.url("flsb", "/nextgen"))
    page.get_by_role("link", name=re.compile("Register for a PACER account of your own")).click()
    register(page, stand, firm, who=somebody("paa", "Augusta", last_name(), "Heron & Pike LLP"))
    looker.look(page)
    said = main_of(page)
    assert "Your account is ready" in said and firm in said and "PACER Administrative Account" in said
    assert "Link your court's account" not in said and "Case Search Status" not in said, "it neither files nor searches"
    stand.mail(f"{firm}@counsel.example", number_of(page), seconds=60)
    page.get_by_role("main").get_by_role("link", name="Sign in").click()
    sign_on(page, firm, OWN_PASSWORD)
    assert "PACER Administrative Account" in at(page, stand.url("central", "/pscof/manage"))
    looker.look(page)
    said = at(page, stand.url("central", "/pscof/firm"))
    assert "Last name of its owner" in said and page.get_by_role("button", name="Ask", exact=True).is_visible()
    looker.look(page)

    enter(page, stand, "flsb")
    with stand.database("flsb") as court:
        case = court.execute('SELECT id FROM "case" WHERE number = %s', [FLSB.case]).fetchone()[0]
    for path in (f"/cgi-bin/DktRpt.pl?{case}", "/cgi-bin/iquery.pl", "/filing/", "/utilities/link"):
        said = at(page, stand.url("flsb", path))
        assert "anages billing only" in said and FLSB.caption not in said, path
    looker.look(page)
    assert not {"Query", "Bankruptcy"} & set(menu_of(page))
    with stand.database("flsb") as court:
        assert court.execute("SELECT count(*) FROM meter_line WHERE login = %s", [firm]).fetchone() == (0,)
    for kind in ("attorney", "non-attorney"):
        said = at(page, stand.url("central", f"/pscof/manage/efile/{kind}"))
        assert "A billing account cannot register to file" in said, kind
    looker.look(page)
    assert not looker.wrong, looker.say()


def signed_in(page: Page, stand: Stand, username: str, who: dict[str, object]) -> str:
    """Register somebody by the wizard and sign in with what it made; gives the account number."""
    page.goto(stand.url("central", "/pscof/register"))
    register(page, stand, username, who=who)
    number = number_of(page)
    page.get_by_role("main").get_by_role("link", name="Sign in").click()
    sign_on(page, username, OWN_PASSWORD)
    return number


def asks(page: Page, stand: Stand, role: str, look: Callable[[Page], None]) -> str:
    """Non-Attorney E-File Registration at flsb, from Maintenance to the summary and the court's receipt; gives the
    address of the request."""
    page.goto(stand.url("central", "/pscof/manage/maintenance"))
    page.get_by_role("link", name="Non-Attorney E-File Registration").click()
    page.get_by_role("link", name="U.S. Bankruptcy Courts").click()
    look(page)
    page.get_by_role("link", name=re.compile("Southern District of Florida")).click()
    assert "The court's own form LF-95" not in main_of(page), "it is for attorneys"
    assert "Order of appointment (optional) Only if you register as: Trustee" in main_of(page)
    look(page)
    press(page, "Begin")
    press(page, "Continue")
    assert "There is a problem" in main_of(page), "nobody registers as nothing"
    for words in (role, "No, I am new to this court"):
        page.get_by_text(words, exact=True).click()
    press(page, "Continue")
    while not re.search(r"Step \d of \d: Summary", main_of(page)):
        for box in page.locator("main input[type=checkbox][required]").all():
            page.locator(f"label[for={box.get_attribute('id')}]").click()
        press(page, "Continue")
        assert "There is a problem" not in main_of(page)
    look(page)
    press(page, "Submit")
    assert "Your request is sent." in main_of(page)
    mine = page.url.partition("?")[0]
    until(lambda: "Received by the court" in at(page, mine), seconds=30, what="the court's receipt")
    return mine


def lets_in(desk: Page, stand: Stand, *, last: str, role: str) -> None:
    """The clerk's office finds the newest request under that name, compares, and approves it."""
    desk.goto(stand.url("flsb", f"/court/registrations?q={last}"))
    desk.get_by_role("link", name=re.compile(f"^{last}, ")).first.click()
    said = main_of(desk)
    assert role in said and "counsel.example" in said
    offered = desk.locator("#id_approve-group option").all_inner_texts()
    assert offered[0] == role and "Attorney" not in offered, offered
    press(desk, "Approve")
    assert "Approved. The applicant" in main_of(desk) and f"({role})" in main_of(desk)


def test_a_filing_agent_registers_is_approved_and_files_once_an_attorney_lets_them(stand: Stand, visitors: Visitors):
    """Filing agents register for a non-attorney account, and each has one: from nothing to a paper for a principal."""
    looker, page, name = Looker(), visitors.stranger().new_page(), new_name("oquill")
    last = last_name()
    number = signed_in(page, stand, name, somebody("non-attorney", "Orsolya", last, "Quill Filing Services"))
    mine = asks(page, stand, "Filing agent", looker.look)
    enter(page, stand, "flsb")
    assert set(menu_of(page)) == PACER_MENU, "a request lets nobody file"

    lets_in(visitors.at("flsb", "clerk-delgado"), stand, last=last, role="Filing agent")
    mail = stand.mail(f"{name}@counsel.example", "you have an account there as a filing agent", seconds=60)
    assert "One step is left" in (mail["text"] or mail["html"])
    until(lambda: "tell them your account number" in at(page, mine), seconds=30, what="the approval")
    looker.look(page)
    assert "Approved" in at(page, stand.url("central", "/pscof/manage/efile"))
    page.goto(stand.url("flsb", "/filing/"))
    assert not page.get_by_label("Look for an event").count(), "an agent of nobody files nothing"
    looker.look(page)

    tobias = visitors.at("flsb", PRINCIPAL)
    tobias.goto(stand.url("flsb", "/utilities/agents"))
    tobias.get_by_label("Court login or PACER account number").fill(number)
    tobias.get_by_label("Last name").fill(last)
    press(tobias, "Add")
    assert "The filing agent was added" in main_of(tobias)
    enter(page, stand, "flsb")
    filing = Filing(page, stand, FLSB)
    filing.up_to_final()
    assert f"You file this for {PRINCIPALS_NAME}" in filing.said
    filing.submit()
    assert f"Submitted by Orsolya {last}, filing agent, for {PRINCIPALS_NAME}" in filing.said
    assert filing.text_on_docket.endswith("(Okafor, Tobias)") and last not in filing.text_on_docket
    tobias.goto(stand.url("flsb", "/utilities/agents"))
    press(tobias, f"Remove Orsolya {last}")
    assert not looker.wrong, looker.say()


def test_a_trustee_registers_is_approved_and_has_the_trustees_papers(stand: Stand, visitors: Visitors):
    """Trustees are led the same way, and need nobody: once approved they find the papers that only a trustee files."""
    page, name, last = visitors.stranger().new_page(), new_name("tquill"), last_name()
    signed_in(page, stand, name, somebody("non-attorney", "Theodora", last, "Quill Trusts"))
    mine = asks(page, stand, "Trustee", _unseen)
    lets_in(visitors.at("flsb", "clerk-delgado"), stand, last=last, role="Trustee")
    stand.mail(f"{name}@counsel.example", "You can file there now", seconds=60)
    until(lambda: "You can file at this court" in at(page, mine), seconds=30, what="the approval")
    enter(page, stand, "flsb")
    assert FLSB.filing_menu in menu_of(page)
    filing = Filing(page, stand, FLSB)
    filing.begin("statement", "Trustee's Statement (text only)")
    filing.case(TRUSTEES_CASE)
    filing.text(free="The debtor's tax returns were received")
    assert filing.final_text.endswith(f"Filed by Theodora {last}. ({last}, Theodora)")
    filing.discard()


def _unseen(page: Page) -> None:
    """The story of the filing agent looked at these pages."""

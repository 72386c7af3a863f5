"""Sentences of the notices about firms: a PAA pays and manages, and has no access to cases and no filing privileges."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page

from tests.journeys.courts import CourtStory, each_court
from tests.journeys.pages import main_of, page_that_says, press
from tests.journeys.people import enter, read_first, sign_on
from tests.stand import Stand, person, until

FIRM, MEMBER = "quimby-billing", "tokafor-law"
TOLD = "This account manages billing only"
FOR_EVERYBODY = {"anyone", "machine", "operator"}
URLS = """
import json, sys
from tests.sites import settle
settle(sys.argv[1])
import django; django.setup()
from tests.court.test_permissions import urls
print("URLS " + json.dumps({url: each.callback.access_rule.name for url, each in urls()}))
"""
FILLED = {
    "int:": "1", "str:": "1", "slug:": "case", "uuid:": "00000000-0000-4000-8000-000000000001",
}  # fmt: skip


@pytest.fixture
def no_firm(stand: Stand, visitors):
    """Nobody pays for Tobias, before and after."""

    def none() -> None:
        with stand.database("central") as database:
            database.execute(
                "DELETE FROM firm_membership WHERE account_id = (SELECT id FROM account WHERE username = %s)", [MEMBER]
            )
            database.execute("DELETE FROM firm_invitation")
            database.execute("DELETE FROM firm_rules")
            database.execute(
                "UPDATE account SET search_status = 'active', search_note = '', client_code_required = false,"
                " client_code_format = '', receipts_hidden = false WHERE username = %s",
                [MEMBER],
            )
        visitors.forget(MEMBER)

    none()
    yield
    none()


def documents_of(stand: Stand, court: CourtStory) -> tuple[int, str]:
    """A case of the court that anybody may read, and a document of it."""
    with stand.database(court.id) as database:
        return database.execute(
            """SELECT c.id, d.doc_id FROM "case" c JOIN entry e ON e.case_id = c.id JOIN document d ON d.entry_id = e.id
               WHERE c.restriction = 0 AND d.restriction = 0 ORDER BY c.id, d.id LIMIT 1"""
        ).fetchone()


@each_court
def test_a_firms_bookkeeper_who_tries_to_read_a_docket_is_told_what_the_account_is_for(court, stand, visitors):
    """By menu, by address, by a link that a colleague sent; nothing of the case shows, and nothing is charged."""
    case, document = documents_of(stand, court)
    page = visitors.stranger().new_page()
    page.goto(stand.url(court.id, f"/cgi-bin/DktRpt.pl?{case}"))
    sign_on_if_asked(page)
    assert TOLD in main_of(page) and court.caption not in main_of(page)
    page.goto(stand.url(court.id, "/"))
    said = main_of(page)
    assert TOLD in said and "Find a case" not in said
    assert (
        page.locator(".ecf-menu a[href^='/cgi-bin'], .ecf-menu a[href^='/filing'], .ecf-menu a[href*=Servlet]").count()
        == 0
    )
    for path in (f"/docs1/{document}", f"/cgi-bin/iqquerymenu.pl?{case}", "/filing/", "/utilities/email", "/court/"):
        page.goto(stand.url(court.id, path))
        assert TOLD in main_of(page), path
    with stand.database(court.id) as database:
        billed = database.execute("SELECT count(*) FROM meter_line WHERE login = %s", [FIRM]).fetchone()[0]
    assert billed == 0


def sign_on_if_asked(page: Page) -> None:
    """Central Sign-On tells at once that this account is for bills."""
    page.get_by_label("Username").wait_for()
    page.get_by_label("Username").fill(FIRM)
    page.get_by_label("Password", exact=True).fill(person(FIRM).password)
    press(page, "Sign in")
    assert "no access to case information and no filing privileges" in main_of(page)
    read_first(page)


def urls_of(court: str) -> dict[str, str]:
    """Every URL of a court with the rule that guards it, asked of the code itself: a process is one site."""
    found = subprocess.run(
        [sys.executable, "-c", URLS, court],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
        env={**os.environ, "OPENECF_TEST_COURT": court},
    )  # fmt: skip
    assert found.returncode == 0, found.stderr[-2000:]
    return json.loads(next(line for line in found.stdout.splitlines() if line.startswith("URLS "))[5:])


def address(url: str, case: int, document: str) -> str:
    if "doc_id" in url:
        return f"/docs1/{document}"
    path = url.removeprefix("^").removesuffix("$").replace(r"(?:\.pl)?", "").replace("\\", "")
    while "<" in path:
        before, _open, rest = path.partition("<")
        name, _close, after = rest.partition(">")
        value = str(case) if name == "int:case_id" else next(v for kind, v in FILLED.items() if name.startswith(kind))
        path = before + value + after
    return f"/{path}"


@each_court
def test_the_firms_token_and_session_open_no_address_of_a_court(court, stand, visitors):
    """Every URL of the court's map, read and posted to, with a program's token and with a browser's session."""
    case, document = documents_of(stand, court)
    answer = httpx.post(
        stand.url("central", "/services/cso-auth"),
        json={"loginId": FIRM, "password": person(FIRM).password, "redactFlag": "1"}, timeout=60,
    ).json()  # fmt: skip
    assert answer["loginResult"] == "0" and len(answer["nextGenCSO"]) == 128
    assert "cannot be used to search" in answer["errorDescription"], "the token is given, with the warning"
    page = visitors.stranger().new_page()
    enter(page, stand, court.id)
    sign_on(page, FIRM)
    session = {one["name"]: one["value"] for one in page.context.cookies(stand.url(court.id, "/"))}
    told = {}
    with httpx.Client(base_url=stand.url(court.id), timeout=60) as client:
        for url, rule in urls_of(court.id).items():
            if rule in FOR_EVERYBODY:
                continue
            for how, cookies in (("token", {"NextGenCSO": answer["nextGenCSO"]}), ("session", session)):
                for method in ("GET", "POST"):
                    client.cookies = httpx.Cookies(cookies)
                    got = client.request(method, address(url, case, document))
                    refused = "manages billing only" in got.text or (method == "POST" and got.status_code == 403)
                    own = rule == "signed-on" and "Okafor" not in got.text.replace("Quimby &amp; Okafor", "")
                    if not (refused or own):
                        told[f"{method} {url} by {how}"] = (rule, got.status_code)
    assert not told


def test_a_firm_asks_pays_hides_receipts_and_is_left(no_firm, stand, visitors):
    """Manage the billing of individual attorneys' accounts: asked by number and name, accepted, paid for, left."""
    firm = visitors.signed_on(FIRM).new_page()
    firm.goto(stand.url("central", "/pscof/firm"))
    assert "Okafor, Tobias" not in main_of(firm)
    firm.get_by_label("Account number").fill(person(MEMBER).number)
    firm.get_by_label("Last name of its owner").fill("okafor")
    press(firm, "Ask")
    letter = stand.mail(person(MEMBER).email, "asks you to join", seconds=60)
    assert "not what you looked at" in letter["text"]

    member = visitors.signed_on(MEMBER).new_page()
    member.goto(stand.url("central", "/pscof/manage/firm"))
    press(member, "Accept")
    assert "pays for you" in main_of(member)
    firm.goto(stand.url("central", "/pscof/firm"))
    said = main_of(firm)
    assert "Okafor, Tobias" in said and "FLSB (attorney)" in said and "Off" in said

    receipt_at(member, stand, shown=True)
    firm.get_by_role("link", name="Rules for members").click()
    firm.locator("label[for=id_receipts_hidden]").click()
    press(firm, "Save")
    receipt_at(member, stand, shown=False)
    firm.goto(stand.url("central", "/pscof/firm/report"))
    until(
        lambda: firm.goto(stand.url("central", "/pscof/firm/report")) and "Okafor, Tobias" in main_of(firm),
        seconds=90, every=2, what="the firm's report to have what Tobias used",
    )  # fmt: skip
    assert "24-10142" not in main_of(firm) and "Docket Report" not in main_of(firm), "amounts, never what was looked at"

    member.goto(stand.url("central", "/pscof/manage/firm/leave"))
    member.get_by_label("Remark").fill("opens an office of his own")
    press(member, "Leave")
    for address_ in (person(MEMBER).email, person(FIRM).email):
        assert "opens an office of his own" in stand.mail(address_, "no longer pays", seconds=60)["text"]
    page_that_says(member, stand.url("central", "/pscof/manage"), "You left the firm")


def receipt_at(page: Page, stand: Stand, *, shown: bool) -> None:
    """The docket sheet at flsb has a receipt, or none: the court hears of the firm's rule by itself."""

    def asked() -> bool:
        enter(page, stand, "flsb")
        page.goto(stand.url("flsb", "/cgi-bin/DktRpt.pl"))
        read_first(page)
        page.locator("[name=case_num]").first.fill("24-10142")
        page.locator("main form [type=submit]").first.click()
        said = main_of(page)
        return "24-10142" in said and "Gulfwind" in said and ("Transaction Receipt" in said) is shown

    until(asked, seconds=40, every=1, what=f"a docket sheet {'with' if shown else 'without'} a receipt")

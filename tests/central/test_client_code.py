"""Another client code in the middle of a sign-on: it counts at every court, from then on."""

from __future__ import annotations

import html
import re

import pytest

from openecf.central.signon.models import CourtSession, LogoutDelivery, Revocation
from openecf.platform.audit.models import AuditLine
from tests.central.relying import Court, account, court, session_of, signed_on, userinfo

__all__ = ["court"]
pytestmark = pytest.mark.django_db
PAGE = "/csologin/client-code"


def words(response) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split()))


def test_a_court_hears_of_the_new_code_without_a_question_to_the_person(court: Court):
    browser = signed_on(account(type="attorney"))
    browser.post("/csologin/told", {"appurl": "/", "redaction": "1"})
    before = court.ask().tokens(browser)
    first = userinfo(before["access_token"]).json()
    assert first["client_code"] == ""
    sid = CourtSession.objects.get().rp_sid
    back = "http://flsb.test/utilities/"
    assert "without a client code" in words(browser.get(f"{PAGE}?appurl={back}"))
    answer = browser.post(PAGE, {"client_code": "lantern", "appurl": back})
    assert answer.headers["Location"] == back
    assert Revocation.objects.get().rp_sid == LogoutDelivery.objects.get().rp_sid == sid
    after = court.ask().tokens(browser)
    second = userinfo(after["access_token"]).json()
    assert second["client_code"] == "lantern", "and the redaction notice stays read"
    assert second["sign_on"] == first["sign_on"], "so what was chosen at the court about an exemption counts on"
    assert "client code lantern" in words(browser.get(PAGE))
    browser.post(PAGE, {"client_code": "lantern"})
    assert AuditLine.objects.filter(act="signon.client-code").count() == 1, "the same code again changes nothing"


def test_the_other_sign_ons_keep_their_code(court: Court):
    who = account()
    here, elsewhere = signed_on(who), signed_on(who)
    here.post(PAGE, {"client_code": "lantern"})
    assert [session_of(each).client_code for each in (here, elsewhere)] == ["lantern", ""]


@pytest.mark.parametrize(("facts", "code", "said"), [
    ({}, "two words", "without spaces"),
    ({}, "a,b", "without spaces"),
    ({}, "x" * 33, "at most 32"),
    ({"client_code_required": True}, "", "needs a client code"),
    ({"client_code_format": "AA-9999"}, "lantern", "AA-9999"),
])  # fmt: skip
def test_what_is_no_client_code(facts, code, said):
    browser = signed_on(account(**facts))
    answer = browser.post(PAGE, {"client_code": code})
    assert answer.status_code == 200 and said in words(answer)
    assert session_of(browser).client_code == "" and not AuditLine.objects.filter(act="signon.client-code").exists()


@pytest.mark.parametrize("appurl", ["https://evil.example/", "//evil.example", ""])
def test_it_leads_back_to_admitted_courts_only(appurl):
    answer = signed_on(account()).post(PAGE, {"client_code": "lantern", "appurl": appurl})
    assert "evil" not in answer.headers["Location"]

"""Exemptions at the Service Center: granted per court and purpose, told to the courts, listed with what they rest on."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from django.utils import timezone

from openecf.central.billing import exemptions, services
from openecf.central.billing.models import Exemption, UsageLine
from openecf.central.signon import queries as sign_ons
from openecf.central.signon import services as signing
from openecf.kernel.exemptions import PURPOSES
from openecf.platform.audit.models import AuditLine
from openecf.platform.bus.messages import UsageRecorded
from openecf.platform.bus.models import OutboxMessage
from openecf.platform.shell.exemptions import PURPOSE_WORDS
from tests.central.registrants import at_once
from tests.central.relying import SESSION_COOKIE, Court, account, session_of, signed_on
from tests.central.test_billing_disputes import desk_of

pytestmark = pytest.mark.django_db


def grant(who, *courts: str, **more: object) -> None:
    said = {
        "purpose": "cja",
        "case": "",
        "since": date(2026, 1, 1),
        "until": None,
        "order": "Order of January 1",
    } | more
    services.grant_exemption(account=who.id, courts=courts, by=uuid4(), at=timezone.now(), **said)


def told() -> list[tuple[str, str, bool]]:
    rows = OutboxMessage.objects.filter(type="exemption.changed").order_by("at", "to")
    return [(row.to, row.body["purpose"], row.body["ended"]) for row in rows]


def test_every_purpose_has_its_words():
    assert set(PURPOSE_WORDS) == set(PURPOSES)


def test_each_court_hears_of_it_and_of_its_end():
    who = account()
    grant(who, "flsb", "nysb")
    assert told() == [("flsb", "cja", False), ("nysb", "cja", False)]
    one = Exemption.objects.get(court="nysb")
    services.end_exemption(account=who.id, exemption=one.pk, by=uuid4(), at=timezone.now())
    assert told()[-1] == ("nysb", "cja", True) and len(exemptions.exemptions(account=who.id)) == 1
    with pytest.raises(services.NoSuchExemption):
        services.end_exemption(account=who.id, exemption=one.pk, by=uuid4(), at=timezone.now())
    acts = AuditLine.objects.filter(act__startswith="exemption.", subject=str(who.id)).count()
    assert acts == 3


def test_all_courts_or_none():
    who = account()
    grant(who, "flsb")
    with pytest.raises(services.ExemptAlready):
        grant(who, "nysb", "flsb")
    assert len(told()) == 1
    grant(who, "flsb", case="26-10001")
    grant(who, "flsb", purpose="pro-bono")
    with pytest.raises(ValueError):
        grant(who, "flsb", purpose="because")


def test_nobody_exempts_themselves_nor_ends_anothers_by_a_wrong_name():
    who, other = account(), account("other")
    with pytest.raises(services.OwnRequest):
        services.grant_exemption(account=who.id, courts=["flsb"], purpose="cja", case="", since=date(2026, 1, 1),
                                 until=None, order="x", by=who.id, at=timezone.now())  # fmt: skip
    grant(who, "flsb")
    with pytest.raises(services.NoSuchExemption):
        services.end_exemption(account=other.id, exemption=Exemption.objects.get().pk, by=uuid4(), at=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_ten_who_end_it_at_once_end_it_once():
    who = account()
    grant(who, "flsb")
    one = Exemption.objects.get().pk
    at_once([lambda: services.end_exemption(account=who.id, exemption=one, by=uuid4(), at=timezone.now())] * 10)
    assert [ended for _to, _purpose, ended in told()] == [False, True]


def test_exempt_use_is_listed_with_its_purpose_and_is_not_billed():
    who = account()
    usage = UsageRecorded(account=who.id, court="flsb", at=timezone.now(), client_code="", description="Docket Report",
                          criteria="26-10001", pages=9, cents=0, exempt=True, exempt_for="cja")  # fmt: skip
    services.record_usages(usages=[(uuid4(), usage)], sender="flsb", at=timezone.now())
    services.record_usage(usage=usage, sender="flsb", message_id=uuid4(), at=timezone.now())
    assert list(UsageLine.objects.values_list("cents", "exempt_for")) == [(0, "cja")] * 2
    browser = signed_on(who)
    assert "CJA panel attorney" in browser.get("/pscof/manage/usage").content.decode()
    assert b"yes,CJA panel attorney" in browser.get("/pscof/manage/usage.csv").getvalue()


def test_the_desk_grants_and_ends_and_the_owner_sees_where():
    Court("flsb").register()
    who, desk = account(), desk_of()
    where = f"/service-center/desk/accounts/{who.number}/money"
    sent = {"which": "exempt", "exempt-courts": ["flsb"], "exempt-purpose": "cja", "exempt-case": "26-10001",
            "exempt-since": "2026-01-01", "exempt-until": "", "exempt-order": "Appointment of January 1"}  # fmt: skip
    for wrong in ({"exempt-courts": []}, {"exempt-courts": ["moon"]}, {"exempt-purpose": "x"}, {"exempt-order": ""},
                  {"exempt-until": "2025-01-01"}):  # fmt: skip
        assert desk.post(where, sent | wrong).status_code == 200, wrong
    assert not Exemption.objects.exists()
    assert desk.post(where, sent).headers["Location"].endswith("done=granted")
    assert "Appointment of January 1" in desk.get(where).content.decode()
    page = signed_on(who).get("/pscof/manage/usage").content.decode()
    assert "Where you are exempt" in page and "in case 26-10001" in page
    row = Exemption.objects.get()
    assert desk.post(where, {"which": "end", "exemption": "x"}).status_code == 404
    assert desk.post(where, {"which": "end", "exemption": str(row.pk)}).headers["Location"].endswith("done=ended")
    assert "Where you are exempt" not in signed_on(who).get("/pscof/manage/usage").content.decode()


def told_page(who, **choice: str) -> tuple[str, dict]:
    """What is read before the first court, and what the court hears once it was confirmed."""
    browser = signed_on(who)
    page = browser.get("/csologin/told").content.decode()
    browser.post("/csologin/told", {"redaction": "1", "appurl": "http://flsb.test/"} | choice)
    session = session_of(browser)
    assert session.told_at is not None
    return page, sign_ons.facts(sign_ons.by_cookie(cookie=browser.cookies[SESSION_COOKIE].value, now=timezone.now()))


@pytest.mark.parametrize("kind", ["attorney", "non-attorney", "search"])
def test_an_exemption_is_offered_at_each_sign_on_and_none_is_chosen(kind):
    who = account(type=kind)
    grant(who, "flsb", "nysb")
    grant(who, "flsb", purpose="researcher", case="26-10001")
    grant(who, "flsb", purpose="indigent", until=date(2026, 1, 2))
    page, facts = told_page(who)
    assert "Exempt: CJA panel attorney (FLSB, NYSB)" in page and "Academic researcher (FLSB)" in page
    assert "Cannot pay" not in page and facts["reads_as"] == ""
    assert told_page(who, reads_as="cja")[1]["reads_as"] == "cja"
    assert told_page(who)[1]["reads_as"] == "", "each sign-on begins without"


@pytest.mark.parametrize("choice", ["trustee", "indigent", "x" * 300, "' OR 1=1"])
def test_nobody_reads_as_what_was_not_granted(choice):
    who = account(type="attorney")
    grant(who, "flsb")
    assert told_page(who, reads_as=choice)[1]["reads_as"] == ""


def test_who_is_exempt_nowhere_is_asked_nothing():
    page, facts = told_page(account(type="attorney"), reads_as="cja")
    assert "As what do you read" not in page and facts["reads_as"] == ""


def test_a_searcher_with_an_exemption_passes_by_that_page_and_one_without_does_not():
    court = Court("flsb").register()
    plain, exempt = account(), account("bo-reader", email="bo@counsel.example")
    grant(exempt, "flsb")
    assert "code=" in court.ask().by(signed_on(plain)).headers["Location"]
    browser = signed_on(exempt)
    assert court.ask().by(browser).headers["Location"].startswith("/csologin/told")
    browser.post("/csologin/told", {"reads_as": "cja"})
    assert "code=" in court.ask().by(browser).headers["Location"]


def test_when_courts_ask_again_it_is_chosen_again():
    who = account(type="attorney")
    grant(who, "flsb")
    browser = signed_on(who)
    browser.post("/csologin/told", {"redaction": "1", "reads_as": "cja"})
    assert session_of(browser).reads_as == "cja"
    signing.let_courts_ask_again(account=who.id, why="test", by="system", at=timezone.now())
    assert session_of(browser).reads_as == ""

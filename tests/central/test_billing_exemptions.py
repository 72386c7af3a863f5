"""Exemptions at the Service Center: granted per court and purpose, told to the courts, listed with what they rest on."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from openecf.central.billing import exemptions, services
from openecf.central.billing.models import Exemption, ExemptionRequest, UsageLine
from openecf.central.service_center.services import merging
from openecf.central.signon import queries as sign_ons
from openecf.central.signon import services as signing
from openecf.kernel.exemptions import PURPOSES
from openecf.platform.audit.models import AuditLine
from openecf.platform.bus.messages import UsageRecorded
from openecf.platform.bus.models import OutboxMessage
from openecf.platform.mail.models import OutgoingMail
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
    asked = services.ask_exemption(account=who.id, courts=courts, by=uuid4(), at=timezone.now(), **said)
    services.agree_to_exemption(request=asked.pk, by=uuid4(), at=timezone.now())


def extend(who, until: date | None, by: UUID | None = None) -> ExemptionRequest:
    one = Exemption.objects.get().pk
    return services.ask_extension(account=who.id, exemption=one, until=until, order="Order of February 2",
                                  by=by or uuid4(), at=timezone.now())  # fmt: skip


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
    acts = AuditLine.objects.filter(act__startswith="exemption.", subject=str(who.id)).order_by("id")
    assert [line.act.partition(".")[2] for line in acts] == ["asked", "granted", "granted", "ended"]


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
        services.ask_exemption(account=who.id, courts=["flsb"], purpose="cja", case="", since=date(2026, 1, 1),
                               until=None, order="x", by=who.id, at=timezone.now())  # fmt: skip
    grant(who, "flsb", until=date(2026, 6, 30))
    with pytest.raises(services.OwnRequest):
        extend(who, date(2026, 12, 31), by=who.id)
    with pytest.raises(services.NoSuchExemption):
        services.end_exemption(account=other.id, exemption=Exemption.objects.get().pk, by=uuid4(), at=timezone.now())


def test_nothing_counts_on_one_persons_word_and_nobody_is_told_before_the_second():
    who, first = account(email="ada@counsel.example"), uuid4()
    said = {"account": who.id, "courts": ["flsb", "nysb"], "purpose": "cja", "case": "", "since": date(2026, 1, 1),
            "until": date(2026, 6, 30), "order": "Order of January 1", "at": timezone.now()}  # fmt: skip
    asked = services.ask_exemption(**said, by=first)
    assert (told(), exemptions.exemptions(account=who.id), OutgoingMail.objects.count()) == ([], [], 0)
    with pytest.raises(services.ExemptionWaits):
        services.ask_exemption(**said | {"purpose": "pro-bono"}, by=uuid4())
    for by, refusal in ((first, services.SamePerson), (who.id, services.OwnRequest)):
        with pytest.raises(refusal):
            services.agree_to_exemption(request=asked.pk, by=by, at=timezone.now())
    with pytest.raises(services.OwnRequest):
        services.set_exemption_aside(request=asked.pk, remark="x", by=who.id, at=timezone.now())
    services.agree_to_exemption(request=asked.pk, by=(second := uuid4()), at=timezone.now())
    assert len(told()) == 2 and "Southern District of Florida" in (text := OutgoingMail.objects.get().text), text
    assert set(Exemption.objects.values_list("granted_by", "agreed_by")) == {(str(first), str(second))}
    with pytest.raises(services.NotWaiting):
        services.agree_to_exemption(request=asked.pk, by=uuid4(), at=timezone.now())


@pytest.mark.parametrize("who_sets_aside", ["the first", "another"])
def test_what_is_set_aside_is_never_granted_and_can_be_asked_again(who_sets_aside):
    who = account()
    grant(who, "flsb", until=date(2026, 6, 30))
    OutgoingMail.objects.all().delete()
    asked = extend(who, None)
    by = asked.first_by if who_sets_aside == "the first" else uuid4()
    services.set_exemption_aside(request=asked.pk, remark="No order.", by=by, at=timezone.now())
    with pytest.raises(services.NotWaiting):
        services.agree_to_exemption(request=asked.pk, by=uuid4(), at=timezone.now())
    assert (Exemption.objects.get().until, len(told()), OutgoingMail.objects.count()) == (date(2026, 6, 30), 1, 0)
    assert extend(who, None).outcome == "second"


@pytest.mark.parametrize("until", [date(2026, 12, 31), None])
def test_an_exemption_goes_on_when_two_agree_and_its_court_hears_the_new_day(until):
    who = account()
    grant(who, "flsb", until=date(2026, 6, 30))
    for short in (date(2026, 6, 30), date(2026, 2, 1)):
        with pytest.raises(services.NotLonger):
            extend(who, short)
    asked = extend(who, until)
    assert Exemption.objects.get().until == date(2026, 6, 30)
    with pytest.raises(services.SamePerson):
        services.agree_to_exemption(request=asked.pk, by=asked.first_by, at=timezone.now())
    services.agree_to_exemption(request=asked.pk, by=uuid4(), at=timezone.now())
    row, heard = Exemption.objects.get(), OutboxMessage.objects.filter(type="exemption.changed").latest("at").body
    assert (row.until, row.order, row.since) == (until, "Order of February 2", date(2026, 1, 1))
    assert (heard["exemption"], heard["until"]) == (str(row.pk), until.isoformat() if until else None)
    if until is None:
        with pytest.raises(services.NotLonger):
            extend(who, date(2030, 1, 1))


def test_what_became_otherwise_meanwhile_waits_on_and_can_be_set_aside():
    who = account()
    grant(who, "flsb", until=date(2026, 6, 30))
    asked = extend(who, None)
    services.end_exemption(account=who.id, exemption=asked.extends_id, by=uuid4(), at=timezone.now())
    with pytest.raises(services.NoSuchExemption):
        services.agree_to_exemption(request=asked.pk, by=uuid4(), at=timezone.now())
    assert [one.needs_second for one in exemptions.waiting()] == [True]
    services.set_exemption_aside(request=asked.pk, remark="Ended.", by=uuid4(), at=timezone.now())
    assert exemptions.waiting() == []


def test_exemptions_of_a_duplicate_go_on_with_the_account_that_is_kept_and_what_waits_does_not():
    gone, kept, by, approved_by = account(), account("kept"), uuid4(), uuid4()
    grant(gone, "flsb", until=date(2027, 6, 30))
    grant(gone, "nysb", until=date(2026, 6, 30))
    grant(gone, "ca11", purpose="researcher", case="26-10001")
    grant(kept, "flsb", until=date(2026, 12, 31))
    grant(kept, "nysb")
    waits = services.ask_exemption(account=gone.id, courts=["flsd"], purpose="cja", case="", since=date(2026, 1, 1),
                                   until=None, order="x", by=by, at=timezone.now())  # fmt: skip
    before = len(told())
    merging.merge(closing_one=gone, kept=kept, by=str(by), approved_by=str(approved_by), at=timezone.now())
    assert exemptions.exemptions(account=gone.id) == [] and not exemptions.asked(waits.pk).needs_second
    rows = Exemption.objects.filter(account=kept, ended_at=None).order_by("court")
    assert [(row.court, row.purpose, row.case, row.until) for row in rows] == [
        ("ca11", "researcher", "26-10001", None), ("flsb", "cja", "", date(2027, 6, 30)), ("nysb", "cja", "", None),
    ]  # fmt: skip
    assert {(row.granted_by, row.agreed_by) for row in rows if row.court != "nysb"} == {(str(by), str(approved_by))}
    assert [ended for _court, _purpose, ended in told()[before:]].count(True) == 3 and len(told()) == before + 5


@pytest.mark.django_db(transaction=True)
def test_ten_second_people_at_once_grant_once():
    who = account()
    asked = services.ask_exemption(account=who.id, courts=["flsb"], purpose="cja", case="", since=date(2026, 1, 1),
                                   until=None, order="x", by=uuid4(), at=timezone.now())  # fmt: skip
    results = at_once(
        [lambda: services.agree_to_exemption(request=asked.pk, by=uuid4(), at=timezone.now()) for _ in range(10)]
    )
    assert sum(isinstance(each, services.NotWaiting) for each in results) == 9, results
    assert (Exemption.objects.count(), len(told()), OutgoingMail.objects.count()) == (1, 1, 1)


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


def test_two_of_the_desk_grant_let_go_on_and_one_ends_and_the_owner_sees_where():
    Court("flsb").register()
    who, desk, other = account(), desk_of(), desk_of("two-agent")
    where = f"/service-center/desk/accounts/{who.number}/exemptions"
    sent = {"which": "exempt", "exempt-courts": ["flsb"], "exempt-purpose": "cja", "exempt-case": "26-10001",
            "exempt-since": "2026-01-01", "exempt-until": "2026-12-31", "exempt-order": "Appointment of January 1"}  # fmt: skip
    for wrong in ({"exempt-courts": []}, {"exempt-courts": ["moon"]}, {"exempt-purpose": "x"}, {"exempt-order": ""},
                  {"exempt-until": "2025-01-01"}):  # fmt: skip
        assert desk.post(where, sent | wrong).status_code == 200, wrong
    assert not ExemptionRequest.objects.exists()
    assert desk.post(where, sent).headers["Location"].endswith("done=exemption-asked")
    assert "waits for a second person" in desk.post(where, sent).content.decode(), "one at a time"
    one = f"/service-center/desk/exemptions/{ExemptionRequest.objects.get().pk}"
    assert one in other.get("/service-center/desk/money").content.decode() and one in desk.get(where).content.decode()
    assert "Money (1)" in other.get("/service-center/desk").content.decode()
    assert "You wrote it" in (page := desk.get(one).content.decode()) and "Agree to the exemption" not in page
    assert "somebody else must agree" in desk.post(one, {"which": "agree"}).content.decode()
    assert not Exemption.objects.exists() and "remark" in other.post(one, {"which": "aside"}).context["aside"].errors
    assert "Appointment of January 1" in other.get(one).content.decode()
    assert other.post(one, {"which": "agree"}).headers["Location"].endswith("done=granted")
    assert "not waiting any more" in other.post(one, {"which": "agree"}).content.decode()
    assert other.get(f"/service-center/desk/exemptions/{uuid4()}").status_code == 404
    page = signed_on(who).get("/pscof/manage/usage").content.decode()
    assert "Where you are exempt" in page and "in case 26-10001" in page
    row = Exemption.objects.get()
    more = {"which": "extend", "extend-exemption": str(row.pk), "extend-until": "2027-12-31", "extend-order": "Letter"}
    for wrong in ({"extend-exemption": str(uuid4())}, {"extend-until": "2026-12-31"}, {"extend-order": ""},
                  {"extend-until": "never"}):  # fmt: skip
        assert desk.post(where, more | wrong).status_code == 200, wrong
    assert desk.post(where, more).headers["Location"].endswith("done=exemption-asked")
    one = f"/service-center/desk/exemptions/{ExemptionRequest.objects.get(outcome='second').pk}"
    assert "now until 12/31/2026" in other.get(one).content.decode()
    assert other.post(one, {"which": "agree"}).headers["Location"].endswith("done=granted")
    assert "until 12/31/2027" in signed_on(who).get("/pscof/manage/usage").content.decode()
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


def test_of_two_tabs_the_first_choice_counts_and_the_record_has_no_other():
    who = account(type="attorney")
    grant(who, "flsb")
    browser = signed_on(who)
    for choice in ("cja", ""):
        browser.post("/csologin/told", {"redaction": "1", "reads_as": choice})
    assert session_of(browser).reads_as == "cja"
    assert [line.facts["reads_as"] for line in AuditLine.objects.filter(act="signon.told")] == ["cja"]


def test_when_courts_ask_again_it_is_chosen_again():
    who = account(type="attorney")
    grant(who, "flsb")
    browser = signed_on(who)
    browser.post("/csologin/told", {"redaction": "1", "reads_as": "cja"})
    assert session_of(browser).reads_as == "cja"
    signing.let_courts_ask_again(account=who.id, why="test", by="system", at=timezone.now())
    assert session_of(browser).reads_as == ""


def test_the_desk_sees_how_much_was_read_as_exempt_and_never_what():
    who, now = account(), datetime(2026, 5, 11, 15, tzinfo=UTC)
    for at, court, purpose, pages in [
        (datetime(2026, 4, 1, 4, 59, tzinfo=UTC), "flsb", "cja", 3), (datetime(2026, 4, 1, 5, tzinfo=UTC), "flsb", "cja", 4),
        (now, "flsb", "cja", 5), (now, "nysb", "trustee", 7), (datetime(2023, 4, 1, tzinfo=UTC), "flsb", "cja", 9),
    ]:  # fmt: skip
        UsageLine.objects.create(message=uuid4(), account=who, at=at, cents=0, court=court, criteria="26-77777", pages=pages,
                                 description="Docket Report", exempt=True, exempt_for=purpose)  # fmt: skip
    UsageLine.objects.create(
        message=uuid4(), account=who, at=now, cents=30, court="flsb", pages=3, description="Search"
    )
    found = [(one.quarter, one.what, one.accesses, one.pages) for one in exemptions.exempt_use(account=who.id, now=now)]
    assert found == [
        ("2026-Q2", "CJA panel attorney", 2, 9), ("2026-Q2", "Trustee, in the trustee's cases", 1, 7),
        ("2026-Q1", "CJA panel attorney", 1, 3),
    ]  # fmt: skip
    page = desk_of().get(f"/service-center/desk/accounts/{who.number}/exemptions").content.decode()
    assert "What was read as exempt" in page and "26-77777" not in page

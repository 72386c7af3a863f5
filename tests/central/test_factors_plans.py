"""From which day accounts need a second factor: set ahead, told ahead, and kept at the sign-on."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from openecf.central.accounts.models import Account, AccountType
from openecf.central.courts import services as courts
from openecf.central.courts.models import CourtSite, RegisteredCourt
from openecf.central.factors import queries, rules, services
from openecf.central.factors.models import Plan
from openecf.central.factors.rules import Need, need
from openecf.central.signon.rules import AAL2
from openecf.platform.bus.messages import CourtStatus
from tests.central.phones import app_of, set_up
from tests.central.registrants import mailed
from tests.central.relying import Court, account, answered, court, goes_to, session_of, sign_in, signed_on
from tests.central.test_signon_api import credentials, told

__all__ = ["court"]
pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = date(2027, 1, 4)
FEBRUARY = date(2027, 2, 1)
MARCH = date(2027, 3, 1)


@pytest.fixture(autouse=True)
def fresh_plans():
    queries.forget_plans()
    yield
    queries.forget_plans()


def planned(days: int, whom: str = "attorney") -> date:
    """A plan that begins in so many days, however near."""
    begins = queries.today(timezone.now()) + timedelta(days=days)
    Plan.objects.filter(whom=whom).delete()
    Plan.objects.create(whom=whom, begins=begins, by="test", announced_at=timezone.now())
    queries.forget_plans()
    return begins


def attorney(**facts: object) -> Account:
    return account(type=AccountType.ATTORNEY, **facts)


@pytest.mark.parametrize(
    ("plans", "courts_ask", "expected"),
    [
        ({}, {}, None),
        ({"search": FEBRUARY}, {}, None),
        ({"attorney": FEBRUARY}, {}, Need(FEBRUARY)),
        ({}, {"flsb": FEBRUARY}, Need(FEBRUARY, "flsb")),
        ({"attorney": MARCH}, {"flsb": FEBRUARY}, Need(FEBRUARY, "flsb")),
        ({"attorney": FEBRUARY}, {"flsb": FEBRUARY}, Need(FEBRUARY)),
        ({}, {"nysb": MARCH, "flsb": FEBRUARY}, Need(FEBRUARY, "flsb")),
        ({"attorney": TODAY - timedelta(days=9)}, {}, Need(TODAY - timedelta(days=9))),
        ({"attorney": TODAY + timedelta(days=121)}, {}, None),
    ],
)
def test_the_nearest_day_counts_and_one_far_ahead_is_not_spoken_of(plans, courts_ask, expected) -> None:
    assert need(account_type="attorney", plans=plans, courts=courts_ask, today=TODAY) == expected


def test_a_plan_gives_people_thirty_days() -> None:
    today = queries.today(NOW)
    with pytest.raises(services.PlanTooSoon):
        services.plan(whom="attorney", begins=today + timedelta(days=29), by="operator", at=NOW)
    services.plan(whom="attorney", begins=today + timedelta(days=30), by="operator", at=NOW)
    services.plan(whom="attorney", begins=today + timedelta(days=90), by="operator", at=NOW)
    assert queries.plans() == {"attorney": today + timedelta(days=90)} and Plan.objects.count() == 2
    services.withdraw(whom="attorney", by="operator", at=NOW)
    assert queries.plans() == {}
    with pytest.raises(services.NoSuchPlan):
        services.withdraw(whom="attorney", by="operator", at=NOW)


class TestBefore:
    def test_people_are_told_where_they_look_and_nothing_else_changes(self, court: Court) -> None:
        browser = signed_on(attorney())
        planned(20)
        assert "Two-step sign-in is needed from" in browser.get("/pscof/manage").content.decode()
        assert "Off; needed from" in browser.get("/pscof/manage").content.decode()
        told_page = court.ask().by(browser)
        assert goes_to(told_page) == "/csologin/told"
        page = browser.get(told_page.headers["Location"]).content.decode()
        assert "Until then you sign in as before" in page
        browser.post("/csologin/told", {"redaction": "1"})
        assert "code" in answered(court.ask().by(browser))

    def test_programs_are_told_and_get_their_token(self) -> None:
        attorney()
        begins = planned(20)
        answer = told(credentials(redactFlag="1"))
        assert answer["loginResult"] == "0" and len(answer["nextGenCSO"]) == 128
        assert str(begins.year) in answer["errorDescription"] and "two-step" in answer["errorDescription"]

    def test_who_has_a_second_factor_hears_nothing(self) -> None:
        who = attorney()
        app_of(who)
        planned(20)
        assert queries.need_of(Account.objects.get(), now=timezone.now()) is None

    def test_other_types_hear_nothing(self) -> None:
        planned(20)
        assert queries.need_of(account(), now=timezone.now()) is None


class TestFromTheDay:
    def test_an_attorney_sets_it_up_on_the_way_to_the_court(self, court: Court) -> None:
        who = attorney()
        planned(0)
        browser = Client()
        assert sign_in(browser).headers["Location"] == "/pscof/manage", "Manage My Account stays open"
        asking = court.ask()
        to = asking.by(browser)
        assert goes_to(to) == "/pscof/manage/factors/add"
        back = parse_qs(urlsplit(to.headers["Location"]).query)["appurl"][0]
        _, last = set_up(browser, appurl=back)
        assert last.status_code == 200 and session_of(browser).acr == AAL2
        assert goes_to(browser.get(back)) == "/csologin/told", "then as ever"
        browser.post("/csologin/told", {"redaction": "1"})
        assert "code" in answered(browser.get(back))
        who.refresh_from_db()
        assert queries.need_of(who, now=timezone.now()) is None

    def test_without_a_page_there_is_no_way_round(self, court: Court) -> None:
        browser = signed_on(attorney())
        planned(0)
        assert answered(court.ask(prompt="none").by(browser))["error"] == "interaction_required"

    def test_a_program_without_a_code_gets_no_token(self) -> None:
        attorney()
        planned(0)
        answer = told(credentials(redactFlag="1"))
        assert (answer["loginResult"], answer["nextGenCSO"]) == ("1", "")
        assert "otpCode" in answer["errorDescription"]
        wrong = told(credentials(redactFlag="1", password="not this one"))
        assert wrong["loginResult"] == "13", "only who knows the password learns of the plan"

    def test_a_program_with_a_code_gets_one(self) -> None:
        phone = app_of(attorney())
        planned(0)
        assert told(credentials(redactFlag="1", otpCode=phone.next()))["loginResult"] == "0"

    @pytest.mark.parametrize("kind", ["search", "paa"])
    def test_other_types_sign_on_as_before(self, court: Court, kind) -> None:
        browser = signed_on(account(type=kind))
        planned(0)
        browser.post("/csologin/told", {"appurl": "/"})
        assert "code" in answered(court.ask().by(browser))


class TestCourts:
    @pytest.fixture
    def asking(self, court: Court) -> date:
        begins = queries.today(timezone.now()) + timedelta(days=20)
        status = CourtStatus(court="flsb", at=timezone.now(), era="nextgen", live_on=None, cases=1, software="x",
                             filing_needs_mfa=begins)  # fmt: skip
        courts.note_status(status=status, sender="flsb", at=timezone.now())
        return begins

    def test_what_a_court_asks_of_filers_is_told_to_those_who_are_linked_there(self, asking) -> None:
        linked, other = attorney(), attorney(username="eve-other")
        RegisteredCourt.objects.create(account=linked, court="flsb", role="attorney", linked_at=timezone.now())
        assert queries.need_of(linked, now=timezone.now()) == Need(asking, "flsb")
        assert queries.need_of(other, now=timezone.now()) is None
        browser = signed_on(linked)
        assert "Southern District of Florida" in browser.get("/csologin/told").content.decode()
        page = browser.get("/pscof/manage").content.decode()
        assert "Southern District of Florida" in page and "Until then you file as before" in page

    def test_the_court_itself_keeps_the_day_the_sign_on_does_not(self, court: Court, asking) -> None:
        linked = attorney()
        RegisteredCourt.objects.create(account=linked, court="flsb", role="attorney", linked_at=timezone.now())
        CourtSite.objects.update(filing_needs_mfa=queries.today(timezone.now()))
        browser = signed_on(linked)
        browser.post("/csologin/told", {"redaction": "1"})
        assert "code" in answered(court.ask().by(browser)), "who only reads is not stopped"
        assert "Off, and needed now" in browser.get("/pscof/manage").content.decode()


class TestReminders:
    def test_mails_go_out_sixty_thirty_and_seven_days_ahead_once_each(self) -> None:
        who = attorney()
        begins = planned(75)
        start = timezone.now()
        sent = [n for n in range(80) if services.remind(at=start + timedelta(days=n))]
        assert sent == [15, 45, 68]
        assert len(mailed(who.email)) == 3
        assert str(begins.year) in mailed(who.email)[0].text and "/pscof/manage/factors" in mailed(who.email)[0].text

    def test_who_hears_late_hears_once(self) -> None:
        attorney()
        planned(5)
        assert [services.remind(at=timezone.now() + timedelta(days=n)) for n in range(5)] == [1, 0, 0, 0, 0]

    @pytest.mark.parametrize(
        "facts",
        [{"is_active": False}, {"upgraded_at": None}, {"second_factor_since": NOW}, {"type": "search"}],
        ids=str,
    )
    def test_nobody_else_is_mailed(self, facts) -> None:
        attorney(**facts) if "type" not in facts else account(**facts)
        planned(5)
        assert services.remind(at=timezone.now()) == 0

    def test_each_reads_it_in_the_own_language(self) -> None:
        who = attorney(language="es")
        planned(5)
        services.remind(at=timezone.now())
        assert " de " in mailed(who.email)[0].subject, "the day is written in Spanish"

    def test_a_court_reminds_too(self, court: Court) -> None:
        who = attorney()
        RegisteredCourt.objects.create(account=who, court="flsb", role="attorney", linked_at=timezone.now())
        CourtSite.objects.update(filing_needs_mfa=queries.today(timezone.now()) + timedelta(days=6))
        assert services.remind(at=timezone.now()) == 1


def test_days_of_notice_are_what_the_mails_need() -> None:
    assert max(rules.REMINDERS) < rules.TOLD_AHEAD.days

"""Guessing from everywhere shows in the site as a whole: then a browser that an account does not know needs a mailed code,
and nobody else is asked for more."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from openecf.central.accounts import rules
from openecf.central.accounts.models import Account, Alarm, Tally
from openecf.central.accounts.services import DEVICE_COOKIE, NotSignedOn, alarm, check_password, sweep
from openecf.central.factors.models import Waiting
from openecf.central.signon import queries, tasks
from openecf.central.signon import services as signing
from openecf.kernel.assurance import AAL1
from openecf.platform.audit.models import AuditLine
from openecf.platform.throttle.models import Counter
from tests.central.phones import CODE_PAGE, app_of, is_signed_on, password_given
from tests.central.registrants import mailed
from tests.central.relying import BROWSER, PASSWORD, account, goes_to, session_of, sign_in, signed_on
from tests.central.test_passkeys import OPTIONS, SIGN_ON, key_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 15, 4, tzinfo=UTC)
SPAN = alarm.SPAN


@pytest.mark.parametrize(
    ("failed", "began", "usual", "alarming", "because"),
    [
        (59, 0, 0.1, False, "a small site's bad morning"),
        (60, 0, 0.1, True, "nobody gets in and sixty fail"),
        (61, 200, 0.1, True, "three times the usual twenty are sixty"),
        (60, 200, 0.1, False, "exactly three times is not more"),
        (60, 200, 0.0, False, "somebody always mistypes"),
        (300, 100, 1.0, False, "where as many fail as begin it is the usual"),
        (301, 100, 1.0, True, "and more than three times that is not"),
        (150, 100, None, False, "a new site counts one failure for two"),
        (151, 100, None, True, "until it knows better"),
    ],
)
def test_what_is_alarming(failed, began, usual, alarming, because) -> None:
    assert rules.is_alarming(failed=failed, began=began, usual=usual) is alarming, because


def tallies(*ratios: tuple[int, int], alarming: bool = False, before: datetime = NOW) -> None:
    """The ten minutes before the last ones, each with so many failures beside so many sign-ons."""
    for n, (failed, began) in enumerate(ratios, start=2):
        Tally.objects.create(at=alarm.span_of(before) - n * SPAN, failed=failed, began=began, alarming=alarming)


def fails(n: int, *, at: datetime = NOW) -> None:
    for _ in range(n):
        alarm.count(now=at)


def watch(*, began: int, at: datetime = NOW) -> bool:
    return alarm.watch(began=lambda start, end: began, at=at)


class TestTheAlarm:
    @pytest.mark.parametrize(
        ("week", "failed", "on", "because"),
        [
            ([(60, 30)] * 36, 180, False, "twice as many as begin are usual here"),
            ([(60, 30)] * 36, 181, True, "not six times"),
            ([(60, 30)] * 35, 181, True, "before it knows its week it takes one for two"),
            ([(60, 30)] * 35, 60, True, "so that it is rather too watchful"),
            ([(60, 30)] * 36 + [(9, 1)] * 90, 181, True, "nights when hardly anybody comes tell nothing"),
            ([(1, 30)] * 30 + [(200, 30)] * 20, 60, True, "the median, not the mean: some bad hours change nothing"),
        ],
    )
    def test_is_raised_by_what_is_usual_in_a_week(self, week, failed, on, because) -> None:
        tallies(*week)
        fails(failed)
        assert watch(began=30) is on, because
        assert AuditLine.objects.filter(act="account.alarm-raised").count() == on

    def test_what_was_an_attack_does_not_become_usual(self) -> None:
        tallies(*[(3, 30)] * 36)
        tallies(*[(900, 30)] * 60, alarming=True, before=NOW - timedelta(days=1))
        fails(100)
        assert watch(began=30) and Tally.objects.get(at=alarm.span_of(NOW)).alarming

    def test_lasts_half_an_hour_after_the_last_alarming_minutes_and_is_raised_once(self) -> None:
        fails(100)
        assert watch(began=10)
        later = NOW + SPAN
        fails(100, at=later)
        assert watch(began=10, at=later)
        assert watch(began=10, at=later + timedelta(minutes=29))
        assert not watch(began=10, at=later + timedelta(minutes=31))
        assert Alarm.objects.count() == AuditLine.objects.filter(act="account.alarm-raised").count() == 1

    def test_ten_minutes_are_written_down_whole_once_they_are_over(self) -> None:
        fails(5)
        watch(began=7)
        fails(2)
        watch(began=9, at=NOW + SPAN)
        row = Tally.objects.get(at=alarm.span_of(NOW))
        assert (row.failed, row.began, row.alarming) == (7, 9, False)

    def test_is_forgotten_after_a_week(self) -> None:
        fails(100)
        watch(began=10)
        sweep(at=NOW + timedelta(days=8))
        assert not Tally.objects.exists() and not Alarm.objects.exists()

    def test_counts_failures_of_strangers_and_sign_ons_that_began(self) -> None:
        now = timezone.now()
        account()
        signed_on(Account.objects.get(), at=now)
        for n in range(3):
            with pytest.raises(NotSignedOn):
                check_password(username=f"nobody-{n}", password="x", now=now, address=f"203.0.{n}.1")
        assert Counter.objects.get(key__startswith="strangers-failed:").n == 3
        start = alarm.span_of(now)
        assert queries.begun_between(start, start + SPAN) == 1 and queries.begun_between(start - SPAN, start) == 0
        tasks.watch_for_guessing(0)
        assert sum(Tally.objects.values_list("failed", flat=True)) == 3


class TestWhileItIsOn:
    @pytest.fixture(autouse=True)
    def raised(self) -> None:
        now = timezone.now()
        self.ada = account(last_used_at=now - timedelta(days=30))
        self.known = Client(headers=BROWSER)
        sign_in(self.known)
        Alarm.objects.create(raised_at=now, until=now + timedelta(minutes=30))

    def code(self) -> str:
        return re.search(r"\b\d{8}\b", mailed(self.ada.email)[-1].text)[0]

    def test_an_unknown_browser_gets_in_by_a_mailed_code_and_is_known_then(self) -> None:
        browser = password_given(self.ada)
        page = browser.get(CODE_PAGE).content.decode()
        assert "we mailed you a code" in page and "Use my passkey" not in page
        assert not is_signed_on(browser)
        code = self.code()
        wrong = browser.post(CODE_PAGE, {"code": f"{(int(code) + 1) % 10**8:08d}"})
        assert "Type the eight digits of the newest mail" in wrong.content.decode()
        assert browser.post(CODE_PAGE, {"code": f"{code[:4]} {code[4:]}"}).status_code == 302
        assert (session_of(browser).acr, session_of(browser).amr) == (AAL1, ["pwd"])
        assert browser.post(CODE_PAGE, {"code": code}).status_code == 200, "it is good once"
        browser.post("/csologin/logout")
        assert goes_to(sign_in(browser)) == "/pscof/manage", "now it is known"

    def test_the_code_is_good_in_the_browser_that_asked_for_it_only(self) -> None:
        thief = password_given(self.ada)
        password_given(self.ada)
        code = self.code()
        assert thief.post(CODE_PAGE, {"code": code}).status_code == 200 and not is_signed_on(thief)
        assert code not in " ".join(Waiting.objects.values_list("mailed", flat=True))

    def test_ten_wrong_codes_end_it(self) -> None:
        browser = password_given(self.ada)
        for n in range(10):
            browser.post(CODE_PAGE, {"code": f"{n:08d}"})
        assert browser.post(CODE_PAGE, {"code": self.code()}).status_code == 200 and not is_signed_on(browser)

    def test_six_codes_an_hour_are_mailed_and_then_the_password_is_as_good_as_wrong(self) -> None:
        for _ in range(6):
            password_given(self.ada)
        refused, wrong = (
            sign_in(Client(REMOTE_ADDR=f"198.51.{n}.1"), password=p) for n, p in enumerate((PASSWORD, "x"))
        )
        assert refused.status_code == wrong.status_code == 200
        assert refused.context["refusal"] == wrong.context["refusal"] == NotSignedOn.said
        assert len([one for one in mailed(self.ada.email) if one.subject == "Your code to sign in to PACER"]) == 6

    def test_a_known_browser_signs_on_as_ever(self) -> None:
        device = self.known.cookies[DEVICE_COOKIE].value
        browser = Client()
        browser.cookies[DEVICE_COOKIE] = device
        assert goes_to(sign_in(browser)) == "/pscof/manage"

    def test_a_passkey_and_a_second_factor_are_enough(self) -> None:
        Alarm.objects.update(until=timezone.now())
        key = key_of(self.ada)
        Alarm.objects.update(until=timezone.now() + timedelta(minutes=30))
        browser = Client()
        assert browser.post(SIGN_ON, {"answer": key.shown(browser.post(OPTIONS).json())}).status_code == 302
        bea = account("bea-other", email="bea@counsel.example")
        phone = app_of(bea)
        browser = password_given(bea)
        assert browser.post(CODE_PAGE, {"code": phone.next()}).status_code == 302 and mailed(bea.email) == []

    def test_a_program_that_is_known_goes_on_and_another_reads_what_a_wrong_password_reads(self) -> None:
        asked = {"username": self.ada.username, "password": PASSWORD, "redaction_confirmed": True, "at": timezone.now()}
        there = {"address": "203.0.113.9", "user_agent": "juriscraper/4.0.1"}
        with pytest.raises(NotSignedOn):
            signing.sign_on_program(**asked, **there)
        Alarm.objects.update(until=timezone.now() - timedelta(minutes=1))
        assert signing.sign_on_program(**asked, **there).secret
        Alarm.objects.update(until=timezone.now() + timedelta(minutes=30))
        assert signing.sign_on_program(**asked, **there).secret
        with pytest.raises(NotSignedOn):
            signing.sign_on_program(**asked, **(there | {"address": "198.51.100.7"}))

    def test_a_wrong_password_mails_nothing_and_asks_for_nothing(self) -> None:
        before = len(mailed())
        assert sign_in(Client(), password="wrong").status_code == sign_in(Client(), "nobody-here").status_code == 200
        assert len(mailed()) == before

    def test_who_guesses_a_closed_accounts_password_is_not_told_that_it_is_closed(self) -> None:
        Account.objects.update(is_active=False, closed_why="owner", closed_at=timezone.now())
        assert sign_in(Client()).context["refusal"] == NotSignedOn.said
        assert "deactivated by its owner" in str(sign_in(self.known).context["refusal"]), (
            "where it was used before it is"
        )

    def test_it_ends_by_itself(self) -> None:
        Alarm.objects.update(until=timezone.now() - timedelta(seconds=1))
        assert goes_to(sign_in(Client())) == "/pscof/manage"

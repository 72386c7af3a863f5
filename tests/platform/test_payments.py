"""Payments: once, whoever races and whatever dies; unknown until the gateway says what came of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from openecf.cli.paygov_pages import CALLS
from openecf.kernel.money import Money
from openecf.platform.audit.models import AuditLine
from openecf.platform.payments import queries, rules, services
from openecf.platform.payments.gateway import Away, PayGov, Refused, Unsure
from openecf.platform.payments.models import Attempt, Payment
from openecf.platform.payments.rules import State, Transaction
from openecf.platform.telemetry import metrics
from tests.platform.tollbooth import DECLINED, Tollbooth, at_once, tollbooth  # noqa: F401  (a fixture)

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 5, 11, 15, tzinfo=UTC)
PURPOSE = "toll"


class Till:
    """What the room does with a paid payment: it counts."""

    def __init__(self) -> None:
        self.paid: list[services.Decided] = []
        self.turned_down: list[services.Decided] = []

    def __call__(self, decided: services.Decided) -> None:
        (self.paid if decided.is_paid else self.turned_down).append(decided)


class Driver:
    """A payer on the way through the gateway."""

    def __init__(self, booth: Tollbooth, *, payer: UUID | None = None) -> None:
        self.booth, self.payer, self.till = booth, payer or uuid4(), Till()
        self.gateway: services.Gateway = booth.client
        self.page = ""

    def begins(self, cents: int = 3001, at: datetime = AT) -> Driver:
        key = services.ask(payer=self.payer, purpose=PURPOSE, reference="R", amount=Money(cents), by="p", at=at)
        self.page = self.attempts(key, at)
        return self

    def attempts(self, key: UUID, at: datetime = AT) -> str:
        return services.begin(payment=key, gateway=self.gateway, url_success=lambda n: f"http://testserver/back/{n}",
                              url_cancel=lambda n: f"http://testserver/no/{n}", by="p", at=at)  # fmt: skip

    def agrees(self, **typed: str) -> Driver:
        assert self.booth.pays(self.page, **typed).status_code == 303
        return self

    @property
    def now(self) -> queries.Paying:
        return queries.history(payer=self.payer, purpose=PURPOSE)[0]

    @property
    def number(self) -> str:
        return Attempt.objects.filter(payment__payer=self.payer).latest("id").number

    def comes_back(self, at: datetime = AT) -> str:
        return services.complete(number=self.number, gateway=self.gateway, settle=self.till, by="p", at=at)

    def job(self, at: datetime) -> int:
        return services.follow(purpose=PURPOSE, gateway=self.gateway, settle=self.till, now=lambda: at)


class Telling:
    """A gateway that does what the test's one does, except where it is told to break."""

    def __init__(self, inner: PayGov, **breaks: Exception | Transaction) -> None:
        self.inner, self.breaks, self.calls = inner, breaks, []

    def _do(self, name: str, **values: object) -> object:
        self.calls.append(name)
        if isinstance(broken := self.breaks.get(name), Exception):
            raise broken
        done = getattr(self.inner, name)(**values)
        if isinstance(after := self.breaks.get(f"after_{name}"), BaseException):
            raise after
        return self.breaks.get(f"instead_of_{name}", done)

    def start(self, **values: object) -> str:
        return self._do("start", **values)

    def complete(self, **values: object) -> Transaction:
        return self._do("complete", **values)

    def details(self, **values: object) -> Transaction:
        return self._do("details", **values)

    def page(self, *, token: str) -> str:
        return self.inner.page(token=token)


def test_a_card_pays_once_and_the_room_hears_of_it_once(tollbooth):
    driver = Driver(tollbooth).begins().agrees()
    assert driver.now.state == State.AT_GATEWAY and not driver.till.paid, "to come back proves nothing"
    assert driver.comes_back() == State.SUCCEEDED
    with pytest.raises(services.NotWaiting):
        driver.comes_back()
    (paid,) = driver.till.paid
    assert (paid.payer, paid.amount, paid.reference, paid.method) == (driver.payer, Money(3001), "R", "PLASTIC_CARD")
    assert driver.now.is_paid and driver.now.tracking == paid.tracking and driver.now.paid_on is not None
    acts = AuditLine.objects.filter(subject=str(driver.payer)).order_by("id").values_list("act", flat=True)
    assert list(acts) == ["payment.asked", "payment.attempted", "payment.succeeded"]


def test_who_comes_back_without_having_paid_has_not_paid(tollbooth):
    driver = Driver(tollbooth).begins()
    assert driver.comes_back() == State.FAILED and not driver.till.paid
    assert driver.now.status == "open" and "9007" in driver.now.said


def test_a_declined_card_leaves_the_payment_open_for_another_attempt(tollbooth):
    driver = Driver(tollbooth).begins().agrees(number=DECLINED)
    assert driver.comes_back() == State.FAILED and not driver.till.turned_down, "the page tells it"
    driver.page = driver.attempts(driver.now.id)
    assert driver.agrees().comes_back() == State.SUCCEEDED
    assert (len(driver.till.paid), driver.now.attempts) == (1, 2)


def test_who_turned_back_pays_nothing_even_if_another_tab_agrees(tollbooth):
    driver = Driver(tollbooth).begins().agrees()
    services.give_up(number=driver.number, by="p", at=AT)
    with pytest.raises(services.NotWaiting):
        driver.comes_back()
    assert not driver.till.paid and Payment.objects.get(payer=driver.payer).status == "given-up"
    assert tollbooth.books.latest()[0].state == "agreed", "its money was never asked for"


def test_a_payer_has_one_payment_under_way(tollbooth):
    driver = Driver(tollbooth).begins()
    with pytest.raises(services.UnderWay):
        driver.begins(500)
    services.give_up(number=driver.number, by="p", at=AT)
    assert driver.begins(500).now.amount == Money(500)


def test_one_that_failed_makes_room_for_another_amount(tollbooth):
    driver = Driver(tollbooth).begins()
    driver.comes_back()
    driver.begins(500)
    statuses = Payment.objects.filter(payer=driver.payer).order_by("cents").values_list("status", flat=True)
    assert list(statuses) == ["open", "given-up"]


def test_the_database_keeps_a_second_open_attempt_out(tollbooth):
    driver = Driver(tollbooth).begins().agrees()
    with pytest.raises(services.UnderWay):
        driver.attempts(driver.now.id)
    driver.comes_back()
    with pytest.raises(IntegrityError, match="payment_attempt_one_open"), transaction.atomic():
        Attempt.objects.create(payment_id=driver.now.id, number="X", state=State.STARTING, begun_at=AT)


# Races.


def test_twenty_that_come_back_at_once_are_one_success_and_nineteen_refusals(tollbooth):
    driver = Driver(tollbooth).begins().agrees()
    driver.gateway = Telling(tollbooth.client)
    results = at_once([driver.comes_back] * 20)
    assert [r for r in results if r == State.SUCCEEDED] == [State.SUCCEEDED]
    assert sum(isinstance(r, services.NotWaiting) for r in results) == 19
    assert driver.gateway.calls == ["complete"] and len(driver.till.paid) == 1


def test_twenty_that_begin_at_once_are_one_attempt(tollbooth):
    payer = uuid4()
    results = at_once([Driver(tollbooth, payer=payer).begins for _ in range(20)])
    assert sum(isinstance(r, Driver) for r in results) == 1, results
    assert all(isinstance(r, Driver | services.UnderWay | services.NotWaiting) for r in results), results
    assert Attempt.objects.filter(payment__payer=payer).count() == 1


def test_giving_up_and_coming_back_at_once_is_one_of_the_two(tollbooth):
    for _ in range(8):
        driver = Driver(tollbooth).begins().agrees()
        back, up = at_once([driver.comes_back, lambda d=driver: services.give_up(number=d.number, by="p", at=AT)])
        assert isinstance(back, services.NotWaiting) != isinstance(up, services.NotWaiting)
        assert len(driver.till.paid) == (back == State.SUCCEEDED)


def test_a_job_and_a_payer_who_race_over_a_bank_account_settle_it_once(tollbooth):
    tollbooth.books.settles_after = timedelta(hours=1)
    driver = Driver(tollbooth).begins().agrees(by="ACH")
    assert driver.comes_back() == State.PENDING
    tollbooth.books.settles_after = timedelta(0)
    at_once([lambda: driver.job(AT + timedelta(hours=1))] * 12)
    assert len(driver.till.paid) == 1 and driver.now.is_paid


# Time-outs, and processes that die.


def test_a_time_out_is_unknown_never_failed_and_stands_in_the_way_of_paying_twice(tollbooth):
    driver = Driver(tollbooth).begins().agrees()
    driver.gateway = Telling(tollbooth.client, complete=Unsure("slow"))
    assert driver.comes_back() == State.UNKNOWN
    with pytest.raises(services.UnderWay):
        driver.begins()
    driver.gateway = tollbooth.client
    assert driver.job(AT + timedelta(seconds=30)) == 0, "not yet"
    assert driver.job(AT + timedelta(minutes=3)) == 1
    assert driver.now.is_paid and len(driver.till.paid) == 1, "the gateway had never got it; now it did"


def test_money_that_was_taken_unheard_is_found_by_its_number(tollbooth):
    driver = Driver(tollbooth).begins().agrees()
    driver.gateway = Telling(tollbooth.client, after_complete=Unsure("the answer was lost"))
    assert driver.comes_back() == State.UNKNOWN
    driver.gateway = tollbooth.client
    driver.job(AT + timedelta(minutes=3))
    assert driver.now.state == State.UNKNOWN and driver.now.needs_a_person and not driver.till.paid
    assert queries.for_people(purpose=PURPOSE)[-1].number == driver.number
    assert 'openecf_stuck{kind="payment"} 1.0' in metrics.exposition().decode()
    with pytest.raises(services.UnderWay):
        driver.begins()
    other = Driver(tollbooth).begins().agrees()
    other.comes_back()
    desk = {"number": driver.number, "settle": driver.till, "by": "desk", "at": AT}
    for wrong in ("NOSUCH", ""):
        with pytest.raises(services.NotTold):
            services.look_up(tracking=wrong, gateway=tollbooth.client)
    with pytest.raises(services.NotThatOne):
        services.found(told=services.look_up(tracking=other.now.tracking, gateway=tollbooth.client), **desk)
    tracking = next(one.tracking for one in tollbooth.books.latest() if one.agency_tracking_id == driver.number)
    told = services.look_up(tracking=tracking, gateway=tollbooth.client)
    assert services.found(told=told, **desk) == State.SUCCEEDED
    with pytest.raises(services.NotWaiting):
        services.found(told=told, **desk)
    assert len(driver.till.paid) == 1 and driver.now.is_paid


def test_the_desk_may_find_that_it_was_never_taken(tollbooth):
    driver = Driver(tollbooth).begins().agrees()
    driver.gateway = Telling(tollbooth.client, after_complete=Unsure("lost"))
    driver.comes_back()
    with pytest.raises(services.NotWaiting):
        services.never_taken(number=driver.number, reason="too early", by="desk", at=AT)
    driver.gateway = tollbooth.client
    driver.job(AT + timedelta(minutes=3))
    services.never_taken(number=driver.number, reason="not in the report", by="desk", at=AT)
    assert driver.now.state == State.FAILED and not driver.till.paid
    assert driver.begins().now.state == State.AT_GATEWAY


def test_what_people_read_in_the_report_is_paid_once_and_only_of_an_attempt_that_waits_for_people(tollbooth):
    driver = Driver(tollbooth).begins().agrees()
    driver.gateway = Telling(tollbooth.client, after_complete=Unsure("lost"))
    driver.comes_back()
    desk = {"number": driver.number, "paid_on": AT.date(), "settle": driver.till, "by": "desk", "at": AT}
    with pytest.raises(services.NotWaiting):
        services.read_in_the_report(tracking="REPORT1", **desk)
    driver.gateway = tollbooth.client
    driver.job(AT + timedelta(minutes=3))
    other = Driver(tollbooth).begins().agrees()
    other.comes_back()
    with pytest.raises(services.NotThatOne):
        services.read_in_the_report(tracking=other.now.tracking, **desk)
    services.read_in_the_report(tracking="REPORT1", **desk)
    with pytest.raises(services.NotWaiting):
        services.read_in_the_report(tracking="REPORT1", **desk)
    assert len(driver.till.paid) == 1 and driver.now.is_paid and driver.now.tracking == "REPORT1"


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize(
    ("dies", "then"),
    [
        ("start", State.FAILED),
        ("after_start", State.FAILED),
        ("complete", State.SUCCEEDED),
        ("after_complete", State.UNKNOWN),
    ],
)
def test_a_process_that_dies_between_two_steps_loses_nothing_and_pays_nothing_twice(tollbooth, dies, then):
    driver = Driver(tollbooth)

    class Dying(Telling):
        def _do(self, name: str, **values: object) -> object:
            if name == dies:
                raise Killed
            done = getattr(self.inner, name)(**values)
            if f"after_{name}" == dies:
                raise Killed
            return done

    driver.gateway = Dying(tollbooth.client)
    with pytest.raises(Killed):
        driver.begins()
        driver.agrees()
        driver.comes_back()
    driver.gateway = tollbooth.client
    with pytest.raises((services.NotWaiting, services.UnderWay)):
        driver.comes_back()
    assert driver.job(AT + timedelta(minutes=1)) == 0, "it may still be alive"
    for minutes in (3, 6, 60, 600):
        driver.job(AT + timedelta(minutes=minutes))
    assert driver.now.state == then
    assert len(driver.till.paid) == (then == State.SUCCEEDED)
    taken = [one for one in tollbooth.books.latest() if one.state == "used"]
    assert len(taken) == (dies in ("complete", "after_complete")), "the gateway took it at most once"


def test_a_process_that_dies_while_it_writes_the_outcome_writes_all_of_it_or_nothing(tollbooth):
    driver = Driver(tollbooth).begins().agrees()

    def broken(_decided: services.Decided) -> None:
        raise Killed

    with pytest.raises(Killed):
        services.complete(number=driver.number, gateway=tollbooth.client, settle=broken, by="p", at=AT)
    assert driver.now.state == State.COMPLETING and driver.now.status == "open"
    driver.job(AT + timedelta(minutes=3))
    assert driver.now.needs_a_person and not driver.till.paid


def test_who_agreed_and_never_came_back_is_asked_for_after_an_hour_and_who_did_not_agree_is_not(tollbooth):
    agreed, left = Driver(tollbooth).begins().agrees(), Driver(tollbooth).begins()
    agreed.job(AT + timedelta(minutes=59))
    assert agreed.now.state == left.now.state == State.AT_GATEWAY
    agreed.job(AT + timedelta(minutes=61))
    assert agreed.now.is_paid and left.now.state == State.FAILED


def test_a_gateway_that_is_away_is_tried_again_and_nothing_is_lost(tollbooth):
    driver = Driver(tollbooth).begins().agrees()
    driver.gateway = PayGov(tollbooth.config.model_copy(update={"url": f"http://127.0.0.1:9{CALLS}"}))
    assert driver.comes_back() == State.AT_GATEWAY
    driver.job(AT + timedelta(minutes=5))
    driver.gateway = tollbooth.client
    driver.job(AT + timedelta(minutes=30))
    assert driver.now.is_paid and len(driver.till.paid) == 1


@pytest.mark.parametrize(
    "trouble", [Refused("9002", "no"), Away("no"), Unsure("no")], ids=["refused", "away", "unsure"]
)
def test_an_attempt_that_cannot_be_begun_is_told_and_leaves_room_for_the_next(tollbooth, trouble):
    driver = Driver(tollbooth)
    driver.gateway = Telling(tollbooth.client, start=trouble)
    with pytest.raises(services.GatewayTrouble):
        driver.begins()
    driver.gateway = tollbooth.client
    assert driver.begins().agrees().comes_back() == State.SUCCEEDED


@pytest.mark.parametrize("changed", [{"amount": Money(1)}, {"amount": None}, {"number": "X"}, {"tracking": ""}])
def test_an_answer_about_another_payment_is_not_believed(tollbooth, changed):
    driver = Driver(tollbooth).begins().agrees()
    told = {"tracking": "T", "number": driver.number, "amount": Money(3001), "outcome": State.SUCCEEDED,
            "status": "Success", "method": "PLASTIC_CARD", "paid_on": None} | changed  # fmt: skip
    driver.gateway = Telling(tollbooth.client, instead_of_complete=Transaction(**told))
    assert driver.comes_back() == State.UNKNOWN and not driver.till.paid and driver.now.needs_a_person


def test_a_bank_that_turns_it_down_after_days_ends_the_payment(tollbooth):
    tollbooth.books.settles_after = timedelta(days=2)
    driver = Driver(tollbooth).begins().agrees(by="ACH", account="1111111116")
    assert driver.comes_back() == State.PENDING
    assert queries.on_the_way(payer=driver.payer, purpose=PURPOSE) == Money(3001)
    other = Driver(tollbooth, payer=driver.payer).begins(500, AT + timedelta(hours=1))
    assert other.now.amount == Money(500), "another amount can be paid meanwhile"
    tollbooth.books.settles_after = timedelta(0)
    driver.job(AT + timedelta(days=2))
    assert not driver.till.paid and [one.amount for one in driver.till.turned_down] == [Money(3001)]
    assert queries.on_the_way(payer=driver.payer, purpose=PURPOSE) == Money()


def test_looks_come_less_and_less_often_and_at_least_each_six_hours():
    pauses = [rules.pause(looks=n) for n in range(40)]
    assert pauses[0] == timedelta(minutes=1) and pauses[-1] == timedelta(hours=6) and pauses == sorted(pauses)


def test_nobody_sees_anothers_payment(tollbooth):
    driver = Driver(tollbooth).begins()
    mine = driver.now
    assert queries.payment(mine.id, payer=driver.payer, purpose=PURPOSE) == mine
    assert queries.payment(mine.id, payer=uuid4(), purpose=PURPOSE) is None
    assert queries.payment(mine.id, payer=driver.payer, purpose="other") is None
    assert queries.of_attempt(mine.number, payer=uuid4(), purpose=PURPOSE) is None

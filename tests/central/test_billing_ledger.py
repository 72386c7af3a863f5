"""The usage ledger: every access counts once, however often it is delivered; nothing is ever changed."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from openecf.central.accounts.queries import NoSuchAccount
from openecf.central.billing import services
from openecf.central.billing.models import UsageLine
from openecf.platform.audit.models import AuditLine
from openecf.platform.bus.messages import UsageRecorded
from tests.central.registrants import at_once
from tests.central.relying import account

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


def message(who: UUID, **facts: object) -> UsageRecorded:
    base = {"court": "flsb", "at": AT, "client_code": "lantern", "description": "Docket Report",
            "criteria": "26-10001 Fil or Ent: filed", "pages": 4, "cents": 40}  # fmt: skip
    return UsageRecorded(account=who, **(base | facts))


def record(usage: UsageRecorded, *, message_id: UUID, sender: str = "flsb") -> bool:
    return services.record_usage(usage=usage, sender=sender, message_id=message_id, at=AT)


def test_the_same_message_ten_times_is_one_line():
    who, message_id = account(), uuid4()
    assert [record(message(who.id), message_id=message_id) for _ in range(10)] == [True] + [False] * 9
    line = UsageLine.objects.get()
    assert (line.account_id, line.court, line.pages, line.cents, line.client_code) == (who.id, "flsb", 4, 40, "lantern")
    assert AuditLine.objects.filter(act="usage.recorded").count() == 1


def test_two_messages_that_read_alike_are_two_accesses():
    who = account()
    assert record(message(who.id), message_id=uuid4()) and record(message(who.id), message_id=uuid4())
    assert UsageLine.objects.count() == 2


def test_a_message_that_comes_again_with_another_price_changes_nothing():
    who, message_id = account(), uuid4()
    record(message(who.id), message_id=message_id)
    record(message(who.id, cents=9999), message_id=message_id)
    assert UsageLine.objects.get().cents == 40


def test_exempt_use_is_listed_and_costs_nothing():
    record(message(account().id, exempt=True), message_id=uuid4())
    assert (UsageLine.objects.get().cents, UsageLine.objects.get().pages) == (0, 4)


def test_a_court_bills_in_its_own_name_only():
    who = account()
    with pytest.raises(services.ForeignUsage):
        record(message(who.id), message_id=uuid4(), sender="nysb")
    assert not UsageLine.objects.exists() and not AuditLine.objects.filter(act="usage.recorded").exists()


def test_usage_of_an_unknown_account_waits():
    with pytest.raises(NoSuchAccount):
        record(message(uuid4()), message_id=uuid4())


@pytest.mark.parametrize(
    "change",
    ["UPDATE usage_line SET cents = 0", "DELETE FROM usage_line", "UPDATE usage_line SET exempt = true"],
)
def test_the_database_itself_refuses_to_change_a_line(change):
    record(message(account().id), message_id=uuid4())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


@pytest.mark.django_db(transaction=True)
def test_one_message_delivered_eight_times_at_once_is_one_line():
    who = account()
    for _ in range(10):
        message_id = uuid4()
        given = at_once([lambda m=message_id: record(message(who.id), message_id=m) for _ in range(8)])
        assert sorted(given) == [False] * 7 + [True]
    assert UsageLine.objects.count() == 10 == AuditLine.objects.filter(act="usage.recorded").count()


# Many at once


def carried(*usages: UsageRecorded) -> list[tuple[UUID, UsageRecorded]]:
    return [(uuid4(), usage) for usage in usages]


def test_many_accesses_are_written_at_once_as_each_would_be_by_itself():
    ada, ben = account(), account(username="ben-counsel")
    usages = carried(message(ada.id), message(ben.id, pages=7, cents=70), message(ada.id, exempt=True))
    assert services.record_usages(usages=usages, sender="flsb", at=AT) == 3
    alone = [(uuid4(), usage) for _message, usage in usages]
    for message_id, usage in alone:
        record(usage, message_id=message_id)

    def lines(of: list[tuple[UUID, UsageRecorded]]) -> list[tuple]:
        rows = UsageLine.objects.filter(message__in=[message_id for message_id, _usage in of])
        return sorted(rows.values_list(*(f.name for f in UsageLine._meta.fields if f.name not in ("id", "message"))))

    def told(of: list[tuple[UUID, UsageRecorded]]) -> list[tuple]:
        rows = AuditLine.objects.filter(facts__message__in=[str(message_id) for message_id, _usage in of])
        return sorted(rows.values_list("act", "by", "subject", "on_behalf_of", "address", "at"))

    assert lines(usages) == lines(alone) and len(lines(alone)) == 3
    assert told(usages) == told(alone) and len(told(alone)) == 3


def test_of_many_accesses_those_that_are_known_are_not_written_again():
    who = account()
    usages = carried(*[message(who.id)] * 6)
    record(usages[2][1], message_id=usages[2][0])
    assert services.record_usages(usages=usages, sender="flsb", at=AT) == 5
    assert services.record_usages(usages=usages[::-1], sender="flsb", at=AT) == 0
    assert UsageLine.objects.count() == AuditLine.objects.filter(act="usage.recorded").count() == 6


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        (lambda who: message(uuid4()), NoSuchAccount),
        (lambda who: message(who, court="nysb"), services.ForeignUsage),
    ],
    ids=["of an unknown account", "of another court"],
)
def test_of_many_accesses_with_one_that_cannot_be_written_none_is(wrong, refusal):
    who = account()
    with pytest.raises(refusal):
        services.record_usages(usages=carried(message(who.id), wrong(who.id)), sender="flsb", at=AT)
    assert not UsageLine.objects.exists() and not AuditLine.objects.filter(act="usage.recorded").exists()

"""The demonstration's accounts open with their public passwords; usage counts once."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from openecf.central import demo
from openecf.central.accounts.models import Account
from openecf.central.accounts.services import check_password
from openecf.central.billing import rules
from openecf.central.billing.models import UsageLine
from openecf.kernel.days import legal_day
from openecf.kernel.money import Money
from openecf.platform.demo_cast import ACCOUNTS

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


def test_loading_twice_is_loading_once():
    demo.load(at=NOW)
    lines = UsageLine.objects.count()
    demo.load(at=NOW)
    assert Account.objects.count() == len(ACCOUNTS)
    assert UsageLine.objects.count() == lines > 0
    for person in ACCOUNTS[:5]:
        account = check_password(username=person.username, password=person.password, now=NOW, address="192.0.2.1")
        assert account.id == person.id and account.is_upgraded is not person.legacy


def test_the_ledger_refuses_changes():
    demo.load(at=NOW)
    for change in (lambda: UsageLine.objects.update(cents=0), lambda: UsageLine.objects.all().delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


@pytest.mark.parametrize("hour", (0, 6, 18))
def test_whatever_the_day_there_is_one_invoice_to_pay(hour):
    """Above the waiver is the newest quarter that has statements, and none before it."""
    petra = next(one for one in ACCOUNTS if one.username == "pvandermeer")
    for n in range(366):
        at = datetime(2026, 1, 1, hour, tzinfo=UTC) + timedelta(days=n)
        today, used = legal_day(at, rules.ZONE), Counter()
        for access in demo.accesses_of(petra, at):
            used[rules.quarter_of(legal_day(access.at, rules.ZONE))] += access.cents
        made = {quarter: cents for quarter, cents in used.items() if rules.statements_on(quarter[0]) <= today}
        billed = [
            q
            for q, cents in made.items()
            if rules.is_invoice(rules.due(used=Money(cents), waiver=rules.waiver_on(q[0])))
        ]
        assert billed == [rules.billed_last(today)], at

"""The demonstration's accounts open with their public passwords; usage counts once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, transaction

from openecf.central import demo
from openecf.central.accounts.models import Account
from openecf.central.accounts.services import check_password
from openecf.central.billing.models import UsageLine
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

"""The demonstration of a court."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from openecf.court import demo
from openecf.court.cases.models import Case
from openecf.court.docket.models import Entry
from openecf.court.documents.models import Document
from openecf.court.people.models import CourtUser
from openecf.court.transition import queries as transition
from openecf.court.transition.rules import is_live
from openecf.platform.audit.models import AuditLine

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_loading_twice_is_loading_once():
    demo.load(at=NOW)

    def counted() -> list[int]:
        return [model.objects.count() for model in (Case, Entry, Document, CourtUser, AuditLine)]

    first = counted()
    demo.load(at=NOW)
    assert counted() == first
    assert first[0] == 12
    assert is_live(transition.profile(), NOW)


@pytest.mark.django_db
def test_what_the_demonstration_shows():
    demo.load(at=NOW)
    assert Case.objects.filter(restriction__gt=0).count() == 1, "one sealed case"
    assert Case.objects.exclude(terminated=None).count() == 1, "one closed case"
    assert Document.objects.filter(restriction__gt=0).exists(), "a restricted document"
    for user in CourtUser.objects.all():
        assert bool(user.password) == (user.account is None), f"{user}: a linked login's password is dead"
        assert user.email.endswith(".example")

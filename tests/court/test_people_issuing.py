"""Court-issued accounts: made once, spent by linking."""

from __future__ import annotations

import pytest
from django.utils import timezone

from openecf.court.people import services
from openecf.court.people.models import CourtUser
from openecf.court.transition import services as transition
from openecf.platform.audit.models import AuditLine
from tests.court import callers

pytestmark = pytest.mark.django_db
CLERK = {
    "login": "idelgado",
    "group": "clerk",
    "first_name": "Ines",
    "last_name": "Delgado",
    "email": "i@court.example",
}


def issue(**other: str) -> str:
    return services.issue_account(**(CLERK | other), by="operator", at=timezone.now())


def test_an_issued_account_links_with_the_password_told_and_only_its_hash_is_kept():
    now = timezone.now()
    transition.set_up(at=now, live_at=now)
    password = issue()
    who = callers.person(name="Ines Delgado")
    reader = callers.reader(who)
    offer = services.prove_login(reader=reader, login="IDelgado", password=password, now=now)
    user = services.confirm_link(reader=reader, offer_id=offer.id, now=now)
    assert (user.group, user.account) == ("clerk", reader.account)
    assert password not in user.spent_password
    assert AuditLine.objects.get(act="account.issued").by == "operator"
    start = callers.client(who).get("/").content.decode()
    assert 'href="/court/"' in start and "You represent nobody" not in start, (
        "the clerk's office starts at its own desk"
    )


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"login": "IDELGADO"}, "is taken"),
        ({"login": "second", "group": "emperor"}, "Groups are"),
        ({"login": "second", "email": "nobody"}, "e-mail address"),
        ({"login": " ", "last_name": "X"}, "A login"),
    ],
)
def test_what_cannot_be_issued_is_refused_and_leaves_nothing(other, says):
    issue()
    with pytest.raises(services.CannotIssue, match=says):
        issue(**other)
    assert CourtUser.objects.count() == 1

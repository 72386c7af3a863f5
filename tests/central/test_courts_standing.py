"""Courts tell how linked accounts stand there: suspended, let in again, linked no more; the latest word counts."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from openecf.central.courts import queries, services
from openecf.central.registration import rules
from openecf.platform.bus.messages import AccountLinked, AccountStanding
from tests.central.standing import standing
from tests.central.test_registration import account, browser_of, people, text

pytestmark = pytest.mark.django_db
stands, begins = standing(people)
DAY = datetime(2026, 3, 2, 12, tzinfo=UTC)


def linked(day: int) -> AccountLinked:
    return AccountLinked(account=account().id, court="flsb", role="attorney", at=DAY + timedelta(days=day))


def stood(day: int, *, linked: bool = True, suspended: bool = False) -> AccountStanding:
    return AccountStanding(account=account().id, court="flsb", at=DAY + timedelta(days=day), linked=linked,
                           suspended=suspended, said=f"Day {day}.")  # fmt: skip


def hear(*messages: AccountLinked | AccountStanding) -> None:
    for message in messages:
        if isinstance(message, AccountLinked):
            services.note_link(link=message, sender="flsb")
        else:
            services.note_standing(standing=message, sender="flsb", at=DAY)


def now() -> list[tuple[str, bool]]:
    return [(row.role, row.suspended) for row in queries.registered_courts(account().id)]


@pytest.mark.parametrize(
    ("said", "ends"),
    [
        ([(linked, 0, {}), (stood, 1, {"suspended": True})], [("attorney", True)]),
        ([(linked, 0, {}), (stood, 1, {"suspended": True}), (stood, 2, {})], [("attorney", False)]),
        ([(linked, 0, {}), (stood, 1, {"linked": False})], []),
        ([(linked, 0, {}), (stood, 1, {"linked": False}), (linked, 2, {})], [("attorney", False)]),
    ],
    ids=["suspended", "let in again", "link ended", "linked anew"],
)
def test_whatever_the_order_the_end_is_the_same(said, ends):
    messages = [make(day, **facts) for make, day, facts in said]
    for order in itertools.permutations(messages):
        account().registered_courts.all().delete()
        hear(*order, *order)
        assert now() == ends, order


def test_the_owner_reads_it_and_may_apply_anew_while_suspended_and_not_while_filing():
    hear(linked(0), stood(1, suspended=True))
    browser, begin = browser_of(), "/pscof/manage/efile/attorney/flsb"
    page = browser.get("/pscof/manage/courts")
    assert "Day 1." in text(page) and begin in page.content.decode(), "the road back"
    page = text(browser.get(begin))
    assert "suspended your filing there" in page and "apply anew" in page and "you can file there now" not in page
    assert "you need no registration: link it" not in page
    assert "You can apply anew" in text(browser.get("/pscof/manage/efile/attorney?type=bankruptcy"))
    asked = browser.post(begin, follow=True)
    assert "What would you like to register for" in text(asked)
    assert "Do you file electronically at this court already?" not in text(asked), "the court knows that she did"
    assert "link it instead" not in text(asked)
    hear(stood(2))
    assert browser.post(begin).status_code == 409 and "you can file there now" in text(browser.get(begin))
    hear(stood(3, linked=False))
    assert "not linked at any court" in text(browser.get("/pscof/manage/courts"))
    assert "link it instead" in text(browser.post(begin, follow=True)), "who was parted may register, or link"


@pytest.mark.parametrize(
    ("suspended", "role", "kind", "accepts", "again"),
    [
        (True, "attorney", "attorney", "", "reinstatement"),
        (True, "pro-se", "non-attorney", "creditor", "reinstatement"),
        (False, "pro-se", "non-attorney", "creditor pro-se", "another-case"),
        (False, "pro-se", "non-attorney", "party", "another-case"),
        (False, "pro-se", "non-attorney", "creditor filing-agent", ""),
        (False, "pro-se", "attorney", "pro-se admission", ""),
        (False, "pro-hac-vice", "attorney", "pro-hac-vice", "another-case"),
        (False, "pro-hac-vice", "attorney", "admission", "another-case"),
        (False, "pro-hac-vice", "attorney", "creditor", ""),
        (False, "pro-hac-vice", "non-attorney", "creditor", ""),
        (False, "limited", "non-attorney", "creditor pro-se", ""),
    ],
)
def test_who_is_linked_asks_once_more_only_to_be_let_in_again_or_for_another_case(
    suspended, role, kind, accepts, again
):
    assert rules.again(suspended=suspended, role=role, kind=kind, accepts=accepts.split()) == again


def test_no_court_speaks_for_another():
    with pytest.raises(ValueError, match="speaks for"):
        services.note_standing(standing=stood(0), sender="nysb", at=DAY)

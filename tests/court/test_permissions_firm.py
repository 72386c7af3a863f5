"""A firm's billing account (PAA) opens no case page and no filing page: by menu, by address, with a program's token.

Not even where somebody linked it to a court-issued account by hand. Run at a court of each bench by ``tests/benches``.
"""

from __future__ import annotations

import pytest

from openecf.court.people.context import menu_for
from tests.court import callers
from tests.court.test_permissions import BILLING, HERE, HIDDEN, IN, address, here, told  # noqa: F401  (here: a fixture)

pytestmark = pytest.mark.django_db

FOR_EVERYBODY = {"anyone", "machine"}
"""Rules of pages that hold nothing of a case beyond what strangers on the street may read."""
OF_THE_OWN_ACCOUNT = {"signed-on": "the person's own: linking refuses a PAA by itself, the billing history is its own"}


def a_firm(*, kind: str, linked: bool) -> callers.SignedOn:
    who = callers.person(account_type="paa", may_search=False, kind=kind)
    if linked:
        callers.court_user("clerk", account=who.account, account_number=who.number)
    return who


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("linked", [False, True], ids=["not linked", "linked by hand, as a clerk"])
@pytest.mark.parametrize("kind", ["browser", "api"])
def test_a_firms_account_is_told_that_it_manages_billing_only(here, kind, linked, method):  # noqa: F811
    _world, sample = here
    browser = callers.client(a_firm(kind=kind, linked=linked))
    wrong = {}
    for url, pattern in HERE.items():
        rule = pattern.callback.access_rule.name
        if rule in FOR_EVERYBODY:
            continue
        answer = told(getattr(browser, method)(address(url, sample), REMOTE_ADDR="203.0.113.9"))
        allowed = {IN, HIDDEN} if rule in OF_THE_OWN_ACCOUNT else {HIDDEN} if rule == "operator" else {BILLING}
        if answer not in allowed:
            wrong[url] = (rule, str(answer))
    assert not wrong


@pytest.mark.parametrize("linked", [False, True])
def test_it_has_no_menu(here, linked):  # noqa: F811
    assert menu_for(callers.reader(a_firm(kind="browser", linked=linked))) == ()


def test_it_cannot_be_linked(here):  # noqa: F811
    browser = callers.client(a_firm(kind="browser", linked=False))
    callers.court_user("attorney", login="someone")
    for ask in (browser.get, browser.post):
        page = ask("/utilities/link", {"login": "someone", "password": "whatever"}).content.decode()
        assert "manages billing only" in page


def test_the_front_page_tells_it_so_and_leads_to_its_account(here):  # noqa: F811
    page = callers.client(a_firm(kind="browser", linked=False)).get("/").content.decode()
    assert "manages billing only" in page and "/pscof/manage" in page
    assert "/cgi-bin/iquery.pl" not in page and "/filing/" not in page

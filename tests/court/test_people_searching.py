"""A filer whose searching is suspended: the cases are closed, filing and the own account are not."""

from __future__ import annotations

import pytest

from openecf.court.people.context import menu_for
from tests.court import callers
from tests.court import world as invented

pytestmark = pytest.mark.django_db


@pytest.fixture
def left():
    """An attorney who left the firm that paid."""
    invented.make()
    return callers.linked("attorney", may_search=False)


@pytest.mark.parametrize("path", ["/cgi-bin/iquery.pl", "/cgi-bin/DktRpt.pl", "/cgi-bin/HistDocQry.pl"])
def test_no_case_is_read_until_it_is_settled_who_pays(left, path):
    refused = callers.client(left).get(path)
    assert refused.status_code == 403 and "cannot search cases at present" in refused.content.decode()


def test_filing_goes_on_and_the_start_page_says_what_does_not(left):
    browser = callers.client(left)
    start = browser.get("/").content.decode()
    assert "cannot search cases at present" in start and "Manage My Account" in start
    assert "File a document" in start and 'href="/utilities/"' in start and "Find a case" not in start
    assert browser.get("/filing/").status_code == browser.get("/utilities/email").status_code == 200
    assert menu_for(callers.reader(left)), "the filing menus stay"


@pytest.mark.parametrize("kind", ["attorney", "non-attorney", "search"])
def test_a_newcomer_who_waits_for_the_letter_finds_the_way_to_link(kind):
    who = callers.person(account_type=kind, may_search=False)
    browser = callers.client(who)
    assert "Utilities" in [str(item.label) for item in menu_for(callers.reader(who))]
    assert 'href="/utilities/link"' in browser.get("/utilities/").content.decode()
    assert browser.get("/utilities/link").status_code == 200
    refused = browser.get("/cgi-bin/iquery.pl")
    assert refused.status_code == 403 and "Manage My Account says why" in refused.content.decode()


def test_who_gave_no_client_code_is_asked_for_it_before_anything_is_charged():
    invented.make()
    browser = callers.client(callers.linked("attorney", may_search=False, client_code_required=True))
    assert browser.get("/cgi-bin/iquery.pl").status_code == 200


def test_the_courts_own_people_read_their_own_record():
    invented.make()
    assert callers.client(callers.linked("clerk", may_search=False)).get("/cgi-bin/iquery.pl").status_code == 200

"""The public terminals at the courthouse: reading without signing on and without a charge, and nothing else."""

from __future__ import annotations

import re

import pytest

from openecf.court.fees.models import MeterLine
from openecf.court.transition import queries as transition
from openecf.court.transition import rules as settings
from openecf.court.transition.models import CourtProfile
from openecf.kernel.restriction import Restriction
from openecf.platform.config import this_site
from tests.court import callers, pdfs
from tests.court import world as invented
from tests.court.agency import said
from tests.court.world import main_document

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(this_site().id != "flsb", reason="reads the bankruptcy court's pages"),
]
THERE, ELSEWHERE = "192.0.2.17", "203.0.113.9"


@pytest.fixture
def world():
    world = invented.make()
    CourtProfile.objects.update(terminal_networks=["192.0.2.16/28"])
    transition.forget()
    return world


def at(address: str, who=None):
    """A browser that asks from an address."""
    browser = callers.client(who)
    browser.defaults["REMOTE_ADDR"] = address
    return browser


def test_a_terminal_reads_a_docket_and_a_document_without_signing_on(world):
    paper, terminal = main_document(world.entry(files=[pdfs.plain(3)])), at(THERE)
    status, words = said(terminal.get("/cgi-bin/iquery.pl"))
    assert status == 200 and "Public terminal of the court" in words and "Utilities" not in words
    front = said(terminal.get("/"))[1]
    assert "Find a case" in front and "without an account and without a fee" in front, "the front page leads there"
    assert "24-10001" in said(terminal.get(f"/cgi-bin/iqquerymenu.pl?{world.case.id}"))[1]
    answer = terminal.get(f"/doc1/{paper.doc_id}")
    assert answer["Content-Type"] == "application/pdf", "no receipt stands between"
    assert not MeterLine.objects.exists()


def test_elsewhere_nobody_reads_without_signing_on(world):
    assert "Not logged in" in at(ELSEWHERE).get("/cgi-bin/iquery.pl").content.decode()


def test_who_signs_on_at_a_terminal_pays_nothing_there(world):
    paper = main_document(world.entry(files=[pdfs.plain(3)]))
    who = callers.person(account_type="search")
    assert at(THERE, who).get(f"/doc1/{paper.doc_id}")["Content-Type"] == "application/pdf"
    assert "Billable Pages" in at(ELSEWHERE, who).get(f"/doc1/{paper.doc_id}").content.decode()
    assert not MeterLine.objects.exists()


@pytest.mark.parametrize(
    ("level", "opens"),
    [(level, level <= Restriction.PARTICIPANTS_AND_TERMINAL) for level in Restriction],
)
def test_what_opens_at_a_terminal(world, level, opens):
    paper = main_document(world.entry(files=[pdfs.plain()], levels=[level]))
    answer = at(THERE).get(f"/doc1/{paper.doc_id}")
    assert (answer["Content-Type"] == "application/pdf") is opens


def test_a_proxys_word_is_not_the_callers(world):
    """An address that a stranger writes into a header is not where the stranger is."""
    forged = at(ELSEWHERE).get("/cgi-bin/iquery.pl", HTTP_X_FORWARDED_FOR=THERE, HTTP_X_REAL_IP=THERE)
    assert "Not logged in" in forged.content.decode()


@pytest.mark.parametrize(
    "path", ["/utilities/", "/utilities/log", "/utilities/email", "/filing/", "/utilities/acting", "/court/"]
)
def test_what_belongs_to_a_person_is_nothing_for_a_terminal(world, path):
    assert re.search("Not logged in|log in", at(THERE).get(path).content.decode())


@pytest.mark.parametrize("value", ['["192.0.2.17/28"]', '["here"]', "192.0.2.16/28", '["192.0.2.16/28", ""]'])
def test_a_setting_that_names_no_network_is_refused(value):
    with pytest.raises(settings.BadSetting):
        settings.read_settings({"terminal_networks": value}, zone="America/New_York")


def test_the_setting_takes_networks():
    read = settings.read_settings({"terminal_networks": '["192.0.2.16/28", "2001:db8::/64"]'}, zone="America/New_York")
    assert read["terminal_networks"] == ["192.0.2.16/28", "2001:db8::/64"]

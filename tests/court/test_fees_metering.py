"""What access costs: pages, caps, who is free, and what is written."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import resolve

from openecf.court.fees import queries, services
from openecf.court.fees.models import MeterLine
from openecf.court.fees.rules import price
from openecf.court.people.rules import NOBODY, Reader
from openecf.kernel.money import Money
from openecf.platform.bus.models import OutboxMessage
from openecf.platform.config import this_site
from tests.court import callers
from tests.court import world as invented
from tests.court.world import AT

SEARCHER = Reader(
    account=invented.account(99), username="hlindqvist", may_search=True, upgraded=True, client_code="matter 7"
)
EXEMPT = Reader(account=invented.account(98), username="professor", may_search=True, exempt=True)
CLERK = Reader(account=invented.account(97), user=1, group="clerk")
TERMINAL = Reader(terminal=True)


@pytest.mark.parametrize(("reader", "pages", "capped", "free", "billed", "cost"), [
    (SEARCHER, 1, True, False, 1, "0.10"),
    (SEARCHER, 30, True, False, 30, "3.00"),
    (SEARCHER, 31, True, False, 30, "3.00"),
    (SEARCHER, 5000, True, False, 30, "3.00"),
    (SEARCHER, 450, False, False, 450, "45.00"),
    (SEARCHER, 12, True, True, 0, "0.00"),
    (EXEMPT, 12, True, False, 12, "0.00"),
    (CLERK, 12, True, False, 12, "0.00"),
    (TERMINAL, 12, True, False, 12, "0.00"),
    (NOBODY, 12, True, False, 12, "0.00"),
])  # fmt: skip
def test_what_pages_cost(reader, pages, capped, free, billed, cost):
    got = price(
        reader=reader, pages=pages, capped=capped, free=free, exempt=reader.exempt, at=AT, zone="America/New_York"
    )
    assert got == (billed, Money.of(cost))


def charge(reader=SEARCHER, **more):
    return services.charge(
        reader=reader, at=AT, **{"description": "Docket Report", "criteria": "24-10001", "pages": 3, **more}
    )


@pytest.mark.django_db
def test_a_quote_writes_nothing():
    receipt = services.quote(reader=SEARCHER, description="Docket Report", criteria="24-10001", pages=3, at=AT)
    assert str(receipt.cost) == "0.30"
    assert not MeterLine.objects.exists()
    assert not OutboxMessage.objects.exists()


@pytest.mark.django_db
def test_a_charge_is_written_here_and_told_to_the_ledger_at_once():
    receipt = charge()
    line, message = MeterLine.objects.get(), OutboxMessage.objects.get()
    assert (line.pages, line.cents, line.client_code, line.description) == (3, 30, "matter 7", "Docket Report")
    assert (message.body["court"], message.body["pages"], message.body["cents"]) == (this_site().id, 3, 30)
    assert receipt.printed_at == "01/02/2024 14:03:11", "in the court's time"


@pytest.mark.django_db
@pytest.mark.parametrize(("reader", "free", "lines"), [
    (EXEMPT, False, 1), (CLERK, False, 0), (TERMINAL, False, 0), (SEARCHER, True, 0),
], ids=["exempt", "clerk", "terminal", "opinion"])  # fmt: skip
def test_who_leaves_a_line_without_a_price(reader, free, lines):
    assert not charge(reader, free=free).cost
    assert [(line.cents, line.exempt) for line in MeterLine.objects.all()] == [(0, True)] * lines


@pytest.mark.django_db
def test_a_rolled_back_page_charges_nothing():
    from django.db import transaction

    with pytest.raises(RuntimeError), transaction.atomic():
        charge()
        raise RuntimeError
    assert not MeterLine.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_the_receipt_is_the_one_programs_read(juriscraper):
    receipt = services.quote(
        reader=SEARCHER, description="Image5-0", criteria="24-10001-ABC", pages=7, at=AT, criteria_label="Case Number:"
    )
    html = render_to_string("fees/receipt.html", {"receipt": receipt})
    read = juriscraper("receipt", this_site().id, f"<html><body>{html}</body></html>")
    assert (read["cost"], read["billable_pages"], read["document_description"]) == ("0.70", "7", "Image5-0")
    assert read["transaction_date"].endswith("14:03:11")


def test_the_receipts_skeleton():
    receipt = services.quote(reader=SEARCHER, description="Docket Report", criteria="x", pages=1, at=AT)
    html = render_to_string("fees/receipt.html", {"receipt": receipt})
    assert "<FONT> Cost: </FONT>" in html, "with the blank that tells programs they are signed on"
    assert re.search(
        r"Transaction Receipt </FONT></TH></TR>\s*<TR></TR>\s*<TR></TR>\s*<TR><TD colspan=4><FONT>01/", html
    )
    assert html.count("<CENTER>") == 1
    assert html.count("<TR></TR>") == 4


@pytest.mark.django_db
def test_people_review_their_own_lines_only():
    charge()
    charge(EXEMPT)
    services.charge(
        reader=SEARCHER, description="Old", criteria="", pages=1, at=datetime(2024, 1, 1, 4, 59, tzinfo=UTC)
    )
    found = queries.history(reader=SEARCHER, since=date(2024, 1, 1), until=date(2024, 1, 31))
    assert [line.description for line in found.lines] == ["Docket Report"], (
        "the old one was still December at the court"
    )
    assert str(found.total) == "0.30"


@pytest.mark.django_db
def test_the_billing_history_has_a_total_for_each_client_code_of_all_that_was_charged(monkeypatch):
    monkeypatch.setattr(queries, "MOST_LINES", 2)
    for code in ("lantern", "", "lantern", "oak-7"):
        charge(replace(SEARCHER, client_code=code))
    found = queries.history(reader=SEARCHER, since=date(2024, 1, 1), until=date(2024, 1, 31))
    assert [(one.code, one.accesses, str(one.cost)) for one in found.by_code] == [
        ("", 1, "0.30"), ("lantern", 2, "0.60"), ("oak-7", 1, "0.30"),
    ]  # fmt: skip
    assert (len(found.lines), found.more, str(found.total)) == (2, True, "1.20")


@pytest.mark.django_db
def test_who_gave_no_client_code_is_led_to_where_it_is_typed():
    browser = callers.client(callers.linked("attorney", client_code_required=True, may_search=False))
    words = browser.get("/utilities/").content.decode()
    assert "/utilities/client-code" in words
    there = browser.get("/utilities/client-code").headers["Location"]
    assert there.endswith("/csologin/client-code?appurl=http%3A%2F%2Ftestserver%2Futilities%2F")
    searcher = callers.client(callers.person(client_code_required=True, may_search=False))
    refused = searcher.get("/cgi-bin/iquery.pl")
    assert refused.status_code == 403 and "Enter a client code" in refused.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("query", "shown"), [
    ("", "Docket Report"),
    ("?since=2024-01-01&until=2024-01-31", "Docket Report"),
    ("?since=2023-01-01&until=2023-01-31", "Nothing was charged"),
    ("?since=2024-02-01&until=2024-01-01", "The last day is before the first."),
    ("?since=x", "Enter a valid date"),
])  # fmt: skip
def test_the_billing_history_page(query, shown):
    charge()
    request = RequestFactory().get("/utilities/billing-history" + query)
    request.reader, request.arrived = SEARCHER, AT
    match = resolve(request.path_info)
    assert match.func.access_rule.check(request) is None
    assert shown in match.func(request).content.decode()

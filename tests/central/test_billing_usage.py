"""Usage and payments: quarters and their waiver, the list, its totals, its picture, its spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from openecf.central.accounts.models import Account
from openecf.central.billing import context, queries, rules
from openecf.central.billing.models import UsageLine
from openecf.kernel.days import legal_day
from openecf.kernel.money import Money
from tests.central.relying import account, signed_on

NOW = datetime(2026, 5, 20, 15, 0, tzinfo=UTC)


def used(who: Account, *, cents: int, at: datetime = NOW, **facts: object) -> UsageLine:
    base = {"court": "flsb", "client_code": "", "description": "Docket Report", "criteria": "", "pages": cents // 10}
    return UsageLine.objects.create(message=uuid4(), account=who, at=at, cents=cents, **(base | facts))


@pytest.mark.parametrize(
    ("day", "since", "until"),
    [
        (date(2026, 1, 1), date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 3, 31), date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 5, 20), date(2026, 4, 1), date(2026, 6, 30)),
        (date(2026, 9, 30), date(2026, 7, 1), date(2026, 9, 30)),
        (date(2024, 2, 29), date(2024, 1, 1), date(2024, 3, 31)),
        (date(2026, 12, 31), date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_the_quarter_of_a_day(day, since, until):
    assert rules.quarter_of(day) == (since, until)


def test_quarters_before_follow_each_other_without_a_gap():
    quarters = rules.quarters_before(date(2026, 5, 20), count=9)
    assert quarters[0] == (date(2026, 4, 1), date(2026, 6, 30)) and quarters[8][0] == date(2024, 4, 1)
    for later, earlier in zip(quarters, quarters[1:], strict=False):
        assert earlier[1] + timedelta(days=1) == later[0]


@pytest.mark.parametrize(
    ("cents", "due", "waived"),
    [(0, 0, False), (10, 0, True), (2999, 0, True), (3000, 0, True), (3001, 3001, False), (10_000, 10_000, False)],
)
@pytest.mark.django_db
def test_thirty_dollars_are_waived_and_a_cent_more_is_billed_whole(cents, due, waived):
    who = account()
    if cents:
        used(who, cents=cents)
    quarter = queries.quarter_to_date(account=who.id, now=NOW)
    assert (quarter.used, quarter.due, quarter.is_waived) == (Money(cents), Money(due), waived)


@pytest.mark.parametrize(
    ("day", "waiver"), [(date(2019, 12, 31), "15.00"), (date(2020, 1, 1), "30.00"), (date(2026, 5, 20), "30.00")]
)
def test_the_waiver_is_that_of_the_quarters_own_time(day, waiver):
    assert rules.waiver_on(day) == Money.of(waiver)


@pytest.mark.parametrize(
    ("at", "quarter"),
    [
        (datetime(2026, 4, 1, 4, 59, 59, tzinfo=UTC), date(2026, 1, 1)),
        (datetime(2026, 4, 1, 5, 0, 0, tzinfo=UTC), date(2026, 4, 1)),
        (datetime(2026, 7, 1, 4, 59, 59, tzinfo=UTC), date(2026, 4, 1)),
    ],
)
@pytest.mark.django_db
def test_a_quarter_ends_at_midnight_of_the_service_center(at, quarter):
    who = account()
    used(who, cents=40, at=at)
    found = context.quarters(account=who.id, is_firm=False, now=datetime(2026, 8, 1, tzinfo=UTC))
    assert [one.since for one in found if one.used] == [quarter]


@pytest.mark.parametrize(
    ("cents", "top"),
    [(1, 40), (40, 40), (41, 100), (101, 200), (201, 400), (401, 1000), (3001, 4000), (99_999, 100_000)],
)
def test_the_scale_ends_at_a_round_amount(cents, top):
    assert rules.top_of_scale(cents) == top


@pytest.mark.parametrize(
    ("since", "until", "step"),
    [
        (date(2026, 5, 1), date(2026, 5, 31), "day"),
        (date(2026, 5, 1), date(2026, 6, 1), "week"),
        (date(2026, 1, 1), date(2026, 6, 30), "week"),
        (date(2026, 1, 1), date(2026, 12, 31), "month"),
    ],
)
def test_the_longer_the_time_the_wider_a_column(since, until, step):
    assert rules.step_for(since, until) == step


def test_the_picture_adds_up():
    cents = {(date(2026, 5, 4), "flsb"): 100, (date(2026, 5, 4), "nysb"): 60, (date(2026, 5, 6), "nysb"): 120}
    drawn = rules.chart(cents=cents, since=date(2026, 5, 1), until=date(2026, 5, 31))
    assert [court for court, _colour in drawn.courts] == ["nysb", "flsb"], "the dearest court first"
    high = rules.HEIGHT - rules.TOP - rules.BOTTOM
    assert [round(bar.height / high * 200) for bar in drawn.bars] == [60, 100, 120]
    below, above = drawn.bars[0], drawn.bars[1]
    assert above.x == below.x and above.y + above.height == pytest.approx(below.y), "one stands on the other"
    assert all(bar.x >= 0 and bar.x + bar.width <= rules.WIDTH and bar.y >= rules.TOP for bar in drawn.bars)
    assert [mark.text for mark in drawn.heights] == ["$0", "$0.50", "$1", "$1.50", "$2"]
    assert len(drawn.days) <= 8 and rules.chart(cents={}, since=date(2026, 5, 1), until=date(2026, 5, 31)) is None


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@sum", "'@sum"),
        ("\tx", "'\tx"),
        ("26-10001", "26-10001"),
        ("", ""),
    ],
)
def test_no_cell_is_taken_for_a_formula(text, safe):
    assert rules.safe_cell(text) == safe


@pytest.fixture
def reader(db) -> Client:
    """Somebody who used two courts, for two clients and for none, in two quarters; and a neighbour who used more."""
    who = account()
    used(who, cents=40, at=datetime(2026, 5, 4, 15, tzinfo=UTC), client_code="lantern", criteria="26-10001")
    used(who, cents=120, at=datetime(2026, 5, 5, 15, tzinfo=UTC), description="Image1-0")
    used(
        who,
        cents=10,
        at=datetime(2026, 5, 6, 15, tzinfo=UTC),
        court="nysb",
        client_code="=lantern",
        description="=Search",
    )
    used(who, cents=0, at=datetime(2026, 5, 7, 15, tzinfo=UTC), court="nysb", pages=30, exempt=True)
    used(who, cents=90, at=datetime(2026, 2, 1, 15, tzinfo=UTC), court="ca11")
    used(account("neighbour-one"), cents=7770, at=datetime(2026, 5, 5, 15, tzinfo=UTC), client_code="secret")
    return signed_on(who)


DAYS = {"since": "2026-05-01", "until": "2026-05-31"}


@pytest.mark.parametrize(
    ("asked", "accesses", "total"),
    [
        ({}, 4, "1.70"),
        ({"since": "2026-01-01"}, 5, "2.60"),
        ({"since": "2026-05-05", "until": "2026-05-05"}, 1, "1.20"),
        ({"court": "nysb"}, 2, "0.10"),
        ({"court": "all", "client_code": "all"}, 4, "1.70"),
        ({"client_code": "=lantern"}, 1, "0.40"),
        ({"client_code": "==lantern"}, 1, "0.10"),
        ({"client_code": "none"}, 2, "1.20"),
        ({"court": "flsb", "client_code": "none"}, 1, "1.20"),
        ({"since": "2026-05-10"}, 0, "0.00"),
    ],
)
def test_what_is_chosen_is_listed_and_summed(reader, asked, accesses, total):
    answer = reader.get("/pscof/manage/usage", DAYS | asked)
    usage = answer.context["usage"]
    assert (usage.total.accesses, len(usage.lines), str(usage.total.cost)) == (accesses, accesses, total)
    assert sum((one.cost for one in usage.by_court), Money()) == usage.total.cost
    assert sum((one.cost for one in usage.by_client), Money()) == usage.total.cost
    page = answer.content.decode()
    assert "secret" not in page and "77.70" not in page, "nobody sees a neighbour's"
    assert ("Nothing was used" in page) == (accesses == 0) and ('<svg class="ecf-chart"' in page) == (total != "0.00")


@pytest.mark.parametrize(
    ("sort", "first"), [("date", "05/07/2026"), ("court", "05/05/2026"), ("client_code", "05/07/2026")]
)
def test_the_order(reader, sort, first):
    lines = reader.get("/pscof/manage/usage", DAYS | {"sort": sort}).context["usage"].lines
    assert lines[0].printed_at.startswith(first)
    keys = {"date": [line.at for line in lines][::-1], "court": [line.court for line in lines],
            "client_code": [line.client_code for line in lines]}[sort]  # fmt: skip
    assert keys == sorted(keys)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"since": "yesterday"}, "since"),
        ({"since": "2026-06-01", "until": "2026-05-01"}, "until"),
        ({"since": "2020-01-01"}, "since"),
        ({"court": "zz"}, "court"),
        ({"client_code": "=secret"}, "client_code"),
        ({"sort": "cents"}, "sort"),
    ],
)
def test_what_cannot_be_asked_is_said(reader, asked, field):
    answer = reader.get("/pscof/manage/usage", DAYS | asked)
    assert answer.status_code == 200 and field in answer.context["form"].errors and "usage" not in answer.context
    assert reader.get("/pscof/manage/usage.csv", DAYS | asked).status_code == 400


def test_the_spreadsheet_has_every_line_and_no_formula(reader):
    answer = reader.get("/pscof/manage/usage.csv", DAYS | {"sort": "court"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(r'attachment; filename="pacer-usage-\d{7}-20260501-20260531\.csv"',
                        answer.headers["Content-Disposition"])  # fmt: skip
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert rows[0][:3] == ["Date and time (Central)", "Court", "Client code"]
    assert rows[1] == ["2026-05-05 10:00:00", "flsb", "", "Image1-0", "", "12", "1.20", "no", ""]
    assert ["2026-05-06 10:00:00", "nysb", "'=lantern", "'=Search", "", "1", "0.10", "no", ""] in rows
    assert ["2026-05-07 10:00:00", "nysb", "", "Docket Report", "", "30", "0.00", "yes", ""] in rows and len(rows) == 5


@pytest.mark.django_db
def test_a_long_list_comes_in_pages_and_its_totals_are_of_all(django_assert_max_num_queries):
    who = account()
    UsageLine.objects.bulk_create(
        UsageLine(message=uuid4(), account=who, court="flsb", at=datetime(2026, 5, 1, 12, tzinfo=UTC) + timedelta(minutes=n),
                  description="Docket Report", pages=1, cents=10)
        for n in range(250)
    )  # fmt: skip
    browser = signed_on(who)
    seen = []
    for number in ("1", "2", "3", "9", "x", "-1"):
        with django_assert_max_num_queries(16):
            answer = browser.get("/pscof/manage/usage", DAYS | {"page": number})
        usage = answer.context["usage"]
        assert (usage.total.accesses, usage.total.cost, usage.pages) == (250, Money.of("25.00"), 3)
        seen.append((usage.page, len(usage.lines)))
    assert seen == [(1, 100), (2, 100), (3, 50), (3, 50), (1, 100), (1, 100)]
    page = browser.get("/pscof/manage/usage", DAYS | {"page": "2"}).content.decode()
    assert "Page 2 of 3" in page and "page=1#transactions" in page and "page=3#transactions" in page


@pytest.mark.django_db
def test_payments_say_of_each_quarter_what_it_costs():
    who = account()
    before = rules.quarters_before(legal_day(datetime.now(UTC), rules.ZONE), count=4)
    for (since, _until), cents in zip(before[1:], (3000, 0, 3001), strict=True):
        if cents:
            used(who, cents=cents, at=datetime(since.year, since.month, 15, 18, tzinfo=UTC))
    rows = signed_on(who).get("/pscof/manage/payments").content.decode()
    cells = [
        re.sub(r"<[^>]+>", "|", row)
        for row in re.findall(r"<tr><th scope=\"row\" data-label=\"Quarter\">.*?</tr>", rows, re.DOTALL)
    ]
    assert len(cells) == 4, "none before the first use"
    assert "$0.00" in cells[0] and "Running" in cells[0]
    assert "$30.00" in cells[1] and "$0.00" in cells[1] and "Waived" in cells[1]
    assert "Nothing used" in cells[2]
    assert cells[3].count("$30.01") == 2 and "Billed" in cells[3]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["usage", "usage.csv", "payments"])
def test_only_who_signed_on_sees_bills_a_legacy_account_too(address):
    answer = Client().get(f"/pscof/manage/{address}")
    assert answer.status_code == 302 and "/csologin/login.jsf" in answer.headers["Location"]
    assert signed_on(account(upgraded_at=None)).get(f"/pscof/manage/{address}").status_code == 200
    assert signed_on(account("a-firm-of-ours", type="paa")).get(f"/pscof/manage/{address}").status_code == 200
    assert signed_on(account("somebody-else")).post(f"/pscof/manage/{address}").status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["usage", "usage.csv", "credits/new"])
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_first_and_the_last_day_of_the_calendar_break_no_page(page, day):
    browser = signed_on(account())
    browser.raise_request_exception = False
    assert browser.get(f"/pscof/manage/{page}?since={day}&until={day}").status_code in (200, 400)

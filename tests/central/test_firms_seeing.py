"""What a firm sees of its members, what it decides for them, and its report by cost center."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from openecf.central.accounts.models import Account
from openecf.central.accounts.services import securing
from openecf.central.billing import services as billing
from openecf.central.courts.models import RegisteredCourt
from openecf.central.firms import queries, reports, services
from openecf.central.firms.models import Membership
from openecf.central.signon import queries as sign_ons
from openecf.central.signon import services as signon
from openecf.platform.bus.messages import UsageRecorded
from openecf.platform.demo_cast import PASSWORD
from openecf.platform.mail.models import OutgoingMail
from tests.central.standing import standing
from tests.central.test_firms import AT, CAST, FIRM, MEMBER, another_firm, asked, browser_of, joined, people

pytestmark = pytest.mark.django_db
OTHER = CAST["pvandermeer"].id
QUIET = {"code_required": False, "code_format": "", "receipts_hidden": False}


stands, begins = standing(people)


def use(account, *, at, cents=70, code="", court="flsb") -> None:
    billing.record_usage(
        usage=UsageRecorded(
            account=account, court=court, at=at, client_code=code, description="Docket Report",
            criteria="24-10001 Secret Search", pages=cents // 10, cents=cents,
        ),
        sender=court, message_id=uuid4(), at=at,
    )  # fmt: skip


def facts() -> dict:
    begun = signon.sign_on(username="mquimby-law", password=PASSWORD, address="203.0.113.9", at=AT)
    begun.session.account.refresh_from_db()
    return sign_ons.facts(sign_ons.SignOn(begun.session, begun.session.account))


def of_the_firm(now=AT) -> reports.Report:
    since, until = reports.quarters(now=now)[0]
    return reports.report(firm=FIRM, since=since, until=until, now=now)


def test_two_steps_and_the_courts_of_a_member_are_seen():
    joined()
    (member,) = queries.members(firm=FIRM)
    assert not member.two_step and not member.files_at
    Account.objects.filter(id=MEMBER).update(second_factor_since=AT)
    for court in ("nysb", "flsb"):
        RegisteredCourt.objects.create(account_id=MEMBER, court=court, role="attorney", linked_at=AT)
    (member,) = queries.members(firm=FIRM)
    assert member.two_step and [(one.court, one.role) for one in member.files_at] == [
        ("flsb", "attorney"), ("nysb", "attorney"),
    ]  # fmt: skip
    page = browser_of("quimby-billing").get("/pscof/firm").content.decode()
    assert "FLSB (attorney)" in page and "NYSB (attorney)" in page and ">On</td>" in page


def test_a_hundred_members_cost_no_more_questions_than_one(django_assert_max_num_queries):
    joined()
    template = Account.objects.get(id=MEMBER)
    for n in range(100):
        template.pk = template.id = uuid4()
        template.number, template.username = f"74{n:05d}", f"member-{n}"
        template.save(force_insert=True)
        Membership.objects.create(firm_id=FIRM, account_id=template.id, joined_at=AT, billed_from=AT)
    browser = browser_of("quimby-billing")
    with django_assert_max_num_queries(14):
        page = browser.get("/pscof/firm").content.decode()
    assert page.count("7400") >= 100


@pytest.mark.parametrize("hidden", [True, False])
def test_courts_are_told_whether_receipts_are_hidden(hidden):
    services.set_rules(firm=FIRM, **QUIET | {"receipts_hidden": hidden}, at=AT)
    joined()
    assert facts()["receipts_hidden"] is hidden


def test_a_rule_that_changes_counts_for_who_is_a_member_already_and_courts_ask_again(monkeypatch):
    joined()
    told = []
    monkeypatch.setattr(services.sign_ons, "let_courts_ask_again_of_all", lambda **how: told.append(how["why"]))
    services.set_rules(firm=FIRM, **QUIET | {"receipts_hidden": True}, at=AT)
    assert facts()["receipts_hidden"] and told == ["firm-rules"]


@pytest.mark.parametrize("by", ["firm", "member"])
def test_the_rules_end_with_the_membership_whoever_ends_it(by):
    services.set_rules(firm=FIRM, code_required=True, code_format="AA-9999", receipts_hidden=True, at=AT)
    membership = joined()
    if by == "firm":
        services.remove(firm=FIRM, membership=membership.id, remark="left the firm", at=AT)
    else:
        services.leave(account=MEMBER, remark="new job", at=AT)
    account = Account.objects.get(id=MEMBER)
    assert (account.client_code_required, account.client_code_format, account.receipts_hidden) == (False, "", False)
    to = [mail.recipients[0] for mail in OutgoingMail.objects.order_by("-id")[:2]]
    assert set(to) == {CAST["mquimby-law"].email, CAST["quimby-billing"].email}, "both sides read of it"


def test_a_member_cannot_undo_the_firms_rule():
    services.set_rules(firm=FIRM, **QUIET | {"code_required": True}, at=AT)
    membership = joined()
    browser = browser_of("mquimby-law")
    answer = browser.post("/pscof/manage/billing-preferences", {})
    assert answer.status_code == 200 and "decides on client codes" in answer.content.decode()
    assert Account.objects.get(id=MEMBER).client_code_required
    with pytest.raises(securing.TheFirmDecides):
        securing.require_client_code(account=Account.objects.get(id=MEMBER), required=False, at=AT)
    services.remove(firm=FIRM, membership=membership.id, remark="bye", at=AT)
    assert browser.post("/pscof/manage/billing-preferences", {"client_code_required": "on"}).status_code == 302
    assert Account.objects.get(id=MEMBER).client_code_required


def test_a_member_reads_the_rules_that_count():
    services.set_rules(firm=FIRM, code_required=True, code_format="AA-9999", receipts_hidden=True, at=AT)
    joined()
    page = browser_of("mquimby-law").get("/pscof/manage/firm").content.decode()
    assert "AA-9999" in page and "show you no transaction receipts" in page


def test_an_unanswered_invitation_reads_as_such_also_after_the_account_is_asked_again():
    asked(at=AT - timedelta(days=40))
    asked(at=AT)
    outcomes = [one.outcome for one in queries.requests_of(firm=FIRM, now=AT + timedelta(days=31))]
    assert outcomes == ["lapsed", "lapsed"]
    page = browser_of("quimby-billing").get("/pscof/firm/requests").content.decode()
    assert page.count("Not answered in time") == 2 and "Taken back" not in page


def test_the_report_adds_up_by_cost_center_and_member():
    first = joined(at=AT - timedelta(days=2))
    services.set_cost_centre(firm=FIRM, membership=first.id, cost_centre="Litigation", at=AT)
    second = services.accept(
        account=OTHER,
        invitation=asked("7100003", "Vandermeer", at=AT - timedelta(days=2)).id,
        at=AT - timedelta(days=1),
    )
    before = of_the_firm().sum.cost
    use(MEMBER, at=AT - timedelta(hours=3), cents=70, code="AB-1")
    use(MEMBER, at=AT - timedelta(hours=2), cents=130, code="CD-2")
    use(OTHER, at=AT - timedelta(hours=1), cents=300)
    found = of_the_firm()
    assert found.sum.cost - before == billing_money(500)
    assert [centre.name for centre in found.centres] == ["Litigation", ""], "those without one come last"
    assert sum(centre.sum.cost.cents for centre in found.centres) == found.sum.cost.cents
    assert sum(sum_.cost.cents for _code, sum_ in found.by_client) == found.sum.cost.cents
    assert dict(found.by_client)["CD-2"].cost == billing_money(130)
    services.remove(firm=FIRM, membership=second.id, remark="moved", at=AT + timedelta(minutes=1))
    use(OTHER, at=AT + timedelta(hours=1), cents=900)
    later = of_the_firm(now=AT + timedelta(hours=2))
    assert later.sum.cost == found.sum.cost, "what it uses after it left is its own"
    assert [line.left for line in later.lines] == [False, True]


def billing_money(cents: int):
    return reports.billing.Money(cents)


def test_the_report_says_what_the_invoice_says():
    joined(at=AT)
    use(MEMBER, at=AT, cents=4_000)
    after = datetime(2026, 10, 8, tzinfo=UTC)
    billing.make_due(at=after)
    page = browser_of("quimby-billing").get("/pscof/manage/statements").content.decode()
    quarter = next(days for days in reports.quarters(now=after) if days[0].month == 7)
    found = reports.report(firm=FIRM, since=quarter[0], until=quarter[1], now=after)
    assert f"${found.sum.cost}" in page and found.quarter.is_over


def test_the_page_and_its_file_hold_amounts_and_nothing_else():
    now = datetime.now(UTC)
    joined(at=now)
    services.set_cost_centre(firm=FIRM, membership=Membership.objects.get().id, cost_centre="=HYPERLINK(1)", at=now)
    use(MEMBER, at=now, code="AB-1")
    browser = browser_of("quimby-billing")
    page = browser.get("/pscof/firm/report").content.decode()
    assert "AB-1" in page and "Quimby, Marisol" in page
    answer = browser.get("/pscof/firm/report.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    assert rows[1][0].startswith("'="), "a spreadsheet must not calculate what somebody typed"
    assert rows[1][1:3] == ["7100001", "Quimby, Marisol"]
    assert "Secret Search" not in page + answer.content.decode() and "24-10001" not in page
    assert "24-10001" not in browser.get("/pscof/manage/usage").content.decode()


@pytest.mark.parametrize("quarter", ["1999-Q1", "x", "2026-Q9", "9999-Q1"])
def test_a_quarter_that_there_is_no_report_of_is_not_found(quarter):
    browser = browser_of("quimby-billing")
    assert browser.get("/pscof/firm/report", {"quarter": quarter}).status_code == 404
    assert browser.get("/pscof/firm/report.csv", {"quarter": quarter}).status_code == 404


def test_another_firm_sees_nothing_of_it():
    joined()
    use(MEMBER, at=AT)
    other = another_firm()
    since, until = reports.quarters(now=AT)[0]
    assert not reports.report(firm=other.id, since=since, until=until, now=AT).lines


def test_the_firms_own_frame_shows_what_the_members_used():
    now = datetime.now(UTC)
    joined(at=now)
    before = queries.quarter_to_date(firm=FIRM, now=now).used
    use(MEMBER, at=now, cents=210)
    page = browser_of("quimby-billing").get("/pscof/manage").content.decode()
    assert f"${before + billing_money(210)} used" in page


def test_a_code_that_is_asked_for_does_not_let_on_whose_searching_is_suspended():
    """Courts let a filer on who lacks nothing but the code; everybody can ask themselves for one."""
    securing.require_client_code(account=Account.objects.get(id=MEMBER), required=True, at=AT)
    assert (facts()["may_search"], facts()["client_code_required"]) == (False, True)
    Account.objects.filter(id=MEMBER).update(search_status="inactive")
    assert (facts()["may_search"], facts()["client_code_required"]) == (False, False)

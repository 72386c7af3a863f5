"""Who gets the bills, and what a member of a firm sees of quarters that the firm pays for."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from pikepdf import Pdf

from openecf.central.billing import bills, context, services
from openecf.central.billing.models import MailPreference, StatementPaper
from openecf.central.billing.services import preferring
from openecf.kernel.money import Money
from openecf.platform.audit.models import AuditLine
from openecf.platform.mail.models import OutgoingMail
from tests.central.registrants import errors
from tests.central.relying import account, signed_on
from tests.central.test_billing_disputes import desk_of
from tests.central.test_billing_statements import MADE_Q1, Q1, firm, joins, used

pytestmark = pytest.mark.django_db
PAGE = "/pscof/manage/billing-email"
NOW = datetime(2026, 5, 11, 15, tzinfo=UTC)


def to() -> list[list[str]]:
    return [mail.recipients for mail in OutgoingMail.objects.order_by("id")]


def test_bills_go_to_every_address_and_each_new_one_is_told():
    who = account(email="ada@counsel.example")
    browser = signed_on(who)
    sent = {"extra": "books@counsel.example\npartner@counsel.example\nADA@counsel.example"}
    assert browser.post(PAGE, sent).status_code == 302
    everyone = ["ada@counsel.example", "books@counsel.example", "partner@counsel.example"]
    assert to() == [everyone]
    assert browser.post(PAGE, {"extra": "books@counsel.example"}).status_code == 302
    assert to()[1:] == [["ada@counsel.example"]], "who was told before is not told again; the owner is"
    browser.post(PAGE, sent)
    OutgoingMail.objects.all().delete()
    used(who, 4000)
    services.make_due(at=MADE_Q1)
    assert to() == [everyone] and "books@counsel.example" in browser.get(PAGE).content.decode()
    assert AuditLine.objects.filter(act="billing.mail-preference").count() == 3


@pytest.mark.parametrize(
    "extra", ["nobody", "a@b", "a@b.example\nnot an address", "\n".join(f"a{n}@b.example" for n in range(5)),
              "a@b.example\r\nBcc: c@d.example", "<a@b.example>"],
)  # fmt: skip
def test_what_is_no_address_is_refused(extra):
    browser = signed_on(account())
    assert "extra" in errors(browser.post(PAGE, {"extra": extra})) and not MailPreference.objects.exists()


@pytest.mark.parametrize(("only_invoices", "cents", "mailed"), [
    (False, 100, True), (False, 4000, True), (True, 100, False), (True, 4000, True),
])  # fmt: skip
def test_who_wants_invoices_only_gets_no_statement_of_a_waived_quarter(only_invoices, cents, mailed):
    who = account()
    services.set_billing_mail(payer=who.id, extra=[], only_invoices=only_invoices, at=Q1)
    used(who, cents)
    services.make_due(at=MADE_Q1)
    assert OutgoingMail.objects.exists() is mailed and StatementPaper.objects.count() == 1


def test_a_member_sees_the_own_part_of_a_quarter_and_that_the_firm_pays_for_the_rest():
    payer, who, other = firm(), account("one"), account("two")
    joined, left = Q1, Q1 + timedelta(days=10)
    joins(who, payer, joined, left)
    joins(other, payer, joined)
    for at, cents in ((joined - timedelta(seconds=1), 1000), (joined, 4000), (left, 100)):
        used(who, cents, at)
    used(other, 700)
    _running, last, *_ = context.quarters(account=who.id, is_firm=False, now=NOW)
    assert (last.used, last.by_firm, last.due) == (Money(1100), Money(4000), Money())
    _running, last, *_ = context.quarters(account=payer.id, is_firm=True, now=NOW)
    assert (last.used, last.by_firm, last.due) == (Money(4700), Money(), Money(4700))


def test_what_is_listed_is_what_is_billed():
    payer, who = firm(), account("one")
    joins(who, payer, Q1, Q1 + timedelta(days=10))
    used(who, 3100, Q1 - timedelta(days=1))
    used(who, 5000, Q1 + timedelta(days=1))
    services.make_due(at=MADE_Q1)
    for each, is_firm, due in ((who, False, 3100), (payer, True, 5000)):
        assert context.quarters(account=each.id, is_firm=is_firm, now=NOW)[1].due == Money(due)


def test_nobody_is_mailed_again_and_again_by_being_named_and_left_out_in_turn():
    browser = signed_on(account())
    for _ in range(preferring.CHANGES_A_DAY):
        assert browser.post(PAGE, {"extra": "victim@else.example"}).status_code == 302
        assert browser.post(PAGE, {"extra": ""}).status_code == 302, "leaving somebody out is always possible"
    refused = browser.post(PAGE, {"extra": "victim@else.example"})
    assert "several times today" in errors(refused)["extra"]
    assert sum("victim@else.example" in each for each in to()) == preferring.CHANGES_A_DAY


def test_who_asked_for_it_gets_the_bills_by_post_too_once():
    payers = [
        account(f"payer{n}", email=f"p{n}@counsel.example", address1="1 Elm Street", city="Miami") for n in range(3)
    ]
    for who, only_invoices in zip(payers, (False, True, False), strict=True):
        services.set_billing_mail(
            payer=who.id, extra=[], only_invoices=only_invoices, by_post=who is not payers[2], at=Q1
        )
    used(payers[0], 4000), used(payers[1], 100), used(payers[2], 4000)
    services.make_due(at=MADE_Q1)
    (waits,) = bills.to_post()
    assert waits.account_number == payers[0].number, "one wants invoices only and has none, one did not ask"
    desk, page = desk_of(), "/service-center/desk/bills"
    assert "Bills by post (1)" in desk.get("/service-center/desk/letters").content.decode()
    assert (
        desk.post(page, {"act": "print"}).status_code
        == desk.post(page, {"act": "posted", "bill": "x"}).status_code
        == 409
    )
    sent = {"act": "print", "bill": [str(waits.id), "999999"]}
    with Pdf.open(io.BytesIO(b"".join(desk.post(page, sent).streaming_content))) as printed:
        assert len(printed.pages) == 1
    assert desk.post(page, sent | {"act": "posted"}).headers["Location"] == f"{page}?posted=1"
    assert desk.post(page, sent | {"act": "posted"}).headers["Location"] == f"{page}?posted=0", "pressed twice"
    assert bills.to_post() == [] and "Nothing waits to be mailed." in desk.get(page).content.decode()
    assert AuditLine.objects.get(act="bill.posted").subject == str(payers[0].id)


def test_without_a_postal_address_nothing_comes_by_post():
    browser = signed_on(account(address1="", city=""))
    assert set(errors(browser.post(PAGE, {"extra": "", "by_post": "on"}))) == {"by_post"}
    assert not MailPreference.objects.exists()

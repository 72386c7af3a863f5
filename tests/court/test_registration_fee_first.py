"""A court that wants its registration fee before access: approval is kept, and done when the fee is paid or waived."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from openecf.court.people import services as people
from openecf.court.people.models import CourtUser
from openecf.court.registration import rules, services
from openecf.court.registration.models import FilingRequest, RequestAct
from openecf.court.registration.services import paying
from openecf.court.transition import queries as transition
from openecf.court.transition.models import CourtProfile
from openecf.platform.audit.models import AuditLine
from openecf.platform.bus.messages import RegistrationWithdrawn
from openecf.platform.bus.models import OutboxMessage
from openecf.platform.mail.models import OutgoingMail
from openecf.platform.payments.models import Attempt, Payment
from openecf.platform.payments.services import UnderWay
from tests.court.callers import client, court_user, linked
from tests.court.test_registration_desk import ACCOUNT, message
from tests.court.test_registration_paying import applicant, comes_back, gives, later, page_of, told
from tests.court.test_registration_paying import through as through  # a fixture: the gateway is the sandbox
from tests.platform.tollbooth import DECLINED, Tollbooth, at_once, tollbooth  # noqa: F401  (a fixture)
from tests.registering import FULL, application

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def fee_first(through: Tollbooth) -> None:
    wants(first=True)


def wants(*, first: bool) -> None:
    """Whether the court gives access only once its fee is settled."""
    CourtProfile.objects.filter(id=1).update(registration=FULL | {"fee_before_access": first})
    transition.forget()


def approved(*, role: str = "admission", user_id: int | None = None) -> FilingRequest:
    sent = message(said=application(role=role))
    services.take(message=sent, sender="central", at=timezone.now())
    row = FilingRequest.objects.get(id=sent.request)
    do(services.approve, row, seen=True, group="attorney", user_id=user_id, said="Welcome.", compared=True)
    row.refresh_from_db()
    return row


def do(act: Callable, row: FilingRequest, *, seen: bool = False, **facts: object) -> None:
    row.refresh_from_db()
    if seen:
        facts["seen"] = rules.Seen(row.version, row.step)
    act(**{"request_id": row.id, "by": "user:1", "at": timezone.now(), "said": "Because."} | facts)


def status(row: FilingRequest) -> str:
    row.refresh_from_db()
    return row.status


def may_file() -> CourtUser | None:
    return CourtUser.objects.filter(account=ACCOUNT).first()


def answers() -> list[str]:
    return [what for what, _said in told()]


def test_access_comes_with_the_payment_under_the_account_and_group_that_the_clerk_chose(tollbooth):  # noqa: F811
    known = court_user("limited", last_name="Halloran", login="nhalloran")
    row = approved(user_id=known.id)
    asked = OutboxMessage.objects.filter(type="registration.answered").order_by("body__step").last().body
    assert (asked["status"], asked["fee_cents"], asked["login"]) == ("fee-due", 20000, "")
    assert asked["fee_page"].endswith(page_of(row)) and status(row) == "fee-due"
    assert may_file() is None and not OutboxMessage.objects.filter(type="account.linked").exists()
    browser, clerk = applicant(), client(linked("clerk"))
    assert "access as nhalloran (Attorney)" in clerk.get(f"/court/registrations/{row.id}").content.decode()
    assert "as soon as the fee is paid" in browser.get(page_of(row)).content.decode()
    assert "Your request is approved. Pay the registration fee" in browser.get("/").content.decode()
    page = comes_back(browser, tollbooth.pays(gives(browser, row)))
    assert "Your fee is paid" in page and "You can file at this court" in page
    assert may_file().login == "nhalloran" and may_file().group == "attorney" and status(row) == "approved"
    assert answers() == ["received", "fee-due", "fee-paid", "approved"]
    last = OutboxMessage.objects.filter(type="registration.answered").order_by("body__step").last().body
    assert (last["login"], last["fee_paid"]) == ("nhalloran", True)
    assert OutboxMessage.objects.filter(type="account.linked").count() == 1
    assert [one.what for one in RequestAct.objects.filter(request=row)] == ["sent", "fee-due", "fee-paid", "let-in"]


def test_of_eight_that_come_back_at_once_one_is_let_in(tollbooth):  # noqa: F811
    row, browser = approved(), applicant()
    tollbooth.pays(gives(browser, row))
    number, payer = Attempt.objects.get().number, paying.Payer(ACCOUNT, "http://testserver")
    at_once([lambda: paying.came_back(payer=payer, number=number, at=timezone.now())] * 8)
    assert may_file() and answers() == ["received", "fee-due", "fee-paid", "approved"]


@pytest.mark.parametrize(
    ("first", "role"), [(False, "admission"), (True, "e-file")], ids=["the court does not ask", "no fee"]
)
def test_otherwise_access_comes_with_the_approval(first, role):
    wants(first=first)
    row = approved(role=role)
    assert status(row) == "approved" and may_file() and answers()[-1] == "approved"


@pytest.mark.parametrize(
    ("act", "word"), [(services.waive_fee, "fee-waived"), (services.mark_fee_paid, "fee-paid")], ids=["waived", "paid"]
)
def test_a_clerk_settles_the_fee_and_access_comes_with_it(act, word):
    row = approved()
    do(act, row)
    assert status(row) == "approved" and may_file() and told()[-2:] == [(word, "Because."), ("approved", "")]
    with pytest.raises(services.Decided):
        do(act, row)
    assert CourtUser.objects.filter(account=ACCOUNT).count() == 1


def test_a_fee_that_was_waived_before_the_approval_keeps_nobody_waiting():
    sent = message(said=application(role="admission"))
    services.take(message=sent, sender="central", at=timezone.now())
    row = FilingRequest.objects.get(id=sent.request)
    do(services.waive_fee, row)
    assert status(row) == "pending" and may_file() is None, "it is no approval"
    do(services.approve, row, seen=True, group="attorney", user_id=None)
    assert status(row) == "approved" and may_file() and not row.fee_is_due


def test_a_payment_that_comes_to_nothing_gives_no_access(tollbooth):  # noqa: F811
    tollbooth.books.settles_after = timedelta(hours=1)
    row, browser = approved(), applicant()
    comes_back(browser, tollbooth.pays(gives(browser, row), number=DECLINED))
    assert status(row) == "fee-due" and may_file() is None
    comes_back(browser, tollbooth.pays(gives(browser, row), by="ACH"))
    assert status(row) == "fee-due" and may_file() is None, "the bank was only asked"
    with pytest.raises(UnderWay):
        do(services.waive_fee, row)
    with pytest.raises(UnderWay):
        do(services.reject, row, seen=True)
    tollbooth.books.settles_after = timedelta(0)
    paying.follow(now=later(hours=7))
    assert status(row) == "approved" and may_file()


def test_the_court_may_still_say_no_and_takes_no_money_then(tollbooth):  # noqa: F811
    row, browser = approved(), applicant()
    way = gives(browser, row)
    do(services.reject, row, seen=True)
    comes_back(browser, tollbooth.pays(way))
    assert status(row) == "rejected" and may_file() is None and not row.refund_due
    assert not Payment.objects.filter(status="paid").exists() and browser.post(page_of(row)).status_code == 409
    assert answers() == ["received", "fee-due", "rejected"]


def test_a_no_that_comes_to_nothing_leaves_the_payment_as_it_is(tollbooth):  # noqa: F811
    row, browser = approved(), applicant()
    way = gives(browser, row)
    stale = rules.Seen(row.version, row.step - 1)
    with pytest.raises(services.Changed):
        services.reject(request_id=row.id, seen=stale, said="No.", by="user:1", at=timezone.now())
    comes_back(browser, tollbooth.pays(way))
    assert status(row) == "approved" and Payment.objects.get().status == "paid"


@pytest.mark.parametrize("at_the_gateway", [True, False])
def test_who_takes_the_request_back_pays_nothing_and_what_was_taken_is_given_back(tollbooth, at_the_gateway):  # noqa: F811
    row, browser = approved(), applicant()
    tollbooth.pays(gives(browser, row))
    if not at_the_gateway:  # the money is asked for at this moment, and nobody hears the answer
        Attempt.objects.update(
            state="completing", claimed_at=timezone.now(), next_look_at=timezone.now(), completions=1
        )
    back = RegistrationWithdrawn(request=row.id, at=timezone.now())
    services.take_withdrawal(message=back, sender="central", at=timezone.now())
    assert paying.follow(now=later(minutes=61)) == 1
    assert status(row) == "withdrawn" and row.refund_due is not at_the_gateway and may_file() is None
    assert Payment.objects.get().status == ("given-up" if at_the_gateway else "paid")
    clerk = client(linked("clerk"))
    page = clerk.get(f"/court/registrations/{row.id}").content.decode()
    for words in ("Paid on line when nothing was due any more: refund it", "Write down the refund"):
        assert (words in page) is not at_the_gateway


def test_a_choice_that_became_impossible_keeps_the_money_on_record_and_comes_back_to_the_desk(tollbooth):  # noqa: F811
    known = court_user("limited", last_name="Halloran")
    row, browser = approved(user_id=known.id), applicant()
    CourtUser.objects.filter(id=known.id).update(account=uuid4())
    comes_back(browser, tollbooth.pays(gives(browser, row)))
    assert status(row) == "pending" and row.fee_paid_at and may_file() is None
    assert answers() == ["received", "fee-due", "fee-paid", "received"]
    clerk = client(linked("clerk"))
    page = clerk.get(f"/court/registrations/{row.id}").content.decode()
    assert "linked to another PACER account" in page and "decide again" in page
    do(services.approve, row, seen=True, group="attorney", user_id=None)
    assert status(row) == "approved" and may_file(), "the fee is paid: nothing to wait for"


@pytest.mark.parametrize("settle", [services.waive_fee, services.mark_fee_paid], ids=["waived", "paid"])
@pytest.mark.parametrize("changed", [{}, {"last_name": "Brandywine"}], ids=["as compared", "another name since"])
def test_what_the_clerk_compared_is_looked_at_once_more_when_the_fee_lets_the_person_in(settle, changed):
    known = court_user("limited", last_name="Halloran", email="elsewhere@firm.example")
    row = approved(user_id=known.id)
    compared = AuditLine.objects.get(act="registration.compared").facts["in_common"]
    assert compared.split() and "email" not in compared.split() and row.held.in_common == compared
    CourtUser.objects.filter(id=known.id).update(**changed)
    do(settle, row)
    if changed:
        assert status(row) == "pending" and may_file() is None and answers()[-1] == "received"
        assert "Compare them again" in row.acts.get(what="not-let-in").said
        with pytest.raises(services.NotCompared):
            do(services.approve, row, seen=True, group="attorney", user_id=known.id)
        do(services.approve, row, seen=True, group="attorney", user_id=known.id, compared=True)
        assert status(row) == "approved" and may_file()
    else:
        assert status(row) == "approved" and may_file()
        facts = AuditLine.objects.get(act="registration.let-in").facts
        assert (facts["approved_by"], facts["user"], facts["in_common"]) == ("user:1", f"user:{known.id}", compared)


def test_what_cannot_be_done_is_not_kept():
    known = court_user("limited", last_name="Halloran", account=uuid4())
    with pytest.raises(people.CannotAdmit):
        approved(user_id=known.id)
    assert FilingRequest.objects.get().status == "pending" and answers() == ["received"]


def test_who_linked_a_court_login_meanwhile_is_not_asked_to_pay_for_access():
    row, browser = approved(), applicant()
    court_user("attorney", account=ACCOUNT)
    answer = browser.post(page_of(row))
    assert answer.status_code == 409 and "need not pay for access" in answer.content.decode()


@pytest.mark.parametrize(
    ("act", "form", "done"),
    [
        ("waive", {"waive-said": "An order."}, "waive"),
        ("fee", {"fee-said": "cheque 11"}, "fee"),
        ("reject", {"reject-said": "No.", "reject-version": 1, "reject-step": 2}, "reject"),
    ],
)
def test_the_desk_acts_on_it_once_and_asks_for_the_reason(act, form, done):
    row, clerk = approved(), client(linked("clerk"))
    desk = f"/court/registrations/{row.id}"
    empty = {name: "" if name.endswith("said") else value for name, value in form.items()}
    assert clerk.post(f"{desk}/{act}", empty).status_code == 200 and status(row) == "fee-due"
    assert clerk.post(f"{desk}/{act}", form).headers["Location"] == f"{desk}?done={done}"
    assert clerk.post(f"{desk}/{act}", form).status_code == 409
    assert clerk.post(f"{desk}/more", {"more-said": "x", "more-version": 1, "more-step": 3}).status_code == 409


def test_the_desk_says_that_access_waits(tollbooth):  # noqa: F811
    sent = message(said=application(role="admission"))
    services.take(message=sent, sender="central", at=timezone.now())
    desk, clerk = f"/court/registrations/{sent.request}", client(linked("clerk"))
    assert "gives access once the fee of $200.00 is paid" in clerk.get(desk).content.decode()
    form = {"approve-user": "new", "approve-group": "attorney", "approve-version": 1, "approve-step": 1}
    assert clerk.post(f"{desk}/approve", form).headers["Location"] == f"{desk}?done=fee-due"
    page = clerk.get("/court/registrations?status=fee-due").content.decode()
    assert "Approved, fee due" in page and "fee of $200.00 due" in page
    assert not OutgoingMail.objects.exists(), "the central site tells the applicant"

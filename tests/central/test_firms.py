"""Firms: asked, joined, paid for, left. The firm sees amounts and never what was looked at."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext

from openecf.central import demo
from openecf.central.accounts.models import Account
from openecf.central.billing import services as billing
from openecf.central.firms import queries, services
from openecf.central.firms.models import Invitation, Membership
from openecf.central.signon import queries as sign_ons
from openecf.central.signon import services as signon
from openecf.kernel import client_codes
from openecf.platform.bus.messages import UsageRecorded
from openecf.platform.demo_cast import ACCOUNTS, PASSWORD
from openecf.platform.mail.models import OutgoingMail
from tests.central.standing import standing

AT = datetime(2026, 8, 3, 15, tzinfo=UTC)
CAST = {one.username: one for one in ACCOUNTS}
CAST_BY_ID = {one.id: one for one in ACCOUNTS}
FIRM, MEMBER = CAST["quimby-billing"].id, CAST["mquimby-law"].id
pytestmark = pytest.mark.django_db


def people() -> None:
    """The cast's accounts; the stories begin with a firm without members."""
    demo.load(at=AT)
    Membership.objects.all().delete()


stands, begins = standing(people)


def asked(number: str = "7100001", last_name: str = "Quimby", *, firm=FIRM, at=AT) -> Invitation:
    return services.invite(firm=firm, number=number, last_name=last_name, at=at)


def joined(at=AT) -> Membership:
    return services.accept(account=MEMBER, invitation=asked(at=at).id, at=at)


def browser_of(username: str) -> Client:
    browser = Client()
    begun = signon.sign_on(username=username, password=PASSWORD, address="203.0.113.9", at=datetime.now(UTC))
    browser.cookies[settings.SESSION_COOKIE_NAME] = begun.secret
    return browser


def another_firm() -> Account:
    other = Account.objects.get(id=FIRM)
    other.pk, other.id, other.number, other.username = None, uuid4(), "7999999", "other-billing"
    other.save(force_insert=True)
    return other


@pytest.mark.parametrize(
    ("number", "last_name", "says"),
    [
        ("7100001", "Quimbly", "No account has that number and last name"),
        ("7999999", "Quimby", "No account has that number and last name"),
        ("7100005", "Brandywine", "not upgraded"),
        ("7100006", "LLP", "only people"),
    ],
)
def test_who_cannot_be_asked(number, last_name, says):
    with pytest.raises(services.CannotInvite, match=says):
        asked(number, last_name)
    assert not Invitation.objects.exists()


def test_case_and_spaces_of_a_name_do_not_count():
    assert asked(" 7100001 ", "  qUIMBY ").account_id == MEMBER


def test_asking_twice_is_refused_until_the_first_is_over():
    asked()
    with pytest.raises(services.InvitedAlready):
        asked()
    assert asked(at=AT + timedelta(days=31)).outcome == "waiting"


def test_only_the_owner_answers_and_once():
    invitation = asked()
    with pytest.raises(services.InvitationOver):
        services.accept(account=CAST["tokafor-law"].id, invitation=invitation.id, at=AT)
    services.refuse(account=MEMBER, invitation=invitation.id, at=AT)
    for act in (services.accept, services.refuse):
        with pytest.raises(services.InvitationOver):
            act(account=MEMBER, invitation=invitation.id, at=AT)
    assert not Membership.objects.exists()


@pytest.mark.parametrize("days", [31, 400])
def test_an_invitation_does_not_wait_for_ever(days):
    invitation = asked()
    with pytest.raises(services.InvitationOver):
        services.accept(account=MEMBER, invitation=invitation.id, at=AT + timedelta(days=days))


def test_joining_moves_the_balance_of_the_quarter_and_tells_both():
    membership = joined()
    assert membership.billed_from == datetime(2026, 7, 1, 5, tzinfo=UTC), "the quarter began at midnight in San Antonio"
    to = {address for mail in OutgoingMail.objects.all() for address in mail.recipients}
    assert {CAST["mquimby-law"].email, CAST["quimby-billing"].email} <= to


def test_a_new_firm_does_not_pay_what_another_paid():
    joined()
    services.leave(account=MEMBER, remark="moving on", at=AT + timedelta(days=5))
    other = another_firm()
    invitation = asked(firm=other.id, at=AT + timedelta(days=6))
    second = services.accept(account=MEMBER, invitation=invitation.id, at=AT + timedelta(days=7))
    assert second.billed_from == AT + timedelta(days=5)
    began, ends = datetime(2026, 7, 1, 5, tzinfo=UTC), datetime(2026, 10, 1, 5, tzinfo=UTC)

    def paid(firm):
        return [(one.account, one.since, one.until) for one in queries.spans_of(firm=firm, since=began, until=ends)]

    assert paid(FIRM) == [(MEMBER, began, AT + timedelta(days=5))]
    assert paid(other.id) == [(MEMBER, AT + timedelta(days=5), ends)]


def test_a_member_elsewhere_must_leave_first():
    joined()
    with pytest.raises(services.CannotInvite, match="Another firm pays"):
        asked(firm=another_firm().id)


@pytest.mark.django_db(transaction=True)
def test_of_two_firms_accepted_at_once_one_wins():
    other = another_firm()
    invitations = [asked().id, asked(firm=other.id).id] * 4

    def accept(invitation) -> bool:
        try:
            services.accept(account=MEMBER, invitation=invitation, at=AT)
        except (services.InvitationOver, services.AnotherFirmPays):
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(accept, invitations)) == 1
    assert Membership.objects.filter(left_at=None).count() == 1


def may_search() -> bool:
    begun = signon.sign_on(username="mquimby-law", password=PASSWORD, address="203.0.113.9", at=AT)
    begun.session.account.refresh_from_db()
    return sign_ons.may_search(sign_ons.SignOn(begun.session, begun.session.account))


def test_a_member_who_leaves_cannot_search_until_somebody_pays():
    joined()
    assert may_search()
    services.leave(account=MEMBER, remark="moving on", at=AT)
    assert not may_search()
    services.accept(account=MEMBER, invitation=asked(firm=another_firm().id).id, at=AT)
    assert may_search()


def test_a_member_whom_the_firm_removes_goes_on_searching():
    membership = joined()
    services.remove(firm=FIRM, membership=membership.id, remark="left the firm", at=AT)
    assert may_search()
    with pytest.raises(services.NotAMember):
        services.remove(firm=FIRM, membership=membership.id, remark="again", at=AT)
    assert "Remark: left the firm" in OutgoingMail.objects.latest("id").text


@pytest.mark.parametrize(
    ("code", "pattern", "good"),
    [
        ("AB-1234", "AA-9999", True),
        ("AB1234", "AA-9999", False),
        ("A1-1234", "AA-9999", False),
        ("anything", "", True),
        ("12.5", "99.9", True),
        ("1225", "99.9", False),
    ],
)
def test_a_format_says_which_client_codes_fit(code, pattern, good):
    assert client_codes.fits(code, pattern) is good


def test_the_firms_rules_overwrite_a_members_own():
    services.set_rules(firm=FIRM, code_required=True, code_format="AA-9999", receipts_hidden=False, at=AT)
    joined()
    member = Account.objects.get(id=MEMBER)
    assert (member.client_code_required, member.client_code_format) == (True, "AA-9999")
    assert not may_search(), "no client code was given"
    services.set_rules(firm=FIRM, code_required=False, code_format="", receipts_hidden=False, at=AT)
    assert may_search()
    with pytest.raises(services.BadFormat):
        services.set_rules(firm=FIRM, code_required=True, code_format="AA 99", receipts_hidden=False, at=AT)


def test_the_firm_sees_what_was_used_and_never_what_was_looked_at():
    joined(at=datetime.now(UTC))
    billing.record_usage(
        usage=UsageRecorded(
            account=MEMBER, court="flsb", at=datetime.now(UTC), client_code="", description="Docket Report",
            criteria="24-10001 Secret Search", pages=7, cents=70,
        ),
        sender="flsb", message_id=uuid4(), at=datetime.now(UTC),
    )  # fmt: skip
    browser = browser_of("quimby-billing")
    page = browser.get("/pscof/firm").content.decode()
    assert "Quimby, Marisol" in page and "7100001" in page
    everything = page + "".join(
        browser.get(path).content.decode() for path in ("/pscof/manage/usage", "/pscof/firm/requests", "/pscof/manage")
    )
    assert "Secret Search" not in everything and "24-10001" not in everything


def test_the_whole_story_by_pages():
    firm, member = browser_of("quimby-billing"), browser_of("mquimby-law")
    answer = firm.post("/pscof/firm", {"number": "7100001", "last_name": "quimby"})
    assert answer.headers["Location"] == "/pscof/firm?done=invited"
    offer = member.get("/pscof/manage/firm").content.decode()
    assert "Quimby &amp; Okafor LLP" in offer
    invitation = Invitation.objects.get().id
    assert member.post(f"/pscof/manage/firm/{invitation}", {"answer": "accept"}).headers["Location"].endswith("joined")
    assert "pays for you" in member.get("/pscof/manage/firm").content.decode()
    again = member.post(f"/pscof/manage/firm/{invitation}", {"answer": "accept"})
    assert again.status_code == 409 and "no longer open" in again.content.decode()
    assert member.post("/pscof/manage/firm/leave", {"remark": ""}).status_code == 200, "a remark is asked"
    assert member.post("/pscof/manage/firm/leave", {"remark": "new job"}).headers["Location"].endswith("left")
    assert "You left the firm" in member.get("/pscof/manage").content.decode()
    assert "Accepted" in firm.get("/pscof/firm/requests").content.decode()


def test_another_firms_member_is_not_to_be_found():
    membership = joined()
    other = another_firm()
    for act in (services.remove, services.set_cost_centre):
        words = {"remark": "x"} if act is services.remove else {"cost_centre": "x"}
        with pytest.raises(services.NotAMember):
            act(firm=other.id, membership=membership.id, at=AT, **words)


def test_each_side_is_written_to_in_its_own_language_whoever_acts():
    Account.objects.filter(id=MEMBER).update(language="es")
    with translation.override("ht"):
        invitation = asked()
        joined_by_mail = services.accept(account=MEMBER, invitation=invitation.id, at=AT)
        services.remove(firm=FIRM, membership=joined_by_mail.id, remark="moved on", at=AT)
        services.refuse(account=MEMBER, invitation=asked().id, at=AT)
    subjects = {FIRM: [], MEMBER: []}
    for sent in OutgoingMail.objects.order_by("id"):
        for who in subjects:
            if sent.recipients == [CAST_BY_ID[who].email]:
                subjects[who].append(sent.subject)
    assert subjects[FIRM] == [
        "A PACER account joined a firm", "A PACER account left a firm",
        "An invitation to your PACER Administrative Account was refused",
    ]  # fmt: skip
    with translation.override("es"):
        offered = str(gettext("A firm offers to pay for your PACER account"))
        expected = [offered, gettext("A PACER account joined a firm"), gettext("A PACER account left a firm"), offered]
    assert subjects[MEMBER] == expected
    assert not set(subjects[MEMBER]) & set(subjects[FIRM]), "Spanish is not English"

"""Questions to the Service Center: a guest proves the mailbox, an account asks at once, each sees the own ticket only."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone, translation

from openecf.central.accounts.services import closing
from openecf.central.service_center import services
from openecf.central.service_center.models import Post, Ticket
from openecf.central.service_center.services import merging, tickets
from openecf.platform.audit.models import AuditLine
from tests.central.registrants import mailed, without_tokens
from tests.central.relying import account, signed_on
from tests.central.test_service_center_staff import at_desk

pytestmark = pytest.mark.django_db
NOW = timezone.now
CONTACT = "/service-center/contact"
ASKED = {"name": "Nerys Halloran", "email": "nerys@counsel.example", "topic": "sign-in", "court": "",
         "text": "My telephone is gone. <script>alert(1)</script>"}  # fmt: skip


def link_of(mail) -> str:
    return re.search(r"http://central\.test(/service-center/\S+)", mail.text)[1]


@pytest.fixture
def desk():
    who = account("odile-desk")
    services.appoint(username=who.username, role="agent", by="operator", at=NOW())
    return at_desk(who)


def ask_as_guest(**changed) -> str:
    """A guest's ticket, proved; the path of its page."""
    browser = Client()
    assert browser.post(CONTACT, ASKED | changed).headers["Location"] == "/service-center/contact/sent"
    path = link_of(mailed(changed.get("email", ASKED["email"]))[-1])
    assert browser.post(path).status_code == 302
    return path


def test_a_guests_message_reaches_the_staff_when_the_mailbox_is_proved_and_not_before(desk):
    Client().post(CONTACT, ASKED)
    ticket = Ticket.objects.get()
    path = link_of(mailed(ASKED["email"])[-1])
    assert ticket.state == "unproved" and ticket.number not in desk.get("/service-center/desk/tickets").content.decode()
    assert desk.get(f"/service-center/desk/tickets/{ticket.id}").status_code == 404
    assert Client().get(path).status_code == 200 and Ticket.objects.get().state == "unproved", "scanners open links"
    Client().post(path)
    assert ticket.number in desk.get("/service-center/desk/tickets").content.decode()
    assert ticket.number in mailed(ASKED["email"])[-1].subject


def test_question_and_answer_go_to_and_fro_and_the_owner_closes(desk):
    path = ask_as_guest()
    ticket, guest = Ticket.objects.get(), Client()
    page = f"/service-center/desk/tickets/{ticket.id}"
    desk.post(page, {"take": "1"})
    desk.post(page, {"text": "She sounds real.", "to": "note"})
    assert desk.post(page, {"text": "Call us, please.", "to": "answer"}).status_code == 302
    assert "Call us, please." in mailed(ASKED["email"])[-1].text
    seen = guest.get(path).content.decode()
    assert "Call us, please." in seen and "She sounds real." not in seen and "Ada Counsel" not in seen
    assert "&lt;script&gt;" in seen and "<script>alert" not in seen
    guest.post(path, {"text": "I did."})
    assert Ticket.objects.get().state == "open" and "I did." in desk.get(page).content.decode()
    guest.post(path, {"close": "1"})
    assert Ticket.objects.get().state == "closed"
    assert "is closed" in guest.post(path, {"text": "One more thing"}).content.decode()
    assert Post.objects.count() == 4
    acts = set(AuditLine.objects.filter(subject=f"ticket:{ticket.number}").values_list("act", flat=True))
    assert acts == {
        f"service.ticket-{act}" for act in ("asked", "proved", "taken", "noted", "answered", "added", "closed")
    }


def test_an_account_asks_at_once_and_follows_it_in_the_list():
    who = account()
    browser = signed_on(who)
    where = browser.post(CONTACT, {"topic": "billing", "text": "What is this line?"}).headers["Location"]
    ticket = Ticket.objects.get()
    assert (ticket.state, ticket.email, ticket.account_id) == ("open", who.email, who.id)
    assert browser.get(where).status_code == 200
    assert ticket.number in browser.get("/service-center/tickets").content.decode()


def test_anybody_elses_ticket_is_none_by_whatever_way():
    mine = account()
    signed_on(mine).post(CONTACT, {"topic": "billing", "text": "Mine"})
    of_account = Ticket.objects.get()
    guests = ask_as_guest()
    of_guest = Ticket.objects.get(account=None)
    other = signed_on(account("other-one"))
    for ticket in (of_account, of_guest):
        assert other.get(f"/service-center/tickets/{ticket.id}").status_code == 404
    assert Client().get(f"/service-center/tickets/{of_account.id}").status_code == 302
    secret = guests.rpartition("/")[2]
    for wrong in (f"{of_account.id}/{secret}", f"{of_guest.id}/{'x' * 43}", f"{of_guest.id}/é"):
        assert Client().get(f"/service-center/ticket/{wrong}").status_code == 410
        assert Client().post(f"/service-center/ticket/{wrong}", {"text": "x"}).status_code == 410


def test_the_form_answers_alike_whether_or_not_the_address_belongs_to_an_account():
    account(email="known@counsel.example")
    answers = [Client().post(CONTACT, ASKED | {"email": f"{who}@counsel.example"}) for who in ("known", "never")]
    assert len({(one.status_code, one.headers["Location"], one.content) for one in answers}) == 1
    pages = [Client().get(link_of(mailed(f"{who}@counsel.example")[-1])) for who in ("known", "never")]
    assert without_tokens(pages[0]) == without_tokens(pages[1])


def test_one_mailbox_gets_a_few_mails_an_hour_and_the_answer_stays_the_same():
    answers = {Client(REMOTE_ADDR=f"203.0.{n}.1").post(CONTACT, ASKED).headers["Location"] for n in range(9)}
    assert answers == {"/service-center/contact/sent"} and len(mailed(ASKED["email"])) == 4


def test_one_network_asks_twenty_times_an_hour():
    codes = [Client().post(CONTACT, ASKED | {"email": f"n{n}@x.example"}).status_code for n in range(22)]
    assert codes == [302] * 20 + [429] * 2


@pytest.mark.parametrize(("changed", "field"), [
    ({"text": "  "}, "text"), ({"email": "nobody"}, "email"), ({"topic": "x"}, "topic"), ({"court": "zz"}, "court"),
    ({"name": ""}, "name"), ({"text": "x" * 5001}, "text"), ({"email": "a@b.example,c@d.example"}, "email"),
    ({"email": "a@b.example\nBcc: x@y.example"}, "email"),
])  # fmt: skip
def test_bad_input_is_told_and_nothing_is_kept(changed, field):
    answer = Client().post(CONTACT, ASKED | changed)
    assert answer.status_code == 200 and field in answer.context["form"].errors
    assert not Ticket.objects.exists()


def test_mails_are_in_the_language_in_which_it_was_asked(desk):
    with translation.override("en"):
        browser = Client(headers={"Accept-Language": "es"})
        browser.post(CONTACT, ASKED)
        browser.post(link_of(mailed(ASKED["email"])[-1]))
    ticket = Ticket.objects.get()
    assert ticket.language == "es"
    desk.post(f"/service-center/desk/tickets/{ticket.id}", {"text": "Llámenos.", "to": "answer"})
    assert "Llámenos." in mailed(ASKED["email"])[-1].text


def test_answered_tickets_rest_after_a_month_and_unproved_ones_are_forgotten_after_a_week():
    ask_as_guest()
    Client().post(CONTACT, ASKED | {"email": "never@x.example"})
    Ticket.objects.filter(state="open").update(state="answered")
    tickets.sweep(at=NOW() + timedelta(days=6))
    assert Ticket.objects.count() == 2
    tickets.sweep(at=NOW() + timedelta(days=31))
    assert [row.state for row in Ticket.objects.all()] == ["closed"]


def test_numbers_are_never_the_same():
    for n in range(3):
        ask_as_guest(email=f"n{n}@x.example")
    numbers = set(Ticket.objects.values_list("number", flat=True))
    assert len(numbers) == 3 and all(re.fullmatch(r"\d\d-\d{6}", one) for one in numbers)


def test_an_answer_goes_to_the_address_that_the_account_has_now(desk):
    """Perhaps the old mailbox is why somebody wrote: it was lost, or others read it."""
    who = account("asking-one", email="old@counsel.example")
    signed_on(who).post(CONTACT, {"topic": "sign-in", "court": "", "text": "Somebody reads my mail."})
    ticket = Ticket.objects.get()
    closing.set_email(account=who.id, email="new@counsel.example", by="agent", at=NOW())
    desk.post(f"/service-center/desk/tickets/{ticket.id}", {"text": "We know.", "to": "answer"})
    assert "We know." in mailed("new@counsel.example")[-1].text
    assert not any("We know." in mail.text for mail in mailed("old@counsel.example"))


def test_the_tickets_of_a_duplicate_account_go_on_with_the_other(desk):
    gone, kept = account("duplicate", email="d@counsel.example"), account("the-one", email="k@counsel.example")
    signed_on(gone).post(CONTACT, {"topic": "sign-in", "court": "", "text": "I have two accounts."})
    ticket = Ticket.objects.get()
    with transaction.atomic():
        merging.merge(closing_one=gone, kept=kept, by=str(uuid4()), approved_by=str(uuid4()), at=NOW())
    assert signed_on(kept).get(f"/service-center/tickets/{ticket.id}").status_code == 200
    desk.post(f"/service-center/desk/tickets/{ticket.id}", {"text": "They are one now.", "to": "answer"})
    assert "They are one now." in mailed("k@counsel.example")[-1].text


@pytest.mark.parametrize("typed", ["{n}", " {n} ", "{year} {count}", "{year}-{short}"])
def test_a_ticket_is_found_by_the_number_that_somebody_names(desk, typed):
    ask_as_guest()
    ticket = Ticket.objects.get()
    year, count = ticket.number.split("-")
    typed = typed.format(n=ticket.number, year=year, count=count, short=count.lstrip("0"))
    answer = desk.get("/service-center/desk/tickets", {"number": typed})
    assert answer.headers["Location"] == f"/service-center/desk/tickets/{ticket.id}"


@pytest.mark.parametrize("typed", ["", "99-000001", "26", "-", "x" * 30, "26-\x00", "٢٦-000001"])
def test_a_number_that_no_ticket_has_is_told_so(desk, typed):
    Client().post(CONTACT, ASKED)  # not proved: nobody's yet
    answer = desk.get("/service-center/desk/tickets", {"number": typed})
    assert answer.status_code == 200 and answer.context["find"].errors
    unproved = desk.get("/service-center/desk/tickets", {"number": Ticket.objects.get().number})
    assert unproved.status_code == 200


def test_an_accounts_page_at_the_desk_lists_its_tickets(desk):
    who = account()
    signed_on(who).post(CONTACT, {"topic": "billing", "text": "What is this line?"})
    assert Ticket.objects.get().number in desk.get(f"/service-center/desk/accounts/{who.number}").content.decode()

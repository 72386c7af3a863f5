"""Requests to file at a court: taken from the bus once, matched, decided once, told to the central site."""

from __future__ import annotations

import random
import threading
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connections
from django.utils import timezone

from openecf.court.cases import services as cases
from openecf.court.people import services as people
from openecf.court.people.models import CourtUser
from openecf.court.registration import queries, rules, services
from openecf.court.registration.models import FilingRequest
from openecf.court.registration.services.taking import NotYet
from openecf.court.transition import queries as transition
from openecf.court.transition.models import CourtProfile
from openecf.platform.audit.models import AuditLine
from openecf.platform.bus.handlers import CannotApply
from openecf.platform.bus.messages import (
    FilerContactChanged,
    RegistrationRequested,
    RegistrationWithdrawn,
)
from openecf.platform.bus.models import OutboxMessage
from openecf.platform.mail.models import OutgoingMail
from openecf.platform.registering.application import Application
from tests.court import world as invented
from tests.court.callers import client, court_user, linked, person
from tests.registering import ANSWERS, FULL, application

pytestmark = pytest.mark.django_db
ACCOUNT = UUID("0ecf0000-0000-4000-8000-00000000beef")
SEEN = rules.Seen(version=1, step=1)


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture(autouse=True)
def court(db: None, now: datetime) -> None:
    set_court(live_at=now - timedelta(days=1))


def set_court(**facts: object) -> None:
    base = {"court": "flsb", "doc_prefix": "114", "from_address": "c@flsb.example", "registration": FULL}
    CourtProfile.objects.update_or_create(id=1, defaults=base | facts)
    transition.forget()


def message(request: UUID | None = None, version: int = 1, said: Application | None = None, **facts: object):
    base = {
        "request": request or uuid4(), "version": version, "at": timezone.now(), "account": ACCOUNT,
        "number": "7100031", "username": "nhalloran-law", "language": "es", "application": said or application(),
    }  # fmt: skip
    return RegistrationRequested(**(base | facts))


def taken(now: datetime, **facts: object) -> FilingRequest:
    sent = message(**facts)
    services.take(message=sent, sender="central", at=now)
    return FilingRequest.objects.get(id=sent.request)


def answers() -> list[tuple[str, int, int]]:
    rows = OutboxMessage.objects.filter(type="registration.answered").order_by("at", "body__step")
    return [(row.body["status"], row.body["version"], row.body["step"]) for row in rows]


def approve(
    row: FilingRequest, now: datetime, *, user_id: int | None = None, group: str = "attorney", **chosen: object
):
    row.refresh_from_db()
    facts = {"compared": True, "group": group, "user_id": user_id, "by": "user:1", "at": now} | chosen
    services.approve(request_id=row.id, seen=rules.Seen(row.version, row.step), **facts)


# Taking.


def test_a_request_arrives_and_the_court_says_so(now):
    row = taken(now)
    assert (row.status, row.name, row.role, row.language) == ("pending", "Halloran, Nerys", "e-file", "es")
    assert answers() == [("received", 1, 1)]
    assert AuditLine.objects.filter(act="registration.received").count() == 1


def test_the_same_request_ten_times_is_one(now):
    sent = message()
    for _n in range(10):
        services.take(message=sent, sender="central", at=now)
    assert FilingRequest.objects.count() == 1
    assert answers() == [("received", 1, 1)]


@pytest.mark.parametrize("seed", range(6))
def test_versions_in_any_order_leave_the_newest_to_be_decided(now, seed):
    request = uuid4()
    sent = [message(request, n, application(firm=f"Firm {n}")) for n in (1, 2, 3)] * 3
    random.Random(seed).shuffle(sent)
    for one in sent:
        services.take(message=one, sender="central", at=now)
    row = FilingRequest.objects.get()
    assert (row.version, row.application["firm"], row.status) == (3, "Firm 3", "pending")
    assert sorted(row.versions.values_list("version", flat=True)) == [1, 2, 3]


def test_a_version_after_the_decision_changes_nothing(now):
    row = taken(now)
    services.reject(request_id=row.id, seen=SEEN, said="No.", by="user:1", at=now)
    services.take(message=message(row.id, 2), sender="central", at=now)
    row.refresh_from_db()
    assert (row.status, row.version) == ("rejected", 1)


@pytest.mark.parametrize(
    ("changes", "sender"),
    [
        ({}, "nysb"),
        ({"said": application(email="no-address")}, "central"),
    ],
)
def test_what_is_no_request_goes_to_the_operators_desk(now, changes, sender):
    with pytest.raises(CannotApply):
        services.take(message=message(**changes), sender=sender, at=now)
    assert not FilingRequest.objects.exists()


def test_a_request_goes_on_with_the_account_that_its_own_became(now):
    row = taken(now)
    other = uuid4()
    with pytest.raises(NotYet):
        services.take(message=message(row.id, 2, account=other), sender="central", at=now)
    for _n in range(3):
        services.follow_merger(account=ACCOUNT, into=other, number="7200002", at=now)
    services.take(message=message(row.id, 2, account=other), sender="central", at=now)
    approve(row, now)
    row.refresh_from_db()
    assert row.user.account == other, "the account that goes on"


def test_a_withdrawal_waits_for_its_request_and_never_undoes_a_decision(now):
    sent = message()
    back = RegistrationWithdrawn(request=sent.request, at=now)
    with pytest.raises(NotYet):
        services.take_withdrawal(message=back, sender="central", at=now)
    services.take(message=sent, sender="central", at=now)
    for _n in range(3):
        services.take_withdrawal(message=back, sender="central", at=now)
    row = FilingRequest.objects.get()
    assert row.status == "withdrawn" and row.acts.filter(what="withdrawn").count() == 1
    with pytest.raises(services.Decided):
        approve(row, now)
    other = taken(now, account=uuid4())
    approve(other, now)
    services.take_withdrawal(message=RegistrationWithdrawn(request=other.id, at=now), sender="central", at=now)
    other.refresh_from_db()
    assert other.status == "approved"


# Who it is.


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"email": "NERYS@counsel.example", "last_name": "Other"}, ("email",)),
        ({"bar_id": "FL0055123", "last_name": "Other"}, ("bar",)),
        ({"bar_id": "55123", "last_name": "Other"}, ("bar",)),
        ({"bar_id": "FL0055124", "last_name": "Other"}, ()),
        ({"first_name": "Nerys", "last_name": "HALLORAN"}, ("name",)),
        ({"first_name": "N.", "last_name": "Halloran"}, ("name",)),
        ({"first_name": "Owen", "last_name": "Halloran"}, ("last-name",)),
        ({"first_name": "Nerys", "last_name": "Quill"}, ("name",)),
        ({"first_name": "Nerys", "last_name": "Hallora"}, ()),
    ],
)
def test_what_an_applicant_and_an_account_have_in_common(known, expected):
    facts = {"first_name": "Lee", "last_name": "Other", "bar_id": "", "email": "lee@office.example"} | known
    user = CourtUser(**facts)
    assert rules.likeness(application(other_names="Quill"), user) == expected
    saved = court_user(**facts)
    assert [one.user.id for one in queries.candidates(application(other_names="Quill"))] == (
        [saved.id] if expected else []
    )


def test_the_likeliest_comes_first_and_the_courts_own_people_never(now):
    court_user("clerk", email="nerys@counsel.example", last_name="Halloran")
    namesake = court_user(first_name="Owen", last_name="Halloran")
    herself = court_user(first_name="Nerys", last_name="Halloran", bar_id="FL0055123", email="old@firm.example")
    found = queries.candidates(application())
    assert [one.user.id for one in found] == [herself.id, namesake.id]
    assert not any(one.is_proposed for one in found), "a bar number and a name are typed by whoever asks"


# Deciding.


def test_approved_as_a_new_person(now):
    row = taken(now)
    approve(row, now)
    row.refresh_from_db()
    user = row.user
    assert (user.login, user.group, user.account, user.account_number) == ("nhalloran", "attorney", ACCOUNT, "7100031")
    assert (user.bar_id, user.email, user.firm) == ("FL0055123", "nerys@counsel.example", "Halloran PA")
    assert user.password == "" and user.active
    assert answers() == [("received", 1, 1), ("approved", 1, 2)]
    told = OutboxMessage.objects.get(type="account.linked").body
    assert (told["account"], told["role"]) == (str(ACCOUNT), "attorney")
    assert AuditLine.objects.filter(act__in=("account.admitted", "registration.approved")).count() == 2


def test_a_login_that_is_taken_gets_a_number(now):
    court_user(login="NHalloran", last_name="Somebody")
    row = taken(now)
    approve(row, now)
    row.refresh_from_db()
    assert row.user.login == "nhalloran2"


def test_approved_as_the_person_whom_the_court_knows(now):
    known = court_user(login="nh", last_name="Halloran", email="old@firm.example", password="!hash", bar_id="FL1")
    row = taken(now)
    approve(row, now, user_id=known.id)
    known.refresh_from_db()
    assert (known.account, known.password, known.spent_password) == (ACCOUNT, "", "!hash")
    assert (known.bar_id, known.email) == ("FL1", "nerys@counsel.example")
    assert CourtUser.objects.count() == 1, "never a duplicate"
    told = {mail.recipients[0] for mail in OutgoingMail.objects.all()}
    assert told == {"old@firm.example", "nerys@counsel.example"}, "the address that the court held is warned"


@pytest.mark.parametrize(
    ("arrange", "refusal"),
    [
        (lambda now: {"group": "clerk"}, services.WrongGroup),
        (
            lambda now: {"group": "trustee", "said": application(role="creditor", form=None, answers={})},
            services.WrongGroup,
        ),
        (lambda now: {"user_id": court_user(account=uuid4()).id}, people.CannotAdmit),
        (lambda now: {"user_id": court_user("clerk").id}, people.CannotAdmit),
        (lambda now: {"user_id": 999_999}, people.CannotAdmit),
        (lambda now: court_user(account=ACCOUNT) and {}, people.CannotAdmit),
        (lambda now: {"said": application(answers={}, form=None)}, services.FormMissing),
        (lambda now: {"said": application(answers=ANSWERS | {"oath": False})}, services.FormMissing),
        (lambda now: {"said": application(answers=ANSWERS | {"chapters": ["eleven"]})}, services.FormMissing),
        (lambda now: set_court(live_at=now + timedelta(days=9)) or {}, services.NotLive),
    ],
)
def test_who_cannot_be_approved(now, arrange, refusal):
    facts = arrange(now)
    row = taken(now, said=facts.pop("said", None))
    before = CourtUser.objects.count()
    with pytest.raises(refusal):
        approve(row, now, **facts)
    row.refresh_from_db()
    assert (row.status, row.step, CourtUser.objects.count()) == ("pending", 1, before)
    assert answers() == [("received", 1, 1)]


def test_the_form_is_asked_of_new_people_only(now):
    """LF-95 is for those who do not e-file here yet: an account of the court that she has is enough."""
    known = court_user(last_name="Halloran")
    row = taken(now, said=application(files_here_already=True, form=None, answers={}))
    with pytest.raises(services.FormMissing):
        approve(row, now)
    approve(row, now, user_id=known.id)


def test_asked_for_more_sent_again_approved(now):
    row = taken(now)
    services.ask_for_more(request_id=row.id, seen=SEEN, said=" Which bar? ", by="user:1", at=now)
    services.take(message=message(row.id, 2), sender="central", at=now)
    approve(row, now)
    assert answers() == [("received", 1, 1), ("more", 1, 2), ("received", 2, 3), ("approved", 2, 4)]


def test_a_page_that_is_no_longer_true_decides_nothing(now):
    row = taken(now)
    services.take(message=message(row.id, 2), sender="central", at=now)
    for act in (services.ask_for_more, services.reject):
        with pytest.raises(services.Changed):
            act(request_id=row.id, seen=SEEN, said="x", by="user:1", at=now)
    with pytest.raises(services.Changed):
        services.approve(request_id=row.id, seen=SEEN, group="attorney", user_id=None, by="user:1", at=now)


@pytest.mark.parametrize("act", [services.ask_for_more, services.reject])
def test_an_applicant_reads_why(now, act):
    row = taken(now)
    with pytest.raises(services.WordsMissing):
        act(request_id=row.id, seen=SEEN, said="  \n ", by="user:1", at=now)


def test_of_two_clerks_at_once_one_decides(transactional_db, now):
    set_court(live_at=now - timedelta(days=1))
    row = taken(now)
    outcomes: list[str] = []
    gate = threading.Barrier(8)

    def decide(n: int) -> None:
        gate.wait()
        try:
            if n % 2:
                services.approve(request_id=row.id, seen=SEEN, group="attorney", user_id=None, by=f"user:{n}", at=now)
            else:
                services.reject(request_id=row.id, seen=SEEN, said="No.", by=f"user:{n}", at=now)
            outcomes.append("done")
        except services.CannotDecide as refusal:
            outcomes.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=decide, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("done") == 1 and outcomes.count("decided") == 7
    row.refresh_from_db()
    assert CourtUser.objects.count() == (1 if row.status == "approved" else 0)
    assert row.acts.exclude(what="sent").count() == 1


def test_a_fee_is_marked_as_paid_once_before_or_after(now):
    row = taken(now, said=application(role="admission"))
    assert row.fee_cents == 20000
    approve(row, now)
    services.mark_fee_paid(request_id=row.id, said="Receipt 7", by="user:1", at=now)
    with pytest.raises(services.Decided):
        services.mark_fee_paid(request_id=row.id, said="Receipt 8", by="user:1", at=now)
    body = OutboxMessage.objects.filter(type="registration.answered").latest("body__step").body
    assert (body["status"], body["fee_cents"], body["fee_paid"]) == ("fee-paid", 20000, True)
    free = taken(now, account=uuid4())
    with pytest.raises(services.Decided):
        services.mark_fee_paid(request_id=free.id, said="x", by="user:1", at=now)


def test_dockets_that_name_the_attorney_without_an_account_are_connected_if_the_clerk_says_so(now):
    CourtProfile.objects.all().delete()
    world = invented.make()
    set_court(live_at=now - timedelta(days=1))
    party = world.case.parties.get(position=1)
    facts = {"party_id": party.id, "at": now, "by": "system"}
    hers = cases.add_attorney(**facts, name="Nerys Halloran", email="NERYS@counsel.example", contact="", roles=["LEAD"])
    other = cases.add_attorney(**facts, name="Owen Quill", email="nerys@counsel.example", contact="", roles=[])
    row = taken(now)
    clerk = client(linked("clerk"))
    assert "Connect the appearance in 1 case" in clerk.get(f"/court/registrations/{row.id}").content.decode()
    form = {"approve-version": 1, "approve-step": 1, "approve-user": "new", "approve-group": "attorney"}
    clerk.post(f"/court/registrations/{row.id}/approve", form | {"approve-appearances": "on"})
    row.refresh_from_db()
    hers.refresh_from_db()
    other.refresh_from_db()
    assert (hers.user, other.user) == (row.user, None), "an address alone proves little"
    assert AuditLine.objects.filter(act="case.attorney-connected", subject=f"case:{world.case.id}").count() == 1
    assert cases.claim(user=row.user, email="nerys@counsel.example", last_name="Halloran", at=now, by="x") == 0


@pytest.mark.parametrize(
    ("changed", "n", "because"),
    [
        ({}, 1, "the proved address, and the last name"),
        ({"email_proved": False}, 0, "dockets print addresses: whoever types one is not who has it"),
        ({"last_name": "Hallor"}, 0, "a part of the name is another name"),
        ({"last_name": "a"}, 0, "a letter is in every name"),
        ({"last_name": "HALLORAN"}, 1, "letter case does not matter"),
        ({"last_name": "Hallo[r]an"}, 0, "what is typed is no pattern"),
    ],
)
def test_dockets_are_connected_to_the_proved_address_and_the_whole_last_name_only(now, changed, n, because):
    CourtProfile.objects.all().delete()
    world = invented.make()
    set_court(live_at=now - timedelta(days=1))
    facts = {"party_id": world.case.parties.get(position=1).id, "at": now, "by": "system"}
    hers = cases.add_attorney(
        **facts, name="Halloran, Nerys", email="nerys@counsel.example", contact="", roles=["LEAD"]
    )
    row = taken(now, said=application(**changed))
    assert queries.appearances(queries.application_of(row)) == n, because
    services.approve(
        request_id=row.id, seen=SEEN, group="attorney", user_id=None, by="user:1", at=now, appearances=True
    )
    hers.refresh_from_db()
    assert (hers.user is not None) is bool(n), because


def test_an_address_that_anybody_can_type_does_not_make_the_desk_propose_its_owners_account(now):
    court_user(login="nhalloran", first_name="Nerys", last_name="Quill", email="nerys@counsel.example")
    proved, typed = application(), application(email_proved=False)
    assert [(one.is_proposed, one.reasons) for one in queries.candidates(proved)] == [(True, ("email",))]
    assert [(one.is_proposed, one.reasons) for one in queries.candidates(typed)] == [(False, ("typed-email",))]
    row = taken(now, said=typed)
    page = client(linked("clerk")).get(f"/court/registrations/{row.id}").content.decode()
    assert "not proved" in page


def test_an_account_that_the_court_made_inactive_is_named_so_and_never_chosen_in_advance(now):
    """Approving makes it active again: that must be somebody's decision, not the page's."""
    court_user(login="nhalloran", first_name="Nerys", last_name="Halloran", email="nerys@counsel.example", active=False)
    row = taken(now)
    page = client(linked("clerk")).get(f"/court/registrations/{row.id}")
    choice = page.context["approve_form"]["user"]
    assert "not active" in str(choice.field.choices[0][1]) and not choice.initial


# Where notices go.


def test_the_newest_word_about_notices_counts(now):
    user = court_user(account=ACCOUNT, email="old@firm.example")
    words = [
        FilerContactChanged(
            account=ACCOUNT, at=now + timedelta(minutes=n), email=f"n{n}@firm.example", wants_text=n > 1
        )
        for n in (1, 2, 3)
    ]
    for one in [words[1], words[2], words[0], *words, words[2]]:
        services.take_contact(message=one, sender="central", at=now)
    user.refresh_from_db()
    assert (user.email, user.wants_text) == ("n3@firm.example", True)
    warned = [mail.recipients[0] for mail in OutgoingMail.objects.order_by("pk")]
    assert warned == ["old@firm.example", "n2@firm.example", "n2@firm.example", "n3@firm.example"]


# The pages.


def test_the_desk_in_a_clerks_browser(now):
    clerk = client(linked("clerk"))
    known = court_user(first_name="Nerys", last_name="Halloran", bar_id="0055123", login="nhal")
    row = taken(now)
    assert "Halloran, Nerys" in clerk.get("/court/registrations").content.decode()
    assert "Halloran" not in clerk.get("/court/registrations?kind=non-attorney").content.decode()
    assert "Halloran" not in clerk.get("/court/registrations?q=smith").content.decode()
    page = clerk.get(f"/court/registrations/{row.id}").content.decode()
    for words in ("same bar number", "same name", "nhal", "LF-95", "Day of your training", "I consent to electronic",
                  "(differs)", "nerys@counsel.example", known.email):  # fmt: skip
        assert words in page, words
    form = {"approve-version": 1, "approve-step": 1, "approve-user": known.id, "approve-group": "attorney"}
    unsaid = clerk.post(f"/court/registrations/{row.id}/approve", form)
    assert unsaid.status_code == 200 and "Compare them" in unsaid.content.decode()
    assert "approve_form" in unsaid.context and not unsaid.context["approve_form"].initial.get("user")
    form |= {"approve-compared": "on"}
    sent = clerk.post(f"/court/registrations/{row.id}/approve", form)
    assert sent.status_code == 302
    again = clerk.post(f"/court/registrations/{row.id}/approve", form)
    assert again.status_code == 409
    said = again.content.decode()
    assert "decided or taken back before" in said and "The last to act was Lee Clerk" in said
    assert CourtUser.objects.get(id=known.id).account == ACCOUNT


def test_the_applicant_has_the_menus_after_approval(now):
    who = person(account=ACCOUNT, name="Nerys Halloran")
    assert "/filing/" not in client(who).get("/").content.decode()
    approve(taken(now), now)
    assert "/filing/" in client(who).get("/").content.decode()


@pytest.mark.parametrize("act", ["approve", "more", "reject", "fee"])
def test_a_form_with_nothing_in_it_says_what_is_missing(now, act):
    row = taken(now, said=application(role="admission"))
    answer = client(linked("clerk")).post(f"/court/registrations/{row.id}/{act}", {})
    assert answer.status_code == 200 and "There is a problem" in answer.content.decode()
    row.refresh_from_db()
    assert row.status == "pending"


def test_what_is_missing_of_the_form_is_named(now):
    row = taken(now, said=application(answers={}, form=None))
    clerk = client(linked("clerk"))
    form = {"approve-version": 1, "approve-step": 1, "approve-user": "new", "approve-group": "attorney"}
    said = clerk.post(f"/court/registrations/{row.id}/approve", form).content.decode()
    assert "form is not complete" in said and "Are you a member of the bar of this district?" in said


def test_many_requests_come_in_pages(now):
    for n in range(30):
        taken(now + timedelta(minutes=n), account=uuid4(), said=application(last_name=f"Person{n:02d}"))
    clerk = client(linked("clerk"))
    first, second = (clerk.get(f"/court/registrations?page={n}").content.decode() for n in (1, 2))
    assert "Person00" in first and "Person29" not in first and "Person29" in second
    assert "30 requests" in first
    assert clerk.get("/court/registrations?page=99999999999999999999").status_code == 200

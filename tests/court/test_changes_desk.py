"""Changes of name and address that filers ask for: taken once in any order, compared, decided once, told."""

from __future__ import annotations

import itertools
import threading
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import OperationalError, connection, connections
from django.utils import timezone

from openecf.court.cases.models import Case, Party, Representation
from openecf.court.docket.models import Entry
from openecf.court.notices.models import Notice
from openecf.court.people.models import CourtUser
from openecf.court.registration import services
from openecf.court.registration.models import ChangeRequest
from openecf.court.registration.services import spreading
from openecf.platform.audit.models import AuditLine
from openecf.platform.bus.handlers import CannotApply
from openecf.platform.bus.messages import ChangeRequested
from openecf.platform.bus.models import OutboxMessage
from tests.court.callers import client, court_user, linked
from tests.court.test_registration_desk import set_court

pytestmark = pytest.mark.django_db
ACCOUNT = UUID("0ecf0000-0000-4000-8000-00000000cafe")
OLD = {"firm": "Old & Co.", "address_lines": ["1 Old Street", "Miami, FL 33101"], "phone": "(305) 555-0100"}
NEW = {"firm": "New LLP", "address_lines": ["9 Pier Street", "Miami, FL 33130"], "phone": "(305) 555-0199"}
AT = timezone.now()


@pytest.fixture(autouse=True)
def live(db: None) -> None:
    set_court(live_at=timezone.now() - timedelta(days=1))


def filer(group: str = "attorney", **facts: object) -> CourtUser:
    return court_user(group, account=ACCOUNT, account_number="7200001", login="acounsel", **(OLD | facts))


def asked(kind: str = "address", said: dict | None = None, minute: int = 0, **facts: object) -> ChangeRequested:
    base = {"request": uuid4(), "at": AT + timedelta(minutes=minute), "account": ACCOUNT, "number": "7200001",
            "kind": kind, "said": NEW if said is None else said}  # fmt: skip
    return ChangeRequested(**(base | facts))


def take(*messages: ChangeRequested) -> None:
    for one in messages:
        services.take_change(message=one, sender="central", at=timezone.now())


def status_of(message: ChangeRequested) -> str:
    return ChangeRequest.objects.get(id=message.request).status


def told() -> list[tuple[str, str, str]]:
    rows = OutboxMessage.objects.filter(type="change.answered").order_by("at", "id")
    return [(row.body["status"], row.body["why"], row.body["said"]) for row in rows]


def test_a_clerk_sees_old_and_new_side_by_side_and_accepts_and_it_holds_once():
    user, one, clerk = filer(), asked(), client(linked("clerk"))
    take(one, one)
    user.refresh_from_db()
    assert (user.firm, told()) == ("Old & Co.", [("received", "", "")]), "nothing holds before it is accepted"
    assert "1 to be decided" in clerk.get("/court/registrations").content.decode()
    assert "Registrations to file (1 to be decided)" in clerk.get("/court/").content.decode()
    assert f"/court/registrations/changes/{one.request}" in clerk.get("/court/registrations/changes").content.decode()
    address = f"/court/registrations/changes/{one.request}"
    shown = {fact.label: (fact.before, fact.after, fact.differs) for fact in clerk.get(address).context["facts"]}
    assert shown["Address"] == ("1 Old Street\nMiami, FL 33101", "9 Pier Street\nMiami, FL 33130", True)
    assert shown["Fax"] == ("", "", False)
    assert clerk.post(f"{address}/accept").headers["Location"] == f"{address}?done=accept"
    again = clerk.post(f"{address}/accept")
    assert again.status_code == 409 and "decided or taken back before" in again.content.decode()
    take(one)
    user.refresh_from_db()
    assert {name: getattr(user, name) for name in NEW} == NEW and user.last_name == "Attorney"
    assert told() == [("received", "", ""), ("accepted", "", "")]
    line = AuditLine.objects.get(act="people.particulars-changed")
    assert (line.subject, line.facts["fields"]) == (f"user:{user.id}", ["firm", "address_lines", "phone"])
    page = clerk.get(address).content.decode()
    assert "1 Old Street" in page and "Before" in page, "what held then stays to be read"
    assert "/accept" not in page
    assert "acounsel" in clerk.get("/court/registrations/changes?show=decided").content.decode()


def test_a_rejection_needs_a_reason_changes_nothing_and_the_reason_travels():
    user, clerk = filer(), client(linked("clerk"))
    one = asked("name", {"first_name": "Ada", "last_name": "Married"})
    take(one)
    address = f"/court/registrations/changes/{one.request}"
    assert "Give the reason" in clerk.post(f"{address}/reject", {"reject-said": "  "}).content.decode()
    assert status_of(one) == "pending"
    clerk.post(f"{address}/reject", {"reject-said": "Send the order of the name change."})
    user.refresh_from_db()
    assert user.last_name == "Attorney" and told()[-1] == ("rejected", "", "Send the order of the name change.")
    assert clerk.post(f"{address}/accept").status_code == 409
    assert clerk.post(f"{address}/shred").status_code == 404
    assert clerk.get(f"/court/registrations/changes/{uuid4()}").status_code == 404


def test_the_newest_wish_of_a_kind_waits_in_whatever_order_they_come():
    filer()
    for order in itertools.permutations(range(3)):
        ChangeRequest.objects.all().delete()
        three = [asked(said=NEW | {"firm": f"Firm {n}"}, minute=n) for n in range(3)]
        name = asked("name", {"last_name": "Other"}, minute=1)
        take(*(three[n] for n in order), name, *three)
        assert [status_of(one) for one in three] == ["replaced", "replaced", "pending"]
        assert status_of(name) == "pending", "another kind is another wish"
    with pytest.raises(services.Decided):
        services.accept_change(change_id=three[0].request, by="user:1", at=timezone.now())


def test_one_that_comes_late_does_not_undo_a_newer_one_that_was_accepted():
    user, newer = filer(), asked(minute=5)
    take(newer)
    services.accept_change(change_id=newer.request, by="user:1", at=timezone.now())
    older = asked(said=NEW | {"firm": "Older LLP"}, minute=1)
    take(older)
    user.refresh_from_db()
    assert (status_of(older), user.firm) == ("replaced", "New LLP")


@pytest.mark.parametrize(
    ("group", "facts", "why"),
    [
        (None, {}, "not-linked"),
        ("attorney", {"active": False, "suspended_at": AT}, "suspended"),
        ("clerk", {}, "own-people"),
    ],
)
def test_who_does_not_file_here_is_refused_on_arrival(group, facts, why):
    if group:
        filer(group, **facts)
    one = asked()
    take(one, one)
    assert status_of(one) == "refused" and told() == [("refused", why, "")]
    assert client(linked("clerk")).get(f"/court/registrations/changes/{one.request}").status_code == 200


def test_who_was_unlinked_meanwhile_is_not_changed_and_can_be_told_so():
    user, one, clerk = filer(), asked(), client(linked("clerk"))
    take(one)
    CourtUser.objects.filter(id=user.id).update(account=None)
    page = clerk.post(f"/court/registrations/changes/{one.request}/accept")
    assert page.status_code == 409 and "does not file here now" in page.content.decode()
    user.refresh_from_db()
    assert (user.firm, status_of(one)) == ("Old & Co.", "pending")
    services.reject_change(change_id=one.request, said="You are not linked any more.", by="user:1", at=timezone.now())
    assert told()[-1][0] == "rejected"


def test_an_end_of_filing_that_is_accepted_suspends_at_the_persons_own_request():
    user, one = filer(), asked("deactivation", {"reason": "I retire."})
    take(one)
    page = client(linked("clerk")).get(f"/court/registrations/changes/{one.request}").content.decode()
    assert "I retire." in page and "suspended at the person" in page
    services.accept_change(change_id=one.request, by="user:1", at=timezone.now())
    user.refresh_from_db()
    assert (user.active, user.suspended_why) == (False, "At your own request: I retire.")
    standing = OutboxMessage.objects.get(type="account.standing").body
    assert standing["linked"] and standing["suspended"]


def test_what_is_no_change_of_the_central_sites_is_not_applied():
    filer()
    with pytest.raises(CannotApply):
        services.take_change(message=asked(), sender="flsd", at=timezone.now())
    with pytest.raises(CannotApply):
        take(asked("name", NEW))
    assert not ChangeRequest.objects.exists()


def test_the_wishes_of_a_closed_duplicate_go_on_as_the_others():
    filer()
    other = uuid4()
    address, name = asked(), asked("name", {"last_name": "Married"})
    take(address, name)
    ChangeRequest.objects.create(id=uuid4(), account=other, account_number="7200002", kind="name", said={},
                                 status="pending", asked_at=AT, received_at=AT)  # fmt: skip
    for _n in range(2):
        services.changes_follow_merger(account=ACCOUNT, into=other, number="7200002", at=timezone.now())
    assert (status_of(address), status_of(name)) == ("pending", "replaced")
    assert set(ChangeRequest.objects.values_list("account", flat=True)) == {other}


@pytest.mark.django_db(transaction=True)
def test_of_a_clerk_who_accepts_and_a_newer_wish_that_arrives_at_once_both_are_done_in_turn():
    user, older, newer = filer(), asked(), asked(said=NEW | {"firm": "Newest LLP"}, minute=1)
    take(older)
    both, outcomes = threading.Barrier(2), []

    def accept() -> None:
        both.wait(30)
        try:
            services.accept_change(change_id=older.request, by="user:1", at=timezone.now())
            outcomes.append("accepted")
        except services.Decided:
            outcomes.append("replaced")
        finally:
            connections.close_all()

    def arrive() -> None:
        both.wait(30)
        try:
            take(newer)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=accept), threading.Thread(target=arrive)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    user.refresh_from_db()
    assert outcomes == [status_of(older)] and status_of(newer) == "pending"
    assert user.firm == ("New LLP" if outcomes == ["accepted"] else "Old & Co.")


# On the dockets of the person's cases.


class Dockets:
    """The filer appears in two open cases and a closed one, in each with the old address; another attorney, too."""

    def __init__(self) -> None:
        self.user = filer(email="ada@counsel.example")
        other = court_user(login="other", first_name="Tobias", last_name="Other", account=uuid4())
        self.cases = [self._case(n, other) for n in range(3)]
        Case.objects.filter(id=self.cases[2].id).update(terminated=AT.date())
        self.clerk = client(linked("clerk"))

    def _case(self, n: int, other: CourtUser) -> Case:
        case = Case.objects.create(year=2024, serial=20001 + n, number=f"24-2000{1 + n}", caption=f"Debtor {n}")
        party = Party.objects.create(case=case, position=1, name=f"Debtor {n}", type="Debtor")
        rival = Party.objects.create(case=case, position=2, name="Birch & Sons", type="Creditor")
        Representation.objects.create(
            party=party, user=self.user, position=1, name="Lee Attorney", contact="1 Old Street"
        )
        Representation.objects.create(party=rival, user=other, position=1, name="Tobias Other", contact="1 Old Street")
        return case

    def accept(self, one: ChangeRequested, **said: object):
        said = {f"accept-{name}": value for name, value in said.items()}
        return self.clerk.post(f"/court/registrations/changes/{one.request}/accept", said)

    def printed(self) -> list[bool]:
        """For each case whether its docket prints the new address."""
        rows = Representation.objects.filter(user=self.user).order_by("party__case__serial")
        return ["9 Pier Street" in row.contact for row in rows]

    def entries(self) -> list[tuple[str, str, str]]:
        return list(Entry.objects.order_by("case__serial").values_list("case__number", "number", "text"))


def jobs() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s", [spreading.SPREAD_JOB])
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("said", "printed"),
    [
        ({"which": "open"}, [True, True, False]),
        ({"which": "all", "docketed": "on"}, [True, True, True]),
        ({"which": "chosen", "chosen": [0, 2], "docketed": "on"}, [True, False, True]),
        ({"which": "none", "docketed": "on"}, [False, False, False]),
    ],
    ids=["open", "all, told", "chosen, told", "none"],
)
def test_a_new_address_is_printed_in_the_cases_that_the_clerk_says_and_told_where_the_court_wants(said, printed):
    there, one = Dockets(), asked()
    take(one)
    chosen = {"chosen": [there.cases[n].id for n in said["chosen"]]} if "chosen" in said else {}
    assert there.accept(one, **(said | chosen)).status_code == 302
    assert there.printed() == [False] * 3 and jobs() == int(any(printed)), "a job does it, case by case"
    for _n in range(3):
        spreading.spread(change_id=one.request, at=timezone.now())
    assert there.printed() == printed
    assert not Representation.objects.filter(contact__contains="Pier").exclude(user=there.user).exists()
    told_in = [n for n, done in enumerate(printed) if done] if "docketed" in said else []
    assert there.entries() == [
        (f"24-2000{1 + n}", "", f"Change of Address of Lee Attorney for Debtor {n}: New LLP; 9 Pier Street; "
         "Miami, FL 33130; (305) 555-0199; Email: ada@counsel.example.")
        for n in told_in
    ]  # fmt: skip
    assert Notice.objects.count() == len(told_in), "everybody in the case has notice"
    assert AuditLine.objects.filter(act="registration.change-spread").count() == sum(printed)
    words = told()[-1][2]
    assert (f"{sum(printed)} cases of yours" in words) is any(printed) and ("An entry there" in words) is bool(told_in)
    address = f"/court/registrations/changes/{one.request}"
    page = there.clerk.get(address).content.decode()
    assert (f"done in {sum(printed)} of {sum(printed)} cases" in page) is any(printed)
    Case.objects.filter(id=there.cases[0].id).update(restriction=6)
    assert f"of {sum(printed)} case" not in there.clerk.get(address).content.decode().replace("dockets of", "")


def test_the_desk_proposes_what_the_person_wishes_and_what_the_courts_profile_says():
    there = Dockets()
    one = asked(said=NEW | {"cases": "none"})
    take(one)
    set_court(live_at=timezone.now() - timedelta(days=1), registration={"changes_docketed": True})
    address = f"/court/registrations/changes/{one.request}"
    form = there.clerk.get(address).context["accept_form"]
    assert (form.initial, len(form.fields["chosen"].choices)) == ({"which": "none", "docketed": True}, 3)
    assert "Open cases (2)" in str(form) and "closed ones too (3)" in str(form) and "Debtor 2 (closed" in str(form)
    Case.objects.filter(id=there.cases[0].id).update(restriction=6)
    page = there.clerk.get(address).content.decode()
    assert "Open cases (1)" in page and "closed ones too (2)" in page, "nor how many are open to chambers alone"
    for wrong in ({}, {"which": "some"}, {"which": "chosen"}, {"which": "chosen", "chosen": [1_000_000]}):
        assert there.accept(one, **wrong).status_code == 200 and status_of(one) == "pending"
    stranger = court_user(login="stranger", account=uuid4())
    ChangeRequest.objects.filter(id=one.request).update(user=stranger)
    assert "accept-which" not in there.clerk.get(address).content.decode(), "whoever has no case is asked nothing"


def test_a_new_name_is_printed_and_one_case_that_fails_keeps_no_other_from_it(monkeypatch):
    there, one = Dockets(), asked("name", {"first_name": "Lee", "last_name": "Married"})
    take(one)
    there.accept(one, which="open", docketed="on")
    real = spreading.cases.edit_representation

    def fails_once(**facts):
        monkeypatch.setattr(spreading.cases, "edit_representation", real)
        raise OperationalError("the server went away")

    monkeypatch.setattr(spreading.cases, "edit_representation", fails_once)
    with pytest.raises(spreading.NotSpread):
        spreading.spread(change_id=one.request, at=timezone.now())
    names = (
        Representation.objects.filter(user=there.user).order_by("party__case__serial").values_list("name", flat=True)
    )
    assert list(names) == ["Lee Attorney", "Lee Married", "Lee Attorney"]
    assert spreading.spread(change_id=one.request, at=timezone.now()) == 1, "the job's next run does the rest"
    assert [text for _case, _number, text in there.entries()] == [
        f"Change of Name: Lee Attorney is now Lee Married for Debtor {n}." for n in (0, 1)
    ]


def test_who_left_a_case_meanwhile_and_what_is_printed_already_are_let_be():
    there, one = Dockets(), asked()
    take(one)
    there.accept(one, which="all", docketed="on")
    first, second = (Representation.objects.get(user=there.user, party__case=case) for case in there.cases[:2])
    Representation.objects.filter(id=first.id).update(terminated=AT.date())
    there.user.refresh_from_db()
    Representation.objects.filter(id=second.id).update(contact=spreading.cases.contact_of(there.user))
    assert spreading.spread(change_id=one.request, at=timezone.now()) == 3
    assert there.printed() == [False, True, True] and [case for case, *_rest in there.entries()] == ["24-20003"]

"""Who files here already asks once more: suspended, to be let in again; without an attorney, for another case. One person each."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from openecf.court.cases.models import Case, Party, Representation
from openecf.court.people import queries as people_queries
from openecf.court.people import services as people
from openecf.court.people import standing
from openecf.court.people.models import CourtUser
from openecf.court.people.rules import Standing, as_filer
from openecf.court.registration import services
from openecf.court.registration.models import FilingRequest
from openecf.platform.audit.models import AuditLine
from openecf.platform.bus.models import OutboxMessage
from tests.court.callers import client, court_user, linked, person
from tests.court.test_registration_desk import ACCOUNT, approve, set_court, taken
from tests.registering import FULL, application

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture(autouse=True)
def live(db: None) -> None:
    set_court(live_at=NOW - timedelta(days=1))


def herself(**facts: object) -> CourtUser:
    """Nerys Halloran as the court has her, linked, suspended in March."""
    known = {"first_name": "Nerys", "last_name": "Halloran", "login": "nh", "email": "nerys@counsel.example"}
    user = court_user(account=ACCOUNT, account_number="7100031", **(known | facts))
    standing.suspend(user_id=user.id, said="Order 24-7.", by="user:1", at=NOW)
    return user


def desk(row: FilingRequest):
    """A clerk's browser, and the request's page."""
    return client(linked("clerk")), f"/court/registrations/{row.id}"


def sent(row: FilingRequest, **said: object) -> dict:
    row.refresh_from_db()
    return {f"approve-{name}": value for name, value in ({"version": row.version, "step": row.step} | said).items()}


def may_file() -> bool:
    return as_filer(people_queries.reader_of(person(account=ACCOUNT))) is Standing.WELCOME


def told_central() -> dict:
    return OutboxMessage.objects.filter(type="account.standing").order_by("at", "id").last().body


def test_who_was_suspended_applies_anew_and_gets_the_same_account_back():
    user = herself()
    refused = client(person(account=ACCOUNT)).get("/filing/").content.decode()
    assert "Order 24-7." in refused and "apply anew in Manage My Account" in refused
    row = taken(NOW)
    clerk, page = desk(row)
    assert "Reinstatement" in clerk.get("/court/registrations").content.decode()
    shown = clerk.get(page)
    assert "Reinstatement" in shown.content.decode() and "Order 24-7." in shown.content.decode()
    assert [value for value, _words in shown.context["approve_form"].fields["user"].choices] == [str(user.id)]
    done = clerk.post(f"{page}/approve", sent(row, user=user.id, group="attorney", said="Welcome back."))
    assert done.status_code == 302 and may_file()
    user.refresh_from_db()
    assert (user.active, user.suspended_at, user.suspended_why, user.firm) == (True, None, "", "Halloran PA")
    assert CourtUser.objects.filter(last_name="Halloran").count() == 1, "never a duplicate"
    assert (told_central()["linked"], told_central()["suspended"]) == (True, False)
    line = AuditLine.objects.get(act="people.reinstated")
    assert (line.subject, line.facts["was"]) == (f"user:{user.id}", "Order 24-7.")
    assert clerk.post(f"{page}/approve", sent(row, user=user.id, group="attorney")).status_code == 409


def test_a_rejected_reinstatement_leaves_the_filer_suspended_and_a_new_account_is_no_choice():
    user, row = herself(), taken(NOW)
    clerk, page = desk(row)
    assert clerk.post(f"{page}/approve", sent(row, user="new", group="attorney", another="on")).status_code == 200
    with pytest.raises(people.CannotAdmit):
        approve(row, NOW, user_id=None)
    other = court_user(last_name="Halloran", first_name="Nerys")
    with pytest.raises(people.CannotAdmit):
        approve(row, NOW, user_id=other.id)
    row.refresh_from_db()
    assert clerk.post(f"{page}/reject", {"reject-version": row.version, "reject-step": row.step,
                                         "reject-said": "Not yet."}).status_code == 302  # fmt: skip
    user.refresh_from_db()
    assert not may_file() and user.suspended_why == "Order 24-7." and CourtUser.objects.count() == 3


@pytest.mark.parametrize(("cents", "before", "owes"), [(5000, True, 5000), (0, False, 0), (None, False, 7500)])
def test_the_courts_fee_of_reinstatement_is_asked_and_where_it_comes_first_filing_waits_for_it(cents, before, owes):
    registration = FULL | {
        "fee_before_access": before,
        "accepts": {"e-file": {"fee_cents": 7500, "reinstatement_cents": cents}},
    }
    set_court(live_at=NOW - timedelta(days=1), registration=registration)
    user, row = herself(), taken(NOW)
    assert row.fee_cents == owes
    approve(row, NOW, user_id=user.id)
    assert may_file() is not before
    if before:
        CourtUser.objects.filter(id=user.id).update(email="changed@elsewhere.example")
        services.mark_fee_paid(request_id=row.id, said="Receipt 7", by="user:1", at=NOW)
        assert may_file(), "whose account it is does not depend on an address"
    other = taken(NOW, account=uuid4(), said=application(email="somebody@else.example", last_name="Else"))
    assert other.fee_cents == 7500, "others pay what everybody pays"


@pytest.mark.parametrize(
    ("known", "asks"),
    [
        ({"email": "nerys@counsel.example"}, True),
        ({"bar_id": "FL0055123"}, True),
        ({"first_name": "Nerys", "active": False, "suspended_at": NOW, "account": uuid4()}, True),
        ({"first_name": "Nerys"}, False),
    ],
    ids=["address", "bar number", "name of somebody suspended, with another PACER account", "name alone"],
)
def test_a_second_account_for_what_seems_one_person_is_made_only_if_a_clerk_compared(known, asks):
    """Who was suspended, or whose link was ended, may come with a new PACER account, too."""
    court_user(**({"first_name": "N", "last_name": "Halloran", "email": "old@firm.example", "login": "old"} | known))
    row = taken(NOW)
    clerk, page = desk(row)
    said = sent(row, user="new", group="attorney")
    if asks:
        answer = clerk.post(f"{page}/approve", said)
        assert answer.status_code == 200 and "that it is another person" in answer.content.decode()
        with pytest.raises(services.SamePerson):
            approve(row, NOW, compared=False)
    assert CourtUser.objects.filter(last_name="Halloran").count() == 1
    assert clerk.post(f"{page}/approve", said | {"approve-another": "on"}).status_code == 302
    assert AuditLine.objects.filter(act="registration.another-person").count() == int(asks)


# Without an attorney.


class OfACase:
    """Somebody who asks to file without an attorney in the case of Ash Grove, in which Nerys Halloran is a creditor."""

    def __init__(self, role: str = "pro-se") -> None:
        set_court(live_at=NOW - timedelta(days=1), registration=FULL | {"accepts": {role: {}}, "form": None})
        self.case = Case.objects.create(year=2024, serial=10002, number="24-10002", caption="Ash Grove")
        self.debtor = Party.objects.create(case=self.case, position=1, name="Ash Grove", type="Debtor")
        self.party = Party.objects.create(case=self.case, position=2, name="Nerys Halloran", type="Creditor")
        said = application(role=role, case_number="24-10002", form=None, answers={}, bars=[])
        self.row = taken(NOW, said=said)
        self.clerk, self.page = desk(self.row)

    def approve(self, **said: object):
        return self.clerk.post(f"{self.page}/approve", sent(self.row, group="pro-se", **said))


def cases_of(user: CourtUser) -> list[str]:
    rows = Representation.objects.filter(user=user, terminated=None).order_by("id")
    return list(rows.values_list("party__case__number", flat=True))


def test_approving_somebody_without_an_attorney_adds_the_case_and_proposes_the_party_of_that_name():
    there = OfACase()
    form = there.clerk.get(there.page).context["approve_form"]
    assert form.initial["party"] == there.party.id and len(form.fields["party"].choices) == 3
    assert there.approve(user="new", party=1_000_000).status_code == 200
    assert there.approve(user="new", party=there.party.id).status_code == 302
    there.row.refresh_from_db()
    assert (there.row.user.group, cases_of(there.row.user)) == ("pro-se", ["24-10002"])


def test_other_cases_that_name_the_person_without_an_attorney_let_nobody_file_by_that():
    there = OfACase()
    other = Case.objects.create(year=2024, serial=10003, number="24-10003", caption="Birch")
    party = Party.objects.create(case=other, position=1, name="Nerys Halloran", type="Creditor")
    Representation.objects.create(party=party, position=1, name="Nerys Halloran", email="nerys@counsel.example",
                                  roles=["PRO SE"])  # fmt: skip
    assert there.approve(user="new", party=there.party.id, appearances="on").status_code == 302
    there.row.refresh_from_db()
    assert cases_of(there.row.user) == ["24-10002"], "each case is a permission of its own"


def test_a_party_with_counsel_is_nobody_without_an_attorney_and_nothing_is_half_done():
    there = OfACase()
    Representation.objects.create(party=there.party, position=1, name="Counsel", roles=["LEAD ATTORNEY"])
    answer = there.approve(user="new", party=there.party.id)
    assert answer.status_code == 409 and "Somebody else appears for this party" in answer.content.decode()
    there.row.refresh_from_db()
    assert there.row.status == "pending" and not CourtUser.objects.filter(last_name="Halloran").exists()
    assert there.approve(user="new", party="").status_code == 302, "later, on the person's page"


def test_who_files_without_an_attorney_asks_for_another_case_under_the_same_account():
    there = OfACase()
    user = court_user("pro-se", account=ACCOUNT, last_name="Halloran", login="nh")
    shown = there.clerk.get(there.page).content.decode()
    assert "Another case" in shown and "nothing to approve" not in shown
    assert there.approve(user=user.id, party="").status_code == 409, "which case?"
    assert there.approve(user=user.id, party=there.party.id).status_code == 302
    user.refresh_from_db()
    assert cases_of(user) == ["24-10002"] and CourtUser.objects.filter(last_name="Halloran").count() == 1
    assert user.login == "nh" and user.firm == "", "what the court has of the person stays"


@pytest.mark.parametrize("group", ["attorney", "limited", "clerk"])
def test_who_may_file_already_has_nothing_to_ask(group):
    there = OfACase()
    court_user(group, account=ACCOUNT)
    assert "nothing to approve" in there.clerk.get(there.page).content.decode()
    with pytest.raises(people.CannotAdmit):
        approve(there.row, NOW, group="pro-se")

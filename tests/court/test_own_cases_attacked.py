"""Ways around the rule that somebody files in single cases alone, and around a suspension, that a reader of the code tried."""

from __future__ import annotations

import threading
from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from openecf.court.cases.models import Case, Party, Representation
from openecf.court.docket.models import Entry
from openecf.court.filing import drafts, queries, services
from openecf.court.filing.models import Draft
from openecf.court.people import standing
from openecf.court.people.models import CourtUser
from openecf.court.registration import queries as desk_queries
from openecf.court.registration import services as desk
from openecf.court.registration.models import RequestAct
from openecf.platform.audit.models import AuditLine
from openecf.platform.config import this_site
from tests.court.callers import court_user
from tests.court.test_own_cases import EVENT, Alone, words
from tests.court.test_registration_again import NOW, OfACase, herself, may_file, sent
from tests.court.test_registration_desk import ACCOUNT, approve, set_court, taken
from tests.court.world import AT
from tests.registering import FULL
from tests.stand import until

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(this_site().id != "flsb", reason="files the bankruptcy court's events"),
]


def somebody_waits() -> bool:
    """Asked outside the transaction that is waited for: within one the answer never changes."""
    waits = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with connection.cursor() as cursor:
        return cursor.execute(waits).fetchone() is not None


@pytest.mark.django_db(transaction=True)
def test_a_case_that_is_taken_off_while_a_filing_waits_for_it_is_not_filed_in():
    alone, caught = Alone(), []
    draft, reader = alone.draft(), alone.reader

    def file() -> None:
        try:
            services.submit(draft_id=draft.id, reader=reader, at=AT)
        except queries.NotYourCase as refusal:
            caught.append(refusal)
        finally:
            connection.close()

    filing = threading.Thread(target=file)
    words_of_it = {"dbname": connection.settings_dict["NAME"]}
    with psycopg.connect(this_site().config.database_url, **words_of_it) as clerk:
        clerk.execute('SELECT 1 FROM "case" WHERE id = %s FOR UPDATE', [alone.mine.id])
        clerk.execute("UPDATE representation SET user_id = NULL WHERE user_id = %s", [alone.user.id])
        filing.start()
        until(somebody_waits, seconds=20, what="the filing to wait for the case")
    filing.join()
    assert caught and not Entry.objects.exists() and Draft.objects.filter(submitted_at=None).exists()


def test_who_is_no_party_any_more_reads_so_at_once_and_not_on_a_page_without_choices():
    alone = Alone()
    Party.objects.filter(id=alone.party.id).update(terminated=AT.date())
    refused = alone.browser.post("/filing/start", {"event": EVENT, "case": alone.mine.id})
    assert refused.status_code == 403 and "only in a case in which you are a party yourself" in words(refused)
    assert "No case is added to your account yet" in words(alone.browser.get("/filing/"))
    assert alone.mine.number in words(alone.clerk.get(alone.page)), "the clerk's office sees it, to take it off"


def test_of_one_number_with_several_defendants_each_is_a_case_of_its_own():
    alone = Alone()
    Case.objects.filter(id=alone.mine.id).update(defendant_number="1", number="24-10001-1")
    twin = Case.objects.create(year=alone.mine.year, serial=alone.mine.serial, number="24-10001-2", chapter="7",
                               defendant_number="2", type=alone.mine.type, office=alone.mine.office,
                               lead=alone.mine)  # fmt: skip
    draft = drafts.start(reader=alone.reader, event_code=EVENT, case_id=None, at=AT)
    for sent_in in ({"number": "24-10001-2"}, {"number": "24-10001", "case_id": twin.id}):
        answer = alone.browser.post(f"/filing/{draft.id}/case", sent_in | {"version": 0})
        assert answer.status_code == 409, answer
    draft.refresh_from_db()
    assert draft.case_id is None, "neither by the number nor as a member of the own case"


def test_what_was_answered_as_an_attorney_makes_nobody_without_one_counsel():
    alone = Alone()
    draft = alone.draft()
    debtor = Party.objects.get(name="Juniper Alder")
    forged = {"parties": [str(debtor.id)], "roles": ["LEAD ATTORNEY"]}
    drafts.answer(draft=draft, step="association", said=forged, version=draft.version, at=AT)
    services.submit(draft_id=draft.id, reader=alone.reader, at=AT)
    assert not debtor.representations.filter(user=alone.user).exists()


@pytest.mark.parametrize("linked", [True, False])
def test_an_account_that_appears_for_others_does_not_become_that_of_somebody_without_an_attorney(linked):
    """It would file for each of its clients as if it were them."""
    there = OfACase()
    user = herself() if linked else court_user(last_name="Halloran", first_name="Nerys", email="nerys@counsel.example")
    line = Representation.objects.create(party=there.debtor, position=1, name="Nerys Halloran", user=user)
    chosen = {"user": user.id, "party": there.party.id}
    refused = there.approve(**chosen)
    assert refused.status_code == 409 and "appears as counsel on dockets" in words(refused)
    user.refresh_from_db()
    assert user.group == "attorney" and user.active is not linked
    Representation.objects.filter(id=line.id).update(terminated=AT.date())
    assert there.approve(**chosen).status_code == 302


def test_a_fee_that_is_paid_later_gives_nothing_back_to_who_was_suspended_after_the_approval():
    there = OfACase()
    registration = FULL | {"accepts": {"pro-se": {"fee_cents": 5000}}, "form": None, "fee_before_access": True}
    set_court(live_at=NOW - timedelta(days=1), registration=registration)
    user = court_user("pro-se", account=ACCOUNT, last_name="Halloran", login="nh")
    row = taken(NOW, said=desk_queries.application_of(there.row))
    approve(row, NOW, user_id=user.id, group="pro-se", party=there.party.id)
    standing.suspend(user_id=user.id, said="Contempt.", by="user:1", at=NOW + timedelta(minutes=1))
    desk.mark_fee_paid(request_id=row.id, said="Receipt 7", by="user:1", at=NOW + timedelta(minutes=2))
    row.refresh_from_db()
    assert not may_file() and row.status == "pending" and row.fee_paid_at is not None
    assert "suspended after the approval" in RequestAct.objects.get(request=row, what="not-let-in").said
    approve(row, NOW + timedelta(minutes=3), user_id=user.id, group="pro-se", party=there.party.id)
    assert may_file(), "a clerk decided it"


def test_a_page_from_before_the_suspension_gives_nothing_back():
    there = OfACase()
    user = court_user("pro-se", account=ACCOUNT, last_name="Halloran", login="nh")
    shown = there.clerk.get(there.page).context["approve_form"].initial
    standing.suspend(user_id=user.id, said="Contempt.", by="user:1", at=timezone.now())
    typed = {"group": "pro-se", "user": user.id, "party": there.party.id}
    refused = there.clerk.post(f"{there.page}/approve", sent(there.row, **typed, read_at=shown["read_at"]))
    assert refused.status_code == 409 and "Something happened while you looked" in words(refused) and not may_file()
    again = there.clerk.get(there.page)
    assert "Contempt." in words(again)
    read_at = again.context["approve_form"].initial["read_at"]
    assert there.clerk.post(f"{there.page}/approve", sent(there.row, **typed, read_at=read_at)).status_code == 302
    assert may_file()


def test_an_account_that_was_suspended_before_its_link_ended_says_so_on_record_when_it_is_given_back():
    set_court(live_at=NOW - timedelta(days=1))
    user = herself()
    standing.end_link(user_id=user.id, said="Wrong person.", by="user:1", at=NOW)
    row = taken(NOW)
    approve(row, NOW, user_id=user.id)
    line = AuditLine.objects.get(act="account.admitted", subject=f"user:{user.id}")
    assert line.facts["was"] == "Order 24-7." and CourtUser.objects.get(id=user.id).active

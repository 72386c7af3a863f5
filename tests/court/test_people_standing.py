"""The clerk's office suspends a filer, lets the filer in again, and ends a link that should not be: on record, and told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from openecf.court.people import queries, standing
from openecf.court.people import services as people
from openecf.court.people.models import CourtUser, NoticeWay
from openecf.court.people.rules import Standing, as_filer
from openecf.platform.audit.models import AuditLine
from openecf.platform.bus.models import OutboxMessage
from openecf.platform.mail.models import OutgoingMail
from tests.court import agency, callers
from tests.court.callers import client, court_user, linked, person
from tests.court.test_registration_desk import set_court

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def live(db: None) -> None:
    set_court(live_at=timezone.now() - timedelta(days=1))


@pytest.fixture
def filer():
    return linked("attorney")


def user_of(who) -> CourtUser:
    return CourtUser.objects.get(account=who.account)


def may_file(who) -> bool:
    return as_filer(queries.reader_of(who)) is Standing.WELCOME


def told() -> list[tuple[bool, bool, str]]:
    rows = OutboxMessage.objects.filter(type="account.standing").order_by("at")
    return [(row.body["linked"], row.body["suspended"], row.body["said"]) for row in rows]


def test_who_is_suspended_files_no_more_reads_on_and_is_told_why_until_it_is_given_back(filer):
    clerk, page = client(linked("clerk")), f"/court/filers/{user_of(filer).id}"
    suspended = clerk.post(page, {"act": "suspend", "suspend-said": "Order 24-7: fees not paid."})
    assert suspended.headers["Location"] == f"{page}?done=suspend"
    assert not may_file(filer) and told() == [(True, True, "Order 24-7: fees not paid.")]
    refused = client(filer).get("/filing/")
    words = refused.content.decode()
    assert refused.status_code == 403 and "suspended" in words and "Order 24-7" in words
    assert "/utilities/link" not in words.split("<main")[1], "linking again is no way around it"
    assert client(filer).get("/cgi-bin/iquery.pl").status_code == 200
    start = client(filer).get("/").content.decode()
    assert "Order 24-7" in start and "Where you stand" not in start, "it is no step of theirs to link"
    assert "Order 24-7" in OutgoingMail.objects.get(recipients=["lee@office.example"]).text
    assert "Suspended since" in clerk.get(page).content.decode()
    assert "suspended" in clerk.get("/court/logins?who=Attorney").content.decode()
    assert clerk.post(page, {"act": "suspend", "suspend-said": "Twice."}).status_code == 409
    assert clerk.post(page, {"act": "reinstate", "reinstate-said": "Paid."}).status_code == 302
    assert may_file(filer) and told()[-1] == (True, False, "Paid.")
    acts = AuditLine.objects.filter(act__startswith="people.").order_by("id").values_list("act", flat=True)
    assert list(acts) == ["people.suspended", "people.reinstated"]


def test_an_ended_link_is_dead_at_once_and_the_accounts_owner_can_link_anew(filer):
    user, clerk = user_of(filer), client(linked("clerk"))
    page = f"/court/filers/{user.id}"
    assert clerk.post(page, {"act": "end-link", "end-link-said": "Linked by somebody else."}).status_code == 302
    assert not may_file(filer) and told() == [(False, False, "Linked by somebody else.")]
    user.refresh_from_db()
    assert (user.account, user.account_number, user.active) == (None, "", True)
    assert "A new court password" in clerk.get(f"/court/logins/{user.id}").content.decode()
    assert "no longer linked" in OutgoingMail.objects.get().subject
    assert clerk.post(page, {"act": "end-link", "end-link-said": "Twice."}).status_code == 409


@pytest.mark.parametrize("act", ["suspend", "reinstate", "end-link"])
def test_every_act_has_a_reason(filer, act):
    if act == "reinstate":
        standing.suspend(user_id=user_of(filer).id, said="x", by="user:1", at=timezone.now())
    before = told()
    answer = client(linked("clerk")).post(f"/court/filers/{user_of(filer).id}", {"act": act, f"{act}-said": " "})
    assert answer.status_code == 200 and "Give the reason" in answer.content.decode() and told() == before


@pytest.mark.parametrize("group", ["clerk", "judge", "chambers"])
def test_the_courts_own_people_are_not_suspended_here(group):
    user = court_user(group)
    assert client(linked("clerk")).get(f"/court/filers/{user.id}").status_code == 404
    with pytest.raises(standing.NotAFiler):
        standing.suspend(user_id=user.id, said="x", by="user:1", at=timezone.now())


def test_an_account_that_was_never_suspended_is_not_let_in_by_this():
    user = court_user(active=False)
    with pytest.raises(standing.CannotChange):
        standing.reinstate(user_id=user.id, said="x", by="user:1", at=timezone.now())
    assert client(linked("clerk")).get("/court/filers/999999").status_code == 404


def test_a_login_that_is_not_linked_is_suspended_and_no_other_site_is_told():
    user = court_user()
    standing.suspend(user_id=user.id, said="x", by="user:1", at=timezone.now())
    assert told() == [] and not queries.suspended(person().account)


@pytest.mark.parametrize("known", [True, False], ids=["held before", "nothing held before"])
def test_an_ended_link_takes_off_what_the_linker_set_so_that_a_new_password_goes_to_who_it_belongs_to(known):
    now = timezone.now()
    password = "Court-issued-2022"
    user = court_user(password=make_password(password), email="ada@office.example", secondary_emails=["aide@o.example"])
    for address, usual in (("", "summary"), ("aide@o.example", "none")):
        NoticeWay.objects.create(user=user, address=address, usual=usual)
    wrong = callers.reader(person(name="Wrong Person"))
    offer = people.prove_login(reader=wrong, login=user.login, password=password, now=now)
    people.confirm_link(reader=wrong, offer_id=offer.id, now=now)
    people.set_contact(
        account=wrong.account, email="wrong@x.example", wants_text=True, summary=False, tells_silence=False,
        language="es", at=now,
    )  # fmt: skip
    people.set_addresses(
        user_id=user.id, secondary=["too@x.example"], wants_text=True, announcements=False, by="user:1", at=now
    )
    if not known:  # linked before courts kept it
        CourtUser.objects.update(before_link=None)
    let = agency.let(user, agency.agent()[0], gets_notices=True)
    people.note_agents_told(user_id=user.id, told=True)
    clerk, page = client(linked("clerk")), f"/court/filers/{user.id}"
    words = clerk.get(page).content.decode()
    assert ("ada@office.example" in words) is known and ("you give the right address" in words) is not known
    OutgoingMail.objects.all().delete()
    clerk.post(page, {"act": "end-link", "end-link-said": "Linked by somebody else."})
    user.refresh_from_db()
    ways = sorted(user.ways.values_list("address", "usual"))
    told = {mail.recipients[0] for mail in OutgoingMail.objects.exclude(reference__startswith="agency:")}
    let.refresh_from_db()
    assert let.ended_at is not None and not user.tells_agents, "nor does anybody act for it whom the linker let"
    assert OutgoingMail.objects.filter(reference=f"agency:{let.id}", recipients=[let.agent.email]).count() == 1
    line = AuditLine.objects.get(act="people.link-ended")
    assert user.before_link is None
    login, asked = f"/court/logins/{user.id}", {"checked": "came to the counter", "how": "mail"}
    if known:
        assert (user.email, user.secondary_emails, user.wants_text) == ("ada@office.example", ["aide@o.example"], False)
        assert ways == [("", "summary"), ("aide@o.example", "none")] and line.facts["addresses"] == "as before linking"
        assert told == {"ada@office.example", "wrong@x.example"}
        clerk.post(login, {**asked, "email": "other@x.example"})
        right = "ada@office.example"
    else:
        assert (user.email, user.secondary_emails, ways, line.facts["addresses"]) == ("", [], [], "cleared")
        assert told == {"wrong@x.example"}
        assert "Give the one that the person told you" in clerk.post(login, asked).content.decode()
        assert "valid email" in clerk.post(login, {**asked, "email": "nobody"}).content.decode()
        right = "ada@new.example"
        assert right in clerk.post(login, {**asked, "email": right}).content.decode()
        assert AuditLine.objects.filter(act="account.address-given", subject=f"user:{user.id}").count() == 1
    assert OutgoingMail.objects.latest("id").recipients == [right]
    assert CourtUser.objects.get(id=user.id).email == right

"""The desk: who is found by what, who is verified how, what an agent then does, what is recorded and mailed."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from openecf.central.accounts.models import Account, SearchStatus, StrangerFailures
from openecf.central.accounts.services import closing
from openecf.central.billing import services as billing
from openecf.central.billing.models import LedgerLine
from openecf.central.service_center import queries, rules, services
from openecf.central.service_center.models import Verification
from openecf.central.signon.models import SsoSession
from openecf.kernel.money import Money
from openecf.platform.audit import services as audit
from openecf.platform.audit.models import AuditLine
from tests.central.phones import app_of
from tests.central.registrants import mailed
from tests.central.relying import account, sign_in, signed_on
from tests.central.test_service_center_staff import at_desk
from tests.central.test_service_center_two_people import agent, boss, owner, verified  # noqa: F401

pytestmark = pytest.mark.django_db
NOW = timezone.now


# Rules.


@pytest.mark.parametrize(("ways", "loosely", "strictly"), [
    ((), False, False), (("facts",), True, False), (("mailed",), True, True), (("call-back",), True, True),
    (("papers",), True, True), (("facts", "mailed"), True, True),
])  # fmt: skip
def test_what_is_told_allows_little_what_reaches_the_person_allows_more(ways, loosely, strictly):
    assert rules.is_verified(ways, strictly=False) is loosely
    assert rules.is_verified(ways, strictly=True) is strictly


@pytest.mark.parametrize(("ways", "hours"), [
    (("mailed",), 24), (("call-back",), 24), (("facts", "mailed"), 24), (("mailed", "mailed"), 24),
    (("mailed", "call-back"), 0), (("papers", "mailed"), 0),
])  # fmt: skip
def test_two_separate_channels_spare_the_owner_the_wait(ways, hours):
    assert rules.wait_before_factors_go(ways) == timedelta(hours=hours)


def standing(of="a", *, firm=False, active=True, courts=()):
    return rules.Standing(of, firm, active, frozenset(courts))


@pytest.mark.parametrize(("closing_one", "kept", "why"), [
    (standing(), standing("b"), ""), (standing(), standing(), "same"), (standing(firm=True), standing("b"), "firm"),
    (standing(), standing("b", firm=True), "firm"), (standing(), standing("b", active=False), "kept-closed"),
    (standing(courts=["flsb"]), standing("b", courts=["flsb", "nysb"]), "linked-twice"),
    (standing(courts=["flsb"]), standing("b", courts=["nysb"]), ""),
])  # fmt: skip
def test_which_accounts_can_be_merged(closing_one, kept, why):
    assert rules.why_not_merged(closing_one, kept) == why


# Finding.


@pytest.fixture
def some():
    account("nhalloran-law", number="7300001", first_name="Nerys", last_name="Halloran", email="nerys@counsel.example",
            phone="(518) 555-0100")  # fmt: skip
    account("nhalloran-two", number="7300002", first_name="Nora", last_name="Halloran", email="nora@counsel.example")
    account("quill_100%", number="7310003", first_name="Percy", last_name="O'Quill", email="percy@counsel.example")


@pytest.mark.parametrize(("typed", "numbers"), [
    ("7300001", ["7300001"]), ("73000", ["7300001", "7300002"]), ("NHALLORAN-LAW", ["7300001"]),
    ("nhalloran", ["7300001", "7300002"]), ("nerys@counsel.example", ["7300001"]), ("nora@", ["7300002"]),
    ("halloran", ["7300001", "7300002"]), ("Halloran, Nerys", ["7300001"]), ("nerys halloran", ["7300001"]),
    ("nerys hall", ["7300001"]), ("518-555", ["7300001"]), ("(518) 555-0100", ["7300001"]), ("o'quill", ["7310003"]),
    ("quill_100%", ["7310003"]), ("quill%", []), ("_", []), ("nobody", []), ("' OR 1=1 --", []), ("   ", []),
])  # fmt: skip
def test_accounts_are_found_by_the_whole_or_the_beginning(some, typed, numbers):
    assert [row.number for row in queries.find(typed).rows] == numbers


def test_one_letter_lists_nobody_and_long_lists_have_pages(some):
    assert queries.find("h").too_short
    for n in range(30):
        account(f"many-{n:02d}", last_name="Manyfold", first_name=f"N{n:02d}")
    first, second = queries.find("manyfold"), queries.find("manyfold", page=2)
    assert (len(first.rows), first.has_more, len(second.rows), second.has_more) == (25, True, 5, False)


def test_who_is_exactly_it_comes_first_then_names_then_user_names_and_nobody_twice():
    for n, (last, username) in enumerate(
        [("Zander", "ann"), ("Annis", "x-annis"), ("annan", "annan"), ("Able", "annie")]
    ):
        account(username, number=f"730000{n}", last_name=last, email=f"{username}@counsel.example")
    assert [row.username for row in queries.find("ann").rows] == ["ann", "annan", "x-annis", "annie"]
    assert [row.username for row in queries.find("an").rows] == ["annan", "x-annis", "ann", "annie"]
    seen = [row.username for page in (1, 2) for row in queries.find("an", page=page).rows]
    assert len(seen) == len(set(seen))


# Verifying.


def test_facts_need_three_and_calling_back_a_number(agent):  # noqa: F811
    nameless = account("no-phone")
    tell = {"staff": agent, "account": nameless.id, "at": NOW()}
    with pytest.raises(services.TooFewFacts):
        services.note_verification(**tell, how="facts", facts=["name", "name", "phone"])
    with pytest.raises(services.NoNumber):
        services.note_verification(**tell, how="call-back")
    with pytest.raises(services.WrongReading):
        services.note_verification(**tell, how="mailed")


def mailed_code(who) -> str:
    return re.search(r"    (\d{4} \d{4})", mailed(who.email)[-1].text)[1]


def test_a_mailed_code_proves_once_for_the_agent_who_asked_within_a_quarter_of_an_hour(agent, boss, owner):  # noqa: F811
    services.mail_code(staff=agent, account=owner.id, at=NOW())
    code = mailed_code(owner)
    tell = {"account": owner.id, "code": code}
    with pytest.raises(services.WrongReading):
        services.try_reading(staff=boss, at=NOW(), **tell)
    with pytest.raises(services.WrongReading):
        services.try_reading(staff=agent, at=NOW() + timedelta(minutes=16), **tell)
    services.try_reading(staff=agent, at=NOW(), **tell)
    with pytest.raises(services.WrongReading):
        services.try_reading(staff=agent, at=NOW(), **tell)
    assert queries.ways_verified(agent=agent.account, account=owner.id, now=NOW()) == {"mailed"}
    assert not queries.ways_verified(agent=boss.account, account=owner.id, now=NOW())
    assert not queries.ways_verified(agent=agent.account, account=owner.id, now=NOW() + timedelta(minutes=31))


def test_five_wrong_readings_end_a_code_and_the_table_holds_no_code(agent, owner):  # noqa: F811
    services.mail_code(staff=agent, account=owner.id, at=NOW())
    code = mailed_code(owner)
    assert code.replace(" ", "") not in str(list(Verification.objects.values()))
    for _ in range(5):
        with pytest.raises(services.WrongReading):
            services.try_reading(staff=agent, account=owner.id, code="0000 0000", at=NOW())
    with pytest.raises(services.WrongReading):
        services.try_reading(staff=agent, account=owner.id, code=code, at=NOW())


# Acts.


def locked(who):
    for n in range(12):
        sign_in(Client(REMOTE_ADDR=f"203.0.{n}.9"), who.username, "wrong-wrong-wrong")
    assert StrangerFailures.objects.exists()


def test_unlocking_lets_the_right_password_in_at_once(agent, owner):  # noqa: F811
    locked(owner)
    assert sign_in(Client(REMOTE_ADDR="203.0.1.9"), owner.username).status_code == 200, "throttled"
    verified(agent, owner, "facts")
    services.unlock(staff=agent, account=owner.id, reason="forgot it over the holidays", at=NOW())
    assert sign_in(Client(REMOTE_ADDR="203.0.1.9"), owner.username).status_code == 302


def test_a_reset_link_goes_to_the_address_that_the_account_has(agent, owner):  # noqa: F811
    verified(agent, owner, "facts")
    services.send_reset(staff=agent, account=owner.id, reason="x", at=NOW())
    assert [m.subject for m in mailed(owner.email)][-1] == "Reset PACER Password"
    Account.objects.filter(id=owner.id).update(is_active=False)
    with pytest.raises(services.AccountClosed):
        services.send_reset(staff=agent, account=owner.id, reason="x", at=NOW())


def test_signing_out_everywhere_ends_every_sign_on(agent, owner):  # noqa: F811
    signed_on(owner)
    verified(agent, owner, "facts")
    services.end_sign_ons(staff=agent, account=owner.id, reason="laptop stolen", at=NOW())
    assert not SsoSession.objects.filter(account=owner, ended_at=None).exists()


@pytest.mark.parametrize("why", ["unused", "owner"])
def test_a_closed_account_is_opened_again(agent, owner, why):  # noqa: F811
    closing.close(account=owner.id, why=why, by="system", at=NOW())
    verified(agent, owner, "papers")
    services.reactivate(staff=agent, account=owner.id, reason="back from leave", at=NOW())
    assert sign_in(Client(), owner.username).status_code == 302
    with pytest.raises(closing.NotClosed):
        services.reactivate(staff=agent, account=owner.id, reason="again", at=NOW())


def test_an_account_is_closed_at_its_owners_word_if_nothing_is_owed(
    agent,  # noqa: F811
    owner,  # noqa: F811
):
    tell = {"staff": agent, "account": owner.id, "reason": "retires"}
    verified(agent, owner, "facts")
    with pytest.raises(services.NotVerified):
        services.close(**tell, at=NOW())
    verified(agent, owner, "papers")
    LedgerLine.objects.create(payer=owner, at=NOW(), kind="charge", cents=4000, reference="i", by="x")
    with pytest.raises(closing.OwesMoney):
        services.close(**tell, at=NOW())
    assert not AuditLine.objects.filter(act="service.closed-for-owner").exists()
    billing.record_payment(payer=owner.id, amount=Money.of("40.00"), reference="p", by="x", at=NOW())
    signed_on(owner)
    services.close(**tell, at=NOW())
    owner.refresh_from_db()
    assert (owner.is_active, owner.closed_why) == (False, "owner") and "as you asked" in mailed(owner.email)[-1].text
    assert not SsoSession.objects.filter(account=owner, ended_at=None).exists()
    with pytest.raises(closing.NotOpen):
        services.close(**tell, at=NOW())
    services.reactivate(**tell, at=NOW())


def test_search_that_rests_goes_on_but_a_merged_account_does_not(agent, owner):  # noqa: F811
    Account.objects.filter(id=owner.id).update(search_status=SearchStatus.INACTIVE, search_note="left-firm")
    verified(agent, owner, "papers")
    services.reactivate(staff=agent, account=owner.id, reason="pays the own bill", at=NOW())
    owner.refresh_from_db()
    assert (owner.search_status, owner.search_note) == ("active", "")
    other = account("kept-one")
    closing.close(account=owner.id, why="merged", by="system", at=NOW(), into=other.id)
    with pytest.raises(closing.NotClosed):
        services.reactivate(staff=agent, account=owner.id, reason="again", at=NOW())


def test_only_a_supervisor_says_that_an_account_is_shared(agent, boss, owner):  # noqa: F811
    tell = {"account": owner.id, "reason": "three names in one week", "at": NOW()}
    with pytest.raises(services.NotForAgents):
        services.mark_shared(staff=agent, shared=True, **tell)
    services.mark_shared(staff=boss, shared=True, **tell)
    owner.refresh_from_db()
    assert owner.shared and "account of the own" in mailed(owner.email)[-1].text
    with pytest.raises(services.NotVerified):
        services.mark_shared(staff=boss, shared=False, **tell)
    verified(boss, owner)
    services.mark_shared(staff=boss, shared=False, **tell | {"at": NOW()})
    owner.refresh_from_db()
    assert not owner.shared


ACTS = ("unlock", "send_reset", "end_sign_ons", "reactivate", "close")


@pytest.mark.parametrize("act", ACTS)
def test_no_act_without_a_verified_caller_none_for_oneself_none_without_a_reason(agent, owner, act):  # noqa: F811
    do = getattr(services, act)
    with pytest.raises(services.NotVerified):
        do(staff=agent, account=owner.id, reason="x", at=NOW())
    with pytest.raises(services.OwnAccount):
        do(staff=agent, account=agent.account, reason="x", at=NOW())
    verified(agent, owner, "papers")
    with pytest.raises(services.ReasonMissing):
        do(staff=agent, account=owner.id, reason="  ", at=NOW())
    with pytest.raises(services.NotVerified):
        do(staff=agent, account=owner.id, reason="x", at=NOW() + timedelta(minutes=31))


@pytest.mark.parametrize("act", ["unlock", "send_reset", "end_sign_ons", "close"])
def test_each_act_is_recorded_with_its_reason_and_mailed_to_the_owner(agent, owner, act):  # noqa: F811
    verified(agent, owner, "papers")
    before = len(mailed(owner.email))
    getattr(services, act)(staff=agent, account=owner.id, reason="ticket 26-000017", at=NOW())
    line = AuditLine.objects.filter(subject=str(owner.id), facts__reason="ticket 26-000017").get()
    assert line.by == agent.ref and line.act.startswith("service.")
    assert len(mailed(owner.email)) > before


# Pages.


def test_the_account_page_shows_facts_and_no_secret_and_that_it_was_looked_at(owner):  # noqa: F811
    app_of(owner)
    Account.objects.filter(id=owner.id).update(birth_date=date(1979, 4, 5))
    who = account("odile-desk")
    services.appoint(username=who.username, role="agent", by="operator", at=NOW())
    page = at_desk(who).get(f"/service-center/desk/accounts/{owner.number}").content.decode()
    owner.refresh_from_db()
    assert owner.email in page and owner.phone in page and "April 5, 1979" in page
    assert owner.password not in page and "argon2" not in page
    assert AuditLine.objects.filter(act="service.looked-at", by=str(who.id), subject=str(owner.id)).count() == 1


def test_an_agent_works_a_whole_call_by_the_pages(owner):  # noqa: F811
    locked(owner)
    who = account("odile-desk")
    services.appoint(username=who.username, role="agent", by="operator", at=NOW())
    desk, base = at_desk(who), f"/service-center/desk/accounts/{owner.number}"
    assert base in desk.get("/service-center/desk", {"q": "ada-couns"}).content.decode()
    refused = desk.post(f"{base}/acts/unlock", {"reason": "called"})
    assert "verify with whom you speak" in refused.content.decode()
    assert desk.post(f"{base}/verify", {"which": "mail"}).status_code == 302
    wrong = desk.post(f"{base}/verify", {"which": "code", "code": "1"})
    assert "not the code" in wrong.content.decode()
    assert (
        desk.post(f"{base}/verify", {"which": "code", "code": mailed_code(owner)}).headers["Location"].startswith(base)
    )
    done = desk.post(f"{base}/acts/unlock", {"reason": "called"})
    assert done.headers["Location"] == f"{base}?done=unlock"
    assert "Wrong tries are forgiven" in desk.get(done.headers["Location"]).content.decode()
    assert sign_in(Client(REMOTE_ADDR="203.0.1.9"), owner.username).status_code == 302


def test_a_reset_goes_from_desk_to_desk_by_the_pages(owner):  # noqa: F811
    app_of(owner)
    browsers = {}
    for name, role in (("odile-desk", "agent"), ("bram-desk", "supervisor")):
        who = account(name)
        services.appoint(username=name, role=role, by="operator", at=NOW())
        browsers[role] = at_desk(who)
    base = f"/service-center/desk/accounts/{owner.number}"
    browsers["agent"].post(f"{base}/verify", {"which": "told", "how": "call-back", "said": "at the office"})
    browsers["agent"].post(f"{base}/acts/factors", {"reason": "telephone lost"})
    where = re.search(
        r"/service-center/desk/requests/[0-9a-f-]+", browsers["agent"].get("/service-center/desk").content.decode()
    )[0]
    own = browsers["agent"].get(where).content.decode()
    assert "/approve" not in own and "Another person" in own
    assert browsers["agent"].post(f"{where}/approve").status_code == 404
    assert f"{where}/approve" in browsers["supervisor"].get(where).content.decode()
    assert browsers["supervisor"].post(f"{where}/approve").status_code == 302
    assert browsers["supervisor"].post(f"{where}/approve").status_code == 409
    assert "Approved" in browsers["agent"].get(where).content.decode()


@pytest.mark.parametrize(
    "path", ["accounts/9999999", "accounts/abc", "accounts/9999999/verify", "accounts/9999999/acts/unlock"]
)
def test_a_number_that_no_account_has_is_no_page(path):
    who = account("odile-desk")
    services.appoint(username=who.username, role="agent", by="operator", at=NOW())
    assert at_desk(who).get(f"/service-center/desk/{path}").status_code == 404


def test_the_desk_reads_acts_of_money_and_tickets_in_words(agent, owner):  # noqa: F811
    at = timezone.now()
    for act in ("payment.succeeded", "service.ticket-asked", "no.such-act"):
        audit.record(act=act, by=str(owner.id), at=at, subject=str(owner.id))
    said = {line.act: line.what for line in queries.history(account=owner.id)}
    assert said["payment.succeeded"] == "A payment was made" and said["service.ticket-asked"] == "A ticket was opened"
    assert said["no.such-act"] == ""


# Registrations to look into.


@pytest.mark.parametrize(("facts", "why"), [
    ({"search_status": SearchStatus.HOLD}, "differs from another account's by a +tag only"),
    ({"search_status": SearchStatus.INACTIVE}, "seems to have another account"),
    ({"cja_panel": True}, "Says to be appointed to a CJA panel"),
    ({"search_status": SearchStatus.INACTIVE, "search_note": "letter"}, ""),
    ({"search_status": SearchStatus.HOLD, "is_active": False}, ""),
    ({}, ""),
])  # fmt: skip
def test_the_desk_lists_registrations_that_somebody_must_look_into(agent, owner, facts, why):  # noqa: F811
    Account.objects.filter(id=owner.id).update(**facts)
    page = at_desk(Account.objects.get(id=agent.account)).get("/service-center/desk").content.decode()
    listed = page.partition("Registrations to look into")[2]
    assert (owner.number in listed) is bool(why)
    assert why.replace("'", "&#x27;") in listed or why in listed


def test_what_the_courts_said_of_a_cja_appointment_is_mailed_once_and_the_account_waits_no_more(agent, owner):  # noqa: F811
    Account.objects.filter(id=owner.id).update(cja_panel=True)
    browser = at_desk(Account.objects.get(id=agent.account))
    act = f"/service-center/desk/accounts/{owner.number}/acts/cja"
    assert browser.post(act, {"reason": " "}).status_code == 200 and Account.objects.get(pk=owner.pk).cja_panel
    assert browser.post(act, {"reason": "flsd exempts you from today on."}).status_code == 302
    told = mailed(owner.email)[-1]
    assert told.subject == "Your CJA appointment" and "flsd exempts you from today on." in told.text
    assert (
        owner.number not in browser.get("/service-center/desk").content.decode().partition("Registrations to look")[2]
    )
    with pytest.raises(closing.NoCjaQuestion):
        services.answer_cja(staff=agent, account=owner.id, reason="again", at=NOW())
    assert AuditLine.objects.filter(act="account.cja-answered", subject=str(owner.id)).count() == 1

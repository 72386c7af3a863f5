"""What the desk does not do alone: the reset of second factors and a merger need two people, a new address its owner."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from openecf.central.accounts.models import Account, Closed
from openecf.central.accounts.services import closing
from openecf.central.billing import queries as billing
from openecf.central.courts.models import RegisteredCourt
from openecf.central.factors import queries as factors
from openecf.central.factors.models import Passkey
from openecf.central.firms import services as firms
from openecf.central.firms.models import Membership
from openecf.central.service_center import queries, services
from openecf.central.service_center.models import Request
from openecf.central.signon.models import SsoSession
from openecf.platform.audit.models import AuditLine
from openecf.platform.bus.models import OutboxMessage
from tests.central.phones import app_of, recovery_codes_of
from tests.central.registrants import at_once, mailed
from tests.central.relying import account, court, sign_in, signed_on  # noqa: F401

pytestmark = pytest.mark.django_db
NOW = timezone.now
REASON = "telephone lost, ticket 26-000017"


def staff(name: str, role: str = "agent"):
    who = account(name, email=f"{name}@pacer.example")
    services.appoint(username=name, role=role, by="operator", at=NOW())
    return queries.staff(who.id)


@pytest.fixture
def agent():
    return staff("agent-odile")


@pytest.fixture
def boss():
    return staff("boss-bram", "supervisor")


@pytest.fixture
def owner():
    return account(phone="(518) 555-0100")


def verified(agent, who, *ways: str):
    for way in ways or ("call-back",):
        if way == "mailed":
            services.mail_code(staff=agent, account=who.id, at=NOW())
            code = re.search(r"    (\d{4} \d{4})", mailed(who.email)[-1].text)[1]
            services.try_reading(staff=agent, account=who.id, code=code, at=NOW())
        else:
            services.note_verification(staff=agent, account=who.id, how=way, facts=["a", "b", "c"], at=NOW())


def ask(agent, who, **more):
    return services.ask_reset_of_factors(staff=agent, account=who.id, reason=REASON, at=NOW(), **more)


def path_in(mail, kind: str) -> str:
    return re.search(rf"http://central\.test(/service-center/{kind}/\S+)", mail.text)[1]


def test_a_reset_by_two_people_takes_every_factor_and_the_password_and_ends_every_sign_on(agent, boss, owner):
    signed_on(owner)
    app_of(owner)
    recovery_codes_of(owner)
    Passkey.objects.create(
        account=owner, name="Laptop", rp_id="central.test", credential_id=b"1", credential=b"2", added_at=NOW()
    )
    verified(agent, owner, "mailed", "call-back")
    asked = ask(agent, owner)
    services.approve(staff=boss, request=asked.id, at=NOW())
    owner.refresh_from_db()
    left = factors.factors_of(owner.id)
    assert (left.count, left.recovery_left, owner.second_factor_since) == (0, 0, None)
    assert not owner.has_usable_password()
    assert not SsoSession.objects.filter(account=owner, ended_at=None).exists()
    assert sign_in(Client(), owner.username).status_code == 200, "the old password opens nothing"
    assert "Reset PACER Password" in [mail.subject for mail in mailed(owner.email)]
    acts = AuditLine.objects.filter(subject=str(owner.id)).values_list("act", flat=True)
    assert {"service.factors-asked", "service.factors-approved", "factors.reset"} <= set(acts)


def test_facts_that_a_caller_can_tell_do_not_reset_factors(agent, owner):
    app_of(owner)
    with pytest.raises(services.NotVerified):
        ask(agent, owner)
    verified(agent, owner, "facts")
    with pytest.raises(services.FactsAreNotEnough):
        ask(agent, owner)


def test_by_one_channel_the_owner_has_a_day_to_object_by_two_none_is_waited(agent, boss, owner):
    app_of(owner)
    verified(agent, owner, "call-back")
    asked = ask(agent, owner)
    services.approve(staff=boss, request=asked.id, at=NOW())
    assert factors.factors_of(owner.id).apps, "not yet"
    assert services.carry_out_due(at=NOW() + timedelta(hours=23)) == 0
    assert services.carry_out_due(at=NOW() + timedelta(hours=24, minutes=1)) == 1
    assert not factors.factors_of(owner.id).apps
    assert services.carry_out_due(at=NOW() + timedelta(hours=25)) == 0


def test_the_owner_is_mailed_at_both_steps_and_stops_it_by_either_link_without_signing_in(agent, boss, owner):
    app_of(owner)
    for step in (0, 1):
        verified(agent, owner)
        asked = ask(agent, owner)
        services.approve(staff=boss, request=asked.id, at=NOW())
        told = [mail for mail in mailed(owner.email) if "/objection/" in mail.text][-2:]
        where = path_in(told[step], "objection")
        page = Client().get(where)
        assert page.status_code == 200 and Request.objects.get(id=asked.id).outcome == "approved", (
            "looking stops nothing"
        )
        assert Client().post(where).status_code == 200
        assert Request.objects.get(id=asked.id).outcome == "objected"
        assert Client().post(where).status_code == 410, "once"
    assert services.carry_out_due(at=NOW() + timedelta(days=2)) == 0
    assert factors.factors_of(owner.id).apps


def test_another_requests_secret_stops_nothing(agent, boss, owner):
    app_of(owner)
    other = account("other-one", phone="5185550111")
    app_of(other)
    for who in (owner, other):
        verified(agent, who)
        ask(agent, who)
    mine = path_in([m for m in mailed(owner.email) if "/objection/" in m.text][0], "objection")
    theirs = Request.objects.get(account=other)
    wrong = f"/service-center/objection/{theirs.id}/{mine.rpartition('/')[2]}"
    assert Client().get(wrong).status_code == 410
    assert Client().post(wrong).status_code == 410
    assert set(Request.objects.values_list("outcome", flat=True)) == {"waiting"}


def test_nobody_approves_what_he_asked_for_himself_and_no_agent_approves(agent, boss, owner):
    app_of(owner)
    verified(boss, owner)
    asked = ask(boss, owner)
    with pytest.raises(services.NotWaiting):
        services.approve(staff=boss, request=asked.id, at=NOW())
    with pytest.raises(services.NotForAgents):
        services.approve(staff=agent, request=asked.id, at=NOW())
    with pytest.raises(IntegrityError), transaction.atomic():
        Request.objects.filter(id=asked.id).update(outcome="approved", decided_by_id=boss.account)
    with pytest.raises(IntegrityError), transaction.atomic():
        Request.objects.filter(id=asked.id).update(outcome="done")
    services.approve(staff=staff("second-boss", "supervisor"), request=asked.id, at=NOW())


def test_a_supervisor_who_was_dismissed_a_moment_ago_approves_nothing(agent, boss, owner):
    app_of(owner)
    verified(agent, owner)
    asked = ask(agent, owner)
    services.dismiss(username="boss-bram", by="operator", at=NOW())
    with pytest.raises(services.NotWaiting):
        services.approve(staff=boss, request=asked.id, at=NOW())


def test_nobody_serves_himself_and_a_supervisor_does_not_approve_for_himself(agent, boss):
    app_of(Account.objects.get(id=agent.account))
    with pytest.raises(services.OwnAccount):
        services.note_verification(staff=agent, account=agent.account, how="papers", at=NOW())
    with pytest.raises(services.OwnAccount):
        services.ask_reset_of_factors(staff=agent, account=agent.account, reason=REASON, at=NOW())
    himself = Account.objects.get(id=boss.account)
    app_of(himself)
    verified(agent, himself, "papers")
    asked = ask(agent, himself)
    with pytest.raises(services.NotWaiting):
        services.approve(staff=boss, request=asked.id, at=NOW())


def test_one_request_at_a_time_and_an_old_one_is_not_approved(agent, boss, owner):
    app_of(owner)
    verified(agent, owner)
    asked = ask(agent, owner)
    with pytest.raises(services.AskedAlready):
        ask(agent, owner)
    with pytest.raises(services.NotWaiting):
        services.approve(staff=boss, request=asked.id, at=NOW() + timedelta(days=8))


def test_a_request_is_refused_or_taken_back_with_a_reason(agent, boss, owner):
    app_of(owner)
    for who, outcome in ((boss, "refused"), (agent, "withdrawn")):
        verified(agent, owner)
        asked = ask(agent, owner)
        with pytest.raises(services.ReasonMissing):
            services.refuse(staff=who, request=asked.id, reason="  ", at=NOW())
        services.refuse(staff=who, request=asked.id, reason="does not sound right", at=NOW())
        assert Request.objects.get(id=asked.id).outcome == outcome
        with pytest.raises(services.NotWaiting):
            services.approve(staff=boss, request=asked.id, at=NOW())


def test_an_account_without_second_factor_has_none_to_reset(agent, owner):
    verified(agent, owner)
    with pytest.raises(services.NoFactors):
        ask(agent, owner)


# A new address.


def test_a_new_address_counts_once_it_is_proved_and_the_old_one_had_two_days(agent, owner):
    verified(agent, owner)
    services.ask_email(staff=agent, account=owner.id, email="new@counsel.example", reason=REASON, at=NOW())
    late = NOW() + timedelta(days=3)
    assert services.carry_out_due(at=late) == 0, "not proved"
    where = path_in(mailed("new@counsel.example")[-1], "new-address")
    assert Client().get(where).status_code == 200 and Client().post(where).status_code == 200
    assert services.carry_out_due(at=NOW() + timedelta(hours=47)) == 0
    assert services.carry_out_due(at=late) == 1
    owner.refresh_from_db()
    assert (owner.email, owner.mailbox) == ("new@counsel.example", "new@counsel.example")
    assert "changed by the Service Center" in mailed("ada@counsel.example")[-1].text
    assert "changed by the Service Center" in mailed("new@counsel.example")[-1].text


def test_the_old_address_stops_a_new_one(agent, owner):
    verified(agent, owner)
    services.ask_email(staff=agent, account=owner.id, email="thief@elsewhere.example", reason=REASON, at=NOW())
    Client().post(path_in(mailed("thief@elsewhere.example")[-1], "new-address"))
    Client().post(path_in([m for m in mailed(owner.email) if "/objection/" in m.text][-1], "objection"))
    assert services.carry_out_due(at=NOW() + timedelta(days=3)) == 0
    owner.refresh_from_db()
    assert owner.email == "ada@counsel.example"


def test_no_supervisor_approves_an_address_instead_of_its_owner(agent, boss, owner):
    verified(agent, owner)
    asked = services.ask_email(staff=agent, account=owner.id, email="n@x.example", reason=REASON, at=NOW())
    with pytest.raises(services.NotWaiting):
        services.approve(staff=boss, request=asked.id, at=NOW())
    with pytest.raises(services.SameAddress):
        services.ask_email(staff=agent, account=owner.id, email="ADA@counsel.example", reason=REASON, at=NOW())


# Duplicates.


def merge(agent, boss, closing, kept):
    verified(agent, closing)
    asked = services.ask_merger(staff=agent, account=closing.id, into=kept.number, reason=REASON, at=NOW())
    services.approve(staff=boss, request=asked.id, at=NOW())
    assert services.carry_out_due(at=NOW() + timedelta(hours=23)) == 0, "the owner may object"
    Request.objects.filter(id=asked.id).update(waits_from=NOW())
    assert services.carry_out_due(at=NOW()) == 1
    closing.refresh_from_db()
    return asked


def test_a_duplicate_closes_with_a_pointer_and_its_links_go_on(agent, boss, owner, court):  # noqa: F811
    kept = account("kept-one")
    RegisteredCourt.objects.create(account=owner, court="flsb", role="attorney", linked_at=NOW())
    signed_on(owner)
    merge(agent, boss, owner, kept)
    assert (owner.is_active, owner.closed_why, owner.merged_into_id) == (False, "merged", kept.id)
    assert list(RegisteredCourt.objects.values_list("account_id", "court")) == [(kept.id, "flsb")]
    told = OutboxMessage.objects.filter(type="account.merged")
    assert [one.to for one in told] == ["flsb"]
    assert not SsoSession.objects.filter(account=owner, ended_at=None).exists()
    assert [one.number for one in queries.served(number=kept.number, agent=agent.account, now=NOW()).merged] == [
        owner.number
    ]


def test_the_firm_of_a_duplicate_pays_for_the_account_that_goes_on(agent, boss, owner):
    kept, firm = account("kept-one"), account("firm-one", type="paa", last_name="LLP")
    Membership.objects.create(firm=firm, account=owner, joined_at=NOW(), billed_from=NOW(), cost_centre="Albany")
    merge(agent, boss, owner, kept)
    live = Membership.objects.get(left_at=None)
    assert (live.account_id, live.firm_id, live.cost_centre) == (kept.id, firm.id, "Albany")


def test_what_a_duplicate_used_this_quarter_is_billed_with_the_account_that_goes_on(agent, boss, owner):
    kept = account("kept-one")
    merge(agent, boss, owner, kept)
    row = Membership.objects.get(account=owner)
    assert (row.firm_id, row.left_by) == (kept.id, "merged")
    assert row.billed_from == billing.quarter_began(NOW()) and row.left_at is not None


@pytest.mark.parametrize(("facts", "why"), [
    ({"type": "paa"}, "nobody's duplicate"), ({"is_active": False}, "is closed"), ({"linked": True}, "same court"),
])  # fmt: skip
def test_accounts_that_cannot_be_merged_are_told_why(agent, owner, facts, why):
    linked = facts.pop("linked", False)
    kept = account("kept-one", **facts)
    for one in (owner, kept) if linked else ():
        RegisteredCourt.objects.create(account=one, court="flsb", role="attorney", linked_at=NOW())
    verified(agent, owner)
    with pytest.raises(services.CannotMerge, match=why):
        services.ask_merger(staff=agent, account=owner.id, into=kept.number, reason=REASON, at=NOW())
    with pytest.raises(services.CannotMerge, match="same account"):
        services.ask_merger(staff=agent, account=owner.id, into=owner.number, reason=REASON, at=NOW())
    with pytest.raises(services.NoSuchNumber):
        services.ask_merger(staff=agent, account=owner.id, into="0000000", reason=REASON, at=NOW())


def test_a_merger_that_became_impossible_meanwhile_is_marked_and_changes_nothing(agent, boss, owner):
    kept = account("kept-one")
    verified(agent, owner)
    asked = services.ask_merger(staff=agent, account=owner.id, into=kept.number, reason=REASON, at=NOW())
    services.approve(staff=boss, request=asked.id, at=NOW())
    Account.objects.filter(id=kept.id).update(is_active=False)
    assert services.carry_out_due(at=NOW() + timedelta(days=2)) == 0
    owner.refresh_from_db()
    assert owner.is_active and Request.objects.get(id=asked.id).outcome == "failed"


# Races.


@pytest.mark.django_db(transaction=True)
def test_a_duplicate_is_merged_while_its_firm_sets_rules_or_its_owner_leaves_and_neither_is_broken_off():
    agent, boss = staff("agent-odile"), staff("boss-zero", "supervisor")
    payer = account("quill-billing", type="paa", last_name="Quill LLP", email="pay@quill.example")
    for n in range(4):
        gone, kept = account(f"gone-{n}", phone=f"518555020{n}"), account(f"kept-{n}", phone=f"518555030{n}")
        Membership.objects.create(firm=payer, account=gone, joined_at=NOW(), billed_from=NOW())
        verified(agent, gone)
        asked = services.ask_merger(staff=agent, account=gone.id, into=kept.number, reason=REASON, at=NOW())
        services.approve(staff=boss, request=asked.id, at=NOW())
        Request.objects.filter(id=asked.id).update(waits_from=NOW())
        given = at_once([
            lambda asked=asked: services.carry_out(request=asked.id, at=NOW()),
            lambda: firms.set_rules(
                firm=payer.id, code_required=True, code_format="", receipts_hidden=False, at=NOW()
            ),
            *[lambda gone=gone: firms.leave(account=gone.id, remark="", at=NOW())] * (n % 2),
        ])  # fmt: skip
        left = given[2:] == [None]
        assert given[:2] == [True, None] and (left or all(isinstance(one, firms.NotAMember) for one in given[2:])), (
            given
        )
        assert left or Account.objects.get(id=kept.id).client_code_required, "the firm pays for this one now"


@pytest.mark.django_db(transaction=True)
def test_of_eight_approvals_at_once_one_counts_forty_times_over():
    agent, bosses = staff("agent-odile"), [staff(f"boss-{n}", "supervisor") for n in range(8)]
    owner = account(phone="5185550100")
    app_of(owner)
    for n in range(40):
        verified(agent, owner)
        asked = ask(agent, owner)
        given = at_once([
            lambda boss=boss, asked=asked: services.approve(staff=boss, request=asked.id, at=NOW()) for boss in bosses
        ])  # fmt: skip
        assert sorted(isinstance(one, services.NotWaiting) for one in given) == [False] + [True] * 7, (n, given)
        approved = AuditLine.objects.filter(act="service.factors-approved", facts__request=str(asked.id))
        assert approved.count() == 1
        Request.objects.filter(id=asked.id).update(outcome="objected")


@pytest.mark.django_db(transaction=True)
def test_an_objection_and_the_doing_exclude_each_other():
    agent, boss, owner = staff("agent-odile"), staff("boss-bram", "supervisor"), account(phone="5185550100")
    for _ in range(12):
        app_of(owner)
        verified(agent, owner)
        asked = ask(agent, owner)
        services.approve(staff=boss, request=asked.id, at=NOW())
        Request.objects.filter(id=asked.id).update(waits_from=NOW())
        where = path_in([m for m in mailed(owner.email) if "/objection/" in m.text][-1], "objection")
        secret = where.rpartition("/")[2]
        at_once([
            lambda asked=asked, secret=secret: services.object_to(request=asked.id, secret=secret, at=NOW()),
            *[lambda asked=asked: services.carry_out(request=asked.id, at=NOW())] * 3,
        ])  # fmt: skip
        outcome, gone = Request.objects.get(id=asked.id).outcome, not factors.factors_of(owner.id).apps
        assert (outcome, gone) in {("done", True), ("objected", False)}
        Account.objects.filter(id=owner.id).update(password=account(f"fresh-{_}").password)
        owner.refresh_from_db()
        factors.AuthenticatorApp.objects.filter(account=owner).delete()


def test_a_request_for_an_account_that_was_closed_meanwhile_fails_alone_and_holds_up_nobody(agent, boss, owner):
    """It raised in the job, at every run, before all that was due after it."""
    other = account("other-one", phone="5185550111")
    for who in (owner, other):
        app_of(who)
        verified(agent, who)
        services.approve(staff=boss, request=ask(agent, who).id, at=NOW())
    closing.close(account=owner.id, why=Closed.OWNER, by=str(owner.id), at=NOW())
    assert services.carry_out_due(at=NOW() + timedelta(hours=25)) == 1
    assert Request.objects.get(account=owner).outcome == "failed" and factors.factors_of(owner.id).apps
    assert Request.objects.get(account=other).outcome == "done" and not factors.factors_of(other.id).apps


def test_nor_does_a_closed_account_get_another_address(agent, owner):
    verified(agent, owner)
    asked = services.ask_email(staff=agent, account=owner.id, email="new@counsel.example", reason=REASON, at=NOW())
    where = path_in(mailed("new@counsel.example")[-1], "new-address")
    assert Client().post(where).status_code == 200
    closing.close(account=owner.id, why=Closed.OWNER, by=str(owner.id), at=NOW())
    assert services.carry_out_due(at=NOW() + timedelta(hours=49)) == 0
    assert Request.objects.get(id=asked.id).outcome == "failed"
    assert Account.objects.get(id=owner.id).email == owner.email

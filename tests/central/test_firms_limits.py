"""What a firm cannot do to people, and what nobody can do to a firm's rules, however the requests cross."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from openecf.central.accounts.models import Account, AccountType, Closed
from openecf.central.accounts.services import closing, securing
from openecf.central.firms import queries, rules, services
from openecf.central.firms.models import Invitation, Membership
from tests.central.registrants import at_once, mailed
from tests.central.relying import PASSWORD, account

pytestmark = pytest.mark.django_db


def firm(username: str = "quill-billing") -> Account:
    return account(username, type=AccountType.ADMINISTRATIVE, last_name="Quill LLP", email=f"{username}@quill.example")


def asked(payer: Account, who: Account, **changed: str) -> Invitation:
    named = {"number": who.number, "last_name": who.last_name} | changed
    return services.invite(firm=payer.id, **named, at=timezone.now())


def joined(payer: Account, who: Account) -> Membership:
    return services.accept(account=who.id, invitation=asked(payer, who).id, at=timezone.now())


def set_rules(payer: Account, *, required: bool) -> None:
    services.set_rules(firm=payer.id, code_required=required, code_format="", receipts_hidden=False, at=timezone.now())


def requires(who: Account, required: bool) -> None:
    securing.require_client_code(account=who, required=required, at=timezone.now())


def asks_for_code(account_id: UUID) -> bool:
    return Account.objects.get(id=account_id).client_code_required


def test_nobody_joins_a_firm_that_was_closed_meanwhile():
    """It cannot sign in, and would never pay what its new member reads."""
    payer, who = firm(), account()
    invitation = asked(payer, who)
    closing.close(account=payer.id, why=Closed.OWNER, by=str(payer.id), at=timezone.now())
    assert queries.waiting_for(account=who.id, now=timezone.now()) == []
    with pytest.raises(services.InvitationOver):
        services.accept(account=who.id, invitation=invitation.id, at=timezone.now())
    assert not Membership.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_firm_that_closes_while_somebody_joins_has_no_member_afterwards():
    for n in range(12):
        payer, who = firm(f"quill-billing-{n}"), account(f"joiner-{n}", email=f"j{n}@counsel.example")
        invitation = asked(payer, who)
        at_once([
            lambda who=who, invitation=invitation: services.accept(
                account=who.id, invitation=invitation.id, at=timezone.now()
            ),
            lambda payer=payer: closing.deactivate(account=payer, password=PASSWORD, at=timezone.now()),
        ])  # fmt: skip
        is_open, has_members = Account.objects.get(id=payer.id).is_active, queries.has_members(payer.id)
        assert is_open is has_members, "either somebody joined and it stayed, or it closed and nobody did"


def test_a_firm_does_not_find_out_whose_account_a_number_is():
    payer, who = firm(), account(last_name="Smith")
    for n in range(rules.GUESSES):
        with pytest.raises(services.NoSuchPerson):
            asked(payer, who, number=f"{1_000_000 + n}")
    with pytest.raises(services.TooManyGuesses):
        asked(payer, who)
    assert asked(firm("other-billing"), who), "another firm asks as ever"
    assert services.invite(
        firm=payer.id, number=who.number, last_name="Smith", at=timezone.now() + timedelta(hours=2)
    )  # fmt: skip


def test_who_says_no_or_nothing_is_not_asked_again_and_again():
    payer, who = firm(), account()
    for n in range(rules.ASKED_IN_VAIN):
        invitation = asked(payer, who)
        if n % 2:
            services.refuse(account=who.id, invitation=invitation.id, at=timezone.now())
        else:
            services.withdraw(firm=payer.id, invitation=invitation.id, at=timezone.now())
    with pytest.raises(services.AskedOften):
        asked(payer, who)
    assert len(mailed(who.email)) == rules.ASKED_IN_VAIN
    later = timezone.now() + rules.INVITATION_LASTS + timedelta(hours=1)
    assert services.invite(firm=payer.id, number=who.number, last_name=who.last_name, at=later)


@pytest.mark.django_db(transaction=True)
def test_a_member_does_not_slip_out_of_the_firms_rule_while_it_joins():
    payer = firm()
    set_rules(payer, required=True)
    for n in range(25):
        who = account(f"member-{n}", email=f"m{n}@counsel.example")
        invitation = asked(payer, who)
        at_once([
            lambda who=who, invitation=invitation: services.accept(
                account=who.id, invitation=invitation.id, at=timezone.now()
            ),
            *[lambda who=who: requires(who, required=False)] * 3,
        ])  # fmt: skip
        assert asks_for_code(who.id), "the firm that pays decides on client codes"


def test_the_firms_word_counts_although_the_members_own_came_from_a_page_that_was_open_before():
    payer, who = firm(), account()
    set_rules(payer, required=True)
    joined(payer, who)
    with pytest.raises(securing.TheFirmDecides):
        requires(who, required=False)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", ["joins", "leaves"])
def test_rules_that_are_set_while_somebody_joins_or_leaves_count_for_members_and_for_nobody_else(change):
    payer = firm()
    for n in range(25):
        set_rules(payer, required=False)
        who = account(f"member-{n}", email=f"m{n}@counsel.example")
        invitation = asked(payer, who)
        if change == "leaves":
            services.accept(account=who.id, invitation=invitation.id, at=timezone.now())
        cross = {
            "joins": lambda who=who, invitation=invitation: services.accept(
                account=who.id, invitation=invitation.id, at=timezone.now()
            ),
            "leaves": lambda who=who: services.leave(account=who.id, remark="Another practice", at=timezone.now()),
        }[change]
        given = at_once([cross, lambda: set_rules(payer, required=True)])
        assert not any(isinstance(one, Exception) for one in given), given
        assert asks_for_code(who.id) is (change == "joins")

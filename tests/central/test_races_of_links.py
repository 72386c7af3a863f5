"""Links and invitations used eight times at the same instant, forty times over: exactly one counts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from openecf.central.accounts.models import Account, AccountType, Draft
from openecf.central.accounts.services import LinkSpent, activating, lettering, maintaining, registering, securing
from openecf.central.accounts.services.links import Purpose, make_link
from openecf.central.firms import services as firms
from openecf.central.firms.models import Invitation, Membership
from openecf.platform.audit.models import AuditLine
from tests.central.registrants import STEPS, at_once
from tests.central.relying import account

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS, AT_ONCE = 40, 8


def test_a_reset_link_sets_one_password() -> None:
    who = account()
    for _ in range(ROUNDS):
        secret = make_link(purpose=Purpose.RESET, email=who.email, at=timezone.now(), account=who).rpartition("/")[2]
        words = [f"quiet meadow lantern {n}" for n in range(AT_ONCE)]
        given = at_once([
            lambda word=word, secret=secret: securing.reset_password(
                secret=secret, new=word, at=timezone.now(), address="192.0.2.1"
            )
            for word in words
        ])  # fmt: skip
        won = [word for word, one in zip(words, given, strict=True) if isinstance(one, Account)]
        assert len(won) == 1 and sum(isinstance(one, LinkSpent) for one in given) == AT_ONCE - 1, given
        who.refresh_from_db()
        assert who.check_password(won[0])


def test_a_registration_is_confirmed_once() -> None:
    person, address = ({"answers": STEPS[step]} for step in ("person", "address"))
    for n in range(ROUNDS):
        at = timezone.now()
        draft = Draft.objects.create(
            digest=f"{n:064d}", type=AccountType.CASE_SEARCH, person=person, address=address,
            username=f"racer-{n}", password="x", expires_at=at + timedelta(hours=1), begun_at=at,
        )  # fmt: skip
        secret = make_link(purpose=Purpose.REGISTER, email=f"r{n}@counsel.example", at=at, draft=draft).rpartition("/")[
            2
        ]
        given = at_once([lambda secret=secret: registering.confirm(secret=secret, at=timezone.now())] * AT_ONCE)
        assert sum(isinstance(one, Account) for one in given) == 1, given
        assert sum(isinstance(one, LinkSpent) for one in given) == AT_ONCE - 1, given
    assert Account.objects.count() == ROUNDS


def test_a_new_address_is_confirmed_once() -> None:
    who = account()
    for n in range(ROUNDS):
        new = f"ada-{n}@counsel.example"
        secret = make_link(purpose=Purpose.EMAIL, email=new, at=timezone.now(), account=who).rpartition("/")[2]
        given = at_once([lambda secret=secret: maintaining.confirm_email(secret=secret, at=timezone.now())] * AT_ONCE)
        assert sum(isinstance(one, Account) for one in given) == 1, given
        assert sum(isinstance(one, LinkSpent) for one in given) == AT_ONCE - 1, given
        who.refresh_from_db()
        assert who.email == new
    assert AuditLine.objects.filter(act="account.email-changed").count() == ROUNDS


def test_the_token_of_a_letter_activates_once() -> None:
    for n in range(ROUNDS):
        who, at = account(f"newcomer-{n}"), timezone.now()
        with transaction.atomic():
            lettering.await_letter(account=who, by="owner", at=at)
        [letter] = lettering.print_letters(letters=None, by="desk", at=at)
        given = at_once([
            lambda who=who, token=letter.token: activating.activate(
                account=who, token=token, at=timezone.now(), address="192.0.2.1"
            )
        ] * AT_ONCE)  # fmt: skip
        assert given.count(True) == 1 and sum(isinstance(one, activating.WrongToken) for one in given) == AT_ONCE - 1


def test_a_token_that_is_typed_while_the_desk_sends_another_letter_counts_or_is_too_late() -> None:
    for n in range(AT_ONCE):
        who, at = account(f"newcomer-{n}"), timezone.now()
        with transaction.atomic():
            lettering.await_letter(account=who, by="owner", at=at)
        [token] = [one.token for one in lettering.print_letters(letters=None, by="desk", at=at) if one.account == who]
        typed, *sent = at_once([
            lambda who=who, token=token: activating.activate(
                account=who, token=token, at=timezone.now(), address="192.0.2.1"
            ),
            *[lambda who=who: lettering.send_anew(account=who.id, by="desk", at=timezone.now())] * 2,
        ])  # fmt: skip
        assert typed is True or isinstance(typed, activating.WrongToken | lettering.NotAwaitingLetter), typed
        late = [one for one in sent if one is not None]
        assert all(isinstance(one, lettering.NotAwaitingLetter) for one in late) and (not late or typed is True), sent


def test_an_invitation_is_accepted_once() -> None:
    payer = account("quill-billing", type=AccountType.ADMINISTRATIVE, last_name="Quill LLP", email="pay@quill.example")
    who = account()
    for _ in range(ROUNDS):
        asked = firms.invite(firm=payer.id, number=who.number, last_name=who.last_name, at=timezone.now())
        given = at_once(
            [lambda asked=asked: firms.accept(account=who.id, invitation=asked.id, at=timezone.now())] * AT_ONCE
        )
        assert sum(isinstance(one, Membership) for one in given) == 1, given
        assert Membership.objects.filter(account=who, left_at=None).count() == 1
        firms.leave(account=who.id, remark="", at=timezone.now())
    assert Invitation.objects.count() == Membership.objects.count() == ROUNDS


def test_an_invitation_is_accepted_or_refused_never_both() -> None:
    payer = account("quill-billing", type=AccountType.ADMINISTRATIVE, last_name="Quill LLP", email="pay@quill.example")
    who = account()
    for _ in range(10):
        asked = firms.invite(firm=payer.id, number=who.number, last_name=who.last_name, at=timezone.now())
        acts = [lambda asked=asked: firms.accept(account=who.id, invitation=asked.id, at=timezone.now())] * 4
        acts += [lambda asked=asked: firms.refuse(account=who.id, invitation=asked.id, at=timezone.now())] * 4
        given = at_once(acts)
        assert sum(not isinstance(one, Exception) for one in given) == 1, given
        Invitation.objects.filter(outcome=Invitation.Outcome.REFUSED).delete()  # who refuses is not asked for ever
        if Membership.objects.filter(account=who, left_at=None).exists():
            firms.leave(account=who.id, remark="", at=timezone.now())

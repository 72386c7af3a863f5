"""A court's one-time things used eight times at the same instant, forty times over: exactly one counts."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connections
from django.utils import timezone

from openecf.court.notices import services as notices
from openecf.court.people import services as people
from openecf.court.people.models import CourtUser, LinkOffer
from openecf.platform.audit.models import AuditLine
from openecf.platform.mail.models import OutgoingMail
from openecf.platform.relying_party.models import LogoutToken, RpSession
from openecf.platform.relying_party.services import take_logout_token
from tests.court import callers
from tests.court import world as invented
from tests.court.callers import person, reader
from tests.court.test_documents_pages import mailed, main_document
from tests.court.test_people_linking import _at_once, live
from tests.court.world import AT
from tests.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS, AT_ONCE = 40, 8


def test_a_free_look_opens_once() -> None:
    world = invented.make()
    for _ in range(ROUNDS):
        OutgoingMail.objects.all().delete()
        entry, secrets = mailed(world)
        document, secret = main_document(entry), secrets["tokafor@counsel.example"]
        connections.close_all()
        looked = _at_once(
            *[lambda s=secret, d=document: notices.use_free_look(secret=s, document_id=d.pk, at=AT)] * AT_ONCE
        )
        assert sorted(looked) == [False] * (AT_ONCE - 1) + [True]


def test_an_offer_to_link_links_once() -> None:
    now = timezone.now()
    live(now - timedelta(days=1))
    for n in range(ROUNDS):
        who, user = person(account=uuid4()), callers.court_user(login=f"racer{n:02d}")
        offer = LinkOffer.objects.create(
            account=who.account, user=user, created_at=now, expires_at=now + timedelta(minutes=5)
        )
        connections.close_all()
        _at_once(*[lambda w=who, o=offer: people.confirm_link(reader=reader(w), offer_id=o.id, now=now)] * AT_ONCE)
        assert CourtUser.objects.filter(account=who.account).count() == 1
    assert AuditLine.objects.filter(act="account.linked").count() == ROUNDS
    assert OutgoingMail.objects.count() == 2 * ROUNDS, "both sides are told once"


def test_a_login_that_eight_people_prove_goes_to_one() -> None:
    now = timezone.now()
    live(now - timedelta(days=1))
    for n in range(ROUNDS):
        user, racers = callers.court_user(login=f"racer{n:02d}"), [person(account=uuid4()) for _ in range(AT_ONCE)]
        offers = [
            LinkOffer.objects.create(
                account=one.account, user=user, created_at=now, expires_at=now + timedelta(minutes=5)
            )
            for one in racers
        ]
        connections.close_all()
        given = _at_once(*(
            lambda w=w, o=o: people.confirm_link(reader=reader(w), offer_id=o.id, now=now)
            for w, o in zip(racers, offers, strict=True)
        ))  # fmt: skip
        assert sum(isinstance(one, CourtUser) for one in given) == 1, given
    assert AuditLine.objects.filter(act="account.linked").count() == ROUNDS


def test_a_logout_token_counts_once() -> None:
    for n in range(ROUNDS):
        jti, sid, at = f"token-{n}", f"session-{n}", timezone.now()
        RpSession.objects.create(
            digest=f"{n:064d}", sid=sid, facts={}, id_token="", created_at=at, seen_at=at,
            expires_at=at + timedelta(hours=1),
        )  # fmt: skip
        given = at_once([lambda j=jti, s=sid: take_logout_token(jti=j, sid=s, at=timezone.now())] * AT_ONCE)
        assert given == [None] * AT_ONCE, "shown again it is no error"
        assert AuditLine.objects.filter(act="session.revoked").count() == LogoutToken.objects.count() == n + 1
    assert not RpSession.objects.exists()

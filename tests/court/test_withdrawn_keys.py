"""A key of Central Sign-On that was in wrong hands, as a court learns of it and from then on refuses it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from joserfc.jwk import ECKey

from openecf.platform.audit.models import AuditLine
from openecf.platform.relying_party import services
from openecf.platform.relying_party.models import RpSession
from tests.court.central_stand_in import STRANGER, CentralStandIn, central, sign_on, who

__all__ = ["central"]
pytestmark = pytest.mark.django_db


def withdraw(central: CentralStandIn) -> ECKey:
    """The provider withdraws the key that signs, and a fresh one signs at once; the one that is in wrong hands."""
    lost, central.key = central.key, ECKey.generate_key("P-256", auto_kid=True)
    central.published = [central.key]
    central.withdrawn.append(lost.kid)
    return lost


def hear(central: CentralStandIn) -> None:
    assert services.listen(at=timezone.now(), wait=timedelta(0))


class TestAWithdrawnKey:
    """It was in wrong hands: whoever has it can sign anything, for ever."""

    def test_signs_nobody_off_from_the_moment_that_the_court_hears_of_it(self, central: CentralStandIn) -> None:
        browser = Client()
        sign_on(central, browser)
        lost = withdraw(central)
        hear(central)
        forged = central.logout_token("session-1", key=lost)
        assert Client().post("/oidc/backchannel", {"logout_token": forged}).status_code == 400
        assert who(browser) is not None, "and a session, which is not signed, goes on"
        true = central.logout_token("session-1")
        assert Client().post("/oidc/backchannel", {"logout_token": true}).status_code == 200
        assert who(browser) is None

    def test_proves_no_sign_on_though_a_cache_between_still_tells_it(self, central: CentralStandIn) -> None:
        sign_on(central, Client())
        lost = withdraw(central)
        central.published.append(lost)
        hear(central)
        RpSession.objects.all().delete()
        central.claims = {"_key": lost}
        assert sign_on(central, Client()).status_code == 400 and not RpSession.objects.exists()
        central.claims = {}
        assert sign_on(central, Client()).status_code == 302

    def test_is_refused_whatever_id_the_token_claims(self, central: CentralStandIn) -> None:
        sign_on(central, Client())
        lost = withdraw(central)
        hear(central)
        for kid in ({"kid": central.key.kid}, {"kid": "another"}, {}):
            disguised = ECKey.import_key({k: v for k, v in lost.as_dict(private=True).items() if k != "kid"} | kid)
            forged = central.logout_token("session-1", key=disguised)
            assert Client().post("/oidc/backchannel", {"logout_token": forged}).status_code == 400
        assert RpSession.objects.exists()

    def test_its_successor_is_looked_for_though_keys_were_read_a_moment_ago(self, central: CentralStandIn) -> None:
        sign_on(central, Client())
        withdraw(central)
        hear(central)
        assert sign_on(central, Client()).status_code == 302
        for _ in range(20):
            token = central.logout_token("session-1", key=STRANGER)
            assert Client().post("/oidc/backchannel", {"logout_token": token}).status_code == 400
        assert central.asked("/oauth2/jwks") == 2, "and no more often than ever"

    def test_stays_refused_when_the_provider_was_restored_from_a_copy_that_does_not_know(
        self, central: CentralStandIn
    ) -> None:
        lost = withdraw(central)
        hear(central)
        hear(central)
        central.withdrawn.clear()
        central.published.append(lost)
        hear(central)
        forged = central.logout_token("session-1", key=lost)
        assert Client().post("/oidc/backchannel", {"logout_token": forged}).status_code == 400
        [line] = AuditLine.objects.filter(act="session.keys-refused")
        assert line.facts["kids"] == [lost.kid]

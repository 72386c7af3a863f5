"""A signing key that is in wrong hands is withdrawn: from one moment on nothing counts that it signs, and nobody who
is signed on notices."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from joserfc import jwt

from openecf.central.signon import keys, queries, rules, services
from openecf.central.signon.models import SigningKey
from openecf.platform.audit.models import AuditLine
from tests.central.relying import Court, account, claims_of, court, other_court, session_of, signed_on, userinfo
from tests.together import at_once

__all__ = ["court", "other_court"]
pytestmark = pytest.mark.django_db
WHY = "a laptop of the provider's was stolen"


def signing() -> str:
    return SigningKey.objects.get(state="signing").kid


def told_to_courts() -> set[str]:
    return {key["kid"] for key in Client().get("/oauth2/jwks").json()["keys"]}


def withdraw(kid: str) -> str:
    """Long enough ago for courts to be told."""
    return services.withdraw_key(kid=kid, why=WHY, by="operator", at=timezone.now() - rules.KEY_TOLD_AFTER)


def refused_keys(court: Court) -> list[str]:
    return Client().post("/oauth2/revocations", {"after": 0} | court.proof()).json()["withdrawn_keys"]


def kid_of(token: str) -> str:
    return jwt.decode(token, keys.keys().verifying, algorithms=["ES256"]).header["kid"]


class TestWithdrawing:
    def test_a_fresh_key_signs_at_once_and_every_court_hears_which_to_refuse(
        self, court: Court, other_court: Court
    ) -> None:
        lost = keys.keys().signing
        services.publish_key(by="test", at=timezone.now())
        assert refused_keys(court) == [] and len(told_to_courts()) == 2
        browser = signed_on(account())
        before = court.ask().tokens(browser)
        fresh = withdraw(lost.kid)
        assert signing() == fresh != lost.kid
        assert lost.kid not in told_to_courts() and len(told_to_courts()) == 2, "the successor that waits stays"
        assert refused_keys(court) == refused_keys(other_court) == [lost.kid]
        after = other_court.ask().tokens(browser)
        assert kid_of(after["id_token"]) == fresh and claims_of(after["id_token"])
        assert session_of(browser) and userinfo(before["access_token"]).status_code == 200, "what is not signed goes on"
        row = SigningKey.objects.get(kid=lost.kid)
        assert row.state == "removed" and not bytes(row.sealed), "its private half is gone here"

    def test_nothing_that_it_signs_signs_anybody_off_without_a_question(self, court: Court) -> None:
        lost, browser = keys.keys().signing, signed_on(account())
        claims = claims_of(court.ask().tokens(browser)["id_token"])
        withdraw(lost.kid)
        forged = jwt.encode({"alg": "ES256", "kid": lost.kid}, claims, lost, algorithms=["ES256"])
        assert "Sign out" in browser.get("/oauth2/logout", {"id_token_hint": forged}).content.decode()
        assert session_of(browser)
        honest = court.ask().tokens(browser)["id_token"]
        browser.get("/oauth2/logout", {"id_token_hint": honest})
        assert session_of(browser) is None

    @pytest.mark.parametrize("state", ["published", "retired"])
    def test_one_that_does_not_sign_goes_and_the_other_signs_on(self, court: Court, state: str) -> None:
        now, first = timezone.now(), signing()
        other = services.publish_key(by="test", at=now - rules.KEY_DWELL)
        if state == "retired":
            services.tend_keys(at=now)
            first, other = other, first
        assert withdraw(other) == first == signing()
        assert told_to_courts() == {first} and refused_keys(court) == [other]

    def test_courts_refuse_it_when_no_process_of_the_provider_signs_with_it_any_more(self, court: Court) -> None:
        services.withdraw_key(kid=signing(), why=WHY, by="operator", at=timezone.now() + rules.KEY_TOLD_AFTER)
        assert refused_keys(court) == []
        assert timedelta(seconds=keys._READ_AGAIN_SECONDS) < rules.KEY_TOLD_AFTER < timedelta(seconds=5)

    def test_why_and_by_whom_is_kept(self, court: Court) -> None:
        lost = signing()
        fresh = withdraw(lost)
        [line] = AuditLine.objects.filter(act="signon.key-withdrawn")
        assert line.by == "operator"
        assert line.facts == {"kid": lost, "was": "signing", "why": WHY, "signs_now": fresh}

    @pytest.mark.parametrize("why", ["", "  \n", "x" * 501])
    def test_not_without_a_reason_that_can_be_kept(self, court: Court, why: str) -> None:
        with pytest.raises(services.ReasonMissing):
            services.withdraw_key(kid=signing(), why=why, by="operator", at=timezone.now())
        assert refused_keys(court) == []

    def test_not_twice_and_not_one_that_is_unknown(self, court: Court) -> None:
        lost = signing()
        fresh = withdraw(lost)
        for kid in (lost, "unheard-of", "", "x" * 500):
            with pytest.raises(services.NoSuchKey):
                withdraw(kid)
        assert signing() == fresh and refused_keys(court) == [lost]

    def test_the_list_shows_what_is_in_use_and_what_was_withdrawn(self, court: Court) -> None:
        lost = signing()
        fresh = services.withdraw_key(kid=lost, why=WHY, by="operator", at=timezone.now())
        waits = services.publish_key(by="test", at=timezone.now())
        assert [(one.kid, one.state, bool(one.withdrawn_at)) for one in queries.signing_keys()] == [
            (waits, "published", False), (fresh, "signing", False), (lost, "removed", True)
        ]  # fmt: skip


def test_of_successors_one_waits_at_a_time(court: Court) -> None:
    services.publish_key(by="test", at=timezone.now())
    with pytest.raises(services.SuccessorWaits):
        services.publish_key(by="test", at=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_of_eight_that_withdraw_one_key_one_does_while_keys_are_tended(court: Court) -> None:
    for n in range(1, 41):
        lost, now = signing(), timezone.now()
        acts = [lambda lost=lost: withdraw(lost)] * 8 + [lambda now=now: services.tend_keys(at=now)] * 2
        given = at_once(acts)
        assert sum(isinstance(one, str) for one in given) == 1, given
        assert sum(isinstance(one, services.NoSuchKey) for one in given) == 7, given
        assert SigningKey.objects.filter(state="signing").count() == 1
        assert AuditLine.objects.filter(act="signon.key-withdrawn").count() == n

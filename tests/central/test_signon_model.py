"""Codes, access tokens and families of refresh tokens against a model of them: whatever people, courts and thieves do in
whatever order, nothing that was revoked, used, or is over opens anything, and nothing that is live fails."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from openecf.central.signon import queries, rules, services
from openecf.central.signon.models import SsoSession
from tests.central.relying import PASSWORD, Court, account, court, other_court

__all__ = ["court", "other_court"]
pytestmark = pytest.mark.django_db

COURTS = ("flsb", "flsd")
CHALLENGE = create_s256_code_challenge("v" * 48)
ANY = st.integers(0, 10**6)
"""Which of those there are, counted round."""


@dataclass
class Person:
    """A sign-on as the model has it."""

    session: SsoSession
    ends: datetime
    ended: bool = False

    def live(self, now: datetime) -> bool:
        return not self.ended and now < self.ends


@dataclass
class Family:
    """All that comes of one code: its access tokens with their ends, its refresh tokens in order."""

    person: Person
    court: str
    code: str
    code_ends: datetime
    redeemed: bool = False
    revoked: bool = False
    lasts_until: datetime | None = None
    access: dict[str, datetime] = field(default_factory=dict)
    withdrawn: set[str] = field(default_factory=set)
    refresh: list[str] = field(default_factory=list)

    def opens(self, token: str, now: datetime) -> bool:
        whole = not self.revoked and token not in self.withdrawn
        return whole and now < self.access[token] and self.person.live(now)


class Tokens(RuleBasedStateMachine):
    """The site, and beside it the model."""

    @initialize()
    def begin(self) -> None:
        self.now = timezone.now()
        self.people: list[Person] = []
        self.families: list[Family] = []
        self.signs_on()

    def _person(self, which: int) -> Person:
        """Two times of three somebody who is signed on, if anybody is."""
        there = [one for one in self.people if which % 3 == 0 or one.live(self.now)] or self.people
        return there[which % len(there)]

    def _family(self, which: int, *, redeemed: bool) -> Family | None:
        """Two times of three one that is still good for something, if any is."""
        there = [one for one in self.families if one.redeemed is redeemed]
        good = [one for one in there if not one.revoked and one.person.live(self.now)]
        there = good if good and which % 3 else there
        return there[which % len(there)] if there else None

    def _keep(self, family: Family, access: str, refresh: str) -> None:
        family.access[access] = self.now + rules.TOKEN_LIFE
        family.refresh.append(refresh)

    @precondition(lambda self: sum(one.live(self.now) for one in self.people) < 2)
    @rule()
    def signs_on(self) -> None:
        who = account(f"person-{self.now.timestamp()}-{len(self.people)}"[:45])
        begun = services.sign_on(username=who.username, password=PASSWORD, address="192.0.2.9", at=self.now)
        self.people.append(Person(begun.session, self.now + rules.ABSOLUTE))

    @rule(which=ANY)
    def signs_off(self, which: int) -> None:
        person = self._person(which)
        services.sign_off(session=person.session, at=self.now)
        person.ended = True

    @rule(which=ANY, at=st.sampled_from(COURTS))
    def opens_a_court(self, which: int, at: str) -> None:
        person = self._person(which)
        asked = {"sso": person.session.id, "court": at, "redirect_uri": "x", "challenge": CHALLENGE, "nonce": "",
                 "scope": "openid offline_access", "at": self.now}  # fmt: skip
        if not person.live(self.now):
            with pytest.raises(services.SessionEnded):
                services.issue_code(**asked)
            return
        self.families.append(Family(person, at, services.issue_code(**asked), self.now + rules.CODE_LIFE))

    def _redeems(self, family: Family, at: str = "", challenge: str = CHALLENGE) -> services.Redeemed | None:
        return services.redeem_code(
            code=family.code, court=at or family.court, redirect_uri="x", challenge=challenge, at=self.now
        )

    @rule(which=ANY)
    def a_court_redeems_its_code(self, which: int) -> None:
        family = self.families[-1] if which < 0 else self._family(which, redeemed=False)
        if family is None:
            return
        given = self._redeems(family)
        assert (given is not None) is (self.now < family.code_ends and family.person.live(self.now))
        if given is not None:
            family.redeemed, family.lasts_until = True, self.now + rules.REFRESH_LIFE
            self._keep(family, given.access_token, given.refresh_token)

    @rule(which=ANY, guess=st.sampled_from(["court", "verifier"]))
    def somebody_else_shows_a_code(self, which: int, guess: str) -> None:
        if (family := self._family(which, redeemed=False)) is None:
            return
        wrong = {"at": COURTS[family.court == COURTS[0]]} if guess == "court" else {"challenge": "y" * 43}
        assert self._redeems(family, **wrong) is None

    @rule(which=ANY)
    def a_code_is_shown_again(self, which: int) -> None:
        if family := self._family(which, redeemed=True):
            assert self._redeems(family) is None
            family.revoked = True

    @rule(which=ANY)
    def a_court_refreshes(self, which: int) -> None:
        if (family := self._family(which, redeemed=True)) is None:
            return
        given = services.refresh(token=family.refresh[-1], court=family.court, at=self.now)
        live = not family.revoked and self.now < family.lasts_until and family.person.live(self.now)
        assert (given is not None) is live
        if given is not None:
            self._keep(family, given.access_token, given.refresh_token)

    @rule(which=ANY, older=ANY)
    def an_older_refresh_token_is_shown(self, which: int, older: int) -> None:
        family = self._family(which, redeemed=True)
        if family and len(family.refresh) > 1:
            shown = family.refresh[older % (len(family.refresh) - 1)]
            assert services.refresh(token=shown, court=family.court, at=self.now) is None
            family.revoked = True

    @rule(which=ANY, token=ANY)
    def another_court_shows_a_refresh_token(self, which: int, token: int) -> None:
        if family := self._family(which, redeemed=True):
            other = COURTS[family.court == COURTS[0]]
            shown = family.refresh[token % len(family.refresh)]
            assert services.refresh(token=shown, court=other, at=self.now) is None
            assert not services.revoke_token(token=shown, court=other, at=self.now)

    @rule(which=ANY, token=ANY)
    def a_refresh_token_is_revoked(self, which: int, token: int) -> None:
        if family := self._family(which, redeemed=True):
            shown = family.refresh[token % len(family.refresh)]
            assert services.revoke_token(token=shown, court=family.court, at=self.now) is not family.revoked
            family.revoked = True

    @rule(which=ANY, token=ANY)
    def an_access_token_is_revoked(self, which: int, token: int) -> None:
        if family := self._family(which, redeemed=True):
            shown = sorted(family.access)[token % len(family.access)]
            services.revoke_token(token=shown, court=family.court, at=self.now)
            family.withdrawn.add(shown)

    @rule(which=ANY, at=st.sampled_from(COURTS))
    def a_court_opens(self, which: int, at: str) -> None:
        self.opens_a_court(which, at)
        if self.families and not self.families[-1].redeemed:
            self.a_court_redeems_its_code(which=-1)

    @rule(seconds=st.sampled_from([1, 2, 3, 7, 7, 7, 43, 71, 307, 3607, 29_009]))
    def time_goes_by(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @invariant()
    def what_opens_is_what_is_live(self) -> None:
        for family in getattr(self, "families", ()):
            for token in family.access:
                found = queries.by_access_token(token=token, now=self.now)
                assert (found is not None) is family.opens(token, self.now), family


def test_nothing_revoked_used_or_over_opens_anything(court: Court, other_court: Court) -> None:
    steady = settings(
        max_examples=12, stateful_step_count=30, deadline=None, derandomize=True, database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(Tokens, settings=steady)

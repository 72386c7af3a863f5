"""A court as a relying party: what ends a session here, and what goes on while the provider is away."""

from __future__ import annotations

import secrets
import threading
import time
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from openecf.platform.audit.models import AuditLine
from openecf.platform.relying_party import middleware, provider, queries, services
from openecf.platform.relying_party.models import ApiToken, EndedName, Feed, RpSession
from tests.court.central_stand_in import (  # noqa: F401
    COOKIE,
    EVENT,
    SEEN,
    STRANGER,
    SUBJECT,
    CentralStandIn,
    attempts,
    central,
    program,
    sign_on,
    silent_for,
    who,
)

pytestmark = pytest.mark.django_db


class TestBackChannel:
    def post(self, token: str) -> int:
        answer = Client().post("/oidc/backchannel", {"logout_token": token})
        assert "no-store" in answer.headers["Cache-Control"]
        return answer.status_code

    def test_ends_the_session_of_that_name(self, central: CentralStandIn) -> None:
        browser, other = Client(), Client()
        sign_on(central, browser)
        central.claims = {"sid": "session-2"}
        sign_on(central, other)
        assert self.post(central.logout_token("session-1")) == 200
        assert who(browser) is None and who(other), "and no other"
        assert AuditLine.objects.filter(act="session.revoked").count() == 1

    @pytest.mark.parametrize(
        ("change", "because"),
        [
            ({"typ": None}, "of no type"),
            ({"typ": "JWT"}, "an ID token"),
            ({"iss": "http://evil.test"}, "by another provider"),
            ({"aud": "flsd"}, "for another court"),
            ({"iat": int(time.time()) + 3600}, "not made yet"),
            ({"iat": None}, "never made"),
            ({"exp": int(time.time()) - 300}, "over"),
            ({"exp": None}, "good for ever"),
            ({"events": {}}, "about no logout"),
            ({"events": {"http://schemas.openid.net/event/other": {}}}, "about something else"),
            ({"events": None}, "about nothing"),
            ({"nonce": "x"}, "an ID token in disguise"),
            ({"sid": None}, "of no session"),
            ({"jti": None}, "without a name of its own"),
            ({"key": STRANGER}, "signed by a stranger"),
        ],
    )
    def test_tokens_that_end_nothing(self, central: CentralStandIn, change: dict, because: str) -> None:
        browser = Client()
        sign_on(central, browser)
        assert self.post(central.logout_token("session-1", **change)) == 400, because
        assert who(browser), because

    @pytest.mark.parametrize("token", ["", "x", "e30.e30.e30", "é", "a.b"])
    def test_what_is_no_token(self, central: CentralStandIn, token: str) -> None:
        assert self.post(token) == 400

    def test_a_session_that_is_not_here_is_no_error(self, central: CentralStandIn) -> None:
        assert self.post(central.logout_token("never-seen")) == 200

    def test_a_token_acts_once(self, central: CentralStandIn) -> None:
        token = central.logout_token("session-1")
        assert self.post(token) == 200
        EndedName.objects.all().delete()
        browser = Client()
        sign_on(central, browser)
        assert self.post(token) == 200 and who(browser), "an old token does not end a later session"

    def test_while_the_keys_cannot_be_had_the_provider_is_asked_to_come_again(self, central: CentralStandIn) -> None:
        token = central.logout_token("session-1")
        central.broken = True
        assert self.post(token) == 503
        central.broken = False
        assert self.post(token) == 200, "and then it counts"

    def test_only_by_post(self, central: CentralStandIn) -> None:
        assert Client().get("/oidc/backchannel").status_code == 405

    def test_the_event_is_the_standards(self) -> None:
        assert provider.LOGOUT_EVENT == EVENT


class TestASignOffThatOvertakesTheSignOn:
    def test_begins_no_session(self, central: CentralStandIn) -> None:
        central.before_userinfo = lambda: None
        browser = Client()
        back = central.authorize(browser.get("/login").headers["Location"])
        assert (
            Client().post("/oidc/backchannel", {"logout_token": central.logout_token("session-1")}).status_code == 200
        )
        assert browser.get("/oidc/callback", back).status_code == 400
        assert not RpSession.objects.exists()

    @pytest.mark.django_db(transaction=True)
    def test_at_the_same_instant_leaves_no_session_alive(self, central: CentralStandIn) -> None:
        proofs = [provider.Proof(f"s{n}", {"sub": str(SUBJECT)}, "") for n in range(12)]
        together = threading.Barrier(24)

        def run(act) -> None:
            try:
                together.wait(20)
                act()
            except provider.NotProved:
                pass
            finally:
                connections.close_all()

        now = timezone.now()
        acts = [lambda p=proof: services.begin(proof=p, at=now) for proof in proofs]
        acts += [lambda p=proof: services.end_named(sids=[p.sid], why="test", at=now) for proof in proofs]
        connections.close_all()
        threads = [threading.Thread(target=run, args=[act]) for act in acts]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert RpSession.objects.count() == 0 and EndedName.objects.count() == 12


class TestFeed:
    def test_ends_what_it_names(self, central: CentralStandIn) -> None:
        browser = Client()
        sign_on(central, browser)
        central.revoked, central.cursor = ["session-1", "not-here"], 200
        assert services.listen(at=timezone.now(), wait=timedelta(0))
        assert who(browser) is None and Feed.objects.get().cursor == 200

    def test_is_read_by_one_at_a_time(self, central: CentralStandIn) -> None:
        silent_for(10)
        now = timezone.now()
        assert [services.listen(at=now) for _ in range(5)] == [True, False, False, False, False]
        assert services.listen(at=now + services.ASK_AGAIN_AFTER)
        assert central.asked("/oauth2/revocations") == 2

    def test_of_a_provider_restored_from_a_copy_is_read_from_its_beginning(self, central: CentralStandIn) -> None:
        browser = Client()
        sign_on(central, browser)
        Feed.objects.update(cursor=9_000)
        central.revoked, central.cursor = ["session-1"], 50
        assert services.listen(at=timezone.now(), wait=timedelta(0))
        assert who(browser) is None, "nothing that it says is missed"
        assert Feed.objects.get().cursor == 50 and Feed.objects.get().heard_at > timezone.now() - timedelta(seconds=30)


class TestPrograms:
    def test_a_token_is_asked_about_once_in_five_seconds(self, central: CentralStandIn) -> None:
        browser = program(central.program())
        assert all(who(browser).kind == "api" for _ in range(3))
        assert central.asked("/oauth2/introspect") == 1
        ApiToken.objects.update(checked_at=timezone.now() - timedelta(seconds=6))
        assert who(browser) and central.asked("/oauth2/introspect") == 2
        assert queries.BELIEVED_FOR.total_seconds() <= 5

    def test_gets_no_cookie_of_ours(self, central: CentralStandIn) -> None:
        answer = program(central.program()).get("/")
        assert COOKIE not in answer.cookies and not RpSession.objects.exists()

    def test_the_token_is_not_kept(self, central: CentralStandIn) -> None:
        token = central.program()
        who(program(token))
        assert token not in str(list(ApiToken.objects.values()))

    @pytest.mark.parametrize("token", ["", "short", "x" * 127, "x" * 129, "-" * 128, "é" * 128])
    def test_what_cannot_be_a_token_is_not_asked_about(self, central: CentralStandIn, token: str) -> None:
        browser = Client()
        request = browser.get("/healthz").wsgi_request
        request.COOKIES["NextGenCSO"], request.arrived = token, timezone.now()
        SEEN.clear()
        middleware.SignedOnPeople(lambda one: SEEN.append(one.signed_on))(request)
        assert SEEN == [None] and not central.calls

    def test_a_token_that_speaks_for_nobody(self, central: CentralStandIn) -> None:
        assert who(program(secrets.token_hex(64))) is None

    def test_a_revoked_token_is_dead_when_the_feed_was_read(self, central: CentralStandIn) -> None:
        token = central.program(sid="program-1")
        assert who(program(token))
        central.tokens.clear()
        central.revoked, central.cursor = ["program-1"], 300
        services.listen(at=timezone.now(), wait=timedelta(0))
        assert who(program(token)) is None

    def test_a_revoked_token_is_dead_within_five_seconds_without_it(self, central: CentralStandIn) -> None:
        token = central.program()
        assert who(program(token))
        central.tokens.clear()
        ApiToken.objects.update(checked_at=timezone.now() - queries.BELIEVED_FOR)
        assert who(program(token)) is None and not ApiToken.objects.exists()


class TestWhileTheProviderIsAway:
    def test_people_go_on_reading_and_do_not_file_after_a_minute(self, central: CentralStandIn) -> None:
        browser = Client()
        sign_on(central, browser)
        central.stop()
        silent_for(50)
        assert who(browser).fresh, "within a minute nothing changes"
        silent_for(61)
        person = who(browser)
        assert person and not person.fresh
        assert b"Ada Counsel" in browser.get("/").content, "pages still know the person"

    def test_when_it_is_back_filing_goes_on_at_once(self, central: CentralStandIn) -> None:
        browser = Client()
        sign_on(central, browser)
        central.broken = True
        silent_for(61)
        assert not who(browser).fresh
        central.broken = False
        silent_for(61)
        assert who(browser).fresh, "the court asks when somebody comes"

    def test_what_it_revoked_meanwhile_counts_first(self, central: CentralStandIn) -> None:
        browser = Client()
        sign_on(central, browser)
        silent_for(61)
        central.revoked, central.cursor = ["session-1"], 400
        who(browser)
        assert who(browser) is None

    @pytest.mark.parametrize(("minutes", "reads"), [(1, True), (14, True), (16, False)])
    def test_programs_go_on_reading_for_a_quarter_of_an_hour(self, central, minutes: int, reads: bool) -> None:
        browser = program(central.program())
        who(browser)
        central.stop()
        ApiToken.objects.update(checked_at=timezone.now() - timedelta(minutes=minutes))
        person = who(browser)
        assert bool(person) is reads and not (person and person.fresh), "they do not file"

    @pytest.mark.parametrize("how", ["broken", "stopped"])
    def test_nobody_signs_on_and_the_page_says_why(self, central: CentralStandIn, how: str) -> None:
        browser = Client()
        back = central.authorize(browser.get("/login").headers["Location"])
        if how == "broken":
            central.broken = True
        else:
            central.stop()
        answer = browser.get("/oidc/callback", back)
        assert answer.status_code == 503 and b"does not answer" in answer.content

    @pytest.mark.parametrize(("seconds", "sent"), [(2, True), (8, False)])
    def test_a_browser_is_not_sent_to_where_nobody_answers(self, central, seconds: int, sent: bool) -> None:
        Client().get("/login")
        central.stop()
        silent_for(seconds)
        answer = Client().get("/login")
        assert (answer.status_code == 302) is sent
        assert sent or b"Central Sign-On does not answer" in answer.content

    def test_a_program_that_nobody_vouched_for_is_nobody(self, central: CentralStandIn) -> None:
        token = central.program()
        central.stop()
        assert who(program(token)) is None

"""The end of a sign-on: at the provider, at every court at once, and what a court that was away still learns."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import KeySet
from procrastinate.contrib.django.models import ProcrastinateJob

from openecf.central.courts.models import CourtSite
from openecf.central.signon import keys, rules, services, tasks
from openecf.central.signon.models import Client as RelyingParty
from openecf.central.signon.models import CourtSession, LogoutDelivery, Revocation, SigningKey, SsoSession
from openecf.central.signon.services import logout
from openecf.central.signon.services.logout import deliver_due_logouts, logout_token
from openecf.kernel.courts import directory
from tests.central.relying import (
    ISSUER,
    Court,
    account,
    claims_of,
    court,
    forged,
    goes_to,
    other_court,
    session_of,
    signed_on,
    userinfo,
)  # fmt: skip

__all__ = ["court", "other_court"]
EVENT = "http://schemas.openid.net/event/backchannel-logout"


def end(browser: Client, **asked: str):
    return browser.get("/oauth2/logout", asked)


def feed(court: Court, after: object = 0) -> dict:
    return Client().post("/oauth2/revocations", {"after": after} | court.proof()).json()


class TestAtTheWishOfACourt:
    def test_its_own_session_ends_without_a_question(self, court: Court) -> None:
        browser = signed_on(account())
        hint = court.ask().tokens(browser)["id_token"]
        answer = end(browser, id_token_hint=hint, post_logout_redirect_uri=court.signed_out, state="a b")
        assert answer.status_code == 302 and answer.headers["Location"] == f"{court.signed_out}?state=a+b"
        assert SsoSession.objects.get().ended_why == "signed-off" and not browser.cookies.popitem()[1].value

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_by_get_and_by_post(self, court: Court, method: str) -> None:
        browser = signed_on(account())
        hint = court.ask().tokens(browser)["id_token"]
        getattr(browser, method)("/oauth2/logout", {"id_token_hint": hint})
        assert SsoSession.objects.get().ended_at

    def test_an_old_hint_of_this_session_will_do(self, court: Court) -> None:
        browser = signed_on(account())
        hint = court.ask().tokens(browser)["id_token"]
        services.publish_key(by="test", at=timezone.now() - timedelta(days=1))
        services.tend_keys(at=timezone.now())
        assert end(browser, id_token_hint=hint).status_code == 200
        assert SsoSession.objects.get().ended_at, "signed with a key that is retired since"

    def test_all_other_hints_make_the_provider_ask_first(self, court: Court) -> None:
        mallory = signed_on(account("mallory"))
        who = account()
        browser = signed_on(who)
        elsewhere = court.ask().tokens(signed_on(who))["id_token"]
        foreign = court.ask().tokens(mallory)["id_token"]
        hints = {
            "nobody's": "",
            "another person's (logout forgery)": foreign,
            "the same person's session elsewhere": elsewhere,
            "forged": forged({"iss": ISSUER, "sid": "x", "sub": str(who.id)}),
            "garbage": "x.y.z",
        }
        for whose, hint in hints.items():
            answer = end(browser, id_token_hint=hint, post_logout_redirect_uri=court.signed_out)
            assert answer.status_code == 200 and b"Sign out everywhere?" in answer.content, whose
            assert session_of(browser), whose
        browser.post("/csologin/logout")
        assert session_of(browser) is None

    def test_a_logout_token_is_no_hint(self, court: Court) -> None:
        browser = signed_on(account())
        sid = claims_of(court.ask().tokens(browser)["id_token"])["sid"]
        token = logout_token(court="flsb", rp_sid=sid, subject=str(session_of(browser).account_id), at=timezone.now())
        end(browser, id_token_hint=token)
        assert session_of(browser)

    @pytest.mark.parametrize(
        "then",
        [
            "http://evil.test/",
            "http://flsb.test/signed-out?x=1",
            "http://flsb.test/signed-out/",
            "http://flsd.test/signed-out",
        ],
    )
    def test_nobody_is_sent_to_an_address_that_is_not_the_courts(self, court: Court, other_court, then: str) -> None:
        browser = signed_on(account())
        hint = court.ask().tokens(browser)["id_token"]
        answer = end(browser, id_token_hint=hint, post_logout_redirect_uri=then)
        assert answer.status_code == 200 and "Location" not in answer.headers

    def test_who_has_signed_off_already_is_sent_on(self, court: Court) -> None:
        answer = end(Client(), client_id="flsb", post_logout_redirect_uri=court.signed_out)
        assert answer.headers["Location"] == court.signed_out

    def test_the_pages_own_button_needs_its_own_form(self, court: Court) -> None:
        browser = Client(enforce_csrf_checks=True)
        browser.cookies.update(signed_on(account()).cookies)
        assert browser.post("/csologin/logout").status_code == 403 and session_of(browser)
        assert browser.get("/csologin/logout").status_code == 200 and session_of(browser)


class TestEverywhere:
    def test_all_that_a_session_gave_is_dead(self, court: Court, other_court: Court) -> None:
        browser = signed_on(account())
        tokens = [one.ask().tokens(browser) for one in (court, other_court)]
        codes = [(asking := one.ask(), asking.code(browser)) for one in (court, other_court)]
        services.sign_off(session=session_of(browser), at=timezone.now())
        assert [userinfo(one["access_token"]).status_code for one in tokens] == [401, 401]
        for asking, code in codes:
            assert Client().post("/oauth2/token", asking.form(code)).status_code == 400
        assert goes_to(court.ask().by(browser)) == "/csologin/login.jsf"

    def test_every_court_that_it_visited_is_told_and_no_other(self, court: Court, other_court: Court) -> None:
        browser, elsewhere = signed_on(account()), signed_on(account("bob"))
        sids = {one.id: claims_of(one.ask().tokens(browser)["id_token"])["sid"] for one in (court, other_court)}
        court.ask().tokens(elsewhere)
        services.sign_off(session=session_of(browser), at=timezone.now())
        assert dict(Revocation.objects.values_list("court_id", "rp_sid")) == sids
        assert dict(LogoutDelivery.objects.values_list("court_id", "rp_sid")) == sids
        assert session_of(elsewhere), "somebody else's session goes on"

    def test_a_session_that_was_proved_again_still_reaches_the_courts_before(self, court, other_court) -> None:
        who = account()
        browser = signed_on(who)
        court.ask().tokens(browser)
        old = session_of(browser)
        again = services.sign_on(username=who.username, password="walnut-ferry-overcast", address="192.0.2.1",
                                 replaces=old, at=timezone.now())  # fmt: skip
        assert again.session.id == old.id and session_of(browser) is None, "the old cookie opens nothing"
        services.sign_off(session=again.session, at=timezone.now())
        assert [one.court_id for one in Revocation.objects.all()] == ["flsb"]

    def test_ending_all_spares_the_one_that_asks(self, court: Court) -> None:
        who = account()
        mine, *others = [signed_on(who) for _ in range(4)]
        services.end_all(account=who.id, why="password", by="test", at=timezone.now(), but=session_of(mine).id)
        assert session_of(mine) and not any(session_of(one) for one in others)

    def test_an_account_that_is_disabled_has_no_session(self, court: Court) -> None:
        who = account()
        browser = signed_on(who)
        who.is_active = False
        who.save(update_fields=["is_active"])
        assert session_of(browser) is None


class TestFeed:
    def ended(self, court: Court) -> str:
        browser = signed_on(account(f"person{SsoSession.objects.count()}"))
        sid = claims_of(court.ask().tokens(browser)["id_token"])["sid"]
        services.sign_off(session=session_of(browser), at=timezone.now())
        return sid

    @pytest.mark.django_db(transaction=True)
    def test_tells_a_court_its_own_sessions_from_where_it_stopped(self, court: Court, other_court: Court) -> None:
        first = self.ended(court)
        told = feed(court)
        assert told["sids"] == [first] and feed(other_court)["sids"] == []
        assert feed(court, told["cursor"])["sids"] == []
        second = self.ended(court)
        assert feed(court, told["cursor"])["sids"] == [second]

    @pytest.mark.django_db(transaction=True)
    def test_never_skips_what_commits_late(self, court: Court) -> None:
        begun, go_on = threading.Event(), threading.Event()

        def slow_sign_off() -> None:
            with connections["default"].cursor() as cursor:
                cursor.execute("BEGIN")
                cursor.execute("INSERT INTO signon_revocation (court_id, rp_sid) VALUES ('flsb', 'late')")
                begun.set()
                go_on.wait(20)
                cursor.execute("COMMIT")
            connections.close_all()

        thread = threading.Thread(target=slow_sign_off)
        thread.start()
        try:
            assert begun.wait(20)
            quick = self.ended(court)
            told = feed(court)
            assert told["sids"] == [quick], "what is not committed is not told"
        finally:
            go_on.set()
            thread.join()
        assert "late" in feed(court, told["cursor"])["sids"], "but it is told next time"
        following = feed(court, told["cursor"])["cursor"]
        assert feed(court, following)["sids"] == []

    @pytest.mark.parametrize("after", ["", "x", "-1", "²", "9" * 30, "1.5"])
    def test_starts_from_the_beginning_when_the_cursor_is_none(self, court: Court, after: str) -> None:
        sid = self.ended(court)
        assert feed(court, after)["sids"] == [sid]


class Listener(BaseHTTPRequestHandler):
    """A court's back-channel endpoint, real HTTP."""

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        status = self.server.answers.pop(0) if self.server.answers else 200
        self.server.heard.append((self.path, self.headers["Content-Type"], form["logout_token"][0]))
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Quiet."""


class Courts(ThreadingHTTPServer):
    """All of them behind one address: two hundred are told at once."""

    request_queue_size = 256


@pytest.fixture
def listener() -> Iterator[Courts]:
    server = Courts(("127.0.0.1", 0), Listener)
    server.heard, server.answers = [], []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


class TestBackChannel:
    @pytest.fixture
    def sid(self, court: Court, listener: ThreadingHTTPServer) -> str:
        """A session that ended, of a court that listens."""
        uri = f"http://127.0.0.1:{listener.server_port}/oidc/backchannel"
        RelyingParty.objects.update(backchannel_logout_uri=uri)
        browser = signed_on(account())
        sid = claims_of(court.ask().tokens(browser)["id_token"])["sid"]
        services.sign_off(session=session_of(browser), at=timezone.now())
        return sid

    def test_a_logout_token_is_as_the_standard_wants_it(self, sid: str, listener) -> None:
        assert deliver_due_logouts(at=timezone.now()) is None
        [(path, kind, token)] = listener.heard
        assert (path, kind) == ("/oidc/backchannel", "application/x-www-form-urlencoded")
        read = jwt.decode(token, KeySet.import_key_set(Client().get("/oauth2/jwks").json()), algorithms=["ES256"])
        assert read.header["typ"] == "logout+jwt" and "nonce" not in read.claims
        assert read.claims["iss"] == ISSUER and read.claims["aud"] == "flsb" and read.claims["sid"] == sid
        assert read.claims["events"] == {EVENT: {}} and read.claims["jti"]
        assert read.claims["exp"] - read.claims["iat"] <= 120

    def test_is_told_once(self, sid: str, listener) -> None:
        for _ in range(3):
            deliver_due_logouts(at=timezone.now())
        assert len(listener.heard) == 1 and LogoutDelivery.objects.get().delivered_at

    def test_is_told_again_until_the_court_has_heard(self, sid: str, listener) -> None:
        listener.answers = [500, 400, 503]
        now = timezone.now()
        for attempt in range(1, 4):
            wait = deliver_due_logouts(at=now)
            assert rules.retry_after(attempt) - timedelta(seconds=1) < wait <= rules.retry_after(attempt)
            assert deliver_due_logouts(at=now + wait / 2) == wait - wait / 2, "not before it is due"
            now += wait
        assert deliver_due_logouts(at=now) is None and len(listener.heard) == 4
        assert LogoutDelivery.objects.get().attempts == 4
        tokens = {jwt_id(token) for _path, _kind, token in listener.heard}
        assert len(tokens) == 4, "each time with a token of its own"

    def test_a_court_that_is_away_holds_nobody_up(self, sid, court, other_court, listener) -> None:
        RelyingParty.objects.filter(court_id="flsd").update(backchannel_logout_uri="http://127.0.0.1:9/oidc")
        browser = signed_on(account("bob"))
        for one in (court, other_court):
            one.ask().tokens(browser)
        services.sign_off(session=session_of(browser), at=timezone.now())
        assert deliver_due_logouts(at=timezone.now()) is not None
        assert len(listener.heard) == 2
        assert LogoutDelivery.objects.get(delivered_at=None).court_id == "flsd"

    def test_is_given_up_when_no_session_can_be_left(self, sid: str, listener) -> None:
        LogoutDelivery.objects.update(attempts=rules.GIVE_UP_AFTER)
        listener.answers = [500]
        assert deliver_due_logouts(at=timezone.now()) is None and LogoutDelivery.objects.get().given_up_at
        total = sum((rules.retry_after(n) for n in range(rules.GIVE_UP_AFTER)), timedelta())
        assert total > rules.ABSOLUTE

    @pytest.fixture
    def away(self, court: Court) -> None:
        """Three sign-ons ended while a court that they had opened was away."""
        RelyingParty.objects.update(backchannel_logout_uri="http://127.0.0.1:9/oidc")
        for name in ("alice", "bob", "carol"):
            browser = signed_on(account(name))
            court.ask().tokens(browser)
            services.sign_off(session=session_of(browser), at=timezone.now())

    def test_of_a_court_that_is_still_away_one_token_is_tried_and_the_others_wait_with_it(self, away, monkeypatch):
        asked = []
        post = logout._post
        monkeypatch.setattr(logout, "_post", lambda *given: (asked.append(given), post(*given))[1])
        now = timezone.now()
        wait = deliver_due_logouts(at=now)
        assert len(asked) == 3, "each is tried at once"
        now += wait
        deliver_due_logouts(at=now)
        assert len(asked) == 4 and set(LogoutDelivery.objects.values_list("attempts", flat=True)) == {2}
        assert LogoutDelivery.objects.filter(next_at=now + rules.retry_after(2)).count() == 3

    def test_once_a_court_is_back_all_follow_in_the_same_run(self, away, listener) -> None:
        now = timezone.now()
        wait = deliver_due_logouts(at=now)
        RelyingParty.objects.update(backchannel_logout_uri=f"http://127.0.0.1:{listener.server_port}/oidc")
        assert deliver_due_logouts(at=now + wait) is None
        assert len(listener.heard) == 3 and not LogoutDelivery.objects.filter(delivered_at=None).exists()

    def test_what_one_run_has_taken_no_other_posts_unless_it_was_killed(self, sid: str, listener) -> None:
        now = timezone.now()
        [taken] = logout._claimed(logout._CLAIM, {"now": now, "until": now + logout._TAKEN_FOR, "most": 10})
        assert taken.rp_sid == sid
        assert deliver_due_logouts(at=now) == logout._TAKEN_FOR and not listener.heard
        assert deliver_due_logouts(at=now + logout._TAKEN_FOR) is None and len(listener.heard) == 1

    @pytest.mark.django_db(transaction=True)
    def test_one_job_looks_again_however_many_sign_ons_ended(self, away) -> None:
        for _ in range(3):
            tasks.deliver_logouts()
        waiting = ProcrastinateJob.objects.filter(task_name=logout.DELIVER_AGAIN, status="todo")
        assert waiting.count() == 1 and waiting.get().scheduled_at <= timezone.now() + timedelta(seconds=5)


def test_of_two_hundred_courts_every_one_that_is_up_is_told_at_once_and_the_others_later(court, listener) -> None:
    now = timezone.now()
    browser = signed_on(account())
    session = session_of(browser)
    ids = sorted(set(directory()) - {"flsb"})[:200]
    CourtSite.objects.bulk_create(CourtSite(id=one, base_url="http://x.test", admitted_at=now) for one in ids)
    down = set(ids[::10])
    listening = f"http://127.0.0.1:{listener.server_port}"
    RelyingParty.objects.bulk_create(
        RelyingParty(
            court_id=one,
            backchannel_logout_uri=f"{'http://127.0.0.1:9' if one in down else listening}/{one}",
            registered_at=now,
        )
        for one in ids
    )
    CourtSession.objects.bulk_create(
        CourtSession(sso=session, court_id=one, rp_sid=f"sid-{one}", first_used_at=now, last_used_at=now) for one in ids
    )
    services.sign_off(session=session, at=now)
    listener.answers = [500]
    wait = deliver_due_logouts(at=now)
    heard = [path.strip("/") for path, _kind, _token in listener.heard]
    assert sorted(heard) == sorted(set(ids) - down), "each that is up, once"
    waiting = LogoutDelivery.objects.filter(delivered_at=None)
    assert waiting.count() == len(down) + 1, "those that are down, and the one that answered 500"
    RelyingParty.objects.filter(court_id__in=down).update(backchannel_logout_uri=listening + "/back")
    deliver_due_logouts(at=now + wait)
    assert not LogoutDelivery.objects.filter(delivered_at=None).exists(), "and when they are back, they too"
    assert len(listener.heard) == len(ids) + 1


def jwt_id(token: str) -> str:
    published = KeySet.import_key_set(Client().get("/oauth2/jwks").json())
    return jwt.decode(token, published, algorithms=["ES256"]).claims["jti"]


class TestKeys:
    def states(self) -> dict[str, str]:
        return dict(SigningKey.objects.values_list("kid", "state"))

    def kids(self) -> set[str]:
        return {key["kid"] for key in Client().get("/oauth2/jwks").json()["keys"]}

    def test_a_key_is_published_before_it_signs_and_after(self, court: Court) -> None:
        now = timezone.now()
        [first] = self.kids()
        services.publish_key(by="test", at=now)
        assert len(self.kids()) == 2 and keys.signing_key().kid == first, "known to courts, but not signing yet"
        old = court.ask().tokens(signed_on(account()))["id_token"]
        for wait in (timedelta(0), rules.KEY_DWELL - timedelta(seconds=1)):
            assert services.tend_keys(at=now + wait) == (), "an instant flip is impossible"
        assert services.tend_keys(at=now + rules.KEY_DWELL) == ("changed-over",)
        assert keys.signing_key().kid != first and first in self.kids()
        new = court.ask().tokens(signed_on(account("bob")))["id_token"]
        assert claims_of(old) and claims_of(new), "both verify with what is published"
        later = now + rules.KEY_DWELL + rules.KEY_VERIFIES_FOR
        assert services.tend_keys(at=later - timedelta(seconds=1)) == ()
        assert services.tend_keys(at=later) == ("removed",)
        assert first not in self.kids() and self.states()[first] == "removed"
        assert not bytes(SigningKey.objects.get(kid=first).sealed), "the private half is gone"

    def test_a_successor_is_published_in_time(self, court: Court) -> None:
        now = timezone.now()
        assert services.tend_keys(at=now + rules.KEY_SIGNS_FOR - timedelta(hours=1)) == ()
        assert services.tend_keys(at=now + rules.KEY_SIGNS_FOR + timedelta(minutes=1)) == ("published",)
        assert services.tend_keys(at=now + rules.KEY_SIGNS_FOR + timedelta(minutes=2)) == (), "one is enough"

    def test_courts_have_read_a_key_before_it_signs(self, court: Court) -> None:
        answer = Client().get("/oauth2/jwks")
        assert answer.headers["Cache-Control"] == f"public, max-age={int(rules.JWKS_MAX_AGE.total_seconds())}" or (
            "max-age=300" in answer.headers["Cache-Control"]
        )
        cool_down = timedelta(seconds=30)
        needed = rules.JWKS_MAX_AGE + cool_down + timedelta(seconds=keys._READ_AGAIN_SECONDS)
        assert needed < rules.KEY_DWELL

    def test_only_public_halves_are_told(self, court: Court) -> None:
        for key in Client().get("/oauth2/jwks").json()["keys"]:
            assert set(key) == {"kty", "crv", "x", "y", "kid", "use", "alg"} and key["alg"] == "ES256"

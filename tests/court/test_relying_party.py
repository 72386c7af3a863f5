"""A court as a relying party: whom it believes, when a session here is over, what goes on while the provider is away."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.conf import settings
from django.core import signing
from django.db import connection, connections
from django.test import Client
from django.utils import timezone
from joserfc.jwk import ECKey, OctKey

from openecf.platform.audit.models import AuditLine
from openecf.platform.relying_party import middleware, provider, queries, services
from openecf.platform.relying_party.models import ApiToken, EndedName, Feed, RpSession
from openecf.platform.relying_party.views import ATTEMPT_COOKIE, ATTEMPTS_AT_ONCE
from tests.court.central_stand_in import EVENT, SUBJECT, CentralStandIn, sign_on

pytestmark = pytest.mark.django_db
COOKIE = settings.SESSION_COOKIE_NAME
SEEN: list = []


@pytest.fixture
def central(monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[CentralStandIn]:
    """The provider is up, and this court has just heard from it."""
    stand_in = CentralStandIn()
    monkeypatch.setattr(provider, "issuer", lambda: stand_in.issuer)
    monkeypatch.setattr(provider, "_keys", None)
    Feed.objects.update_or_create(id=1, defaults={"cursor": 1, "heard_at": timezone.now(), "asked_at": timezone.now()})
    yield stand_in
    stand_in.stop()


def who(browser: Client):
    """Who the court takes the browser for."""
    SEEN.clear()
    watched = middleware.SignedOnPeople(lambda request: SEEN.append(request.signed_on))
    request = browser.get("/healthz").wsgi_request
    request.arrived = timezone.now()
    watched(request)
    return SEEN[0]


def program(token: str) -> Client:
    browser = Client()
    browser.cookies["NextGenCSO"] = token
    return browser


def attempts(browser: Client) -> list[str]:
    """The cookies of sign-ons under way."""
    return [name for name, one in browser.cookies.items() if name.startswith(ATTEMPT_COOKIE) and one.value]


def silent_for(seconds: float) -> None:
    """The court has heard nothing for so long, and may ask again at once."""
    then = timezone.now() - timedelta(seconds=seconds)
    Feed.objects.update(heard_at=then, asked_at=then)


class TestSigningOn:
    @pytest.mark.parametrize(
        ("host", "provider_at"), [("localhost", ""), ("testserver", "https://pacer.login.uscourts.gov")]
    )
    def test_goes_by_the_providers_public_name_from_the_courts_own(self, central, host: str, provider_at: str) -> None:
        there = Client(SERVER_NAME=host).get("/login").headers["Location"]
        assert there.startswith(f"{provider_at or central.issuer}/oauth2/authorize?")
        assert parse_qs(urlsplit(there).query)["redirect_uri"] == [f"http://{host}/oidc/callback"]

    def test_sends_the_browser_to_the_provider_with_proofs_of_its_own(self, central: CentralStandIn) -> None:
        there = Client().get("/login", {"next": "/x"})
        asked = {name: values[0] for name, values in parse_qs(urlsplit(there.headers["Location"]).query).items()}
        assert asked["client_id"] == "flsb" and asked["scope"] == "openid profile email"
        assert asked["code_challenge_method"] == "S256" and len(asked["code_challenge"]) == 43
        assert min(len(asked["state"]), len(asked["nonce"])) >= 32 and "prompt" not in asked
        again = parse_qs(urlsplit(Client().get("/login").headers["Location"]).query)
        assert again["state"][0] != asked["state"] and again["nonce"][0] != asked["nonce"]
        [cookie] = [one for name, one in there.cookies.items() if name.startswith(ATTEMPT_COOKIE)]
        assert cookie["httponly"] and cookie["samesite"] == "Lax"

    def test_begins_a_session(self, central: CentralStandIn) -> None:
        browser = Client()
        back = sign_on(central, browser, next="/cgi-bin/iquery.pl?1")
        assert (back.status_code, back.headers["Location"]) == (302, "/cgi-bin/iquery.pl?1")
        assert back.cookies[COOKIE]["httponly"] and back.cookies[COOKIE]["samesite"] == "Lax"
        person = who(browser)
        assert person.account == SUBJECT and person.name == "Ada Counsel" and person.sid == "session-1"
        assert person.kind == "browser" and person.fresh
        assert browser.cookies[COOKIE].value not in str(RpSession.objects.values().get()), "only its digest is kept"
        assert AuditLine.objects.filter(act="session.begun", by=f"account:{SUBJECT}").exists()

    def test_a_session_here_ends_no_later_than_the_sign_on(self, central: CentralStandIn) -> None:
        end = int(time.time()) + 600
        central.facts = {"session_expires": end}
        sign_on(central, Client())
        assert int(RpSession.objects.get().expires_at.timestamp()) == end

    def test_a_new_session_takes_the_place_of_the_browsers_old_one(self, central: CentralStandIn) -> None:
        browser = Client()
        sign_on(central, browser)
        first = browser.cookies[COOKIE].value
        sign_on(central, browser)
        assert browser.cookies[COOKIE].value != first and RpSession.objects.count() == 1

    @pytest.mark.parametrize("next", ["https://evil.test/", "//evil.test", "/\\evil.test", "x", ""])
    def test_nobody_is_sent_to_a_stranger_afterwards(self, central: CentralStandIn, next: str) -> None:
        assert sign_on(central, Client(), next=next).headers["Location"] == "/"

    def test_the_password_anew_is_asked_for_and_proved(self, central: CentralStandIn) -> None:
        browser = Client()
        there = browser.get("/login", {"fresh": "1"}).headers["Location"]
        assert parse_qs(urlsplit(there).query)["prompt"] == ["login"]
        assert sign_on(central, browser, fresh=True).status_code == 302
        central.claims = {"auth_time": int(time.time()) - 120}
        assert sign_on(central, Client(), fresh=True).status_code == 400, "the provider did not ask for it"
        assert sign_on(central, Client()).status_code == 302, "where it need not be anew, that will do"


@pytest.mark.parametrize(
    ("change", "because"),
    [
        (lambda back: back | {"state": "x"}, "another state"),
        (lambda back: {name: value for name, value in back.items() if name != "state"}, "no state"),
        (lambda back: back | {"iss": "http://evil.test"}, "another provider (mix-up)"),
        (lambda back: {name: value for name, value in back.items() if name != "iss"}, "no provider named"),
        (lambda back: back | {"code": "x"}, "a code that was not issued"),
        (lambda back: {name: value for name, value in back.items() if name != "code"}, "no code"),
        (lambda back: {"error": "login_required", "state": back["state"], "iss": back["iss"]}, "an error"),
    ],
)
def test_what_a_browser_brings_back_that_begins_no_session(central: CentralStandIn, change, because: str) -> None:
    browser = Client()
    back = central.authorize(browser.get("/login").headers["Location"])
    answer = browser.get("/oidc/callback", change(back))
    assert answer.status_code == 400 and COOKIE not in answer.cookies, because
    assert not RpSession.objects.exists()


def test_the_answer_is_good_in_the_browser_that_asked_alone(central: CentralStandIn) -> None:
    mallory, victim = Client(), Client()
    theirs = central.authorize(mallory.get("/login").headers["Location"])
    assert victim.get("/oidc/callback", theirs).status_code == 400, "a browser that never asked"
    victim.get("/login")
    assert victim.get("/oidc/callback", theirs).status_code == 400, "a browser that asked something else"


def test_a_browser_that_opens_five_tabs_signs_on_in_each(central: CentralStandIn) -> None:
    browser = Client()
    tabs = [browser.get("/login", {"next": f"/{n}"}).headers["Location"] for n in range(5)]
    for n, there in reversed(list(enumerate(tabs))):
        assert browser.get("/oidc/callback", central.authorize(there)).headers["Location"] == f"/{n}"
    assert not attempts(browser)


def test_attempts_that_come_to_nothing_do_not_pile_up(central: CentralStandIn) -> None:
    browser = Client()
    for _ in range(30):
        browser.get("/login")
    assert len(attempts(browser)) <= ATTEMPTS_AT_ONCE
    assert sign_on(central, browser).status_code == 302


def test_an_attempt_is_good_for_a_quarter_of_an_hour(central: CentralStandIn, monkeypatch) -> None:
    browser = Client()
    back = central.authorize(browser.get("/login").headers["Location"])
    late = time.time() + 16 * 60
    monkeypatch.setattr(signing.time, "time", lambda: late)
    assert browser.get("/oidc/callback", back).status_code == 400


def test_an_attempt_that_somebody_wrote_is_none(central: CentralStandIn) -> None:
    browser = Client()
    back = central.authorize(browser.get("/login").headers["Location"])
    name = attempts(browser)[0]
    browser.cookies[name] = browser.cookies[name].value[:-2] + "xx"
    assert browser.get("/oidc/callback", back).status_code == 400


def test_an_answer_is_good_once(central: CentralStandIn) -> None:
    browser = Client()
    there = browser.get("/login").headers["Location"]
    name = attempts(browser)[0]
    attempt = browser.cookies[name].value
    back = central.authorize(there)
    assert browser.get("/oidc/callback", back).status_code == 302
    browser.cookies[name] = attempt
    assert browser.get("/oidc/callback", back).status_code == 400


STRANGER = ECKey.generate_key("P-256", auto_kid=True)


@pytest.mark.parametrize(
    ("claims", "because"),
    [
        ({"nonce": "x"}, "made for another attempt"),
        ({"nonce": None}, "made for no attempt"),
        ({"aud": "flsd"}, "made for another court"),
        ({"aud": ["flsd", "nysb"]}, "made for other courts"),
        ({"aud": None}, "made for nobody"),
        ({"iss": "http://evil.test"}, "made by another provider"),
        ({"iss": None}, "made by nobody"),
        ({"exp": int(time.time()) - 300}, "over"),
        ({"exp": None}, "good for ever"),
        ({"iat": int(time.time()) + 3600}, "not made yet"),
        ({"iat": None}, "never made"),
        ({"sid": None}, "of no session"),
        ({"sub": str(uuid4())}, "about somebody whom userinfo does not know"),
        ({"_key": STRANGER}, "signed by a stranger"),
        ({"_alg": "HS256", "_key": OctKey.import_key(b"public key as a secret" * 3)}, "signed with a shared secret"),
        ({"_typ": "logout+jwt"}, "a logout token"),
    ],
)
def test_id_tokens_that_prove_nothing(central: CentralStandIn, claims: dict, because: str) -> None:
    central.claims = claims
    answer = sign_on(central, Client())
    assert answer.status_code == 400 and not RpSession.objects.exists(), because


def test_an_id_token_without_a_signature_proves_nothing(central: CentralStandIn, monkeypatch) -> None:
    plain = lambda self, claims, **_how: "eyJhbGciOiJub25lIn0." + "e30" + "."  # noqa: E731
    monkeypatch.setattr(CentralStandIn, "signed", plain)
    assert sign_on(central, Client()).status_code == 400


class TestKeys:
    def test_are_read_once(self, central: CentralStandIn) -> None:
        for _ in range(3):
            assert sign_on(central, Client()).status_code == 302
        assert central.asked("/oauth2/jwks") == 1

    def test_a_new_one_is_looked_for_when_none_verifies(self, central: CentralStandIn, monkeypatch) -> None:
        sign_on(central, Client())
        central.key = ECKey.generate_key("P-256", auto_kid=True)
        central.published.append(central.key)
        monkeypatch.setattr(provider, "_KEYS_AT_LEAST", 0.0)
        assert sign_on(central, Client()).status_code == 302

    def test_forged_tokens_do_not_make_the_court_ask_again_and_again(self, central: CentralStandIn) -> None:
        for _ in range(20):
            token = central.logout_token("session-1", key=STRANGER)
            assert Client().post("/oidc/backchannel", {"logout_token": token}).status_code == 400
        assert central.asked("/oauth2/jwks") == 1


class TestSigningOff:
    def test_ends_the_session_here_and_leads_to_its_end_everywhere(self, central: CentralStandIn) -> None:
        browser = Client()
        sign_on(central, browser)
        hint = RpSession.objects.get().id_token
        answer = browser.get("/logout")
        parts = urlsplit(answer.headers["Location"])
        asked = parse_qs(parts.query)
        assert parts.path == "/oauth2/logout" and asked["id_token_hint"] == [hint]
        assert asked["post_logout_redirect_uri"] == ["http://testserver/signed-out"]
        assert not RpSession.objects.exists() and who(browser) is None

    def test_by_the_address_that_programs_know(self, central: CentralStandIn) -> None:
        browser = Client()
        sign_on(central, browser)
        assert "/oauth2/logout" in browser.get("/cgi-bin/login.pl?logout").headers["Location"]
        assert not RpSession.objects.exists()

    def test_a_link_of_another_site_does_not_do_it(self, central: CentralStandIn) -> None:
        browser = Client()
        sign_on(central, browser)
        answer = browser.get("/logout", headers={"Sec-Fetch-Site": "cross-site"})
        assert "id_token_hint" not in answer.headers["Location"], "so the provider asks the person first"
        assert who(browser), "and the session here goes on"

    def test_who_has_no_session_here_any_more_is_led_to_the_provider_too(self, central: CentralStandIn) -> None:
        answer = Client().get("/logout")
        assert "/oauth2/logout" in answer.headers["Location"] and "id_token_hint" not in answer.headers["Location"]


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

    def test_a_program_that_nobody_vouched_for_is_nobody(self, central: CentralStandIn) -> None:
        token = central.program()
        central.stop()
        assert who(program(token)) is None


@pytest.mark.parametrize(("idle", "lives"), [(29, True), (31, False)])
def test_half_an_hour_without_a_request_ends_a_session_here(central: CentralStandIn, idle: int, lives: bool) -> None:
    browser = Client()
    sign_on(central, browser)
    RpSession.objects.update(seen_at=timezone.now() - timedelta(minutes=idle))
    assert bool(who(browser)) is lives


def test_knowing_who_calls_takes_one_statement(central: CentralStandIn, django_assert_num_queries) -> None:
    browser, api = Client(), program(central.program())
    sign_on(central, browser)
    who(api)
    now = timezone.now()
    with django_assert_num_queries(1):
        assert queries.browser(cookie=browser.cookies[COOKIE].value, now=now)
    with django_assert_num_queries(1):
        assert queries.program(token=api.cookies["NextGenCSO"].value, now=now)


def test_no_column_opens_a_session(central: CentralStandIn) -> None:
    browser, api = Client(), central.program()
    sign_on(central, browser)
    who(program(api))
    held = set()
    with connection.cursor() as cursor:
        for table in ("rp_session", "rp_api_token", "rp_logout_token", "rp_feed", "rp_ended_name", "audit_line"):
            cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t")
            for (row,) in cursor.fetchall():
                held |= {word for word in row.replace('"', " ").replace(",", " ").split() if len(word) > 8}
    now = timezone.now()
    assert held and not {browser.cookies[COOKIE].value, api} & held
    for value in held:
        assert queries.browser(cookie=value, now=now) is None and queries.program(token=value, now=now) is None

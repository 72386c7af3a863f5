"""The PACER Authentication API: what programs send, what they get, in JSON and in XML."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from xml.etree.ElementTree import fromstring

import pytest
from django.test import Client
from django.utils import timezone

from openecf.central.accounts import rules as account_rules
from openecf.central.accounts.models import AccountType, Closed
from openecf.central.accounts.services import signing_in
from openecf.central.signon import queries, rules
from openecf.central.signon.models import SsoSession
from tests.central.relying import PASSWORD, Court, account, court, session_of, sign_in, signed_on

__all__ = ["court"]
pytestmark = pytest.mark.django_db
WRONG = "Invalid username, password, or one-time passcode."
FIELDS = ["nextGenCSO", "loginResult", "errorDescription"]


def xml(root: str, given: dict) -> str:
    return f"<{root}>" + "".join(f"<{name}>{value}</{name}>" for name, value in given.items()) + f"</{root}>"


def call(given: object, *, path: str = "cso-auth", kind: str = "json", accept: str = "", **extra):
    root = "CsoAuth" if path == "cso-auth" else "CsoLogout"
    body = given if isinstance(given, str | bytes) else json.dumps(given) if kind == "json" else xml(root, given)
    headers = {"Accept": accept} if accept else {}
    return Client().post(f"/services/{path}", body, content_type=f"application/{kind}", headers=headers, **extra)


def told(given: dict, **how) -> dict:
    answer = call(given, **how)
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("application/json")
    return answer.json()


def credentials(**more: str) -> dict:
    return {"loginId": "ada-counsel", "password": PASSWORD, "redactFlag": "1"} | more


def live(token: str) -> bool:
    """Whether the token speaks for anybody at a court."""
    return queries.by_api_token(token=token, court="flsb", now=timezone.now()) is not None


def test_a_token_is_128_characters_of_base62_and_never_the_same(court: Court) -> None:
    account()
    answers = [told(credentials()) for _ in range(3)]
    for one in answers:
        assert list(one) == FIELDS and one["loginResult"] == "0" and one["errorDescription"] == ""
        assert re.fullmatch(r"[0-9A-Za-z]{128}", one["nextGenCSO"]) and live(one["nextGenCSO"])
    assert len({one["nextGenCSO"] for one in answers}) == 3


@pytest.mark.parametrize(
    ("facts", "given", "result", "token", "words"),
    [
        ({}, {}, "0", True, ""),
        ({}, {"loginId": " ADA-Counsel "}, "0", True, ""),
        ({}, {"password": "wrong"}, "13", False, WRONG),
        ({}, {"loginId": "nobody"}, "13", False, WRONG),
        ({}, {"loginId": "", "password": ""}, "13", False, WRONG),
        ({"is_active": False}, {}, "13", False, WRONG),
        ({"type": AccountType.ATTORNEY}, {}, "0", True, ""),
        ({"type": AccountType.ATTORNEY}, {"redactFlag": ""}, "1", False, "All filers must redact"),
        ({"type": AccountType.ATTORNEY}, {"redactFlag": "0"}, "1", False, "All filers must redact"),
        ({"type": AccountType.NON_ATTORNEY}, {"redactFlag": "yes"}, "1", False, "All filers must redact"),
        ({"type": AccountType.ATTORNEY}, {"redactFlag": "", "password": "wrong"}, "13", False, WRONG),
        ({}, {"redactFlag": ""}, "0", True, ""),
        ({"client_code_required": True}, {}, "0", True, "A required Client Code was not entered"),
        ({"client_code_required": True}, {"clientCode": "matter-7"}, "0", True, ""),
        ({}, {"clientCode": "x" * 32}, "0", True, ""),
        ({}, {"clientCode": "x" * 33}, "1", False, "client code"),
        ({}, {"clientCode": "a b"}, "1", False, "client code"),
        ({}, {"clientCode": "a,b"}, "1", False, "client code"),
        ({"search_status": "inactive"}, {}, "0", True, "search privileges are disabled"),
        ({"upgraded_at": None}, {}, "0", True, "must be upgraded"),
        ({"type": AccountType.ADMINISTRATIVE}, {}, "0", True, "PAA"),
    ],
)
def test_results(facts: dict, given: dict, result: str, token: bool, words: str) -> None:
    account(**facts)
    answer = told(credentials(**given))
    assert answer["loginResult"] == result and bool(answer["nextGenCSO"]) is token
    assert words in answer["errorDescription"] and bool(words) is bool(answer["errorDescription"])


@pytest.mark.parametrize(
    "given",
    [
        {"password": "wrong"},
        {"redactFlag": ""},
        {"clientCode": "a,b"},
        {"loginId": "nobody"},
    ],
)
def test_json_and_xml_say_the_same(given: dict) -> None:
    account(type=AccountType.ATTORNEY)
    in_json = told(credentials(**given))
    answer = call(credentials(**given), kind="xml")
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("application/xml")
    root = fromstring(answer.content)
    assert root.tag == "CsoAuth" and {child.tag: child.text or "" for child in root} == in_json
    assert [child.tag for child in root] == list(in_json)


def test_xml_signs_on_and_off(court: Court) -> None:
    account()
    root = fromstring(call(credentials(), kind="xml").content)
    token = root.findtext("nextGenCSO")
    assert root.findtext("loginResult") == "0" and len(token) == 128 and live(token)
    off = fromstring(call({"nextGenCSO": token}, path="cso-logout", kind="xml").content)
    assert off.tag == "CsoLogout" and off.findtext("loginResult") == "0" and not live(token)


def test_the_answer_comes_in_the_shape_that_the_program_takes() -> None:
    account()
    assert call(credentials(), kind="xml", accept="application/json").json()["loginResult"] == "0"
    assert fromstring(call(credentials(), accept="application/xml").content).findtext("loginResult") == "0"


@pytest.mark.parametrize(
    ("accept", "kind", "shape"),
    [
        ("application/json, application/xml;q=0.5", "json", "json"),
        ("application/json, text/xml", "xml", "json"),
        ("text/xml, application/json", "json", "xml"),
        ("application/json, text/plain, */*", "xml", "json"),
        ("*/*", "json", "json"),
        ("*/*", "xml", "xml"),
        ("", "xml", "xml"),
    ],
)
def test_of_two_shapes_the_one_named_first(accept: str, kind: str, shape: str) -> None:
    answer = call({"loginId": "nobody"}, kind=kind, accept=accept)
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith(f"application/{shape}")


def test_a_closed_account_is_no_wrong_password_to_who_knows_the_right_one() -> None:
    account(is_active=False, closed_why=Closed.UNUSED)
    known, unknown = told(credentials()), told(credentials(password="wrong"))
    assert (known["loginResult"], known["nextGenCSO"]) == ("1", "") and "two years" in known["errorDescription"]
    assert unknown == {"nextGenCSO": "", "loginResult": "13", "errorDescription": WRONG}


def test_elements_may_have_a_namespace() -> None:
    account()
    body = xml("c:CsoAuth", {f"c:{k}": v for k, v in credentials().items()}).replace(
        "<c:CsoAuth>", '<c:CsoAuth xmlns:c="urn:x">'
    )
    assert fromstring(call(body, kind="xml").content).findtext("loginResult") == "0"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("json", ""),
        ("json", "nothing"),
        ("json", "[]"),
        ("json", '"text"'),
        ("json", "[" * 5000),
        ("json", b"\xff\xfe\x00"),
        ("json", '{"loginId": {"$ne": 1}, "password": "x"}'),
        ("json", '{"loginId": ["a"], "password": "x"}'),
        ("json", '{"loginId": "a\\u0000b", "password": "x"}'),
        ("json", '{"loginId": "\\ud800", "password": "x"}'),
        ("json", '{"loginId": "a", "password": "\\ud800"}'),
        ("json", json.dumps({"loginId": "a", "password": "x" * 17_000})),
        ("xml", ""),
        ("xml", "<CsoAuth>"),
        ("xml", '<!DOCTYPE c [<!ENTITY a "b">]><CsoAuth><loginId>&a;</loginId></CsoAuth>'),
        ("xml", '<!DOCTYPE c [<!ENTITY x SYSTEM "file:///etc/passwd">]><CsoAuth><loginId>&x;</loginId></CsoAuth>'),
        ("xml", '<?xml version="1.0" encoding="no-such"?><CsoAuth/>'),
    ],
)
@pytest.mark.parametrize("path", ["cso-auth", "cso-logout"])
def test_what_is_not_understood_is_said_so(kind: str, body: str | bytes, path: str) -> None:
    answer = call(body, kind=kind, path=path, accept="application/json")
    assert answer.status_code == 200
    assert answer.json()["loginResult"] == "1" and "not understood" in answer.json()["errorDescription"]


def test_only_by_post() -> None:
    assert Client().get("/services/cso-auth").status_code == 405


def test_the_answer_tells_how_long_a_token_lives_and_is_not_kept(court: Court) -> None:
    account()
    answer = call(credentials())
    assert answer.headers["X-Session-Lifetime"] == "idle=3600; absolute=43200"
    assert "no-store" in answer.headers["Cache-Control"] and not answer.cookies, "a program gets no cookie"


def test_the_client_code_goes_with_the_token(court: Court) -> None:
    account(client_code_required=True)
    without, given = told(credentials()), told(credentials(clientCode="matter-7"))
    now = timezone.now()
    found = queries.by_api_token(token=without["nextGenCSO"], court="flsb", now=now)
    assert queries.facts(found)["may_search"] is False
    found = queries.by_api_token(token=given["nextGenCSO"], court="flsb", now=now)
    assert queries.facts(found)["may_search"] is True and queries.facts(found)["client_code"] == "matter-7"


class TestLogout:
    def test_ends_the_token_everywhere(self, court: Court) -> None:
        account()
        token, other = (told(credentials())["nextGenCSO"] for _ in range(2))
        assert told({"nextGenCSO": token}, path="cso-logout")["loginResult"] == "0"
        assert not live(token) and live(other), "and no other token"

    @pytest.mark.parametrize("token", ["", "x", "x" * 128])
    def test_of_nothing_ends_nothing(self, court: Court, token: str) -> None:
        account()
        kept = told(credentials())["nextGenCSO"]
        assert told({"nextGenCSO": token}, path="cso-logout")["loginResult"] == "0"
        assert told({"nextGenCSO": kept[:22] + "x" * 106}, path="cso-logout")["loginResult"] == "0"
        assert live(kept), "half a token ends nobody's session"

    def test_does_not_touch_a_browsers_session(self, court: Court) -> None:
        who = account()
        browser = signed_on(who)
        told({"nextGenCSO": browser.cookies.popitem()[1].value}, path="cso-logout")
        assert SsoSession.objects.get().ended_at is None


def test_a_browsers_cookie_is_no_token_and_a_token_no_cookie(court: Court) -> None:
    browser = signed_on(account())
    token = told(credentials())["nextGenCSO"]
    name, cookie = next((name, one.value) for name, one in browser.cookies.items())
    assert not live(cookie)
    other = Client()
    other.cookies[name] = token
    assert session_of(other) is None
    other.cookies[name] = token[22:]
    assert session_of(other) is None


def test_the_twenty_first_program_ends_the_oldest(court: Court) -> None:
    account()
    tokens = [told(credentials())["nextGenCSO"] for _ in range(rules.SESSIONS_OF_A_KIND + 1)]
    assert [live(token) for token in tokens] == [False] + [True] * rules.SESSIONS_OF_A_KIND
    assert SsoSession.objects.exclude(ended_at=None).get().ended_why == "too-many"


class TestGuessing:
    def test_wrong_and_unknown_read_alike_to_the_byte(self, court: Court) -> None:
        account()
        answers = []
        for name in ("ada-counsel", "bob-counsel"):
            api = call(credentials(loginId=name, password="wrong"))
            page = sign_in(Client(), name, "wrong")
            html = re.sub(
                rb'name="(?:csrfmiddlewaretoken|javax\.faces\.ViewState)" value="\w+"', b"", page.content
            ).replace(name.encode(), b"-")
            answers.append((api.status_code, api.content, page.status_code, html))
        assert answers[0] == answers[1]
        assert WRONG.encode() in answers[0][1] and WRONG.encode() in answers[0][3]

    def test_a_throttled_name_reads_as_wrong(self, court: Court) -> None:
        account()
        first = call(credentials(password="wrong")).content
        for _ in range(account_rules.NETWORK_ACCOUNT_BUDGET):
            call(credentials(password="wrong"))
        assert call(credentials()).content == first, "the right password too, from a network that guessed"

    def test_strangers_cannot_lock_the_owner_out(self, court: Court) -> None:
        account()
        owner = Client(REMOTE_ADDR="192.0.2.80")
        assert sign_in(owner).status_code == 302, "the owner's browser is known from now on"
        owner.cookies.pop(next(name for name in owner.cookies if "session" in name))
        for n in range(60):
            call(credentials(password="wrong"), REMOTE_ADDR=f"203.0.{n}.9")
        assert told(credentials(), REMOTE_ADDR="198.51.100.1")["loginResult"] == "13", "a stranger waits"
        assert sign_in(owner).status_code == 302, "the owner does not"
        assert told(credentials(), REMOTE_ADDR="198.51.100.1")["loginResult"] == "0", (
            "and with it everybody's wait ends"
        )

    def test_when_every_place_for_hashing_is_taken_the_caller_is_told_to_come_back(self, monkeypatch) -> None:
        account()
        monkeypatch.setattr(signing_in, "_HASH_WAIT_SECONDS", 0.01)
        places = [signing_in.hashing_place() for _ in range(signing_in._hashing._initial_value)]
        for place in places:
            place.__enter__()
        try:
            api, page = call(credentials()), sign_in(Client())
        finally:
            for place in places:
                place.__exit__(None, None, None)
        assert (api.status_code, page.status_code) == (429, 429)
        assert api.headers["Retry-After"] == page.headers["Retry-After"] == "5"
        assert api.json()["nextGenCSO"] == "" and api.json()["loginResult"] == "1"


class TestThePage:
    def test_has_the_fields_that_programs_fill_in(self) -> None:
        page = Client().get("/csologin/login.jsf?pscCourtId=FLSBK&appurl=/pscof/manage").content.decode()
        for name in ("loginForm:loginName", "loginForm:password", "loginForm:clientCode", "loginForm:fbtnLogin",
                     "javax.faces.ViewState"):  # fmt: skip
            assert f'name="{name}"' in page
        assert 'id="loginForm"' in page and 'id="pscHeaderContainer"' in page

    def test_cannot_be_filled_in_by_another_site(self) -> None:
        account()
        browser = Client(enforce_csrf_checks=True)
        assert sign_in(browser).status_code == 403 and not SsoSession.objects.exists()
        page = browser.get("/csologin/login.jsf").content.decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
        assert sign_in(browser, csrfmiddlewaretoken=token).status_code == 302

    def test_gives_a_cookie_that_scripts_and_other_sites_do_not_get(self) -> None:
        account()
        browser = Client()
        sign_in(browser)
        cookie = next(one for name, one in browser.cookies.items() if "session" in name)
        assert cookie["httponly"] and cookie["samesite"] == "Lax" and not cookie["domain"] and cookie["path"] == "/"

    def test_a_cookie_planted_before_opens_nothing(self) -> None:
        account()
        browser = Client()
        name = next(name for name in signed_on(account("mallory")).cookies)
        browser.cookies[name] = "planted" * 6
        sign_in(browser)
        assert browser.cookies[name].value != "planted" * 6
        planted = Client()
        planted.cookies[name] = "planted" * 6
        assert session_of(planted) is None

    def test_somebody_elses_session_in_the_same_browser_ends(self, court: Court) -> None:
        account(), account("bob-counsel")
        browser = Client()
        sign_in(browser)
        first = session_of(browser)
        sign_in(browser, "bob-counsel")
        first.refresh_from_db()
        assert first.ended_why == "replaced" and session_of(browser).account.username == "bob-counsel"

    @pytest.mark.parametrize(
        ("name", "password", "code"),
        [("a\0b", PASSWORD, ""), ("x" * 5000, PASSWORD, ""), ("ada-counsel", "x" * 5000, ""), ("", "", ""),
         ("ada-counsel", "\0", ""), ("ada-counsel", PASSWORD, "a, b"), ("ada-counsel", PASSWORD, "\0")],
    )  # fmt: skip
    def test_answers_nonsense_with_a_page(self, name: str, password: str, code: str) -> None:
        account()
        answer = sign_in(Client(), name, password, **{"loginForm:clientCode": code})
        assert answer.status_code == 200 and b"You are not signed in" in answer.content
        assert not SsoSession.objects.exists()

    def test_an_idle_hour_ends_a_session_and_use_keeps_it(self) -> None:
        who = account()
        begun = timezone.now()
        browser = signed_on(who, at=begun)
        cookie = next(one.value for one in browser.cookies.values())
        for minutes in (50, 100, 150):
            assert queries.by_cookie(cookie=cookie, now=begun + timedelta(minutes=minutes)), minutes
        assert queries.by_cookie(cookie=cookie, now=begun + timedelta(minutes=211)) is None

    def test_twelve_hours_end_it_whatever_is_done(self) -> None:
        begun = timezone.now()
        browser = signed_on(account(), at=begun)
        cookie = next(one.value for one in browser.cookies.values())
        for minutes in range(50, 12 * 60, 50):
            assert queries.by_cookie(cookie=cookie, now=begun + timedelta(minutes=minutes)), minutes
        assert queries.by_cookie(cookie=cookie, now=begun + timedelta(hours=12)) is None

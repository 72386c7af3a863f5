"""Passkeys: added, used alone or after a password, removed; and everything that is no passkey of this account."""

from __future__ import annotations

import json
import re
import uuid
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from openecf.central.accounts.models import Account, StrangerFailures
from openecf.central.factors import rules
from openecf.central.factors.models import Challenge, Passkey, RecoveryCode
from openecf.central.factors.rules import passkey_site
from openecf.central.signon.context import WAITING_COOKIE
from openecf.central.signon.models import SsoSession
from openecf.central.signon.rules import AAL1, AAL2
from openecf.kernel.tokens import digest
from tests.central.phones import CODE_PAGE, app_of, is_signed_on, password_given
from tests.central.registrants import mailed
from tests.central.relying import PASSWORD, Court, account, answered, claims_of, court, session_of, signed_on
from tests.central.softkey import SoftKey, raw

__all__ = ["court"]
pytestmark = pytest.mark.django_db
ORIGIN, SITE = "https://testserver", "testserver"
PLACES = "/pscof/manage/factors/passkeys"
OPTIONS, SIGN_ON = "/csologin/passkey/options", "/csologin/passkey"


def begin(browser: Client, name: str = "Computer", **more: str) -> str:
    """The address of the page that creates the passkey."""
    answer = browser.post(f"{PLACES}/add", {"name": name, "current": PASSWORD} | more)
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def asked_by(page: str) -> dict:
    """What the page has the browser ask of an authenticator."""
    return json.loads(unescape(re.search(r'data-asked="([^"]+)"', page)[1]))


def add(browser: Client, name: str = "Computer", key: SoftKey | None = None, **over: str) -> tuple[SoftKey, object]:
    """Add a passkey, page by page; the key, and the last page."""
    there = begin(browser, name)
    key = key or SoftKey(ORIGIN)
    return key, browser.post(there, {"answer": key.made(asked_by(browser.get(there).content.decode()), **over)})


def key_of(who: Account, **facts: object) -> SoftKey:
    key, page = add(signed_on(who), key=SoftKey(ORIGIN, **facts))
    assert page.status_code == 200, page.headers
    return key


def asked(browser: Client, **more: str) -> dict:
    answer = browser.post(OPTIONS, more)
    assert answer.status_code == 200, answer.content
    return answer.json()


def sign_in_with(key: SoftKey, browser: Client | None = None, more: dict | None = None, **over: str):
    browser = browser or Client()
    answer = browser.post(SIGN_ON, {"answer": key.shown(asked(browser), **over)} | (more or {}))
    return browser, answer


@pytest.fixture
def ada() -> Account:
    return account()


def test_the_first_passkey_turns_two_step_sign_in_on(ada) -> None:
    browser, elsewhere = signed_on(ada), signed_on(ada)
    assert session_of(browser).acr == AAL1
    _, page = add(browser, "Ada's telephone")
    said = page.content.decode()
    assert said.count("<li><code>") == rules.RECOVERY_CODES and "Two-step sign-in is on" in said
    assert (session_of(browser).acr, session_of(browser).amr) == (AAL2, ["pwd", "pop", "mfa"])
    assert not is_signed_on(elsewhere), "everybody else is signed out"
    assert Account.objects.get().second_factor_since is not None
    assert "the passkey “Ada&#x27;s telephone” was added" in mailed(ada.email)[-1].text.replace("'", "&#x27;")
    row = Passkey.objects.get()
    assert (row.rp_id, row.synced, row.transports, row.name) == (SITE, True, ["internal"], "Ada's telephone")


def test_a_second_factor_more_changes_nothing_else(ada) -> None:
    app_of(ada)
    browser = signed_on_twice(ada)
    codes = RecoveryCode.objects.count()
    _, page = add(browser)
    assert page.headers["Location"].endswith("?done=passkey-added") and RecoveryCode.objects.count() == codes
    assert "The passkey is ready" in browser.get(page.headers["Location"]).content.decode()


def signed_on_twice(who: Account) -> Client:
    """A browser that proved two factors (however)."""
    SsoSession.objects.all().delete()
    from_before = Account.objects.get(id=who.id).second_factor_since
    Account.objects.filter(id=who.id).update(second_factor_since=None)
    browser = signed_on(who)
    Account.objects.filter(id=who.id).update(second_factor_since=from_before)
    SsoSession.objects.update(acr=AAL2, amr=["pwd", "otp", "mfa"])
    return browser


def test_a_passkey_alone_signs_on_with_two_factors_and_knows_its_owner(ada, court: Court) -> None:
    key = key_of(ada)
    browser, answer = sign_in_with(key, more={"client_code": "acme-7"})
    assert answer.headers["Location"] == "/pscof/manage"
    session = session_of(browser)
    assert (session.account_id, session.acr, session.amr) == (ada.id, AAL2, ["pop", "user", "mfa"])
    assert session.client_code == "acme-7"
    claims = claims_of(court.ask(acr_values=AAL2).tokens(browser)["id_token"])
    assert (claims["acr"], claims["amr"]) == (AAL2, ["pop", "user", "mfa"])
    assert Passkey.objects.get().last_used_at is not None


def test_it_goes_on_where_the_court_sent_the_browser(ada, court: Court) -> None:
    key, asking = key_of(ada), court.ask(acr_values=AAL2)
    browser = Client()
    to = asking.by(browser).headers["Location"]
    appurl = to.partition("appurl=")[2]
    from urllib.parse import unquote

    _, answer = sign_in_with(key, browser, {"appurl": unquote(appurl)})
    assert "code" in answered(browser.get(answer.headers["Location"]))


def test_after_a_password_it_is_the_second_step(ada) -> None:
    key = key_of(ada)
    browser = password_given(ada, **{"loginForm:clientCode": "acme-7"})
    page = browser.get(CODE_PAGE).content.decode()
    assert "Use my passkey" in page and "Recovery code" in page and "authenticator app" not in page
    asked_now = asked(browser, second="1")
    assert [raw(one["id"]) for one in asked_now["allowCredentials"]] == [key.id]
    answer = browser.post(SIGN_ON, {"answer": key.shown(asked_now), "second": "1"})
    assert answer.headers["Location"] == "/pscof/manage"
    assert (session_of(browser).amr, session_of(browser).client_code) == (["pwd", "pop", "mfa"], "acme-7")
    assert browser.cookies[WAITING_COOKIE].value == "", "the sign-on waits no more"


def test_a_page_without_script_offers_what_needs_none(ada) -> None:
    page = Client().get("/csologin/login.jsf").content.decode()
    form = page[page.index("data-passkey") - 200 :]
    assert re.search(r'data-passkey="get"[^>]* hidden>', form), "shown by the script alone"
    assert 'name="loginForm:password"' in page and "<script>" not in page
    there = begin(signed_on(ada))
    browser = signed_on(ada)
    assert browser.get(there).status_code == 302, "begun by another sign-on"


WRONG = {
    "made on a site that looks like ours": {"origin": "https://testserver.example"},
    "made without TLS": {"origin": "http://testserver"},
    "made for another name": {"rp_id": "testserver.example"},
    "made to be something else": {"type": "webauthn.create"},
}


@pytest.mark.parametrize("over", WRONG.values(), ids=WRONG)
def test_an_answer_that_is_not_for_us_opens_nothing(ada, over) -> None:
    key = key_of(ada)
    browser, answer = sign_in_with(key, **over)
    assert answer.status_code == 200 and "did not open the account" in answer.content.decode()
    assert not is_signed_on(browser)
    _, right = sign_in_with(key)
    assert right.status_code == 302


@pytest.mark.parametrize("over", [WRONG["made without TLS"], WRONG["made for another name"]])
def test_a_passkey_made_elsewhere_is_not_added(ada, over) -> None:
    _, page = add(signed_on(ada), **over)
    assert "The passkey was not added" in page.content.decode() and not Passkey.objects.exists()


def test_a_device_that_does_not_ask_for_its_owner_is_not_two_factors(ada) -> None:
    _, page = add(signed_on(ada), key=SoftKey(ORIGIN, verified=False))
    assert "The passkey was not added" in page.content.decode()
    key = key_of(ada)
    key.verified = False
    browser, answer = sign_in_with(key)
    assert answer.status_code == 200 and not is_signed_on(browser)


def test_an_answer_counts_once(ada) -> None:
    key, browser = key_of(ada), Client()
    shown = key.shown(asked(browser))
    assert browser.post(SIGN_ON, {"answer": shown}).status_code == 302
    again = Client()
    assert again.post(SIGN_ON, {"answer": shown}).status_code == 200 and not is_signed_on(again)


def test_a_challenge_is_good_for_ten_minutes(ada) -> None:
    key, browser = key_of(ada), Client()
    shown = key.shown(asked(browser))
    Challenge.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert browser.post(SIGN_ON, {"answer": shown}).status_code == 200 and not is_signed_on(browser)


def test_a_challenge_for_one_purpose_serves_no_other(ada) -> None:
    key = key_of(ada)
    waiting = password_given(ada)
    second = key.shown(asked(waiting, second="1"))
    assert not is_signed_on_after(Client(), {"answer": second}), "not alone"
    alone = key.shown(asked(Client()))
    assert not is_signed_on_after(waiting, {"answer": alone, "second": "1"}), "not as a second step"
    other = password_given(ada)
    assert not is_signed_on_after(other, {"answer": key.shown(asked(waiting, second="1")), "second": "1"})


def is_signed_on_after(browser: Client, form: dict) -> bool:
    browser.post(SIGN_ON, form)
    return is_signed_on(browser)


def test_somebody_elses_passkey_is_no_second_step(ada) -> None:
    key_of(ada)
    eve = account("eve-other", email="eve@counsel.example")
    theirs = key_of(eve)
    browser = password_given(ada)
    assert not is_signed_on_after(browser, {"answer": theirs.shown(asked(browser, second="1")), "second": "1"})
    swapped = SoftKey(ORIGIN, key=theirs.key, id=theirs.id, user=ada.id.bytes)
    browser, answer = sign_in_with(swapped)
    assert answer.status_code == 200, "whose it is decides the key, not the claim"


def test_one_key_is_one_accounts(ada) -> None:
    key = key_of(ada)
    eve = account("eve-other", email="eve@counsel.example")
    _, page = add(signed_on(eve), key=key)
    assert "in use already" in page.content.decode()
    assert Passkey.objects.get().account_id == ada.id


def test_a_copy_that_counts_less_opens_nothing_and_the_owner_is_told(ada) -> None:
    key = key_of(ada, counts=True)
    assert sign_in_with(key)[1].status_code == 302
    key.uses = 1
    browser, answer = sign_in_with(key)
    assert answer.status_code == 200 and not is_signed_on(browser)
    assert "as a copy does" in mailed(ada.email)[-1].text


def test_an_owner_gets_in_by_passkey_while_strangers_keep_the_password_shut(ada) -> None:
    key = key_of(ada)
    StrangerFailures.objects.create(key=digest(ada.username), n=500, last_at=timezone.now())
    browser, answer = sign_in_with(key)
    assert answer.status_code == 302 and is_signed_on(browser)


def test_a_closed_account_stays_closed(ada) -> None:
    key = key_of(ada)
    Account.objects.update(is_active=False)
    browser, answer = sign_in_with(key)
    assert answer.status_code == 200 and not is_signed_on(browser)


def test_a_removed_passkey_opens_nothing_and_the_last_factor_goes_knowingly(ada) -> None:
    key = key_of(ada)
    browser, _ = sign_in_with(key)
    elsewhere, _ = sign_in_with(key)
    there = f"{PLACES}/{Passkey.objects.get().id}/remove"
    assert "This is your last one" in browser.get(there).content.decode()
    assert "Check the box" in browser.post(there, {"current": PASSWORD}).content.decode()
    gone = browser.post(there, {"current": PASSWORD, "end_second_factor": "on"})
    assert gone.headers["Location"].endswith("?done=off")
    assert Account.objects.get().second_factor_since is None and not RecoveryCode.objects.exists()
    assert is_signed_on(browser) and not is_signed_on(elsewhere)
    assert "“Computer” was removed" in mailed(ada.email)[-1].text
    stranger, answer = sign_in_with(key)
    assert answer.status_code == 200 and not is_signed_on(stranger)


def test_an_app_that_goes_leaves_the_passkey(ada) -> None:
    app_of(ada)
    browser = signed_on_twice(ada)
    add(browser)
    page = browser.get("/pscof/manage/factors").content.decode()
    gone = browser.post(re.search(r'href="(/pscof/manage/factors/[0-9a-f-]+/remove)"', page)[1], {"current": PASSWORD})
    assert gone.headers["Location"].endswith("?done=removed")
    assert Account.objects.get().second_factor_since is not None


@pytest.mark.parametrize("wrong", ["", "a wrong password"])
def test_adding_asks_for_the_password(ada, wrong) -> None:
    answer = signed_on(ada).post(f"{PLACES}/add", {"name": "Computer", "current": wrong})
    assert answer.status_code == 200 and not Challenge.objects.exists()


def test_names_are_told_apart_and_ten_are_enough(ada) -> None:
    key_of(ada)
    browser = signed_on_twice(ada)
    again = browser.post(f"{PLACES}/add", {"name": "COMPUTER", "current": PASSWORD})
    assert "You have one of that name" in again.content.decode()
    for n in range(9):
        add(browser, f"Key {n}")
    assert Passkey.objects.count() == 10
    more = browser.post(f"{PLACES}/add", {"name": "One more", "current": PASSWORD})
    assert "You have ten passkeys" in more.content.decode()


def test_another_persons_pages_are_not_there(ada) -> None:
    key_of(ada)
    eve = signed_on(account("eve-other", email="eve@counsel.example"))
    assert eve.get(f"{PLACES}/{Passkey.objects.get().id}/remove").status_code == 404
    there = begin(signed_on_twice(ada), "Other")
    assert eve.get(there).status_code == 302
    assert eve.get(f"{PLACES}/{uuid.uuid4()}/create").status_code == 302


NONSENSE = ["", "{}", "[]", "null", "7", '"x"', '{"response": {}}', '{"response": {"clientDataJSON": 7}}',
            '{"response": {"clientDataJSON": "e30"}}', '{"response": {"clientDataJSON": "bm9uZQ"}}', "{" * 9000,
            '{"response": {"clientDataJSON": "eyJjaGFsbGVuZ2UiOiAiXHUwMDAwIn0"}}', "x" * 60_000]  # fmt: skip


@pytest.mark.parametrize("answer", NONSENSE, ids=range(len(NONSENSE)))
def test_nonsense_is_refused_in_words(ada, answer) -> None:
    said = Client().post(SIGN_ON, {"answer": answer})
    assert said.status_code == 200 and "did not open the account" in said.content.decode()


@pytest.mark.parametrize("part", ["authenticatorData", "signature", "clientDataJSON", "userHandle"])
@pytest.mark.parametrize("broken", ["", "AAAA", "!", 7, None], ids=str)
def test_a_broken_part_is_refused_in_words(ada, part, broken) -> None:
    key, browser = key_of(ada), Client()
    shown = json.loads(key.shown(asked(browser)))
    shown["response"][part] = broken
    said = browser.post(SIGN_ON, {"answer": json.dumps(shown)})
    assert said.status_code == 200 and not is_signed_on(browser)


class TestNames:
    HOSTS = ("pacer.uscourts.gov", "pacer.login.uscourts.gov", "pacer.psc.uscourts.gov")

    @pytest.mark.parametrize(
        ("origin", "rp_id"),
        [
            ("https://pacer.login.uscourts.gov", "pacer.login.uscourts.gov"),
            ("https://pacer.psc.uscourts.gov", "pacer.login.uscourts.gov"),
            ("http://localhost:8000", "localhost"),
            ("http://127.0.0.1:8000", None),
            ("http://[::1]:8000", None),
            ("https://sign-on.example", "sign-on.example"),
        ],
    )
    def test_passkeys_answer_to_one_name_and_to_no_number(self, origin: str, rp_id: str | None) -> None:
        site = passkey_site(origin, public_hosts=self.HOSTS)
        assert (site.rp_id if site else None) == rp_id

    def test_one_passkey_opens_all_public_names_and_no_court(self) -> None:
        site = passkey_site("https://pacer.uscourts.gov", public_hosts=self.HOSTS)
        assert site.origins == {f"https://{host}" for host in self.HOSTS}

    def test_browsers_are_told_of_the_other_names(self) -> None:
        assert Client().get("/.well-known/webauthn").json() == {"origins": ["https://testserver"]}
        assert Client(SERVER_NAME="localhost").get("/.well-known/webauthn").status_code == 404

    def test_a_number_offers_none_and_says_where(self, ada) -> None:
        browser = signed_on(ada)
        page = browser.get(f"{PLACES}/add", SERVER_NAME="127.0.0.1", SERVER_PORT="9700").content.decode()
        assert "http://localhost:9700/pscof/manage/factors/passkeys/add" in page and "<form method" not in page
        assert "data-passkey" not in Client(SERVER_NAME="127.0.0.1").get("/csologin/login.jsf").content.decode()
        assert Client(SERVER_NAME="127.0.0.1").post(OPTIONS).status_code == 404
        assert Client(SERVER_NAME="127.0.0.1").post(SIGN_ON).status_code == 404

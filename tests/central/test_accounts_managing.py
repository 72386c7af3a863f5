"""Manage My Account: what it shows, what its owner changes, who is told."""

from __future__ import annotations

import itertools
import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from openecf.central.accounts import services
from openecf.central.accounts.models import Account, KnownDevice, StrangerFailures
from openecf.central.accounts.services import closing, remember_device, securing, signing_in
from openecf.central.accounts.services.links import make_link
from openecf.central.courts.services import note_link
from openecf.central.factors.services import enrolling
from openecf.central.signon import services as signing
from openecf.central.signon.models import CourtSession, LogoutDelivery, Revocation, SsoSession
from openecf.platform.audit.models import AuditLine
from openecf.platform.bus.messages import AccountLinked
from openecf.platform.passwords import Argon2id
from openecf.platform.throttle.models import Counter
from tests.central.registrants import ADDRESS, NEW_PASSWORD, at_once, errors, legacy, link_in, mailed
from tests.central.relying import (
    PASSWORD,
    SESSION_COOKIE,
    Court,
    account,
    court,
    session_of,
    sign_in,
    signed_on,
    userinfo,
)

__all__ = ["court"]
pytestmark = pytest.mark.django_db
NEW = {"current": PASSWORD, "password": NEW_PASSWORD, "password_again": NEW_PASSWORD}
NEW_EMAIL = {"current": PASSWORD, "email": "ada@new.example", "email_again": "ada@new.example"}


def facts_of(page: str) -> dict[str, str]:
    """The account's facts as the page lists them."""
    pairs = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page, re.DOTALL)
    return {name: " ".join(re.sub(r"<[^>]+>", " ", value).split()) for name, value in pairs}


@pytest.mark.parametrize(
    ("facts", "type_", "status"),
    [
        ({"type": "attorney"}, "Upgraded PACER Account Attorney Filer", "Active"),
        (
            {"type": "search", "search_status": "inactive"},
            "Upgraded PACER Account PACER - Case Search Only",
            "Inactive",
        ),
        ({"type": "search", "search_status": "hold"}, "Upgraded PACER Account PACER - Case Search Only", "Review Reg"),
        ({"type": "paa"}, "Upgraded PACER Account PACER Administrative Account", "None"),
        ({"upgraded_at": None}, "Legacy PACER Account (Upgrade) PACER - Case Search Only", "Active"),
    ],
)
def test_every_tab_shows_how_the_account_stands(facts, type_, status):
    who = account(number="7100321", user_type="LAW FIRM", **facts)
    browser = signed_on(who)
    for tab in ("", "/maintenance", "/payments", "/usage", "/courts", "/sessions"):
        page = browser.get(f"/pscof/manage{tab}").content.decode()
        shown = facts_of(page)
        assert (shown["Account Number"], shown["Username"]) == ("7100321", "ada-counsel")
        assert shown["Account Type"] == type_ and shown["Case Search Status"].startswith(status)
        assert shown.get("User Type") == (None if facts.get("type") == "paa" else "LAW FIRM")
        assert shown["Balance this quarter"] == "$0.00 $0.00 used"
        assert 'id="popupForm"' in page, "reading tools know the page by it"
        assert page.count('aria-current="page"') >= 1 and page.count("<h1") == 1
        assert ("Upgrade this account" in page) == (facts.get("upgraded_at", 1) is None)


def test_no_link_of_these_pages_is_dead():
    browser = signed_on(account(type="attorney"))
    seen, todo = set(), ["/pscof/manage"]
    while todo:
        path = todo.pop()
        answer = browser.get(path)
        assert answer.status_code in (200, 302), path
        seen.add(path)
        if path.startswith("/pscof/") and answer.status_code == 200 and not getattr(answer, "streaming", False):
            links = re.findall(r'href="(/[^"#]*)["#]', answer.content.decode())
            todo += [link for link in set(links) if link not in seen and not link.startswith("/static/")]
    assert len([path for path in seen if path.startswith("/pscof/manage")]) >= 14


def test_a_new_password():
    who = account()
    here, elsewhere = signed_on(who), signed_on(who)
    remember_device(account=who, at=timezone.now())
    answer = here.post("/pscof/manage/password", NEW)
    assert answer.headers["Location"] == "/pscof/manage?done=password"
    assert "signed out everywhere else" in here.get("/pscof/manage?done=password").content.decode()
    assert session_of(here) and not session_of(elsewhere) and not KnownDevice.objects.exists()
    assert SsoSession.objects.exclude(ended_at=None).get().ended_why == "password-changed"
    assert "its password was changed" in mailed("ada@counsel.example")[0].text
    assert sign_in(Client(), "ada-counsel", PASSWORD).status_code == 200
    assert sign_in(Client(), "ada-counsel", NEW_PASSWORD).status_code == 302
    assert AuditLine.objects.filter(act="account.password-changed").count() == 1


def test_a_new_password_ends_the_programs_and_is_told_to_the_courts(court: Court):
    who = account()
    token = signing.sign_on_program(
        username="ada-counsel", password=PASSWORD, redaction_confirmed=True, address="192.0.2.1", at=timezone.now()
    )
    browser, elsewhere = signed_on(who), signed_on(who)
    court.ask().code(elsewhere)
    browser.post("/pscof/manage/password", NEW)
    token.session.refresh_from_db()
    assert token.session.ended_at and LogoutDelivery.objects.count() == 1


def test_a_new_user_name():
    who = account()
    browser = signed_on(who)
    typed = {"username": "Ada.Counsel.2", "current": PASSWORD}
    assert browser.post("/pscof/manage/username", typed).headers["Location"] == "/pscof/manage?done=username"
    assert facts_of(browser.get("/pscof/manage").content.decode())["Username"] == "Ada.Counsel.2"
    assert sign_in(Client(), "ada.counsel.2").status_code == 302 and sign_in(Client()).status_code == 200
    assert "its user name was changed" in mailed("ada@counsel.example")[0].text


def test_a_new_address_counts_once_its_mailbox_is_proved_and_both_are_told():
    who = account()
    browser = signed_on(who)
    assert browser.post("/pscof/manage/email", NEW_EMAIL).headers["Location"] == "/pscof/manage?done=email"
    who.refresh_from_db()
    assert who.email == "ada@counsel.example"
    assert "was asked for" in mailed("ada@counsel.example")[0].text
    link = link_in(mailed("ada@new.example")[0])
    assert "Use this address" in Client().get(link).content.decode()
    who.refresh_from_db()
    assert who.email == "ada@counsel.example", "opening is not confirming"
    assert "is changed" in Client().post(link).content.decode()
    who.refresh_from_db()
    assert who.email == who.mailbox == "ada@new.example" and who.email_verified_at
    assert set(mailed()[-1].recipients) == {"ada@counsel.example", "ada@new.example"}
    assert Client().post(link).status_code == 410


@pytest.mark.parametrize(
    ("page", "typed", "field", "words"),
    [
        ("password", NEW | {"current": "wrong"}, "current", "current password is not right"),
        ("password", NEW | {"current": ""}, "current", "signed in with"),
        ("password", NEW | {"password_again": "x"}, "password_again", "differ"),
        ("password", NEW | {"password": "ada-counsel-ada-counsel", "password_again": "ada-counsel-ada-counsel"},
         "password", "your name"),
        ("username", {"username": "taken-name", "current": PASSWORD}, "username", "is taken"),
        ("username", {"username": "TAKEN-name", "current": PASSWORD}, "username", "is taken"),
        ("username", {"username": "short", "current": PASSWORD}, "username", "8 to 45"),
        ("username", {"username": "another-name", "current": "wrong"}, "current", "current password is not right"),
        ("email", NEW_EMAIL | {"email_again": "x@new.example"}, "email_again", "differ"),
        ("email", NEW_EMAIL | {"email": "ada", "email_again": "ada"}, "email", "no e-mail address"),
        ("email", NEW_EMAIL | {"current": "wrong"}, "current", "current password is not right"),
        ("person", {"first_name": "", "last_name": "Counsel"}, "first_name", "Type your first name"),
        ("address", ADDRESS | {"county": "Dade"}, "county", "of the state above"),
    ],
)  # fmt: skip
def test_what_is_refused_changes_nothing_and_mails_nobody(page, typed, field, words):
    account("taken-name", email="taken@counsel.example")
    who = account()
    browser = signed_on(who)
    before = Account.objects.filter(id=who.id).values().get()
    answer = browser.post(f"/pscof/manage/{page}", typed)
    assert words in errors(answer)[field]
    assert Account.objects.filter(id=who.id).values().get() == before and not mailed()
    assert PASSWORD not in answer.content.decode()


def test_guessing_the_password_inside_has_a_budget():
    browser = signed_on(account())
    for _ in range(10):
        browser.post("/pscof/manage/password", NEW | {"current": "wrong"})
    assert "tried too often" in errors(browser.post("/pscof/manage/password", NEW))["current"]
    assert sign_in(Client()).status_code == 302, "signing in is another door, with budgets of its own"


def test_an_account_cannot_be_used_to_flood_mailboxes():
    browser = signed_on(account())
    answers = [browser.post("/pscof/manage/email", NEW_EMAIL) for _ in range(6)]
    assert [one.status_code for one in answers] == [302] * 5 + [200]
    assert len(mailed("ada@new.example")) == 5


def test_the_name_and_the_address_are_changed_and_told():
    who = account(address1="1 Old Street")
    browser = signed_on(who)
    person = {"prefix": "Dr.", "first_name": "Ada", "middle_name": "Byron", "last_name": "Counsel-Lovelace",
              "generation": "", "birth_date": "1999-01-01"}  # fmt: skip
    assert browser.post("/pscof/manage/person", person).headers["Location"] == "/pscof/manage/maintenance?done=person"
    assert (
        browser.post("/pscof/manage/address", ADDRESS).headers["Location"] == "/pscof/manage/maintenance?done=address"
    )
    who.refresh_from_db()
    assert (who.name.direct, who.prefix, who.birth_date) == ("Ada Byron Counsel-Lovelace", "Dr.", None)
    assert (who.address1, who.county, who.phone) == ("9 Pier Street", "Albany", "(518) 555-0100 x7")
    told = [mail.text for mail in mailed("ada@counsel.example")]
    assert len(told) == 2 and "its name was changed" in told[0] and "its address was changed" in told[1]
    lines = AuditLine.objects.filter(act__in=["account.person-updated", "account.address-updated"]).order_by("id")
    assert "last_name" in lines[0].facts["fields"] and "county" in lines[1].facts["fields"]
    assert not any("Lovelace" in str(line.facts) for line in lines), "the record names fields, not people"


def test_asking_for_the_counties_of_another_state_keeps_what_was_typed():
    browser = signed_on(account())
    page = browser.post("/pscof/manage/address", ADDRESS | {"state": "FL", "show-counties": "1"}).content.decode()
    assert "Miami-Dade" in page and 'value="9 Pier Street"' in page and not mailed()


@pytest.mark.parametrize(
    ("page", "typed", "fact", "now"),
    [
        ("person", {"first_name": "Adela", "last_name": "Byron"}, "name", "Adela Byron"),
        ("username", {"username": "adela-byron", "current": PASSWORD}, "preferred_username", "adela-byron"),
        ("billing-preferences", {"client_code_required": "on"}, "client_code_required", True),
    ],
)
def test_a_court_hears_of_a_change_and_the_person_stays_signed_on(page, typed, fact, now, court: Court):
    browser = signed_on(account())
    before = court.ask().tokens(browser)
    assert userinfo(before["access_token"]).json()[fact] != now
    sid = CourtSession.objects.get().rp_sid
    assert browser.post(f"/pscof/manage/{page}", typed).status_code == 302
    assert LogoutDelivery.objects.get().rp_sid == sid == Revocation.objects.get().rp_sid
    assert session_of(browser), "the sign-on itself goes on"
    browser.post("/csologin/told", {"appurl": "/"})
    assert userinfo(court.ask().tokens(browser)["access_token"]).json()[fact] == now


def test_an_administrative_account_keeps_the_name_of_its_firm():
    browser = signed_on(account(type="paa"))
    assert "name of the firm" in errors(browser.post("/pscof/manage/address", ADDRESS | {"firm": ""}))["firm"]


def test_an_administrative_account_is_not_offered_what_every_court_would_refuse():
    page = signed_on(account(type="paa")).get("/pscof/manage/maintenance").content.decode()
    assert "/pscof/manage/history" in page and "/pscof/manage/efile" not in page


def test_a_client_code_can_be_required():
    who = account()
    browser = signed_on(who)
    browser.post("/pscof/manage/billing-preferences", {"client_code_required": "on"})
    who.refresh_from_db()
    assert who.client_code_required
    browser.post("/pscof/manage/billing-preferences", {})
    who.refresh_from_db()
    assert not who.client_code_required


def test_registered_courts_are_listed(court: Court):
    who = account(type="attorney")
    browser = signed_on(who)
    assert "not linked at any court" in browser.get("/pscof/manage/courts").content.decode()
    told = AccountLinked(account=who.id, court="flsb", role="attorney", at=datetime(2026, 3, 4, tzinfo=UTC))
    note_link(link=told, sender="flsb")
    page = browser.get("/pscof/manage/courts").content.decode()
    assert "Southern District of Florida" in page and "March 4, 2026" in page
    assert "Linked at 1 court" in browser.get("/pscof/manage/maintenance").content.decode()


class TestSessions:
    AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"

    def elsewhere(self, who: Account) -> Client:
        browser = Client()
        begun = signing.sign_on(
            username=who.username, password=PASSWORD, address="203.0.113.8", at=timezone.now(), user_agent=self.AGENT
        )
        browser.cookies[SESSION_COOKIE] = begun.secret
        return browser

    def test_each_sign_on_is_listed_with_what_a_person_knows_it_by(self):
        who = account()
        here = signed_on(who)
        self.elsewhere(who)
        signed_on(account("somebody-else"))
        page = here.get("/pscof/manage/sessions").content.decode()
        assert page.count("End this one") == 2 and page.count("This one</span>") == 1
        assert "Firefox, Windows" in page and "203.0.113.8" in page

    def test_one_is_ended(self):
        who = account()
        here, there = signed_on(who), self.elsewhere(who)
        here.post("/pscof/manage/sessions", {"end": str(session_of(there).id)})
        assert session_of(here) and not session_of(there)
        assert SsoSession.objects.exclude(ended_at=None).get().ended_why == "owner-ended"

    def test_all_others_are_ended(self):
        who = account()
        here, others = signed_on(who), [self.elsewhere(who) for _ in range(3)]
        here.post("/pscof/manage/sessions", {"end": "others"})
        assert session_of(here) and not any(session_of(one) for one in others)

    def test_all_are_ended_and_this_browser_is_signed_out(self):
        who = account()
        here, there = signed_on(who), self.elsewhere(who)
        answer = here.post("/pscof/manage/sessions", {"end": "all"}, follow=True)
        assert "You are signed out" in answer.content.decode()
        assert not session_of(there) and here.get("/pscof/manage").status_code == 302

    def test_ending_this_one_signs_out(self):
        here = signed_on(account())
        answer = here.post("/pscof/manage/sessions", {"end": str(session_of(here).id)}, follow=True)
        assert "You are signed out" in answer.content.decode()

    @pytest.mark.parametrize("which", ["", "x", "stranger", str(uuid4())])
    def test_nobody_ends_anothers(self, which):
        stranger = signed_on(account("somebody-else"))
        mine = signed_on(account())
        named = str(session_of(stranger).id) if which == "stranger" else which
        assert mine.post("/pscof/manage/sessions", {"end": named}).status_code in (302, 404)
        assert session_of(stranger) and session_of(mine)


def test_a_legacy_account_sees_where_it_is_signed_in_and_ends_it():
    who = legacy()
    here, there = signed_on(who), signed_on(who)
    here.post("/pscof/manage/sessions", {"end": "others"})
    assert session_of(here) and not session_of(there)


def test_pages_of_an_account_are_kept_by_nobody():
    browser = signed_on(account())
    for tab in ("", "/usage", "/usage.csv", "/payments", "/sessions", "/person"):
        assert "no-store" in browser.get(f"/pscof/manage{tab}").headers["Cache-Control"], tab


@pytest.mark.django_db(transaction=True)
def test_of_six_accounts_that_want_one_user_name_at_once_one_gets_it():
    accounts = [account(f"person-{n:03d}") for n in range(6)]
    at = timezone.now() + timedelta(seconds=1)

    def take(who: Account) -> str:
        try:
            securing.change_username(account=who, password=PASSWORD, username="the-best-name", at=at, address="")
        except services.UsernameTaken:
            return "taken"
        return "got it"

    assert sorted(at_once([lambda who=who: take(who) for who in accounts])) == ["got it"] + ["taken"] * 5
    assert len(mailed()) == 1, "only a change is mailed"


@pytest.mark.django_db(transaction=True)
def test_of_eight_redemptions_of_an_address_link_one_changes_it():
    browser = signed_on(account())
    browser.post("/pscof/manage/email", NEW_EMAIL)
    link = link_in(mailed("ada@new.example")[0])
    answers = at_once([lambda: Client().post(link) for _ in range(8)])
    assert sorted(one.status_code for one in answers) == [200] + [410] * 7
    assert len([mail for mail in mailed() if "address was changed" in mail.text]) == 1


@pytest.mark.django_db(transaction=True)
def test_nobody_who_signs_on_with_the_old_password_while_it_is_changed_stays_signed_on():
    who = account()
    words = [PASSWORD, *(f"quiet meadow lantern {n}" for n in range(8))]
    for old, new in itertools.pairwise(words):
        who.refresh_from_db()
        here = Client()
        sign_in(here, "ada-counsel", old)
        change = {"current": old, "password": new, "password_again": new}
        at_once([
            lambda here=here, change=change: here.post("/pscof/manage/password", change),
            *[lambda old=old: sign_in(Client(), "ada-counsel", old) for _ in range(5)],
        ])  # fmt: skip
        live = SsoSession.objects.filter(ended_at=None)
        assert [one.id for one in live] == [session_of(here).id], "only the browser that changed it"
        SsoSession.objects.all().delete()
        Counter.objects.all().delete()
        StrangerFailures.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_a_password_that_is_changed_while_its_old_hash_is_renewed_stays_changed(monkeypatch):
    who = account()
    monkeypatch.setattr(signing_in, "_verify", lambda account, password: (changed(), (True, True))[1])

    def changed() -> None:
        Account.objects.filter(id=who.id).update(password="the new one")

    with suppress(services.NotSignedOn):
        services.check_password(username="ada-counsel", password=PASSWORD, now=timezone.now(), address="192.0.2.1")
    who.refresh_from_db()
    assert who.password == "the new one"


@pytest.mark.parametrize(
    "act",
    [
        lambda who, at: securing.change_password(
            account=who, current=PASSWORD, new="another quiet meadow", session=None, at=at, address="203.0.113.9"
        ),
        lambda who, at: securing.change_username(
            account=who, password=PASSWORD, username="not-hers-now", at=at, address="203.0.113.9"
        ),
        lambda who, at: services.ask_for_email(
            account=who, password=PASSWORD, email="thief@else.example", at=at, address="203.0.113.9"
        ),
        lambda who, at: closing.deactivate(account=who, password=PASSWORD, at=at),
        lambda who, at: enrolling.begin_app(account=who, password=PASSWORD, name="Mine", session=uuid4(), at=at),
    ],
    ids=["password", "user name", "address", "end of the account", "second factor"],
)
def test_a_proof_by_the_old_password_is_worth_nothing_once_there_is_a_new_one(act):
    """A request that was on its way when the owner chose a new password must not undo that: it lost the race."""
    who, on_its_way = account(), Account.objects.get()
    securing.change_password(
        account=who, current=PASSWORD, new=NEW_PASSWORD, session=None, at=timezone.now(), address="192.0.2.1"
    )
    before = Account.objects.values().get()
    with pytest.raises(services.WrongPassword):
        act(on_its_way, timezone.now())
    assert Account.objects.values().get() == before and not mailed("thief@else.example")


def test_proving_the_password_again_never_writes_it(monkeypatch):
    """A hash with old parameters is made anew at a sign-on, under a condition; here it could bring an old password back."""
    with monkeypatch.context() as then:
        then.setattr(Argon2id, "time_cost", 1)
        old = make_password(PASSWORD)
    who = account(password=old)
    services.require_owner(account=who, password=PASSWORD, at=timezone.now())
    assert Account.objects.get().password == old


@pytest.mark.django_db(transaction=True)
def test_an_owner_who_resets_while_a_thief_opens_the_link_to_another_address_always_gets_the_new_password():
    for n in range(10):
        who, at = account(f"owner-{n}", email=f"owner{n}@counsel.example"), timezone.now()
        services.ask_for_email(account=who, password=PASSWORD, email=f"t{n}@else.example", at=at, address="203.0.113.9")
        thiefs = link_in(mailed(f"t{n}@else.example")[-1]).rpartition("/")[2]
        owners = make_link(purpose=services.Purpose.RESET, email=who.email, at=at, account=who).rpartition("/")[2]
        reset, confirmed = at_once([
            lambda owners=owners: securing.reset_password(
                secret=owners, new=NEW_PASSWORD, at=timezone.now(), address="192.0.2.1"
            ),
            lambda thiefs=thiefs: securing.confirm_email(secret=thiefs, at=timezone.now()),
        ])  # fmt: skip
        assert isinstance(reset, Account), reset
        assert isinstance(confirmed, Account | services.LinkSpent), confirmed

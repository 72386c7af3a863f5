"""A court before NextGen: its own login files, PACER searches; each hour of the move changes what works."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from openecf.court.currentgen import rules as own
from openecf.court.currentgen import services
from openecf.court.currentgen.middleware import COOKIE
from openecf.court.currentgen.models import ResetLink
from openecf.court.people.models import CourtUser
from openecf.court.transition import queries, rules
from openecf.court.transition import services as transition
from openecf.platform.mail.models import OutgoingMail
from openecf.platform.throttle.models import Counter
from tests.court import callers
from tests.together import at_once

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
PASSWORD = "Court-issued-2022"
DAY = timedelta(days=1)
ERAS = {
    rules.Era.CURRENTGEN: {},
    rules.Era.ANNOUNCED: {"announced_at": NOW - DAY, "live_at": NOW + 30 * DAY},
    rules.Era.RESETS_OVER: {"resets_end_at": NOW - DAY, "live_at": NOW + 5 * DAY},
    rules.Era.FILING_CLOSED: {"filing_closes_at": NOW - DAY, "live_at": NOW + DAY},
    rules.Era.NEXTGEN: {"live_at": NOW - DAY},
}


def court_in(era: rules.Era) -> None:
    transition.set_up(at=NOW, help_phone="555-0100", **ERAS[era])


def issued(group: str = "attorney", login: str = "aquill") -> CourtUser:
    return callers.court_user(group, login=login, password=make_password(PASSWORD), email=f"{login}@counsel.example")


def signed_on(login: str = "aquill", **more: str) -> Client:
    browser = Client()
    browser.post("/login/court", {"login": login, "password": PASSWORD} | more)
    return browser


def text(response) -> str:
    return response.content.decode()


@pytest.mark.parametrize("era", ERAS)
def test_what_the_courts_own_login_opens_in_each_era(era):
    court_in(era)
    issued()
    browser = signed_on()
    queries.forget()
    assert (COOKIE in browser.cookies) is (era is not rules.Era.NEXTGEN)
    filing = browser.get("/filing/")
    if era is rules.Era.FILING_CLOSED:
        assert filing.status_code == 503 and "Filing is closed" in text(filing)
    elif era is rules.Era.NEXTGEN:
        assert "csologin" in text(filing)
    else:
        assert filing.status_code == 200 and 'name="q"' in text(filing)


def test_searching_needs_a_pacer_sign_in_beside_the_court_login():
    court_in(rules.Era.CURRENTGEN)
    issued()
    browser = signed_on()
    assert "csologin" in text(browser.get("/cgi-bin/iquery.pl"))


def test_the_clerks_own_login_reads_the_record_without_pacer():
    court_in(rules.Era.CURRENTGEN)
    issued("clerk", "idelgado")
    assert "Case number" in text(signed_on("idelgado").get("/cgi-bin/iquery.pl"))


def test_start_pages_speak_of_the_move_and_promise_nothing_before_it():
    court_in(rules.Era.ANNOUNCED)
    issued()
    assert "One PACER account opens this court" not in text(Client().get("/"))
    assert "This court goes live on NextGen CM/ECF on" in text(signed_on().get("/"))


@pytest.mark.parametrize(
    ("era", "own", "with_pacer", "says", "says_not"),
    [
        (rules.Era.ANNOUNCED, True, False,
         ("Done:</strong> You know your court login", "To do:</strong> Have an upgraded PACER account", "On or after"), ()),
        (rules.Era.ANNOUNCED, False, True,
         ("Done:</strong> It is upgraded.", "To do:</strong> If you file at this court, make sure that you know",
          "or have the password reset", "Later:</strong> On or after"), ("Only the clerk",)),
        (rules.Era.RESETS_OVER, False, True, ("Only the clerk's office can reset it now.", "On or after"),
         ("or have the password reset",)),
        (rules.Era.CURRENTGEN, False, True, ("Done:</strong> It is upgraded.",), ("On or after", "make sure that you know")),
        (rules.Era.CURRENTGEN, True, False, (), ("Where you stand",)),
        (rules.Era.NEXTGEN, False, True, ("To do:</strong> If you file at this court, link it",), ("On or after",)),
    ],
)  # fmt: skip
def test_the_checklist_knows_who_reads_it_and_names_the_day_of_linking(era, own, with_pacer, says, says_not):
    court_in(era)
    issued()
    browser = callers.client(callers.person()) if with_pacer else Client()
    if own:
        browser.post("/login/court", {"login": "aquill", "password": PASSWORD})
    page = " ".join(text(browser.get("/nextgen")).split())
    for words in says:
        assert words in page
    for words in says_not:
        assert words not in page[page.find("Where you stand") : page.find("Guides with pictures")]


@pytest.mark.parametrize("facts", [{"shared": True}, {"upgraded": False}], ids=str)
def test_an_account_that_cannot_be_linked_is_not_sent_to_link(facts):
    court_in(rules.Era.NEXTGEN)
    page = text(callers.client(callers.person(**facts)).get("/nextgen"))
    stands = page[page.find("Where you stand") : page.find("Guides with pictures")]
    assert "Later:</strong>" in stands and "/utilities/link" not in stands


def test_filing_pages_lead_to_the_court_login_and_back():
    court_in(rules.Era.ANNOUNCED)
    issued()
    sent = Client().get("/filing/drafts")
    assert sent.headers["Location"] == "/login/court?next=%2Ffiling%2Fdrafts"
    back = Client().post("/login/court", {"login": "aquill", "password": PASSWORD, "next": "/filing/drafts"})
    assert back.headers["Location"] == "/filing/drafts"
    away = Client().post("/login/court", {"login": "aquill", "password": PASSWORD, "next": "https://evil.example/"})
    assert away.headers["Location"] == "/"


def test_old_bookmarks_lead_to_a_page_that_says_what_changed():
    court_in(rules.Era.NEXTGEN)
    for address in ("/login/court", "/cgi-bin/ShowLogin"):
        assert "You now log in with PACER" in text(Client().get(address))
    assert "You now log in with PACER" in text(Client().post("/login/court", {"login": "a", "password": "b"}))


def test_going_live_ends_sessions_of_the_courts_own_login():
    court_in(rules.Era.ANNOUNCED)
    issued()
    browser = signed_on()
    assert browser.get("/filing/").status_code == 200
    transition.change_profile(words={"live_at": (NOW - DAY).isoformat(), "announced_at": ""}, by="operator", at=NOW)
    assert "csologin" in text(browser.get("/filing/"))


@pytest.mark.parametrize(
    ("login", "password"),
    [("aquill", "wrong"), ("nobody", PASSWORD), ("linked", PASSWORD), ("asleep", PASSWORD), ("aquill", "x" * 5000)],
)
def test_a_refused_login_says_the_same_whatever_is_wrong(login, password):
    court_in(rules.Era.CURRENTGEN)
    issued()
    callers.court_user("attorney", login="linked", password="", spent_password=make_password(PASSWORD))
    callers.court_user("attorney", login="asleep", password=make_password(PASSWORD), active=False)
    page = text(Client().post("/login/court", {"login": login, "password": password}))
    known = text(Client().post("/login/court", {"login": "aquill", "password": "also wrong"}))
    if len(password) < 300:
        assert "That login and password do not fit" in page

        def bare(html):
            return re.sub(r'value="[^"]*"', "", html)

        assert bare(page) == bare(known)
    else:
        assert "There is a problem" in page


def test_guessing_is_slow_and_keeps_nobody_else_out():
    court_in(rules.Era.CURRENTGEN)
    issued()
    for _ in range(6):
        Client(REMOTE_ADDR="203.0.113.5").post("/login/court", {"login": "aquill", "password": "guess"})
    guesser = Client(REMOTE_ADDR="203.0.113.9")
    guesser.post("/login/court", {"login": "aquill", "password": PASSWORD})
    assert COOKIE not in guesser.cookies
    assert COOKIE in signed_on().cookies


def asked_link(login: str = "aquill") -> str:
    Client().post("/login/court/reset", {"login": login})
    return re.search(r"/login/court/reset/(\w+)", OutgoingMail.objects.latest("id").text)[0]


def test_a_reset_by_mail_sets_the_password_once_and_ends_sessions():
    court_in(rules.Era.ANNOUNCED)
    issued()
    old = signed_on()
    link, new = asked_link(), "lantern harbor juniper"
    assert "new password is set" in text(Client().post(link, {"password": new, "again": new}))
    assert "no longer good" in text(Client().post(link, {"password": new, "again": new}))
    assert "/login/court" in old.get("/filing/").headers.get("Location", "")
    assert COOKIE in signed_on(password=new).cookies


def test_a_weak_new_password_leaves_the_link_good():
    court_in(rules.Era.ANNOUNCED)
    issued()
    link = asked_link()
    assert "15 to 256" in text(Client().post(link, {"password": "short", "again": "short"}))
    assert "contains your name" in text(
        Client().post(link, {"password": "aquill-aquill-1234", "again": "aquill-aquill-1234"})
    )
    assert ResetLink.objects.get().used_at is None


@pytest.mark.parametrize("login", ["nobody", "linked"])
def test_asking_for_a_reset_tells_nobody_which_logins_exist(login):
    court_in(rules.Era.ANNOUNCED)
    issued()
    callers.court_user("attorney", login="linked", password="")
    known = text(Client().post("/login/court/reset", {"login": "aquill"}))
    mails = OutgoingMail.objects.count()
    assert text(Client().post("/login/court/reset", {"login": login})) == known
    assert OutgoingMail.objects.count() == mails


def test_after_the_last_day_only_the_clerk_can_help():
    court_in(rules.Era.RESETS_OVER)
    issued()
    assert "Ask the clerk" in text(Client().post("/login/court/reset", {"login": "aquill"}))
    asking = text(Client().get("/login/court/reset"))
    assert "Ask the clerk" in asking and "This works until" not in asking
    assert not OutgoingMail.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_eight_uses_of_one_link_at_once_exactly_one_wins_forty_times_over():
    court_in(rules.Era.ANNOUNCED)
    issued()
    for _ in range(40):
        Counter.objects.all().delete()  # the pace of mails is a rule of its own
        secret = asked_link().rpartition("/")[2]
        given = at_once([
            lambda secret=secret, n=n: services.reset(secret=secret, password=f"lantern harbor juniper {n}", at=NOW)
            for n in range(8)
        ])  # fmt: skip
        assert sum(not isinstance(one, Exception) for one in given) == 1, given
        assert sum(isinstance(one, services.LinkSpent) for one in given) == 7, given


def test_logging_out_ends_the_session_and_another_sites_link_does_not():
    court_in(rules.Era.CURRENTGEN)
    issued()
    browser = signed_on()
    browser.get("/login/court/out", HTTP_SEC_FETCH_SITE="cross-site")
    assert browser.get("/filing/").status_code == 200
    browser.get("/login/court/out")
    assert browser.get("/filing/").status_code == 302


def links_mailed() -> list[str]:
    return [re.search(r"/login/court/reset/\w+", mail.text)[0] for mail in OutgoingMail.objects.order_by("id")]


def test_a_new_password_spoils_the_links_that_were_mailed_before():
    court_in(rules.Era.ANNOUNCED)
    issued()
    for _ in range(2):
        Client().post("/login/court/reset", {"login": "aquill"})
    before, after = links_mailed()
    typed = {"password": "three-herons-on-a-pier", "again": "three-herons-on-a-pier"}
    assert "Your new password is set" in text(Client().post(after, typed))
    assert "no longer good" in text(Client().post(before, typed))


def test_one_network_does_not_have_a_link_mailed_to_every_login_of_the_court():
    court_in(rules.Era.ANNOUNCED)
    for n in range(own.RESETS_OF_A_NETWORK + 3):
        issued(login=f"filer{n}")
        page = Client().post("/login/court/reset", {"login": f"filer{n}"}, REMOTE_ADDR="203.0.113.9")
        assert page.status_code == 200, "nobody learns of it"
    assert OutgoingMail.objects.count() == own.RESETS_OF_A_NETWORK
    for _ in range(own.RESETS_OF_A_LOGIN):
        Client().post("/login/court/reset", {"login": f"filer{n}"}, REMOTE_ADDR="203.0.113.9")
    Client().post("/login/court/reset", {"login": f"filer{n}"}, REMOTE_ADDR="198.51.100.9")
    assert OutgoingMail.objects.count() == own.RESETS_OF_A_NETWORK + 1, "the owner asks elsewhere as ever"


def test_the_page_behind_a_mailed_link_tells_no_other_site_where_it_is():
    """The address is the link, and good until it is used; the frame of the page leads to other sites."""
    court_in(rules.Era.ANNOUNCED)
    issued()
    answer = Client().get(asked_link())
    assert answer.headers["Referrer-Policy"] == "same-origin" and "no-store" in answer.headers["Cache-Control"]

"""Registering: a person types who they are, proves a mailbox, and has an account."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from openecf.central.accounts import services
from openecf.central.accounts.models import Account, AccountType, Draft, MailedLink
from openecf.central.accounts.services import closing
from openecf.platform.audit.models import AuditLine
from tests.central.registrants import (
    ADDRESS,
    NEW_PASSWORD,
    PERSON,
    SECURITY,
    at_once,
    begin,
    errors,
    legacy,
    link_in,
    mailed,
    walk,
    without_tokens,
)
from tests.central.relying import account, sign_in, signed_on

pytestmark = pytest.mark.django_db
TWIN = {"first_name": "Nerys", "last_name": "Halloran", "birth_date": "1979-04-05", "email": "nerys@counsel.example",
        "mailbox": "nerys@counsel.example"}  # fmt: skip


def test_the_whole_road_from_the_first_page_to_signing_in():
    browser = begin("attorney")
    assert walk(browser).headers["Location"] == "/pscof/register/sent"
    assert "nerys@counsel.example" in browser.get("/pscof/register/sent").content.decode()
    link = link_in(mailed("nerys@counsel.example")[0])
    opened = Client().get(link)
    assert "Make my account" in opened.content.decode() and not Account.objects.exists(), "a mail scanner opens links"
    made = Client().post(link).content.decode()
    new = Account.objects.get()
    for word in (new.number, "nhalloran-law", "Attorney Filer", "Sign in", "Link your court"):
        assert word in made
    assert len(new.number) == 7 and new.is_upgraded and (new.search_status, new.search_note) == ("inactive", "letter")
    assert (new.county, new.zip, new.phone, new.tax_id) == ("Albany", "12207-1234", "(518) 555-0100 x7", "12-3456789")
    assert new.email_verified_at and new.mailbox == "nerys@counsel.example" and new.user_type == "INDIVIDUAL"
    assert new.number in mailed()[-1].text and NEW_PASSWORD not in mailed()[-1].text
    assert sign_in(Client(), "nhalloran-law", NEW_PASSWORD).headers["Location"] == "/pscof/manage"
    assert AuditLine.objects.filter(act="account.registered").count() == 1


def test_the_first_page_says_of_each_type_whom_it_is_for_and_what_comes_afterwards():
    page = Client().get("/pscof/register").content.decode()
    assert page.count("usa-radio__input--tile") == page.count("Afterwards:") == len(AccountType.values)
    assert "Step 1 of 5:" in page and "(pro se)" in page and "/help/guides/getting-started" in page
    chosen = begin("non-attorney").get("/pscof/register").content.decode()
    assert re.search(r'value="non-attorney" checked', chosen) and chosen.count("checked") == 1


def test_nothing_personal_is_left_in_the_draft_of_a_finished_registration():
    browser = begin()
    walk(browser)
    browser.post(link_in(mailed()[0]))
    draft = Draft.objects.get()
    assert (draft.person, draft.address, draft.password) == ({}, {}, "")


@pytest.mark.parametrize("kind", AccountType.values)
def test_each_type_of_account_is_told_what_comes_next(kind):
    browser = begin(kind)
    walk(browser)
    page = Client().post(link_in(mailed()[0])).content.decode()
    assert ("Link your court" in page) == (kind in ("attorney", "non-attorney"))
    assert ("Case Search Status" in page) == (kind != "paa")
    assert Account.objects.get().type == kind


@pytest.mark.parametrize(
    ("step", "typed", "field", "words"),
    [
        ("person", {"first_name": ""}, "first_name", "Type your first name"),
        ("person", {"last_name": " "}, "last_name", "Type your last name"),
        ("person", {"last_name": "<b>Halloran"}, "last_name", "cannot contain <"),
        ("person", {"first_name": "N3rys"}, "first_name", "cannot contain 3"),
        ("person", {"first_name": "--"}, "first_name", "at least one letter"),
        ("person", {"last_name": "x" * 121}, "last_name", "at most 120"),
        ("person", {"last_name": "Hal\0loran"}, "last_name", "Null characters"),
        ("person", {"prefix": "King"}, "prefix", "not one of the available choices"),
        ("person", {"birth_date": ""}, "birth_date", "Type your date of birth"),
        ("person", {"birth_date": "5 April 1979"}, "birth_date", "1980-12-31"),
        ("person", {"birth_date": "2979-04-05"}, "birth_date", "has not come yet"),
        ("person", {"birth_date": "1779-04-05"}, "birth_date", "Check the year"),
        ("person", {"user_type": ""}, "user_type", "Choose a user type"),
        ("person", {"user_type": "EMPEROR"}, "user_type", "from the list"),
        ("person", {"email": "nerys", "email_again": "nerys"}, "email", "no e-mail address"),
        ("person", {"email": "nerys@localhost", "email_again": "nerys@localhost"}, "email", "no e-mail address"),
        ("person", {"email_again": "neris@counsel.example"}, "email_again", "differ"),
        ("person", {"email_again": ""}, "email_again", "once more"),
        ("address", {"address1": ""}, "address1", "Type the street"),
        ("address", {"city": ""}, "city", "Type the city"),
        ("address", {"state": ""}, "state", "Choose the state"),
        ("address", {"state": "ZZ"}, "state", "ZZ is not one"),
        ("address", {"county": ""}, "county", "Choose the county"),
        ("address", {"county": "Miami-Dade"}, "county", "of the state above"),
        ("address", {"zip": ""}, "zip", "Type the ZIP"),
        ("address", {"zip": "1220"}, "zip", "5 digits"),
        ("address", {"zip": "12207-12"}, "zip", "5 digits"),
        ("address", {"phone": ""}, "phone", "Type a telephone number"),
        ("address", {"phone": "555-0100"}, "phone", "at least 10 digits"),
        ("address", {"phone": "call me at noon"}, "phone", "Use digits"),
        ("address", {"fax": "12"}, "fax", "at least 10 digits"),
        ("address", {"tax_id": "123-45-6789"}, "tax_id", "9 digits"),
        ("address", {"country": "XX"}, "country", "XX is not one"),
        ("security", {"username": ""}, "username", "Choose a user name"),
        ("security", {"username": "nhallo"}, "username", "8 to 45"),
        ("security", {"username": "n halloran law"}, "username", "no spaces"),
        ("security", {"username": "n" * 46}, "username", "8 to 45"),
        ("security", {"password": "", "password_again": ""}, "password", "Choose a password"),
        ("security", {"password_again": "gravel tulip eighth moor"}, "password_again", "differ"),
        ("security", {"password": "gravel tulip", "password_again": "gravel tulip"}, "password", "at least 15"),
        ("security", {"password": "halloran gravel tulip", "password_again": "halloran gravel tulip"}, "password",
         "contains your name"),
        ("security", {"password": "passwordpassword", "password_again": "passwordpassword"}, "password", "many people"),
        ("security", {"password": "x" * 300, "password_again": "x" * 300}, "password", "at most 256"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(step, typed, field, words):
    browser = begin()
    right = {"person": PERSON, "address": ADDRESS, "security": SECURITY}
    for before in ("person", "address"):
        if before == step:
            break
        browser.post(f"/pscof/register/{before}", right[before])
    answer = browser.post(f"/pscof/register/{step}", right[step] | typed)
    assert answer.status_code == 200 and words in errors(answer)[field], errors(answer)
    assert set(errors(answer)) == {field}, "one mistake is said once"
    page = answer.content.decode()
    assert 'id="error-summary"' in page and NEW_PASSWORD not in page
    kept = {"person": "Nerys", "address": "9 Pier Street", "security": "nhalloran-law"}[step]
    assert kept in page or kept in typed.values() or field in ("first_name", "address1", "username")
    assert not mailed()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"country": "DE", "state": "", "county": "", "zip": "10115", "phone": "+49 30 5550100"}, ("DE", "", "")),
        ({"country": "DE", "state": "NY", "county": "Albany", "zip": "10115"}, ("DE", "", "")),
        ({"state": "AE", "county": "", "zip": "09012"}, ("US", "AE", "")),
        ({"state": "DC", "county": "District of Columbia", "zip": "20001"}, ("US", "DC", "District of Columbia")),
        ({"state": "NM", "county": "Doña Ana", "zip": "88001"}, ("US", "NM", "Doña Ana")),
    ],
)
def test_addresses_that_have_no_county_and_those_that_do(typed, kept):
    browser = begin()
    walk(browser, address=typed)
    browser.post(link_in(mailed()[0]))
    new = Account.objects.get()
    assert (new.country, new.state, new.county) == kept


def test_the_counties_of_a_state_are_offered_with_and_without_script():
    browser = begin()
    assert browser.get("/pscof/counties/NY").json()["counties"][:2] == ["Albany", "Allegany"]
    assert browser.get("/pscof/counties/ZZ").json()["counties"] == []
    shown = browser.post("/pscof/register/address", {"state": "FL", "city": "Miami", "show-counties": "1"})
    page = shown.content.decode()
    assert "Miami-Dade" in page and 'value="Miami"' in page and not errors(shown)
    assert "answers" not in Draft.objects.get().address, "asking for the counties keeps nothing"


def test_going_back_finds_what_was_typed():
    browser = begin("search")
    browser.post("/pscof/register/person", PERSON)
    browser.post("/pscof/register/address", ADDRESS)
    page = browser.get("/pscof/register/person").content.decode()
    for text in ('value="Nerys"', 'value="1979-04-05"', '<option value="Ms." selected>'):
        assert text in page
    page = browser.get("/pscof/register/address").content.decode()
    assert 'value="9 Pier Street"' in page and '<option value="Albany" selected>' in page
    browser.post("/pscof/register", {"type": "attorney"})
    assert 'value="Nerys"' in browser.get("/pscof/register/person").content.decode(), "another type keeps them too"
    assert Draft.objects.get().type == "attorney"


def test_steps_cannot_be_skipped():
    browser = begin()
    assert browser.post("/pscof/register/security", SECURITY).headers["Location"] == "/pscof/register/person"
    browser.post("/pscof/register/person", PERSON)
    assert browser.post("/pscof/register/security", SECURITY).headers["Location"] == "/pscof/register/address"
    assert browser.get("/pscof/register/sent").headers["Location"] == "/pscof/register"
    assert Client().get("/pscof/register/address").headers["Location"] == "/pscof/register"


def test_an_administrative_account_names_its_firm():
    browser = begin("paa")
    browser.post("/pscof/register/person", PERSON)
    answer = browser.post("/pscof/register/address", ADDRESS | {"firm": ""})
    assert "name of the firm" in errors(answer)["firm"]


@pytest.mark.parametrize(
    ("typed", "warned", "status", "because"),
    [
        ({}, True, "inactive", "name, birth date and address: all three"),
        ({"email": "new@counsel.example", "email_again": "new@counsel.example"}, True, "active", "name and birth date"),
        ({"birth_date": "1980-01-01"}, True, "active", "name and address"),
        ({"first_name": "Owain"}, True, "active", "birth date and address"),
        ({"first_name": "Owain", "birth_date": "1980-01-01"}, False, "active", "the address alone"),
        ({"first_name": "nerys", "last_name": "HALLORAN"}, True, "inactive", "letter case does not matter"),
        ({"email": "nerys+two@counsel.example", "email_again": "nerys+two@counsel.example"}, True, "hold",
         "only a tag tells the addresses apart"),
        ({"first_name": "Owain", "birth_date": "1980-01-01", "email": "nerys+two@counsel.example",
          "email_again": "nerys+two@counsel.example"}, False, "hold", "a tag, whoever it is"),
    ],
)  # fmt: skip
def test_somebody_who_may_have_an_account_is_told_at_the_proved_mailbox_and_may_go_on(typed, warned, status, because):
    account("earlier-one", **TWIN)
    browser = begin("search")
    assert browser.post("/pscof/register/person", PERSON | typed).status_code == 302, "nobody else learns of it"
    browser.post("/pscof/register/address", ADDRESS)
    browser.post("/pscof/register/security", SECURITY)
    link = link_in(mailed()[-1])
    assert ("An account may already exist" in Client().get(link).content.decode()) is warned, because
    page = Client().post(link).content.decode()
    new = Account.objects.get(username="nhalloran-law")
    awaits = {"active": ("inactive", "letter")}.get(status, (status, ""))
    assert (new.search_status, new.search_note) == awaits, f"{because}: what else is active waits for its letter"
    assert Draft.objects.get().twin_accepted is warned
    assert ("You cannot search yet" in page) == (status == "inactive")
    assert ("on hold" in page) == (status == "hold")


@pytest.mark.parametrize("typed", [{}, {"birth_date": "1980-01-01"}, {"first_name": "Owain"}], ids=str)
def test_the_steps_of_a_registration_tell_nobody_whom_the_site_knows(typed):
    pages = []
    for exists in (False, True):
        if exists:
            account("earlier-one", **TWIN)
        answer = begin("search").post("/pscof/register/person", PERSON | typed)
        pages.append((answer.status_code, answer.headers["Location"], answer.content))
    assert pages[0] == pages[1]


@pytest.mark.parametrize("status", ["hold", "inactive"])
def test_the_service_center_lets_a_held_account_search(status):
    who = account(search_status=status)
    closing.reopen(account=who.id, by="desk", at=timezone.now())
    who.refresh_from_db()
    assert who.search_status == "active" and "made active again" in mailed(who.email)[-1].text


def test_a_name_that_is_taken_is_said_only_to_whoever_proved_a_mailbox_and_another_can_be_chosen():
    account("NHalloran-Law")
    browser = begin()
    assert walk(browser).status_code == 302
    link = link_in(mailed()[0])
    taken = Client().post(link)
    assert "is taken" in errors(taken)["username"]
    assert "8 to 45" in errors(Client().post(link, {"username": "short"}))["username"]
    assert "is taken" in errors(Client().post(link, {"username": "NHALLORAN-LAW"}))["username"]
    assert "Your account is ready" in Client().post(link, {"username": "nerys-halloran"}).content.decode()
    assert Account.objects.filter(username="nerys-halloran").exists()


def test_registering_with_a_taken_name_and_address_reads_like_registering_with_new_ones():
    pages = []
    for exists in (False, True):
        if exists:
            account("nhalloran-law", email="nerys@counsel.example", mailbox="nerys@counsel.example")
        browser = begin()
        answers = [browser.post("/pscof/register/person", PERSON), browser.post("/pscof/register/address", ADDRESS),
                   browser.post("/pscof/register/security", SECURITY)]  # fmt: skip
        pages.append(
            [one.headers["Location"] for one in answers] + [without_tokens(browser.get("/pscof/register/sent"))]
        )
    assert pages[0] == pages[1]


def test_the_link_is_good_once_and_for_a_day():
    walk(begin())
    link = link_in(mailed()[0])
    MailedLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    late = Client().post(link)
    assert late.status_code == 410 and not Account.objects.exists() and "Ask for a new link" in late.content.decode()
    MailedLink.objects.update(expires_at=timezone.now() + timedelta(hours=1))
    Client().post(link)
    again = Client().post(link)
    assert again.status_code == 410 and Account.objects.count() == 1
    assert Client().get("/pscof/confirm/" + "x" * 43).status_code == 410
    assert again.headers["Referrer-Policy"] == "same-origin"


def test_a_lost_link_is_mailed_again_and_both_make_one_account():
    browser = begin()
    walk(browser)
    assert "once more" in browser.post("/pscof/register/sent").content.decode()
    first, second = (link_in(mail) for mail in mailed("nerys@counsel.example"))
    Client().post(first)
    assert Client().post(second).status_code == 410 and Account.objects.count() == 1


def test_a_wrong_address_can_be_changed_after_the_link_was_mailed():
    browser = begin()
    walk(browser)
    right = {"email": "n.halloran@counsel.example", "email_again": "n.halloran@counsel.example"}
    walk(browser, person=right)
    Client().post(link_in(mailed("n.halloran@counsel.example")[0]))
    assert Account.objects.get().email == "n.halloran@counsel.example"


def test_one_mailbox_is_not_flooded():
    browser = begin()
    walk(browser)
    answers = [browser.post("/pscof/register/sent").content.decode() for _ in range(6)]
    assert len(mailed()) == 5 and "several times" in answers[-1]
    tagged = {"email": "nerys+1@counsel.example", "email_again": "nerys+1@counsel.example"}
    other = begin()
    other.post("/pscof/register/person", PERSON | tagged)
    other.post("/pscof/register/address", ADDRESS)
    assert "several times" in errors(other.post("/pscof/register/security", SECURITY))["__all__"], (
        "a tag is the same mailbox"
    )
    assert len(mailed()) == 5


@pytest.mark.parametrize(
    ("budget", "act", "words"),
    [
        ("_DRAFTS_PER_NETWORK", lambda: Client().post("/pscof/register", {"type": "search"}), "Too many registrations"),
        (
            "_CHECKS_PER_NETWORK",
            lambda: signed_on(Account.objects.first() or legacy()).post("/pscof/upgrade/person", PERSON),
            "Too many registrations",
        ),
    ],
)
def test_a_network_that_tries_many_people_is_slowed_down(monkeypatch, budget, act, words):
    monkeypatch.setattr(f"openecf.central.accounts.services.registering.{budget}", 3)
    answers = [act() for _ in range(4)]
    assert [one.status_code for one in answers[:3]] == [302] * 3
    assert words in answers[3].content.decode()


@pytest.mark.parametrize("address", ["/pscof/registration.jsf", "/pscof/regWizard.jsf"])
def test_addresses_that_courts_print_lead_to_the_form(address):
    assert Client().get(address).headers["Location"] == "/pscof/register"


@pytest.mark.django_db(transaction=True)
def test_of_eight_redemptions_of_a_registration_link_one_makes_the_account():
    for n in range(5):
        browser = begin("search")
        name = {"username": f"nhalloran-{n:03d}"}
        email = {"email": f"nerys{n}@counsel.example", "email_again": f"nerys{n}@counsel.example", "first_name": "Ab" + "c" * n,
                 "birth_date": f"19{70 + n}-01-01"}  # fmt: skip
        walk(browser, person=email, security=name)
        link = link_in(mailed(email["email"])[0])
        answers = at_once([lambda link=link: Client().post(link) for _ in range(8)])
        assert sorted(one.status_code for one in answers) == [200] + [410] * 7
        assert Account.objects.filter(username=name["username"]).count() == 1
    numbers = list(Account.objects.values_list("number", flat=True))
    assert len(set(numbers)) == 5


@pytest.mark.django_db(transaction=True)
def test_of_six_people_who_want_one_user_name_at_once_one_gets_it():
    links = []
    for n in range(6):
        email = f"six{n}@counsel.example"
        walk(begin("search"), person={"email": email, "email_again": email, "first_name": "Zo" + "e" * n,
                                      "birth_date": f"196{n}-02-03"})  # fmt: skip
        links.append(link_in(mailed(email)[0]))
    answers = at_once([lambda link=link: Client().post(link) for link in links])
    said = ["is ready" if b"Your account is ready" in one.content else "is taken" for one in answers]
    assert sorted(said) == ["is ready"] + ["is taken"] * 5
    losers = [link for link, word in zip(links, said, strict=True) if word == "is taken"]
    for n, link in enumerate(losers):
        Client().post(link, {"username": f"another-{n}"})
    assert Account.objects.count() == 6, "a loser's link is still good"


def test_a_draft_of_another_browser_is_not_to_be_had():
    secret = services.begin(type=AccountType.CASE_SEARCH, at=timezone.now(), address="192.0.2.1")
    assert Client().get("/pscof/register/person").status_code == 302
    digest = Draft.objects.get().digest
    browser = Client()
    browser.cookies["openecf_central_registration"] = digest
    assert browser.get("/pscof/register/person").status_code == 302, "what the database knows opens nothing"
    browser.cookies["openecf_central_registration"] = secret
    assert browser.get("/pscof/register/person").status_code == 200


@pytest.mark.parametrize(
    ("kind", "asked"), [("attorney", True), ("search", False), ("non-attorney", False), ("paa", False)]
)
def test_an_attorney_may_say_to_be_appointed_to_a_cja_panel(kind, asked):
    browser = begin(kind)
    assert ('name="cja_panel"' in browser.get("/pscof/register/person").content.decode()) is asked
    browser.post("/pscof/register/person", PERSON | {"cja_panel": "on"})
    page = browser.get("/pscof/register/person").content.decode()
    assert bool(re.search(r'name="cja_panel"[^>]*checked', page)) is asked, "what was checked stays checked"
    browser.post("/pscof/register/address", ADDRESS)
    browser.post("/pscof/register/security", SECURITY)
    ready = Client().post(link_in(mailed()[-1])).content.decode()
    assert Account.objects.get().cja_panel is asked and ("Your CJA appointment" in ready) is asked


def test_an_attorney_without_the_appointment_leaves_the_box_empty():
    browser = begin("attorney")
    browser.post("/pscof/register/person", PERSON)
    assert not re.search(r'name="cja_panel"[^>]*checked', browser.get("/pscof/register/person").content.decode())


def test_a_step_that_is_changed_after_the_mail_spoils_its_link():
    """Else a person who proved one mailbox could put another's name, birth date and address into the draft: to read on
    the page behind the link whether that person has an account, and to get past the hold of a ``+tag``."""
    account("earlier-one", **TWIN)
    tagged = {"email": "nerys+two@counsel.example", "email_again": "nerys+two@counsel.example"}
    browser = begin("search")
    walk(browser, person=tagged)
    link = link_in(mailed()[-1])
    elsewhere = {"first_name": "Zoe", "birth_date": "1990-01-01", "email": "zoe@else.example",
                 "email_again": "zoe@else.example"}  # fmt: skip
    assert browser.post("/pscof/register/person", PERSON | elsewhere).status_code == 302
    assert Client().get(link).status_code == 410 == Client().post(link).status_code
    assert not Account.objects.filter(username="nhalloran-law").exists()
    assert browser.get("/pscof/register/sent").headers["Location"] == "/pscof/register", "the last step comes again"
    walk(browser, person=tagged)
    Client().post(link_in(mailed()[-1]))
    assert Account.objects.get(username="nhalloran-law").search_status == "hold"


def test_so_does_another_type_of_account():
    browser = begin("search")
    walk(browser)
    link = link_in(mailed()[-1])
    browser.post("/pscof/register", {"type": "paa"})
    assert Client().post(link).status_code == 410 and not Account.objects.exists()

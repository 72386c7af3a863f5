"""A new account searches once the token of its letter was typed: asked for, printed, mailed, typed, once."""

from __future__ import annotations

from datetime import timedelta

import pypdfium2 as pdfium
import pytest
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from openecf.central.accounts import queries, rules
from openecf.central.accounts.models import Account, ActivationLetter
from openecf.central.accounts.services import activating, lettering
from openecf.central.firms import services as firms
from openecf.central.service_center import letter_paper
from openecf.platform.audit.models import AuditLine
from tests.central.registrants import ADDRESS, begin, link_in, mailed, walk
from tests.central.relying import PASSWORD, account, signed_on
from tests.central.test_service_center_staff import appoint, at_desk

pytestmark = pytest.mark.django_db
PAGE = "/pscof/manage/activate"
HOME = {name: ADDRESS[name] for name in ("firm", "address1", "city", "state", "county", "zip", "phone", "country")}
NOW = timezone.now()


def newcomer(username: str = "nhalloran-law", **facts: object) -> Account:
    """An account that waits for its letter, as its registration left it."""
    with transaction.atomic():
        made = account(username, **(HOME | facts))
        lettering.await_letter(account=made, by=str(made.id), at=NOW)
    return made


def printed(*, at=NOW, letters=None) -> list[lettering.Printed]:
    return list(lettering.print_letters(letters=letters, by="desk", at=at))


def status(of: Account) -> tuple[str, str]:
    of.refresh_from_db()
    return of.search_status, of.search_note


def words_of(pdf: bytes) -> list[str]:
    """The words of each page."""
    return [page.get_textpage().get_text_bounded() for page in pdfium.PdfDocument(pdf)]


@pytest.mark.parametrize(
    ("kind", "awaits"),
    [("search", True), ("attorney", True), ("non-attorney", True), ("paa", False)],
)
def test_who_may_search_gets_a_letter_and_a_firms_billing_account_gets_none(kind, awaits):
    browser = begin(kind)
    walk(browser)
    page = Client().post(link_in(mailed()[0])).content.decode()
    new = Account.objects.get()
    assert status(new) == (("inactive", "letter") if awaits else ("active", ""))
    assert ActivationLetter.objects.filter(account=new).count() == awaits
    assert ("A letter comes to you" in page) is awaits and ("activation token" in mailed()[-1].text) is awaits


@pytest.mark.parametrize(("kind", "files"), [("search", False), ("attorney", True), ("non-attorney", True)])
def test_only_who_files_is_told_that_filing_does_not_wait_for_the_letter(kind, files):
    browser = begin(kind)
    walk(browser)
    ready = Client().post(link_in(mailed()[0])).content.decode()
    Account.objects.update(password=make_password(PASSWORD))
    own = signed_on(Account.objects.get())
    told = [ready, mailed()[-1].text, own.get("/pscof/manage").content.decode(), own.get(PAGE).content.decode()]
    assert ["linking and filing do not wait" in one for one in told] == [files] * 4
    assert ["seven to ten business days" in one for one in told[:3]] == [True] * 3


def test_the_token_of_the_letter_activates_search_once_and_is_nowhere_in_the_database():
    who = newcomer()
    [letter] = printed()
    assert letter.token not in str(list(ActivationLetter.objects.values_list())), "only its digest is kept"
    typed = rules.shown_token(letter.token).lower().replace("-", " ")
    activating.activate(account=who, token=typed, at=NOW, address="192.0.2.1")
    assert status(who) == ("active", "")
    assert "case search was activated" in mailed(who.email)[-1].text
    assert AuditLine.objects.filter(act="account.activated", subject=str(who.id)).count() == 1
    with pytest.raises(lettering.NotAwaitingLetter):
        activating.activate(account=who, token=letter.token, at=NOW, address="")


@pytest.mark.parametrize(
    ("happens", "because"),
    [
        ("nothing was printed", "an empty digest is no token's"),
        ("printed again", "the sheet before is waste paper"),
        ("asked again", "another letter is under way"),
        ("another person's", "a token belongs to its account"),
        ("61 days", "it is too old"),
        ("moved", "it proves the old address only"),
    ],
)
def test_no_other_token_activates(happens, because):
    who, token, at = newcomer(), "", NOW
    if happens != "nothing was printed":
        token = printed()[0].token
    if happens == "printed again":
        printed(letters=[ActivationLetter.objects.get().pk])
    elif happens == "asked again":
        lettering.ask_again(account=who.id, by="owner", at=NOW + timedelta(days=15))
        at = NOW + timedelta(days=15)
    elif happens == "another person's":
        who = newcomer("other-one", email="other@counsel.example")
    elif happens == "61 days":
        at = NOW + timedelta(days=61)
    elif happens == "moved":
        assert signed_on(who).post("/pscof/manage/address", ADDRESS | {"address1": "10 Pier Street"}).status_code == 302
        assert queries.live_letter(who.id).printings == 0, "a letter to the new address waits to be printed"
    with pytest.raises(activating.WrongToken):
        activating.activate(account=who, token=token, at=at, address="")
    assert status(who) == ("inactive", "letter"), because


def test_guessing_is_slow_and_the_right_token_waits_out_the_hour():
    who = newcomer()
    [letter] = printed()
    for _ in range(10):
        with pytest.raises(activating.WrongToken):
            activating.activate(account=who, token="AAAA-AAAA-AAAA", at=NOW, address="")
    with pytest.raises(activating.TooManyTokens):
        activating.activate(account=who, token=letter.token, at=NOW, address="")
    activating.activate(account=who, token=letter.token, at=NOW + timedelta(minutes=61), address="")
    assert status(who) == ("active", "")


@pytest.mark.parametrize("typed", ["", "   ", "0", "\0", "ab" * 200, "🙂" * 12, "' OR 1=1 --", "AAAA-AAAA-AAAA"])
def test_bad_tokens_are_said_on_the_page(typed):
    browser = signed_on(newcomer())
    printed()
    page = browser.post(PAGE, {"token": typed})
    assert page.status_code == 200 and page.context["form"].errors["token"]
    assert Account.objects.get().search_status == "inactive"


def test_the_page_tells_the_whole_story_and_ends_it():
    who = newcomer()
    browser = signed_on(who)
    assert "You cannot search cases yet" in browser.get("/pscof/manage").content.decode()
    page = browser.get(PAGE).content.decode()
    assert "9 Pier Street<br>Albany, NY 12207-1234" in page and "prints it on its next working day" in page
    assert "Send me another letter" not in page
    [letter] = printed(at=timezone.now())
    assert "on its way to the mail" in browser.get(PAGE).content.decode()
    row = ActivationLetter.objects.get()
    lettering.mark_mailed(letters=[(row.pk, 1)], by="desk", at=timezone.now())
    assert "seven to ten business days. Its token" in browser.get(PAGE).content.decode()
    assert "Your activation letter is in the mail" in [one.subject for one in mailed(who.email)]
    answer = browser.post(PAGE, {"token": letter.token})
    assert answer.headers["Location"] == "/pscof/manage?done=activated"
    assert "Case search is active" in browser.get(answer.headers["Location"]).content.decode()
    assert browser.get(PAGE).headers["Location"] == "/pscof/manage"


def test_who_left_a_firm_meanwhile_searches_when_it_is_settled_who_pays_not_by_the_letter():
    payer, who = account("quill-billing", type="paa", last_name="Quill LLP", email="pay@quill.example"), newcomer()
    asked = firms.invite(firm=payer.id, number=who.number, last_name=who.last_name, at=NOW)
    firms.accept(account=who.id, invitation=asked.id, at=NOW)
    firms.leave(account=who.id, remark="", at=NOW)
    assert (
        status(who) == ("inactive", "letter") and not AuditLine.objects.filter(act="account.search-suspended").exists()
    )
    [letter] = printed(at=timezone.now())
    browser = signed_on(who)
    answer = browser.post(PAGE, {"token": letter.token}, follow=True)
    assert "Case search is active" not in answer.content.decode() and "You left the firm" in answer.content.decode()
    assert status(who) == ("inactive", "left-firm")
    assert not any("case search was activated" in mail.text for mail in mailed(who.email))
    again = firms.invite(firm=payer.id, number=who.number, last_name=who.last_name, at=NOW + timedelta(hours=1))
    firms.accept(account=who.id, invitation=again.id, at=NOW + timedelta(hours=1))
    assert status(who) == ("active", "")


def test_another_letter_is_sent_when_the_first_had_its_time_and_not_for_ever():
    who = newcomer()
    at = NOW
    for _ in range(rules.LETTERS_MOST - 1):
        printed(at=at)
        with pytest.raises(lettering.LetterUnderWay):
            lettering.ask_again(account=who.id, by="owner", at=at + timedelta(days=13))
        at += timedelta(days=15)
        lettering.ask_again(account=who.id, by="owner", at=at)
    printed(at=at)
    with pytest.raises(lettering.TooManyLetters):
        lettering.ask_again(account=who.id, by="owner", at=at + timedelta(days=15))
    lettering.send_anew(account=who.id, by="desk", at=at + timedelta(days=15))
    assert queries.live_letter(who.id).printings == 0, "the Service Center may"


def test_an_account_has_one_live_letter_whatever_asks():
    who = newcomer()
    with pytest.raises(IntegrityError), transaction.atomic():
        ActivationLetter.objects.create(account=who, asked_at=NOW)


def test_a_letter_is_on_a_sheet_of_its_own_in_its_readers_language_with_address_and_token():
    newcomer(language="es", room="12", firm="Pañuelos & Co", country="US")
    newcomer(
        "other-one", email="other@counsel.example", first_name="Łucja", country="DE", state="", city="Köln", zip="50667"
    )
    made = printed()
    sheets = words_of(letter_paper.printed(made))
    assert len(sheets) == len(made) == 2
    for sheet, letter in zip(sheets, made, strict=True):
        assert rules.shown_token(letter.token) in sheet and letter.account.number in sheet
        assert "/pscof/manage/activate" in sheet
    assert "Pañuelos & Co" in sheets[0] and "Albany, NY 12207-1234" in sheets[0] and "GERMANY" in sheets[1]


def test_who_is_closed_or_active_by_now_gets_no_letter():
    closed, settled = newcomer(), newcomer("other-one", email="other@counsel.example")
    Account.objects.filter(id=closed.id).update(is_active=False)
    Account.objects.filter(id=settled.id).update(search_note="", search_status="active")
    with pytest.raises(lettering.NothingToPrint):
        printed()


def test_the_desk_prints_marks_as_mailed_and_prints_again():
    agent = account("agent-one", email="agent@pacer.example")
    appoint(agent)
    desk = at_desk(agent)
    newcomer()
    page = desk.get("/service-center/desk/letters").content.decode()
    assert "Print 1 letter" in page and "Letters (1)" in page
    answer = desk.post("/service-center/desk/letters", {"act": "new"})
    assert answer["Content-Type"] == "application/pdf" and "no-store" in answer["Cache-Control"]
    first = b"".join(answer.streaming_content)
    assert desk.post("/service-center/desk/letters", {"act": "new"}).status_code == 409, "none waits any more"
    row = ActivationLetter.objects.get()
    second = desk.post("/service-center/desk/letters", {"act": "again", "letter": [f"{row.pk}:1"]})
    assert words_of(b"".join(second.streaming_content)) != words_of(first)
    for wrong in ([], ["x"], [f"{row.pk}:1"], ["999:1"], [f"{row.pk}"], ["1:2:3"]):
        assert desk.post("/service-center/desk/letters", {"act": "mailed", "letter": wrong}).status_code == 409
    answer = desk.post("/service-center/desk/letters", {"act": "mailed", "letter": [f"{row.pk}:2"]})
    assert answer.headers["Location"] == "/service-center/desk/letters?mailed=1"
    assert "Nothing waits to be mailed" in desk.get("/service-center/desk/letters").content.decode()
    acts = list(AuditLine.objects.filter(act__startswith="account.letter").values_list("act", flat=True))
    assert acts.count("account.letter-printed") == 2 and acts.count("account.letter-mailed") == 1

"""Where notices go: told to every court once the address is proved, and not before."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from openecf.central.accounts import services as accounts
from openecf.central.accounts.models import Account
from openecf.central.accounts.services import disowning, securing
from openecf.central.accounts.services.links import Purpose, make_link
from openecf.central.courts import services as courts
from openecf.central.courts.models import RegisteredCourt
from openecf.central.registration import queries, services
from openecf.central.registration.models import ContactAsked, FilerContact
from openecf.platform.bus.models import OutboxMessage
from openecf.platform.mail.models import OutgoingMail
from openecf.platform.throttle.models import Counter
from tests.central import relying
from tests.central.relying import PASSWORD
from tests.together import at_once

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 6, 12, tzinfo=UTC)
PAGE, NEW = "/pscof/manage/efile/email", "new@counsel.example"
FORM = {"email": NEW, "form": "text", "often": "summary", "silence": "on", "current": PASSWORD}


def account(username: str = "ada-counsel") -> Account:
    return Account.objects.get(username=username)


@pytest.fixture
def browser() -> Client:
    """Of somebody who files at two courts."""
    ada = relying.account(email_verified_at=AT)
    for court in ("flsb", "flsd"):
        courts.admit_court(court_id=court, base_url=f"http://{court}.test", hosts=[], public_key="none yet", at=AT)
        RegisteredCourt.objects.create(account=ada, court=court, role="attorney", linked_at=AT)
    return relying.signed_on(ada)


def text(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", response.content.decode()).split())


def told() -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(type="filer.contact").order_by("id"))


def link(to: str = NEW) -> str:
    """The address in the last mail to somebody, as a browser asks for it."""
    last = OutgoingMail.objects.filter(recipients=[to]).order_by("id").last()
    return re.search(r"/pscof/confirm-notices/\w+", last.text)[0]


def test_a_new_address_gets_a_link_and_every_court_goes_on_as_before_until_it_is_opened(browser):
    wrong = browser.post(PAGE, FORM | {"current": "not this"})
    assert wrong.status_code == 200 and not OutgoingMail.objects.filter(recipients=[NEW]).exists()
    assert browser.post(PAGE, FORM).status_code == 302
    assert not told() and queries.contact_of(account().id) is None
    assert "We mailed a link to new@counsel.example" in text(browser.get(PAGE))
    assert "another e-mail address for notices" in OutgoingMail.objects.get(recipients=[account().email]).text
    phone, address = Client(), link()
    asks = text(phone.get(address))
    assert NEW in asks and "Until then nothing changes" in asks and not told(), "a mail scanner opens links, too"
    assert "Notices go to this address now" in text(phone.post(address))
    assert {row.to for row in told()} == {"flsb", "flsd"}
    assert all(row.body["email"] == NEW and row.body["summary"] and row.body["tells_silence"] for row in told())
    kept = queries.contact_of(account().id)
    assert kept.wants_text and queries.proved(account(), email=NEW.upper())
    assert "We mailed a link" not in text(browser.get(PAGE))
    assert phone.post(address).status_code == 410 and len(told()) == 2, "once"
    browser.post(PAGE, FORM | {"email": NEW.upper()})
    assert len(told()) == 4 and queries.proved(account(), email=NEW), "it is the same mailbox in capital letters"


def test_how_often_and_in_what_form_is_told_at_once_where_the_address_stays(browser):
    own = account().email
    browser.post(PAGE, FORM | {"email": own})
    assert {row.body["email"] for row in told()} == {own} and not ContactAsked.objects.exists()
    FilerContact.objects.update(email="of-old@counsel.example")
    browser.post(PAGE, FORM | {"email": "of-old@counsel.example", "often": "filing"})
    of_old = [row.body["summary"] for row in told() if row.body["email"] == "of-old@counsel.example"]
    assert of_old == [False, False], "what courts hold already needs no link"
    assert not queries.proved(account(), email="of-old@counsel.example"), "and is not proved by it"


def other_address() -> None:
    relying.signed_on(account()).post(PAGE, FORM | {"email": "other@counsel.example"})


def present_address() -> None:
    relying.signed_on(account()).post(PAGE, FORM | {"email": account().email})


def new_password() -> None:
    securing.change_password(
        account=account(), current=PASSWORD, new="a longer quiet heron wades", session=None, at=timezone.now(),
        address="203.0.113.9",
    )  # fmt: skip


def closed() -> None:
    Account.objects.filter(id=account().id).update(is_active=False)


def merged() -> None:
    services.follow(
        account=account().id,
        into=relying.account("petra-counsel", email="petra@counsel.example").id,
        by="test",
        at=timezone.now(),
    )


def a_day_later() -> None:
    ContactAsked.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


@pytest.mark.parametrize("then", [other_address, present_address, new_password, closed, merged, a_day_later])
def test_what_makes_the_link_no_good(browser, then):
    browser.post(PAGE, FORM)
    address = link()
    then()
    before = len(told())
    assert [Client().get(address).status_code, Client().post(address).status_code] == [410, 410]
    assert len(told()) == before and NEW not in {row.body["email"] for row in told()}


def test_nobody_has_mails_sent_to_address_after_address(browser):
    for n in range(6):
        answer = browser.post(PAGE, FORM | {"email": f"n{n}@counsel.example"})
    assert answer.status_code == 200 and "Links were mailed several times" in text(answer)
    assert not OutgoingMail.objects.filter(recipients=["n5@counsel.example"]).exists()
    assert queries.contact_asked(account().id, now=timezone.now()).email == "n4@counsel.example"


def confirms(browser: Client, email: str, **form: str) -> None:
    browser.post(PAGE, FORM | {"email": email} | form)
    Client().post(link(email))


@pytest.mark.parametrize("mailbox", ["as it was", "the thief's"])
@pytest.mark.parametrize(("of_old", "back"), [(NEW, NEW), ("", "ada@counsel.example")])
def test_an_address_that_a_thief_proved_goes_when_the_owner_says_it_was_not_me(browser, mailbox, of_old, back):
    if of_old:
        confirms(browser, of_old)
    own, eve = account().email, "eve@evil.example"
    secret = make_link(purpose=Purpose.DISOWN, email=own, at=timezone.now(), account=account()).rpartition("/")[2]
    confirms(browser, "first@evil.example", often="filing")
    confirms(browser, eve, form="html")
    if mailbox != "as it was":
        Account.objects.update(email="mail@evil.example", mailbox="mail@evil.example")
    browser.post(PAGE, FORM | {"email": "third@evil.example"})
    asked, before = link("third@evil.example"), {row.id for row in told()}
    disowning.disown(secret=secret, at=timezone.now(), address="203.0.113.9")
    said = [row for row in told() if row.id not in before]
    assert sorted(row.to for row in said) == ["flsb", "flsd"], "each court is told once"
    assert all(row.body["email"] == back for row in said)
    assert all(row.body["wants_text"] is row.body["summary"] is bool(of_old) for row in said), "and in what form"
    kept = queries.contact_of(account().id)
    assert kept.email == back and queries.proved(account(), email=back)
    for to in {own, back, eve}:
        texts = [one.text for one in OutgoingMail.objects.filter(recipients=[to]) if "taken back" in one.text]
        assert len(texts) == 1 and not {own, back, eve} & set(texts[0].split()), to
    assert [Client().get(asked).status_code, Client().post(asked).status_code] == [410, 410]


def test_it_was_not_me_leaves_notices_alone_that_were_chosen_before(browser):
    confirms(browser, NEW)
    secret = make_link(purpose=Purpose.DISOWN, email=account().email, at=timezone.now(), account=account())
    disowning.disown(secret=secret.rpartition("/")[2], at=timezone.now(), address="203.0.113.9")
    assert len(told()) == 2 and queries.contact_of(account().id).email == NEW


@pytest.mark.django_db(transaction=True)
def test_a_link_pressed_in_eight_tabs_at_once_tells_the_courts_once(browser):
    for n in range(1, 41):
        Counter.objects.all().delete()  # the pace of mails is a rule of its own
        new = f"notices-{n}@counsel.example"
        browser.post(PAGE, FORM | {"email": new})
        secret = link(new).rpartition("/")[2]
        given = at_once([lambda secret=secret: services.confirm_contact(secret=secret, at=timezone.now())] * 8)
        assert sum(not isinstance(one, Exception) for one in given) == 1, given
        assert sum(isinstance(one, accounts.LinkSpent) for one in given) == 7, given
        assert len(told()) == 2 * n

"""People who register, upgrade or recover in tests: what they type, and the mail that they get."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from django.http import HttpResponse
from django.test import Client

from openecf.central.accounts.models import Account
from openecf.platform.mail.models import OutgoingMail
from tests.central.relying import account
from tests.together import at_once  # noqa: F401  (for those who register several at once)

NEW_PASSWORD = "gravel tulip seventh moor"
PERSON = {"prefix": "Ms.", "first_name": "Nerys", "middle_name": "Q", "last_name": "Halloran", "generation": "",
          "birth_date": "1979-04-05", "email": "nerys@counsel.example", "email_again": "nerys@counsel.example",
          "user_type": "INDIVIDUAL"}  # fmt: skip
ADDRESS = {"firm": "Halloran PA", "unit": "", "tax_id": "12-3456789", "country": "US", "address1": "9 Pier Street",
           "address2": "", "address3": "", "room": "12", "city": "Albany", "state": "NY", "county": "Albany",
           "zip": "12207-1234", "phone": "(518) 555-0100 x7", "alt_phone": "", "fax": ""}  # fmt: skip
SECURITY = {"username": "nhalloran-law", "password": NEW_PASSWORD, "password_again": NEW_PASSWORD}
STEPS = {"person": PERSON, "address": ADDRESS, "security": SECURITY}


def begin(kind: str = "attorney") -> Client:
    """A browser in which a registration was begun."""
    browser = Client()
    assert browser.post("/pscof/register", {"type": kind}).headers["Location"] == "/pscof/register/person"
    return browser


def walk(browser: Client, *, road: str = "register", **changed: dict[str, str]) -> HttpResponse:
    """Fill in every step; the answer to the last. ``changed`` replaces fields of a step."""
    answer = None
    for step, typed in STEPS.items():
        answer = browser.post(f"/pscof/{road}/{step}", typed | changed.get(step, {}))
        assert answer.status_code == 302, (step, errors(answer))
    return answer


def errors(answer: HttpResponse) -> dict[str, str]:
    """What a page says is wrong, by field."""
    form = answer.context["form"] if answer.context else None
    return {field: " ".join(said) for field, said in form.errors.items()} if form is not None else {}


def mailed(to: str = "") -> list[OutgoingMail]:
    """The mails to that address, oldest first; every mail without it."""
    rows = OutgoingMail.objects.order_by("id")
    return [row for row in rows if not to or to in row.recipients]


def link_in(mail: OutgoingMail) -> str:
    """The path of the mailed link."""
    return re.search(r"http://central\.test(/pscof/\S+)", mail.text)[1]


def legacy(**facts: object) -> Account:
    """An account made before August 11, 2014 and not upgraded, with PASSWORD."""
    defaults = {"username": "oldone", "upgraded_at": None, "created_at": datetime(2009, 6, 1, tzinfo=UTC),
                "first_name": "Walter", "last_name": "Brandy", "email": "walter@counsel.example",
                "mailbox": "walter@counsel.example", "birth_date": date(1961, 5, 7)}  # fmt: skip
    return account(**(defaults | facts))


def without_tokens(page: HttpResponse) -> bytes:
    """A page's bytes but for its form tokens."""
    return re.sub(rb'name="(?:csrfmiddlewaretoken|javax\.faces\.ViewState)" value="\w+"', b"", page.content)

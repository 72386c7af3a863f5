"""Registrations that no other story tells, from the request at the central site over the court's desk to the first paper:
a creditor, a U.S. Trustee, a court reporter and an auditor. Programs read these pages; other stories looked at them.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from string import ascii_lowercase

import httpx
import pytest

from openecf.platform.demo_cast import PASSWORD
from tests.faults.machine import action_of, hidden, words_of
from tests.stand import Stand, until

COURT, CLERK = "flsb", "clerk-delgado"
NEWCOMER = """
INSERT INTO account SELECT (jsonb_populate_record(a, jsonb_build_object('id', gen_random_uuid(),
  'number', %(number)s::text, 'username', %(username)s::text, 'last_name', %(last)s::text,
  'email', %(email)s::text, 'mailbox', %(email)s::text))).*
FROM account a WHERE a.username = 'wthrush'
"""
"""A non-attorney account more, as registering makes it: other stories register."""


@dataclass(frozen=True)
class Kind:
    """Somebody new: as what, in the request and in words; the group into which the desk lets such a person; an event that is
    theirs, its title, and an event that is another's."""

    asks: str
    role: str
    group: str
    files: str
    title: str
    not_files: str

    def __str__(self) -> str:
        return self.asks


KINDS = [
    Kind("creditor", "Creditor", "limited", "notice:request-for-notice", "Request for Notice", "motion:sell"),
    Kind(
        "us-trustee", "U.S. Trustee", "us-trustee", "ust:appointment", "Appointment of Trustee", "transcript:official"
    ),
    Kind(
        "court-reporter",
        "Court reporter",
        "court-reporter",
        "transcript:official",
        "Transcript",
        "notice:request-for-notice",
    ),
    Kind("auditor", "Auditor", "auditor", "auditor:misstatement", "Report of Audit", "motion:sell"),
]
STEPS = {
    "filer": {"address": "9 Pier Street\nMiami, FL 33101", "phone": "305-555-0107"},
    "notices": {"email": "{}@counsel.example", "often": "filing", "form": "html"},
    "papers": {},
    "terms": {"e_service": "on", "redaction": "on"},
}


class Caller:
    """Somebody signed on at the central site, and at the court by its login link."""

    def __init__(self, stand: Stand, username: str) -> None:
        self.stand, self.username = stand, username
        self.http = httpx.Client(timeout=60, follow_redirects=True)
        page = self.http.get(stand.url("central", "/login"))
        page = self.send(page, **{"loginForm:loginName": username, "loginForm:password": PASSWORD})
        assert self.enter(page).url.path == "/pscof/manage", words_of(page)

    def enter(self, page: httpx.Response | None = None) -> httpx.Response:
        """The court's front after logging in there."""
        page = page or self.http.get(self.stand.url(COURT, "/login?next=/"))
        return self.send(page, redaction="1") if page.url.path == "/csologin/told" else page

    def send(self, page: httpx.Response, **typed: object) -> httpx.Response:
        """Send the page's form with what was typed."""
        return self.http.post(action_of(page), data=hidden(page) | typed)

    def at(self, site: str, path: str) -> httpx.Response:
        return self.http.get(self.stand.url(site, path))

    def starts(self, event: str, found: httpx.Response) -> httpx.Response:
        """Begin a filing with any event from the page that found one."""
        typed = {"csrfmiddlewaretoken": hidden(found)["csrfmiddlewaretoken"], "event": event, "case": ""}
        return self.http.post(self.stand.url(COURT, "/filing/start"), data=typed)


@pytest.fixture(scope="module")
def clerk(stand: Stand) -> Caller:
    caller = Caller(stand, CLERK)
    caller.enter()
    return caller


@pytest.fixture
def newcomer(stand: Stand) -> Caller:
    last = f"Quill{''.join(random.choices(ascii_lowercase, k=8))}"
    facts = {"last": last, "username": last.lower(), "email": f"{last.lower()}@counsel.example"}
    with stand.database("central") as central:
        central.execute(NEWCOMER, facts | {"number": str(random.randint(7_700_000, 7_799_999))})
    return Caller(stand, last.lower())


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_from_the_request_over_the_desk_to_the_events_of_ones_own(kind, newcomer, clerk, stand):
    mine = asks(newcomer, kind)
    until(lambda: "Received by the court" in newcomer.http.get(mine).text, seconds=30, what="the court's receipt")
    assert "/filing/" not in newcomer.enter().text, "a request lets nobody file"
    desk = f"/court/registrations?q={newcomer.username}"
    assert newcomer.at(COURT, desk).status_code == 403, "the desk is the clerk's office's"

    page = clerk.at(COURT, re.search(r"/court/registrations/[0-9a-f-]{36}", clerk.at(COURT, desk).text)[0])
    assert kind.role in words_of(page) and re.findall(r'<option value="([^"]+)">', page.text) == [kind.group]
    as_new = {"approve-user": "new", "approve-said": "Welcome."}
    refused = clerk.send(page, **as_new, **{"approve-group": "attorney"})
    assert "Select a valid choice" in refused.text and "To be decided" in refused.text, (
        "the desk makes no attorney of them"
    )
    done = clerk.send(page, **as_new, **{"approve-group": kind.group})
    assert "Approved. The applicant can file, and is told by mail." in done.text, words_of(done)
    again = clerk.send(page, **as_new, **{"approve-group": kind.group})
    assert "Not done" in again.text, "a request is decided once"

    letter = stand.mail(f"{newcomer.username}@counsel.example", "You can file there now", seconds=60)
    assert "Welcome." in (letter["text"] or letter["html"])
    until(lambda: "You can file at this court" in newcomer.http.get(mine).text, seconds=30, what="the approval")
    assert "/filing/" in newcomer.at(COURT, "/").text, "the next page has the menu of filing"
    assert newcomer.at(COURT, desk).status_code == 403, "and no more than that"
    found = newcomer.at(COURT, f"/filing/?q={kind.title}")
    assert f'value="{kind.files}"' in found.text
    begun = newcomer.starts(kind.files, found)
    assert re.search(r"/filing/[0-9a-f-]{36}/\w+$", str(begun.url)) and kind.title in begun.text, words_of(begun)
    refused = newcomer.starts(kind.not_files, found)
    assert refused.status_code in (403, 404, 409), words_of(refused)


def asks(who: Caller, kind: Kind) -> str:
    """From what the court asks to the summary; the address of the request that was sent."""
    page = who.send(who.at("central", f"/pscof/manage/efile/non-attorney/{COURT}"))
    refused = who.send(page, role="e-file", here_already="no")
    assert "This court does not offer that." in refused.text, "an attorney's role is not theirs"
    page = who.send(page, role=kind.asks, here_already="no", case_number="")
    while (step := page.url.path.rpartition("/")[2]) != "summary":
        page = who.send(page, **{name: value.format(who.username) for name, value in STEPS[step].items()})
    assert kind.role in page.text, words_of(page)
    page = who.send(page)
    assert "Your request is sent." in page.text, words_of(page)
    return str(page.url).partition("?")[0]

"""Filing agents for tests: an agent of the invented court's people, who does at the pages what a person does."""

from __future__ import annotations

import html
import re
from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from openecf.court.agents.models import Agency
from openecf.court.agents.services import Terms
from openecf.court.filing.models import Draft
from openecf.court.people.models import CourtUser
from tests.court import callers, pdfs

LONG_AGO = date(2024, 1, 1)


def terms(**changed: object) -> Terms:
    """What an agent usually may do."""
    usual = {"role": "filing-agent", "may_file": True, "sees_restricted": False, "gets_notices": False}
    return Terms(**(usual | {"starts": LONG_AGO} | changed))


def agent(last_name: str = "Sedgwick", **facts: object) -> tuple[CourtUser, callers.SignedOn]:
    """A filing agent with an account of the own, linked, whom nobody lets act yet."""
    who = callers.person(name=f"Idris {last_name}", account_type="non-attorney", **facts)
    user = callers.court_user(
        "filing-agent", account=who.account, account_number=who.number, first_name="Idris", last_name=last_name,
        login=f"i{last_name.lower()}", email=f"i{last_name.lower()}@agents.example",
    )  # fmt: skip
    return user, who


def let(principal: CourtUser, agent: CourtUser, **changed: object) -> Agency:
    """The principal lets the agent act."""
    given = {"starts": LONG_AGO, "made_at": "2024-01-01T12:00Z"} | changed
    return Agency.objects.create(principal=principal, agent=agent, **given)


class AtThePages:
    """Somebody with a browser who goes through the pages of a filing."""

    def __init__(self, who: callers.SignedOn) -> None:
        self.who = who
        self.browser = callers.client(who)

    def reads(self, path: str) -> tuple[int, str]:
        """Status and words of a page, after redirects."""
        return said(self.browser.get(path, follow=True))

    def act_for(self, agency: Agency) -> int:
        return self.browser.post("/utilities/acting", {"agency": agency.id}).status_code

    def begin(self, event: str, case_id: int) -> Draft:
        self.browser.post("/filing/start", {"event": event, "case": case_id})
        return Draft.objects.order_by("-created_at").first()

    def prepare(self, draft: Draft, party_id: int) -> None:
        """Answer every page of an ordinary motion up to its final text."""
        self._answer(draft, "parties", filers=party_id)
        main = SimpleUploadedFile("motion.pdf", pdfs.plain(1), content_type="application/pdf")
        self._answer(draft, "documents", main=main, go="on")
        self._answer(draft, "related", go="on")
        self._answer(draft, "text")

    def submit(self, draft: Draft) -> tuple[int, str]:
        draft.refresh_from_db()
        return said(self.browser.post(f"/filing/{draft.id}/final", {"version": draft.version}, follow=True))

    def _answer(self, draft: Draft, step: str, **fields: object) -> None:
        draft.refresh_from_db()
        self.browser.post(f"/filing/{draft.id}/{step}", {"version": draft.version, **fields})


def said(answer: HttpResponse) -> tuple[int, str]:
    """Status and words of an answer."""
    return answer.status_code, html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())))

"""An attorney admitted pro hac vice files in the cases for which the court admitted her, and asks for others one by one."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.utils import timezone

from openecf.court.agents import services as agents
from openecf.court.cases.models import Case, Party, Representation
from openecf.court.docket.models import Entry
from openecf.court.filing import drafts, queries, services
from openecf.court.filing.models import Draft
from openecf.court.people import own_cases
from openecf.court.people.models import CourtUser
from openecf.court.registration.models import FilingRequest
from openecf.platform.audit.models import AuditLine
from openecf.platform.bus.models import OutboxMessage
from openecf.platform.config import this_site
from openecf.platform.mail.models import OutgoingMail
from tests.court import agency as given
from tests.court import callers, pdfs
from tests.court import world as invented
from tests.court.test_registration_desk import ACCOUNT, set_court, taken
from tests.court.world import AT
from tests.registering import FULL, application

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(this_site().id != "flsb", reason="files the bankruptcy court's events"),
]
EVENT, MOTION = "motion:extend-time", "motion:pro-hac-vice"
NOW = timezone.now()


class Visiting:
    """Nerys Halloran asks for the world's case, number and all; ``other`` is another case of the court."""

    def __init__(self) -> None:
        self.world = invented.make()
        self.mine, self.client_of = self.world.case, Party.objects.get(name="Rowan Sorrel")
        self.other = Case.objects.create(year=2024, serial=10002, number="24-10002", caption="Ash Grove", chapter="7")
        self.there = Party.objects.create(case=self.other, position=1, name="Ash Grove", type="Debtor")
        set_court(live_at=NOW - timedelta(days=1), registration=FULL | {"accepts": {"pro-hac-vice": {}}, "form": None})
        self.clerk = callers.client(callers.linked("clerk"))
        self.who = callers.person(account=ACCOUNT, name="Nerys Halloran")
        self.browser = callers.client(self.who)

    def ask(self, *, number: str, role: str = "pro-hac-vice") -> FilingRequest:
        return taken(NOW, language="en", said=application(role=role, case_number=number, form=None, answers={}))

    def approve(self, row: FilingRequest, **said: object):
        row.refresh_from_db()
        base = {"version": row.version, "step": row.step, "group": "pro-hac-vice", "user": "new"}
        typed = {f"approve-{name}": value for name, value in (base | said).items()}
        return self.clerk.post(f"/court/registrations/{row.id}/approve", typed)

    def admit(self) -> Visiting:
        assert self.approve(self.ask(number=self.mine.number), party=self.client_of.id).status_code == 302
        return self

    @property
    def user(self) -> CourtUser:
        return CourtUser.objects.get(account=ACCOUNT)

    @property
    def reader(self):
        return callers.reader(self.who)

    def start(self, event: str, case: Case):
        return self.browser.post("/filing/start", {"event": event, "case": case.id})

    def ready(self, event: str, case: Case, party: Party, **text: str) -> Draft:
        """A draft that is ready to be submitted."""
        draft = drafts.start(reader=self.reader, event_code=event, case_id=case.id, at=AT)
        drafts.add_document(draft=draft, part=0, file=io.BytesIO(pdfs.plain(1)), filename="m.pdf", category="",
                            description="", at=AT)  # fmt: skip
        said = {"parties": {"filers": [party.id]}, "documents": {"done": True}, "related": {"entries": [], "outcomes": {}},
                "details": {}, "text": text}  # fmt: skip
        for step, answer in said.items():
            drafts.answer(draft=draft, step=step, said=answer, version=draft.version, at=AT)
        return draft


def words(response) -> str:
    return response.content.decode()


def test_the_desk_admits_for_the_case_that_the_request_names_and_the_docket_says_so():
    visiting = Visiting()
    Representation.objects.create(party=visiting.client_of, position=9, name="Nerys Halloran", contact="9 Pier Street",
                                  email="nerys@counsel.example", roles=["ATTORNEY TO BE NOTICED"])  # fmt: skip
    row = visiting.ask(number=visiting.mine.number)
    shown = visiting.clerk.get(f"/court/registrations/{row.id}").context["approve_form"]
    assert shown.fields["group"].choices[0][0] == "pro-hac-vice", "what the desk proposes"
    assert visiting.client_of.id in [value for value, _words in shown.fields["party"].choices]
    refused = visiting.approve(row, party="")
    assert refused.status_code == 409 and "An admission pro hac vice is for a case" in words(refused)
    assert visiting.approve(row, party=visiting.client_of.id).status_code == 302
    line = Representation.objects.get(user=visiting.user)
    assert (line.name, line.roles) == ("Nerys Halloran", ["ATTORNEY TO BE NOTICED", "PRO HAC VICE"]), "no second line"
    assert OutboxMessage.objects.filter(type="account.linked").order_by("at").last().body["role"] == "pro-hac-vice"
    assert "admission pro hac vice in this case was approved" in OutgoingMail.objects.order_by("id").last().text
    assert "pro hac vice in this case was approved" in AuditLine.objects.get(act="people.case-added").facts["why"]


def test_she_files_there_as_counsel_do_and_nowhere_else_and_reads_what_to_do():
    visiting = Visiting().admit()
    entry = services.submit(draft_id=visiting.ready(EVENT, visiting.mine, visiting.client_of, free="it").id,
                            reader=visiting.reader, at=AT)  # fmt: skip
    assert "Filed by Creditor Rowan Sorrel" in entry.text and entry.filer_id == visiting.user.id
    draft = visiting.ready(EVENT, visiting.mine, visiting.client_of, free="it")
    Draft.objects.filter(id=draft.id).update(case=visiting.other)
    answers = [
        visiting.start(EVENT, visiting.other),
        visiting.start("notice:appearance", visiting.other),
        visiting.browser.post(f"/filing/{draft.id}/case", {"number": "24-10002", "version": draft.version}),
        visiting.browser.post(f"/filing/{draft.id}/final", {"version": draft.version}),
    ]
    for answer in answers:
        assert answer.status_code in (403, 409), answer
        assert "Move the court for admission in that case" in words(answer) and visiting.mine.number in words(answer)
    assert not Entry.objects.filter(case=visiting.other).exists()


def test_the_motion_for_admission_she_files_in_any_case_and_becomes_counsel_by_the_clerk_alone():
    visiting = Visiting().admit()
    assert f'value="{MOTION}"' in words(visiting.start(EVENT, visiting.other)), "a click away"
    begun = visiting.start(MOTION, visiting.other)
    assert begun.status_code == 302
    draft = visiting.ready(MOTION, visiting.other, visiting.there, free="Nerys Halloran")
    forged = {"parties": [str(visiting.there.id)], "roles": ["LEAD ATTORNEY"]}
    drafts.answer(draft=draft, step="association", said=forged, version=draft.version, at=AT)
    assert "Ash Grove" in services.submit(draft_id=draft.id, reader=visiting.reader, at=AT).text
    assert not Representation.objects.filter(party=visiting.there).exists(), (
        "she is admitted by the order, not the motion"
    )
    assert visiting.start(EVENT, visiting.other).status_code == 403
    page = f"/court/filers/{visiting.user.id}/cases"
    found = words(visiting.clerk.get(f"{page}?number=24-10002"))
    assert "The attorney represents this party" in found and "for Rowan Sorrel" in found
    typed = {"act": "add", "add-party": visiting.there.id, "add-said": "Order 12."}
    assert visiting.clerk.post(f"{page}?case={visiting.other.id}", typed).status_code == 302
    assert visiting.start(EVENT, visiting.other).status_code == 302
    gone = {"act": "remove", "remove-case": visiting.other.id, "remove-said": "Order 14."}
    assert visiting.clerk.post(page, gone).status_code == 302
    assert "have counsel who is admitted there file" in OutgoingMail.objects.order_by("id").last().text
    assert visiting.start(EVENT, visiting.other).status_code == 403


def test_her_agent_is_bound_as_she_is():
    visiting = Visiting().admit()
    agent, who = given.agent()
    let = {"who": agent.login, "last_name": agent.last_name, "terms": given.terms(), "at": NOW}
    agents.let_act(reader=visiting.reader, **let)
    browser = callers.client(who)
    assert browser.post("/filing/start", {"event": EVENT, "case": visiting.mine.id}).status_code == 302
    answer = browser.post("/filing/start", {"event": EVENT, "case": visiting.other.id})
    assert answer.status_code == 403 and "admitted pro hac vice" in words(answer)


def test_who_is_admitted_to_the_bar_later_files_everywhere_under_the_same_account():
    visiting = Visiting().admit()
    set_court(registration=FULL | {"accepts": {"admission": {}, "pro-hac-vice": {}}, "papers": [], "form": None})
    again = visiting.ask(number="24-10002")
    assert visiting.approve(again, user=visiting.user.id, party="").status_code == 409, "which case?"
    assert visiting.approve(again, user=visiting.user.id, party=visiting.there.id).status_code == 302
    row = visiting.ask(number="", role="admission")
    assert "lets" in words(visiting.clerk.get(f"/court/registrations/{row.id}"))
    assert visiting.approve(row, user=visiting.user.id, group="attorney").status_code == 302
    user = visiting.user
    assert user.group == "attorney" and not visiting.reader.files_in_own_cases
    assert AuditLine.objects.filter(act="people.admitted-in-full", subject=f"user:{user.id}").exists()
    assert OutboxMessage.objects.filter(type="account.linked").order_by("at").last().body["role"] == "attorney"
    with pytest.raises(own_cases.NotBoundToCases):
        own_cases.end_filing_in(user_id=user.id, case_id=visiting.mine.id, said="x", by="user:1", at=AT)


def test_without_a_case_the_filing_page_says_what_to_do_and_attorneys_admitted_in_full_are_not_asked():
    visiting = Visiting().admit()
    Representation.objects.filter(user=visiting.user).update(user=None)
    page = words(visiting.browser.get("/filing/"))
    assert "No case is added to your account yet" in page and f'value="{MOTION}"' in page
    full = callers.client(callers.linked("attorney"))
    assert "No case is added" not in words(full.get("/filing/"))
    assert full.post("/filing/start", {"event": EVENT, "case": visiting.other.id}).status_code == 302
    assert queries.admission_events(callers.reader(callers.linked("attorney"))) == []

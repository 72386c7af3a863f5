"""Filing through its pages: from the event to the notice, and everything that can come between."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from openecf.court.cases.models import Case, Judge, Representation
from openecf.court.docket.models import Entry, Motion
from openecf.court.events import services as events
from openecf.court.filing import services
from openecf.court.filing.models import Draft, DraftDocument
from openecf.court.people.models import CourtUser
from openecf.platform.config import this_site
from tests.court import callers, pdfs
from tests.court import world as invented
from tests.court.world import AT

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(this_site().id != "flsb", reason="walks the bankruptcy court's events"),
]


def upload(content: bytes = pdfs.plain(2), name: str = "motion.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


class Person:
    """Somebody at the filing pages, who does what the page in front of them asks."""

    def __init__(self, user: CourtUser):
        self.who = callers.person(name=f"{user.first_name} {user.last_name}", account=user.account)
        self.browser = callers.client(self.who)
        self.draft_id = None
        self.page = None

    def begin(self, event: str, case: int | None = None) -> str:
        answer = self.browser.post("/filing/start", {"event": event, "case": case or ""}, follow=True)
        self.page = answer
        found = re.search(r"/filing/([0-9a-f-]{36})/", answer.redirect_chain[-1][0] if answer.redirect_chain else "")
        self.draft_id = found[1] if found else None
        return self.where

    @property
    def where(self) -> str:
        return self.page.request["PATH_INFO"].rsplit("/", 1)[-1]

    @property
    def said(self) -> str:
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", self.page.content.decode()))

    @property
    def draft(self) -> Draft:
        return Draft.objects.get(id=self.draft_id)

    def open(self, step: str) -> str:
        self.page = self.browser.get(f"/filing/{self.draft_id}/{step}", follow=True)
        return self.where

    def answer(self, step: str, version: int | None = None, **fields) -> str:
        version = self.draft.version if version is None else version
        self.page = self.browser.post(f"/filing/{self.draft_id}/{step}", {"version": version, **fields}, follow=True)
        return self.where


@pytest.fixture
def world():
    return invented.make()


@pytest.fixture
def counsel(world):
    return Person(world.counsel)


def debtor(world):
    return world.case.parties.get(type="Debtor").id


def test_a_motion_from_event_to_notice(world, counsel):
    assert counsel.begin("motion:relief-from-stay") == "case"
    assert counsel.answer("case", number="24-10001") == "parties"
    assert "Filed by Tick the party" in counsel.said, "one party at least is asked for: nothing calls that optional"
    assert counsel.answer("parties", filers=[debtor(world)]) == "documents"
    assert counsel.answer("documents", main=upload(), go="on", attachment_1=upload(name="lease.pdf"),
                          attachment_1_category="Exhibit", attachment_1_description="A") == "text"  # fmt: skip
    assert counsel.answer("text", prefix="Emergency", free="Vehicle") == "final"
    assert "Emergency Motion for Relief From Stay Vehicle Filed by Debtor Juniper Alder." in counsel.said
    assert "(Attachments: # 1 Exhibit A) (Okafor, Tobias)" in counsel.said
    assert "motion.pdf" in counsel.said and "lease.pdf" in counsel.said, "a wrong file is seen before it is filed"
    assert Entry.objects.count() == 0, "nothing is docketed before the submission"
    assert counsel.answer("final") == "done"
    entry = Entry.objects.get()
    assert entry.number == "1"
    assert entry.filer == world.counsel
    assert [d.part for d in entry.documents.order_by("part")] == [0, 1]
    assert [m.relief for m in entry.motions.all()] == ["Motion for Relief From Stay"]
    assert [d.kind for d in entry.deadlines_set.all()] == ["Objection"]
    assert "Notice of Electronic Filing" in counsel.said
    assert "Entered as document 1 in case 24-10001." in counsel.said


def test_a_draft_goes_on_where_it_stopped(world, counsel):
    counsel.begin("motion:dismiss-case", world.case.id)
    counsel.answer("parties", filers=[debtor(world)])
    later = Person(world.counsel)
    later.page = later.browser.get("/filing/")
    assert "Motion to Dismiss Case" in later.said
    later.draft_id = counsel.draft_id
    later.page = later.browser.get(f"/filing/{counsel.draft_id}/", follow=True)
    assert later.where == "documents"


def test_a_discarded_draft_is_gone(world, counsel):
    counsel.begin("motion:dismiss-case", world.case.id)
    asked = counsel.browser.get(f"/filing/{counsel.draft_id}/discard").content.decode()
    assert "Discard this draft?" in asked and "Motion to Dismiss Case" in asked and Draft.objects.exists()
    gone = counsel.browser.post(f"/filing/{counsel.draft_id}/discard", follow=True)
    assert not Draft.objects.exists() and "Nothing of it is on the docket" in gone.content.decode()
    assert counsel.browser.get(f"/filing/{counsel.draft_id}/discard").status_code == 404
    counsel.page = counsel.browser.get(f"/filing/{counsel.draft_id}/parties")
    assert counsel.page.status_code == 404
    assert "This draft is not there any more." in counsel.said


def test_somebody_elses_draft_is_as_if_it_were_not_there(world, counsel):
    counsel.begin("motion:dismiss-case", world.case.id)
    other = Person(world.opponent)
    for path in ("", "parties", "documents", "final", "done", "discard"):
        assert other.browser.get(f"/filing/{counsel.draft_id}/{path}").status_code == 404
    assert other.browser.post(f"/filing/{counsel.draft_id}/discard").status_code == 404


@pytest.mark.parametrize(("typed", "says"), [
    ("24-99999", "Case not found."),
    ("nonsense", "Case not found."),
    ("24-10002", "Case not found."),
])  # fmt: skip
def test_a_case_that_is_not_there_and_a_sealed_one_sound_alike(world, counsel, typed, says):
    Case.objects.create(year=2024, serial=10002, number="24-10002", caption="Sealed Matter", restriction=5)
    counsel.begin("motion:dismiss-case")
    assert counsel.answer("case", number=typed) == "case"
    assert says in counsel.said
    assert "Sealed Matter" not in counsel.said


def test_a_closed_case_is_asked_about_first(world, counsel):
    Case.objects.filter(id=world.case.id).update(terminated="2024-01-02")
    counsel.begin("motion:dismiss-case")
    assert counsel.answer("case", number="24-10001") == "case"
    assert "File in this closed case" in counsel.said
    assert counsel.answer("case", case_id=world.case.id) == "parties"
    assert "This case was closed on 01/02/2024." in counsel.said


def test_an_event_of_another_chapter_is_refused(world, counsel):
    counsel.begin("plan:chapter-13")
    assert counsel.answer("case", number="24-10001") == "case"
    assert "this case is under chapter 7" in counsel.said


def test_another_case_makes_the_parties_void_and_keeps_the_documents(world, counsel):
    other = Case.objects.create(year=2024, serial=10003, number="24-10003", caption="Other", chapter="7")
    counsel.begin("motion:dismiss-case", world.case.id)
    counsel.answer("parties", filers=[debtor(world)])
    counsel.answer("documents", main=upload(), go="on")
    counsel.answer("case", number=other.number)
    assert set(counsel.draft.answers) == {"documents"}
    assert counsel.draft.documents.count() == 1


def test_a_bad_file_takes_no_good_one_with_it(world, counsel):
    counsel.begin("motion:dismiss-case", world.case.id)
    counsel.answer("parties", filers=[debtor(world)])
    bad, _reason = pdfs.HOSTILE["a password"]
    assert counsel.answer("documents", main=upload(), go="on", attachment_1=upload(bad, "locked.pdf"),
                          attachment_1_category="Exhibit") == "documents"  # fmt: skip
    assert "locked.pdf : The PDF has security measures" in counsel.said
    assert [row.filename for row in DraftDocument.objects.all()] == ["motion.pdf"]


def test_a_required_document_is_asked_for(world, counsel):
    counsel.begin("motion:dismiss-case", world.case.id)
    counsel.answer("parties", filers=[debtor(world)])
    assert counsel.answer("documents", go="on") == "documents"
    assert "Choose the PDF that you file." in counsel.said


def test_removing_an_attachment_moves_the_others_up(world, counsel):
    counsel.begin("motion:dismiss-case", world.case.id)
    counsel.answer("parties", filers=[debtor(world)])
    rows = {f"attachment_{n}": upload(name=f"{n}.pdf") for n in (1, 2, 3)}
    words = {f"attachment_{n}_description": f"Exhibit {n}" for n in (1, 2, 3)}
    counsel.answer("documents", main=upload(), **rows, **words)
    counsel.answer("documents", remove="2")
    assert [(d.part, d.description) for d in DraftDocument.objects.order_by("part")] == [
        (0, ""), (1, "Exhibit 1"), (2, "Exhibit 3"),
    ]  # fmt: skip


def test_two_windows_on_one_draft_meet_kindly(world, counsel):
    counsel.begin("motion:relief-from-stay", world.case.id)
    counsel.answer("parties", filers=[debtor(world)])
    counsel.answer("documents", main=upload(), go="on")
    seen = counsel.draft.version
    counsel.answer("text", version=seen, free="Vehicle")
    assert counsel.answer("text", version=seen, free="Homestead") == "text"
    assert "This draft was changed in another window" in counsel.said
    assert "Homestead" in counsel.page.content.decode(), "what was typed is still in the form"
    assert counsel.draft.answers["text"]["free"] == "Vehicle"
    assert counsel.answer("text", free="Homestead") == "final"


def test_a_final_text_that_is_out_of_date_is_shown_again(world, counsel):
    counsel.begin("motion:relief-from-stay", world.case.id)
    counsel.answer("parties", filers=[debtor(world)])
    counsel.answer("documents", main=upload(), go="on")
    counsel.answer("text", free="Vehicle")
    seen = counsel.draft.version
    counsel.answer("text", free="Homestead")
    assert counsel.answer("final", version=seen) == "final"
    assert "Homestead" in counsel.said
    assert not Entry.objects.exists()


def test_submitting_again_shows_the_same_entry(world, counsel):
    counsel.begin("misc:letter", world.case.id)
    counsel.answer("parties", filers=[debtor(world)])
    counsel.answer("documents", main=upload(), go="on")
    counsel.answer("related", go="on")
    counsel.answer("text", free="to the Court")
    version = counsel.draft.version
    assert counsel.answer("final", version=version) == "done"
    assert counsel.answer("final", version=version) == "done"
    assert Entry.objects.count() == 1
    assert counsel.answer("text", version=version, free="changed") == "done"


def test_pages_cannot_be_jumped(world, counsel):
    counsel.begin("motion:dismiss-case")
    assert counsel.open("documents") == "case"
    assert counsel.open("final") == "case"


def test_filing_for_a_party_enters_the_appearance_unless_the_box_is_emptied(world):
    stranger = Person(world.stranger)
    for n, (boxes, appears) in enumerate([([], False), (None, True)]):
        party = world.case.parties.get(name="Rowan Sorrel").id
        stranger.begin("misc:letter", world.case.id)
        assert stranger.answer("parties", filers=[party]) == "association"
        assert "not yet counsel of record" in stranger.said
        parties = [party] if boxes is None else boxes
        stranger.answer("association", parties=parties, roles=["LEAD ATTORNEY", "ATTORNEY TO BE NOTICED"])
        stranger.answer("documents", main=upload(), go="on")
        stranger.answer("related", go="on")
        stranger.answer("text", free=f"number {n}")
        assert stranger.answer("final") == "done"
        assert Representation.objects.filter(party=party, user=world.stranger).exists() is appears
    assert Representation.objects.get(user=world.stranger).roles == ["LEAD ATTORNEY", "ATTORNEY TO BE NOTICED"]


def test_a_party_that_is_not_listed_is_added_with_the_filing(world):
    stranger = Person(world.stranger)
    stranger.begin("notice:appearance", world.case.id)
    assert stranger.answer("parties", new_name="Heron Credit Union", new_role="Creditor") == "association"
    stranger.answer("association", parties=["new"], roles=["ATTORNEY TO BE NOTICED"])
    assert not world.case.parties.filter(name="Heron Credit Union").exists(), "not before the submission"
    stranger.answer("documents", main=upload(), go="on")
    assert (
        "Notice of Appearance and Request for Service by Nadia Stranger Filed by Creditor Heron Credit Union."
        in stranger.said
    )
    assert stranger.answer("final") == "done"
    party = world.case.parties.get(name="Heron Credit Union")
    assert [r.user for r in party.representations.all()] == [world.stranger]


def test_the_clerk_decides_a_motion_and_the_date_filed(world, counsel):
    counsel.begin("motion:dismiss-case", world.case.id)
    counsel.answer("parties", filers=[debtor(world)])
    counsel.answer("documents", main=upload(), go="on")
    counsel.answer("text")
    counsel.answer("final")
    waiting = Entry.objects.get()
    bench_judge = Judge.objects.create(name="Lenora Ashgrove", title="Judge", initials="LA", user=world.judge)
    clerk = Person(world.clerk)
    clerk.begin("order:text-motion", world.case.id)
    assert clerk.where == "related"
    assert clerk.answer("related", entries=[waiting.id], shown=[waiting.id], go="on") == "related"
    assert "how it is decided" in clerk.said
    answers = {f"outcome_{waiting.id}": "granted", "entries": [waiting.id], "shown": [waiting.id], "go": "on"}
    assert clerk.answer("related", **answers) == "details"
    assert clerk.answer("details", judge=bench_judge.id, signed_on="2024-01-02", filed="2999-01-01") == "details"
    assert "cannot be in the future" in clerk.said
    assert clerk.answer("details", judge=bench_judge.id, signed_on="2024-01-02", filed="2024-01-02") == "text"
    assert clerk.answer("text", free="The case is dismissed.") == "final"
    assert clerk.answer("final") == "done"
    order = Entry.objects.exclude(id=waiting.id).get()
    assert order.text == (
        "Order granting 1 Motion to Dismiss Case. The case is dismissed. "
        "Signed by Judge Lenora Ashgrove on 1/2/2024. (TEXT ONLY) (id)"
    )
    assert order.filed.isoformat() == "2024-01-02"
    assert not order.documents.exists()
    decided = Motion.objects.get(entry=waiting)
    assert (decided.outcome, decided.decided_by) == ("granted", order)


@pytest.mark.parametrize(("who", "sees", "not_sees"), [
    ("counsel", "Motion to Dismiss Case", "Order Discharging Debtor"),
    ("clerk", "Order Discharging Debtor", None),
])  # fmt: skip
def test_search_offers_only_what_a_person_may_file(world, who, sees, not_sees):
    person = Person(getattr(world, who))
    person.page = person.browser.get("/filing/search?q=d")
    assert sees in person.said
    assert not_sees is None or not_sees not in person.said


def test_search_finds_by_what_a_filing_is_about(world, counsel):
    counsel.page = counsel.browser.get("/filing/?q=automatic+stay")
    assert "Motion for Relief From Stay" in counsel.said
    assert "Motion to Sell Property" not in counsel.said


def test_an_event_that_the_court_hid_meanwhile_is_refused_in_words(world, counsel):
    counsel.begin("motion:sell", world.case.id)
    events.hide_event(code="motion:sell", by="user:1", at=AT)
    counsel.open("parties")
    assert "This court has no such event." in counsel.said


def test_an_event_of_the_court_is_not_for_filers(world, counsel):
    counsel.begin("order:discharge", world.case.id)
    assert "This court has no such event." in counsel.said
    assert not Draft.objects.exists()


def test_a_sign_on_that_ended_leaves_the_draft_and_leads_back(world, counsel):
    counsel.begin("motion:relief-from-stay", world.case.id)
    gone = callers.client(None)
    answer = gone.post(f"/filing/{counsel.draft_id}/parties", {"version": 0, "filers": [debtor(world)]})
    assert answer.status_code == 403
    assert "Your draft is kept" in answer.content.decode()
    assert f"/login?next=%2Ffiling%2F{counsel.draft_id}%2Fparties" in answer.content.decode()


def test_a_court_that_lost_the_central_site_files_nothing_and_keeps_the_draft(world, counsel):
    counsel.begin("misc:letter", world.case.id)
    counsel.answer("parties", filers=[debtor(world)])
    counsel.answer("documents", main=upload(), go="on")
    counsel.answer("related", go="on")
    counsel.answer("text", free="to the Court")
    stale = callers.client(replace(counsel.who, fresh=False))
    answer = stale.post(f"/filing/{counsel.draft_id}/final", {"version": counsel.draft.version})
    assert answer.status_code == 409
    assert "Your draft is kept" in answer.content.decode()
    assert counsel.draft.submitted_at is None


@pytest.mark.parametrize("kind", ["nobody", "legacy", "billing", "searcher"])
def test_only_filers_see_the_filing_pages(world, kind):
    browser = callers.client(callers.kinds_of_person()[kind])
    for path in ("/filing/", "/filing/search", "/filing/drafts"):
        assert b"Look for an event" not in browser.get(path).content
    browser.post("/filing/start", {"event": "motion:dismiss-case"})
    assert not Draft.objects.exists()


def test_a_restricted_filing_is_restricted_from_the_start(world, counsel):
    counsel.begin("misc:sealed", world.case.id)
    counsel.answer("parties", filers=[debtor(world)])
    counsel.answer("documents", main=upload(), go="on")
    counsel.answer("related", go="on")
    assert counsel.answer("details", restriction=2) == "text"
    counsel.answer("text")
    assert "Serve them yourself" in counsel.said
    assert counsel.answer("final") == "done"
    entry = Entry.objects.get()
    assert (entry.restriction, entry.guarded, entry.documents.get().restriction) == (2, True, 2)


def test_a_level_that_the_event_does_not_offer_is_refused(world, counsel):
    counsel.begin("misc:sealed", world.case.id)
    counsel.answer("parties", filers=[debtor(world)])
    counsel.answer("documents", main=upload(), go="on")
    counsel.answer("related", go="on")
    assert counsel.answer("details", restriction=0) == "details"


def test_the_court_day_of_a_late_filing(world, counsel):
    """04:30 UTC on January 3 is 23:30 on January 2 in Miami."""
    counsel.begin("misc:letter", world.case.id)
    counsel.answer("parties", filers=[debtor(world)])
    counsel.answer("documents", main=upload(), go="on")
    counsel.answer("related", go="on")
    counsel.answer("text", free="to the Court")
    late = AT.replace(day=3, hour=4, minute=30)
    entry = services.submit(draft_id=counsel.draft_id, reader=callers.reader(counsel.who), at=late)
    assert entry.filed.isoformat() == "2024-01-02"
    assert entry.entered - late < timedelta(seconds=1)

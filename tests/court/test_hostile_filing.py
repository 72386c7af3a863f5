"""Filing under pressure: many at once, fees that nobody takes, papers that are closed while their line is open."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from openecf.court.docket import queries as dockets
from openecf.court.docket.models import Entry
from openecf.court.events import queries as events
from openecf.court.filing import drafts, queries, services
from openecf.court.notices import queries as notices
from openecf.court.notices.models import Notice
from openecf.platform.mail.models import OutgoingMail
from tests.court import callers, pdfs
from tests.court import world as invented
from tests.court.world import AT

EVENTS = events.files.base().events


def prepared(world, user, code: str, *, pages: int = 1, words: str = "MOTION", **details: object):
    """A draft with every answer that its event could ask."""
    reader = world.reader(user)
    event = EVENTS[code]
    draft = drafts.start(reader=reader, event_code=code, case_id=world.case.pk, at=AT)
    if event.document != "none":
        drafts.add_document(
            draft=draft, part=0, file=io.BytesIO(pdfs.plain(pages, words)), filename="a.pdf", category="", description="", at=AT
        )  # fmt: skip
    parties = [world.case.parties.get(position=1).pk]
    answers = {
        "parties": {"filers": parties, "against": parties}, "documents": {"done": True}, "related": {"entries": []},
        "details": details, "text": {"free": words},
    }  # fmt: skip
    for step, said in answers.items():
        drafts.answer(draft=draft, step=step, said=said, version=draft.version, at=AT)
    if queries.not_yet_counsel(draft, reader, queries.event_of(draft, reader)):
        said = {"parties": [str(each) for each in parties], "roles": []}
        drafts.answer(draft=draft, step="association", said=said, version=draft.version, at=AT)
    return draft


def simple_event(group: str) -> str:
    """An event with a document that asks nothing else and sets nothing in motion that needs more."""
    return next(
        event.code for event in EVENTS.values()
        if event.may_be_filed_by(group) and event.document == "required" and not event.questions and not event.signed
        and not event.chapters and not (event.related and event.related.need == "required") and not event.restriction
        and event.numbered and event.notice
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_ten_clerks_in_one_case_get_numbers_without_gaps_and_a_chain_that_holds():
    world = invented.make()
    code = simple_event("clerk")
    clerks = [
        callers.court_user("clerk", account=invented.account(50 + n), account_number=f"71000{50 + n}")
        for n in range(10)
    ]
    waiting = [(clerk, prepared(world, clerk, code, words=f"PAPER {n}").id) for n, clerk in enumerate(clerks)]

    def file(work):
        clerk, draft = work
        try:
            return services.submit(draft_id=draft, reader=world.reader(clerk), at=AT).number
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as people:
        numbers = list(people.map(file, waiting))
    assert sorted(map(int, numbers)) == list(range(1, 11))
    assert list(Entry.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 11))
    assert dockets.chain_breaks(world.case.pk) == []
    assert notices.stamp_breaks(world.case.pk) == []
    serials = [entry.documents.get().doc_id for entry in Entry.objects.all()]
    assert len(set(serials)) == 10
    assert Notice.objects.count() == 10


@pytest.mark.django_db(transaction=True)
def test_ten_submissions_of_one_draft_make_one_entry():
    world = invented.make()
    draft = prepared(world, world.counsel, simple_event("attorney")).id
    reader = world.reader(world.counsel)

    def click(_n):
        try:
            return services.submit(draft_id=draft, reader=reader, at=AT).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as people:
        assert len(set(people.map(click, range(10)))) == 1
    assert Entry.objects.count() == Notice.objects.count() == 1


WITH_FEE = [event.code for event in EVENTS.values() if event.fee]


@pytest.mark.django_db
@pytest.mark.parametrize("code", WITH_FEE)
def test_an_event_with_a_fee_says_that_one_is_due_and_that_nobody_takes_it_here(code):
    world, event = invented.make(), EVENTS[code]
    type(world.case).objects.filter(pk=world.case.pk).update(chapter=event.chapters[0] if event.chapters else "")
    world.case.refresh_from_db()
    browser = callers.client(callers.person(account=world.counsel.account))
    menu = browser.get("/filing/", {"category": event.category}).content.decode()
    row = menu.partition(f'value="{code}"')[2].partition("</li>")[0]
    assert "Fee" in row
    draft = drafts.start(reader=world.reader(world.counsel), event_code=code, case_id=world.case.pk, at=AT)
    page = browser.get(f"/filing/{draft.id}/case").content.decode()
    assert event.fee in page
    assert "These pages take no payment" in page


OF_THE_COURT = ("orders", "clerk", "judgments", "transcripts")


def test_every_kind_of_event_that_costs_a_fee_at_the_courts_names_it():
    costs = ("relief from stay", "reopen", "redact", "notice of appeal", "convert", "pro hac vice", "amended schedules")
    for event in EVENTS.values():
        title = event.title.casefold()
        costly = any(word in title for word in costs) and event.category not in OF_THE_COURT
        assert not costly or event.fee or title == "motion to convert case to chapter 13", event.code


CLOSED = [event.code for event in EVENTS.values() if event.line_open and event.may_be_filed_by("attorney")]


@pytest.mark.django_db
@pytest.mark.parametrize("code", CLOSED)
def test_the_line_is_open_and_the_paper_is_not(code):
    world, event = invented.make(), EVENTS[code]
    entry = services.submit(
        draft_id=prepared(world, world.counsel, code, words="123-45-6789").id, reader=world.reader(world.counsel), at=AT
    )
    assert entry.restriction == 0
    assert {document.restriction for document in entry.documents.all()} == {event.restriction}
    assert all(document.sealed for document in entry.documents.all())
    sheet = {entry.pk: facts for entry, facts in ((entry, dockets.seen_by(world.reader(), [entry])[entry.pk]),)}
    assert sheet[entry.pk].documents == ()
    assert dockets.seen_by(world.reader(world.counsel), [entry])[entry.pk].documents
    assert not OutgoingMail.objects.exists()

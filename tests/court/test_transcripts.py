"""A court reporter files transcripts, an auditor reports; a transcript is closed to remote readers until it is released."""

from __future__ import annotations

from datetime import date

import pytest

from openecf.court.calendar.models import Deadline
from openecf.court.documents import queries as documents
from openecf.court.documents import services as opening
from openecf.court.filing import drafts
from openecf.court.people.models import CourtUser
from openecf.court.people.rules import Reader
from openecf.court.registration import rules as registration
from openecf.kernel.refusal import Refusal
from openecf.platform.config import this_site
from tests.court import callers, pdfs
from tests.court import world as invented
from tests.court.test_filing_submit import file
from tests.court.world import AT

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(this_site().id != "flsb", reason="files the bankruptcy court's events"),
]
HELD = {"held_on": "2023-12-20", "ordered_from": "Oriel Stenner, 555-0144"}


@pytest.fixture
def world() -> invented.World:
    return invented.make()


def member(group: str) -> CourtUser:
    """Somebody of that group, with a linked account."""
    return CourtUser.objects.get(account=callers.linked(group).account)


@pytest.fixture
def transcript(world):
    return file(world, member("court-reporter"), "transcript:official", details=HELD, filers=(), files=[pdfs.plain(40)])


@pytest.mark.parametrize("role", ["court-reporter", "auditor"])
def test_who_registers_as_one_becomes_one_and_no_limited_filer(role):
    assert registration.groups_for(role) == (role,)


def test_a_transcript_says_where_it_is_read_and_sets_the_days_of_the_policy(transcript):
    assert transcript.text.startswith("Transcript of Hearing Held on 12/20/2023")
    assert "ordered from Oriel Stenner, 555-0144" in transcript.text
    assert "Redaction request due by 1/23/2024" in transcript.text
    due = dict(Deadline.objects.filter(set_by=transcript).values_list("kind", "due"))
    assert due["Transcript: redaction request"] == date(2024, 1, 23)
    assert due["Transcript: redacted transcript"] == date(2024, 2, 2)
    assert due["Transcript: release of restriction"] == date(2024, 4, 1)
    document = transcript.documents.get()
    assert (document.transcript, document.restriction, transcript.restriction) == (True, 1, 0)


@pytest.mark.parametrize(
    ("who", "may", "because"),
    [
        ("counsel", True, "takes part in the case"),
        ("clerk", True, "is the court"),
        ("stranger", False, "takes no part"),
        (None, False, "searches from outside"),
        ("terminal", True, "reads at the courthouse"),
    ],
)
def test_who_reads_a_transcript_before_its_release(world, transcript, who, may, because):
    document = transcript.documents.get()
    if who == "terminal":
        reader = Reader(terminal=True)
    else:
        reader = world.reader(getattr(world, who) if who else None)
    if may:
        assert documents.open_for(reader=reader, doc_id=document.doc_id).id == document.id, because
        return
    with pytest.raises(Refusal) as refusal:
        documents.open_for(reader=reader, doc_id=document.doc_id)
    assert refusal.value.said == "You do not have access to this transcript.", because


def test_a_participant_pays_for_every_page_of_a_transcript(world, transcript):
    receipt = opening.quote(reader=world.reader(world.counsel), document=transcript.documents.get(), at=AT)
    assert (receipt.pages, str(receipt.cost)) == (40, "4.00"), "no cap at thirty pages"


@pytest.mark.parametrize(
    ("group", "event", "may"),
    [
        ("court-reporter", "transcript:official", True),
        ("court-reporter", "auditor:misstatement", False),
        ("court-reporter", "notice:request-for-notice", False),
        ("auditor", "auditor:misstatement", True),
        ("auditor", "transcript:official", False),
        ("auditor", "papers:reaffirmation", False),
        ("limited", "transcript:official", False),
        ("attorney", "transcript:official", False),
    ],
)
def test_each_files_its_own_events_only(world, group, event, may):
    user = member(group)
    if may:
        details = HELD if event.startswith("transcript") else {}
        assert file(world, user, event, details=details, filers=()).title
        return
    with pytest.raises(Refusal):
        drafts.start(reader=world.reader(user), event_code=event, case_id=world.case.id, at=AT)


@pytest.mark.parametrize(("group", "category"), [("court-reporter", "Transcripts"), ("auditor", "Auditor Reports")])
def test_the_menu_shows_the_own_category(world, group, category):
    browser = callers.client(callers.linked(group))
    page = browser.get("/filing/?menu=bankruptcy").content.decode()
    assert category in page and "Limited" not in page and "Motions" not in page

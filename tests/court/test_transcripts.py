"""A court reporter files transcripts, an auditor reports; a transcript is closed to remote readers until it is released."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openecf.court.calendar.models import Deadline
from openecf.court.cases.models import Case
from openecf.court.cases.queries import heading_number
from openecf.court.docket import queries as dockets
from openecf.court.docket import services as docket
from openecf.court.docket import transcripts
from openecf.court.docket.models import Entry
from openecf.court.documents import queries as documents
from openecf.court.documents import services as opening
from openecf.court.filing import drafts
from openecf.court.people.models import CourtUser
from openecf.court.people.rules import Reader
from openecf.court.registration import rules as registration
from openecf.kernel.refusal import Refusal
from openecf.platform.audit.models import AuditLine
from openecf.platform.config import this_site
from openecf.platform.mail.models import OutgoingMail
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
        ("counsel", False, "takes part in the case, and did not buy it"),
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


SELLS = "/utilities/transcripts"


def reporter_of(transcript) -> CourtUser:
    return CourtUser.objects.get(id=transcript.filer_id)


def browser_of(user: CourtUser):
    return callers.client(callers.person(account=user.account))


def reads(world, user: CourtUser | None, transcript) -> bool:
    try:
        documents.open_for(reader=world.reader(user), doc_id=transcript.documents.get().doc_id)
    except Refusal:
        return False
    return True


def test_who_bought_it_from_the_reporter_reads_it_pays_for_every_page_and_is_told(world, transcript):
    document, browser = transcript.documents.get(), browser_of(reporter_of(transcript))
    page = browser.get(f"{SELLS}/{document.id}").content.decode()
    assert world.counsel.last_name in page and "Nobody yet" in page
    OutgoingMail.objects.all().delete()
    bought = browser.post(f"{SELLS}/{document.id}", {"sell": "1", "login": world.counsel.login.upper()})
    assert bought.headers["Location"].endswith("?said=sold")
    browser.post(f"{SELLS}/{document.id}", {"sell": "1", "login": world.counsel.login})
    mail = OutgoingMail.objects.get()
    assert mail.recipients == [world.counsel.email] and "PACER fees apply to every page" in mail.text
    assert reads(world, world.counsel, transcript) and not reads(world, world.stranger, transcript)
    receipt = opening.quote(reader=world.reader(world.counsel), document=document, at=AT)
    assert (receipt.pages, str(receipt.cost)) == (40, "4.00"), "no cap at thirty pages"
    assert "Transcript" in browser_of(world.counsel).get(SELLS).content.decode()
    assert AuditLine.objects.filter(act="documents.opened-to").count() == 1
    browser.post(f"{SELLS}/{document.id}", {"close": str(world.counsel.id)})
    assert not reads(world, world.counsel, transcript)


@pytest.mark.parametrize(("level", "who", "named"), [
    (0, "buyer", True), (2, "buyer", False), (2, "reporter", True), (5, "reporter", False), (5, "clerk", True), (6, "clerk", False),
])  # fmt: skip
def test_the_page_of_transcripts_names_no_case_that_was_closed_to_its_reader_since(
    world, transcript, level, who, named
):
    reporter = reporter_of(transcript)
    document = transcript.documents.get()
    browser_of(reporter).post(f"{SELLS}/{document.id}", {"sell": "1", "login": world.stranger.login})
    Case.objects.filter(pk=world.case.pk).update(restriction=level)
    browser = browser_of({"buyer": world.stranger, "reporter": reporter, "clerk": world.clerk}[who])
    assert (heading_number(world.case) in browser.get(SELLS).content.decode()) is named
    assert who == "buyer" or browser.get(f"{SELLS}/{document.id}").status_code == (200 if named else 404)


@pytest.mark.parametrize("who", ["counsel", "another reporter"])
def test_nobody_sells_anothers_transcript(world, transcript, who):
    user = member("court-reporter") if who == "another reporter" else world.counsel
    page = f"{SELLS}/{transcript.documents.get().id}"
    browser = browser_of(user)
    for answer in (browser.get(page), browser.post(page, {"sell": "1", "login": user.login})):
        assert answer.status_code == 404
    assert not reads(world, user, transcript)


@pytest.mark.parametrize(
    ("login", "status", "words"), [("", 200, "Type a login"), ("nobody-here", 409, "Nobody who files at this court")]
)
def test_a_login_that_is_none_opens_nothing(transcript, login, status, words):
    answer = browser_of(reporter_of(transcript)).post(
        f"{SELLS}/{transcript.documents.get().id}", {"sell": "1", "login": login}
    )
    assert answer.status_code == status and words in answer.content.decode()


@pytest.mark.parametrize(("days", "may"), [(89, False), (90, True)])
def test_the_clerks_office_releases_it_after_ninety_days_and_not_before(world, transcript, days, may):
    document, clerk = transcript.documents.get(), world.reader(world.clerk)
    at = AT + timedelta(days=days)
    if not may:
        with pytest.raises(transcripts.TooEarly):
            transcripts.release(reader=clerk, document_id=document.id, at=at)
        assert not reads(world, None, transcript)
        return
    assert transcripts.listed(reader=clerk, at=at)[0].is_due
    transcripts.release(reader=clerk, document_id=document.id, at=at)
    assert reads(world, None, transcript) and transcripts.listed(reader=clerk, at=at) == []
    assert Deadline.objects.get(kind=transcripts.RELEASE).satisfied_by_id == transcript.id
    with pytest.raises(transcripts.NotThis):
        transcripts.release(reader=clerk, document_id=document.id, at=at)


def test_a_redacted_one_is_released_in_its_place(world, transcript):
    redacted = file(world, reporter_of(transcript), "transcript:redacted", filers=(), related=[transcript])
    clerk, at = world.reader(world.clerk), AT + timedelta(days=90)
    both = {one.document.entry_id: one for one in transcripts.listed(reader=clerk, at=at)}
    assert (both[transcript.id].replaced, both[redacted.id].is_due) == (True, True)
    with pytest.raises(transcripts.Redacted):
        transcripts.release(reader=clerk, document_id=transcript.documents.get().id, at=at)
    transcripts.release(reader=clerk, document_id=redacted.documents.get().id, at=at)
    assert reads(world, None, redacted) and not reads(world, None, transcript)


def test_what_is_never_released_does_not_push_what_is_due_from_the_list(world, transcript, monkeypatch):
    clerk, reporter = world.reader(world.clerk), reporter_of(transcript)
    file(world, reporter, "transcript:official", details=HELD, filers=())
    oldest = transcripts.listed(reader=clerk, at=AT)[0].document.entry_id
    file(world, reporter, "transcript:redacted", filers=(), related=[transcript])
    monkeypatch.setattr(documents, "MOST_WITHHELD", 2)
    left = [one.document.entry_id for one in transcripts.listed(reader=clerk, at=AT)]
    assert oldest == transcript.id and len(left) == 2 and transcript.id not in left


@pytest.mark.parametrize("meanwhile", ["sealed", "redacted"])
def test_what_happens_while_the_clerk_releases_is_not_undone_by_it(world, transcript, meanwhile, monkeypatch):
    clerk, at, asked = world.reader(world.clerk), AT + timedelta(days=90), transcripts.one

    def one(**who):
        found = asked(**who)
        if meanwhile == "sealed":
            docket.restrict_entry(entry_id=transcript.id, level=5, parts={}, reason="order", by=clerk, version=0, at=at)
        else:
            file(world, reporter_of(transcript), "transcript:redacted", filers=(), related=[transcript])
        return found

    monkeypatch.setattr(transcripts, "one", one)
    document = transcript.documents.get()
    if meanwhile == "redacted":
        with pytest.raises(transcripts.Redacted):
            transcripts.release(reader=clerk, document_id=document.id, at=at)
    else:
        transcripts.release(reader=clerk, document_id=document.id, at=at)
        transcript.refresh_from_db()
        assert transcript.restriction == 5
    assert not reads(world, world.stranger, transcript)


@pytest.mark.parametrize("what", [Case, Entry])
def test_who_bought_a_transcript_is_not_one_whom_the_court_selected_for_what_it_closed_since(world, transcript, what):
    page = f"{SELLS}/{transcript.documents.get().id}"
    browser = browser_of(reporter_of(transcript))
    browser.post(page, {"sell": "1", "login": world.stranger.login})
    assert reads(world, world.stranger, transcript)
    what.objects.filter(pk=world.case.pk if what is Case else transcript.pk).update(restriction=3)
    row = Entry.objects.get(pk=transcript.pk)
    assert not reads(world, world.stranger, transcript)
    assert what is Case or not dockets.seen_by(world.reader(world.stranger), [row])


def test_a_transcript_of_a_closed_case_is_opened_to_nobody_who_may_not_know_of_the_case(world, transcript):
    Case.objects.filter(pk=world.case.pk).update(restriction=2)
    page, browser = f"{SELLS}/{transcript.documents.get().id}", browser_of(reporter_of(transcript))
    OutgoingMail.objects.all().delete()
    answer = browser.post(page, {"sell": "1", "login": world.stranger.login})
    assert answer.status_code == 409 and "may not learn of it" in answer.content.decode()
    assert not OutgoingMail.objects.exists()
    assert browser.post(page, {"sell": "1", "login": world.counsel.login}).status_code == 302
    assert OutgoingMail.objects.exists()


def test_a_closed_case_is_asked_about_once_for_all_its_transcripts(world, transcript):
    reporter = reporter_of(transcript)
    file(world, reporter, "transcript:official", details=HELD, filers=())
    Case.objects.filter(pk=world.case.pk).update(restriction=2)
    rows = [one.document for one in transcripts.listed(reader=world.reader(world.clerk), at=AT)]
    with CaptureQueriesContext(connection) as asked:
        assert documents.known_of(rows, reader=world.reader(reporter)) == rows
    assert (len(rows), len(asked)) == (2, 1)


def test_a_reporter_releases_nothing(world, transcript):
    page = f"{SELLS}/{transcript.documents.get().id}"
    assert browser_of(reporter_of(transcript)).post(page, {"release": "1"}).status_code == 404
    assert "Release it to everybody" not in browser_of(reporter_of(transcript)).get(page).content.decode()


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

"""A draft becomes an entry whole or not at all: once, whatever fails, however many submit at once; with its effects."""

from __future__ import annotations

import io
import resource
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, connections, transaction
from procrastinate.exceptions import ConnectorException

from openecf.court.calendar.models import Deadline, Hearing
from openecf.court.cases import services as cases
from openecf.court.cases.models import Case, Judge, Representation
from openecf.court.docket.models import Entry, EntryRelation, Motion
from openecf.court.documents import services as documents
from openecf.court.documents.models import Document
from openecf.court.documents.services import open_bytes
from openecf.court.filing import drafts, queries, services
from openecf.court.filing.models import Draft
from openecf.court.notices.models import Notice, Recipient
from openecf.kernel.restriction import Restriction
from openecf.platform.audit.models import AuditLine
from openecf.platform.config import this_site
from openecf.platform.mail.models import OutgoingMail
from openecf.platform.store import services as store
from tests.court import callers, pdfs
from tests.court import world as invented
from tests.court.world import AT

pytestmark = pytest.mark.skipif(this_site().id != "flsb", reason="files the bankruptcy court's events")


@pytest.fixture
def world():
    return invented.make()


def prepared(
    world, user, event, *, files=(pdfs.plain(2),), filers=("Debtor",), related=(), outcomes=None, details=None, **text
):
    """A draft that is ready to be submitted."""
    reader = world.reader(user)
    draft = drafts.start(reader=reader, event_code=event, case_id=world.case.id, at=AT)

    def say(step, said):
        drafts.answer(draft=draft, step=step, said=said, version=draft.version, at=AT)

    for part, content in enumerate(files):
        drafts.add_document(
            draft=draft, part=part, file=io.BytesIO(content), filename=f"{part}.pdf",
            category="Exhibit" if part else "", description=str(part) if part else "", at=AT,
        )  # fmt: skip
    parties = [p.id for p in world.case.parties.all() if p.type in filers or p.name in filers]
    say("parties", {"filers": parties, "against": parties})
    say("documents", {"done": True})
    say("related", {"entries": [e.id for e in related], "outcomes": outcomes or {}})
    say("details", details or {})
    say("text", text)
    if queries.not_yet_counsel(draft, reader, queries.event_of(draft, reader)):
        say("association", {"parties": [str(p) for p in parties], "roles": ["LEAD ATTORNEY"]})
    return draft


def file(world, user, event, **said):
    """File it."""
    draft = prepared(world, user, event, **said)
    return services.submit(draft_id=draft.id, reader=world.reader(user), at=AT)


def court_answers(**more):
    judge, _made = Judge.objects.get_or_create(name="Lenora Ashgrove", defaults={"title": "Judge"})
    return {"judge": judge.id, "signed_on": "2024-01-02", "filed": "2024-01-02", **more}


@pytest.mark.django_db
def test_everything_of_a_filing_is_there(world):
    entry = file(
        world, world.counsel, "motion:dismiss-case", files=[pdfs.plain(2), pdfs.plain(1)], free="with prejudice"
    )
    assert entry.text == (
        "Motion to Dismiss Case with prejudice Filed by Debtor Juniper Alder. "
        "(Attachments: # 1 Exhibit 1) (Okafor, Tobias)"
    )
    assert (entry.number, entry.filed, entry.title) == ("1", date(2024, 1, 2), "Motion to Dismiss Case")
    assert [(d.part, d.pages, d.description) for d in entry.documents.order_by("part")] == [
        (0, 2, ""),
        (1, 1, "Exhibit 1"),
    ]
    kept = open_bytes(document=entry.documents.get(part=0), reader=world.reader(world.counsel), at=AT)
    assert kept.read().startswith(b"%PDF-")
    assert entry.filers.get().party.name == "Juniper Alder"
    assert Entry.objects.get(id=entry.id).row, "the public row was rendered"
    notice = entry.notices.get()
    assert entry.text in " ".join(notice.text.split())
    assert Recipient.objects.filter(notice=notice, by_mail=False).count() == 2
    assert AuditLine.objects.filter(act="filing.submitted", subject=f"entry:{entry.id}").count() == 1
    draft = Draft.objects.get()
    assert (draft.submitted_at, draft.entry) == (AT, entry)


FAILS = ["entry", "entry_filer", "document", "motion", "deadline", "entry_relation", "notice", "notice_recipient",
         "procrastinate_jobs", "draft"]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("table", FAILS)
def test_whatever_the_database_refuses_nothing_is_half_docketed(world, table):
    """Each table in turn refuses the write; afterwards the same draft is filed."""
    earlier = world.entry()
    Case.objects.filter(id=world.case.id).update(next_seq=2, next_number=2)
    draft = prepared(world, world.counsel, "motion:relief-from-stay", related=[earlier], free="Vehicle")
    event = "UPDATE OF entry_id" if table == "draft" else "INSERT"
    before = dict(Case.objects.values().get(id=world.case.id))
    with connection.cursor() as cursor:
        cursor.execute("CREATE FUNCTION no_more() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no more'; END $$")
        cursor.execute(f"CREATE TRIGGER no_more BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION no_more()")
    with pytest.raises((DatabaseError, ConnectorException)), transaction.atomic():
        services.submit(draft_id=draft.id, reader=world.reader(world.counsel), at=AT)
    assert list(Entry.objects.values_list("id", flat=True)) == [earlier.id]
    for model in (Document, Motion, Deadline, EntryRelation, Notice, Recipient, OutgoingMail):
        assert not model.objects.exists(), model.__name__
    assert Case.objects.values().get(id=world.case.id) == before
    assert not AuditLine.objects.filter(act="filing.submitted").exists()
    draft.refresh_from_db()
    assert (draft.submitted_at, draft.entry, draft.documents.count()) == (None, None, 1)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER no_more ON {table}")
    entry = services.submit(draft_id=draft.id, reader=world.reader(world.counsel), at=AT)
    assert entry.number == "2"


@contextmanager
def no_room() -> Iterator[None]:
    """A disk that takes no file larger than a few bytes (the limit is the process's own, so root meets it too).

    Only while the act runs: what pytest says may go to a file, too.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.django_db
def test_a_store_without_room_at_submission_files_what_it_holds(world):
    """The bytes are there since the upload; storing them in the open waits until there is room."""
    draft = prepared(world, world.counsel, "motion:dismiss-case", files=[pdfs.plain(words="NO ROOM AT SUBMISSION")])
    with no_room():
        entry = services.submit(draft_id=draft.id, reader=world.reader(world.counsel), at=AT)
        with pytest.raises(store.StoreFull):
            documents.keep_fresh_by_level()
    document = entry.documents.get()
    assert document.fresh and store.has(document.sha256, sealed=True)
    assert documents.keep_fresh_by_level() == 1 and store.has(document.sha256)


@pytest.mark.django_db
def test_equal_bytes_lie_once_in_each_form_that_documents_are_kept_in_and_a_draft_of_them_is_filed_still(
    world, django_capture_on_commit_callbacks
):
    first, second = (
        prepared(world, world.counsel, "motion:dismiss-case", files=[pdfs.plain(words="THE SAME TWICE")]) for _ in "ab"
    )
    reader, clerk = world.reader(world.counsel), world.reader(world.clerk)
    with django_capture_on_commit_callbacks(execute=True):
        shown = services.submit(draft_id=first.id, reader=reader, at=AT).documents.get()
        documents.keep_fresh_by_level()

    def forms() -> str:
        return " ".join(word for word in ("sealed", "open") if store.has(shown.sha256, sealed=word == "sealed"))

    assert forms() == "open", "the draft's form went with the document's"
    with django_capture_on_commit_callbacks(execute=True):
        closed = services.submit(draft_id=second.id, reader=reader, at=AT).documents.get()
        documents.restrict(document=closed, restriction=Restriction.COURT, by=clerk, at=AT)
    assert closed.sha256 == shown.sha256 and forms() == "sealed open"
    with django_capture_on_commit_callbacks(execute=True):
        documents.restrict(document=shown, restriction=Restriction.COURT, by=clerk, at=AT)
    assert forms() == "sealed"
    with django_capture_on_commit_callbacks(execute=True):
        documents.restrict(document=closed, restriction=Restriction.PUBLIC, by=clerk, at=AT)
        documents.restrict(document=shown, restriction=Restriction.PUBLIC, by=clerk, at=AT)
    assert forms() == "open"
    with documents.open_bytes(document=shown, reader=reader, at=AT) as file:
        assert file.read(5) == b"%PDF-"


@pytest.mark.django_db
def test_a_document_whose_bytes_are_gone_keeps_no_other_from_being_stored(world):
    first, second = (
        services.submit(
            draft_id=prepared(world, world.counsel, "motion:dismiss-case", files=[pdfs.plain(words=words)]).id,
            reader=world.reader(world.counsel), at=AT,
        ).documents.get()
        for words in ("LOST FROM THE DISK", "STILL THERE")
    )  # fmt: skip
    store.drop(first.sha256, sealed=True)
    assert documents.keep_fresh_by_level() == 1
    assert store.has(second.sha256) and not store.has(first.sha256)


@pytest.mark.django_db
def test_a_store_without_room_at_the_upload_keeps_what_is_there(world):
    draft = prepared(world, world.counsel, "motion:dismiss-case")
    with pytest.raises(drafts.StoreFailed), no_room():
        drafts.add_document(draft=draft, part=None, file=io.BytesIO(pdfs.plain(3, words="NO ROOM")), filename="a.pdf",
                            category="Exhibit", description="A", at=AT)  # fmt: skip
    assert [d.part for d in draft.documents.all()] == [0]


@pytest.mark.django_db(transaction=True)
def test_a_double_click_files_once(world):
    draft = prepared(world, world.counsel, "motion:dismiss-case")
    reader = world.reader(world.counsel)

    def click(_n):
        try:
            return services.submit(draft_id=draft.id, reader=reader, at=AT).id
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as people:
        filed = set(people.map(click, range(6)))
    assert len(filed) == 1
    assert Entry.objects.count() == Notice.objects.count() == Motion.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_at_once_in_one_case_get_numbers_in_a_row(world):
    waiting = [prepared(world, world.counsel, "motion:dismiss-case").id for _n in range(6)]
    reader = world.reader(world.counsel)

    def click(draft_id):
        try:
            return services.submit(draft_id=draft_id, reader=reader, at=AT).number
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as people:
        assert sorted(people.map(click, waiting)) == ["1", "2", "3", "4", "5", "6"]


@pytest.mark.django_db(transaction=True)
def test_a_filing_that_is_not_through_yet_holds_up_none_in_another_case(world):
    other = cases.open_case(number="24-30001", type="bk", at=AT, by="test", filed=AT.date())
    cases.add_party(case_id=other.id, name="Rowan Sedge", type="Debtor", at=AT, by="test")
    elsewhere = SimpleNamespace(case=other, reader=world.reader)
    waiting = prepared(elsewhere, world.counsel, "motion:dismiss-case")

    def click():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '5s'")
            return (
                services.submit(draft_id=waiting.id, reader=world.reader(world.counsel), at=AT).documents.get().doc_id
            )
        finally:
            connections.close_all()

    with transaction.atomic(), ThreadPoolExecutor(1) as person:
        mine = file(world, world.counsel, "motion:dismiss-case").documents.get().doc_id
        assert person.submit(click).result(timeout=30) > mine


@pytest.mark.django_db
def test_a_submission_asks_the_database_few_things(world, django_assert_max_num_queries):
    draft = prepared(world, world.counsel, "motion:dismiss-case", files=[pdfs.plain(2), pdfs.plain(1)])
    with django_assert_max_num_queries(26):  # with the savepoint that the test's own transaction makes of ours
        services.submit(draft_id=draft.id, reader=world.reader(world.counsel), at=AT)


@pytest.mark.django_db(transaction=True)
def test_a_database_that_dies_in_the_middle_is_said_and_loses_nothing(world):
    draft = prepared(world, world.counsel, "motion:dismiss-case")
    version = draft.version
    browser = callers.client(callers.person(account=world.counsel.account))
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION dies() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$"
        )
        cursor.execute("CREATE TRIGGER dies BEFORE INSERT ON motion FOR EACH ROW EXECUTE FUNCTION dies()")
    try:
        answer = browser.post(f"/filing/{draft.id}/final", {"version": version})
        assert answer.status_code == 503
        assert "Nothing was filed; what you saved before is kept." in answer.content.decode().replace("&#x27;", "'")
    finally:
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION dies CASCADE")
    assert not Entry.objects.exists()
    assert browser.post(f"/filing/{draft.id}/final", {"version": version}).status_code == 302
    assert Entry.objects.get().number == "1"


@pytest.mark.django_db
class TestEffects:
    def test_a_motion_waits_and_its_clock_runs(self, world):
        entry = file(world, world.opponent, "motion:relief-from-stay", filers=("Birch & Sons Lumber",), free="Vehicle")
        assert entry.motions.get().relief == "Motion for Relief From Stay"
        assert [(d.kind, d.due) for d in entry.deadlines_set.all()] == [("Objection", date(2024, 1, 16))]
        assert "Objections due by 1/16/2024." in entry.text

    def test_a_deadline_on_a_holiday_moves_on(self, world):
        """Fourteen days after January 1 (a motion of New Year's Day) is January 15, Martin Luther King's birthday."""
        draft = prepared(world, world.counsel, "motion:relief-from-stay", free="Vehicle")
        at = datetime(2024, 1, 1, 18, tzinfo=UTC)
        entry = services.submit(draft_id=draft.id, reader=world.reader(world.counsel), at=at)
        assert entry.deadlines_set.get().due == date(2024, 1, 16)

    def test_a_response_meets_the_deadline_of_its_motion_only(self, world):
        first = file(world, world.opponent, "motion:relief-from-stay", filers=("Birch & Sons Lumber",), free="Vehicle")
        second = file(
            world, world.opponent, "motion:relief-from-stay", filers=("Birch & Sons Lumber",), free="Homestead"
        )
        answer = file(world, world.counsel, "response:objection", related=[first])
        assert first.deadlines_set.get().satisfied_by == answer
        assert second.deadlines_set.get().satisfied_by is None
        assert "Objection to (Re: 1 Motion for Relief From Stay Vehicle)" in answer.text

    def test_an_order_decides_each_motion_as_said(self, world):
        motions = [file(world, world.counsel, "motion:dismiss-case"), file(world, world.counsel, "motion:compel"),
                   file(world, world.counsel, "motion:reopen")]  # fmt: skip
        order = file(
            world, world.clerk, "order:motion", filers=(), related=motions, details=court_answers(),
            outcomes={str(m.id): o for m, o in zip(motions, ("granted", "denied", "reserved"), strict=True)},
        )  # fmt: skip
        assert [(m.motions.get().outcome, m.motions.get().decided_by) for m in motions] == [
            ("granted", order), ("denied", order), ("", None),
        ]  # fmt: skip
        assert "granting 1 Motion to Dismiss Case; denying 2 Motion to Compel; reserving ruling on 3" in order.text

    def test_an_order_dismissing_the_case_ends_what_waits(self, world):
        motion = file(world, world.counsel, "motion:relief-from-stay", free="Vehicle")
        sits = court_answers(hearing_date="2024-02-01", hearing_time="09:30", hearing_place="Courtroom 4")
        hearing = file(
            world, world.clerk, "clerk:notice-of-hearing", files=(), filers=(), related=[motion], details=sits
        )
        order = file(world, world.clerk, "order:dismissing-case", filers=(), details=court_answers())
        assert motion.motions.get().outcome == "moot"
        assert motion.deadlines_set.get().terminated_by == order
        assert hearing.hearings_set.get().ended_by == order
        assert "DISMISSED" in Case.objects.get(id=world.case.id).flags

    def test_a_hearing_is_set_in_the_courts_own_time(self, world):
        entry = file(world, world.clerk, "clerk:notice-of-hearing", files=(), filers=(), details=court_answers(
            hearing_date="2024-02-01", hearing_time="09:30", hearing_place="Courtroom 4"))  # fmt: skip
        hearing = Hearing.objects.get()
        assert (hearing.at, hearing.place) == (datetime(2024, 2, 1, 14, 30, tzinfo=UTC), "Courtroom 4")
        assert "Hearing scheduled for 2/1/2024 at 9:30 AM in Courtroom 4." in entry.text

    def test_a_deadline_that_the_order_names(self, world):
        order = file(
            world, world.clerk, "order:show-cause", filers=(), details=court_answers(response_due="2024-02-03")
        )
        assert order.deadlines_set.get().due == date(2024, 2, 3), "the court may choose a Saturday"

    def test_closing_and_reopening(self, world):
        file(world, world.clerk, "clerk:close-case", files=(), filers=(), details=court_answers())
        case = Case.objects.get(id=world.case.id)
        assert (case.terminated, "CLOSED" in case.flags) == (date(2024, 1, 2), True)
        file(world, world.clerk, "clerk:reopen-case", files=(), filers=(), details=court_answers())
        case = Case.objects.get(id=world.case.id)
        assert (case.terminated, case.reopened, "REOPEN" in case.flags) == (None, date(2024, 1, 2), True)

    def test_flags_come_and_go(self, world):
        file(world, world.clerk, "trustee:notice-of-assets", filers=(), details=court_answers())
        assert "ASSET" in Case.objects.get(id=world.case.id).flags
        file(world, world.clerk, "clerk:clear-flag-asset", files=(), filers=(), details=court_answers())
        assert "ASSET" not in Case.objects.get(id=world.case.id).flags

    def test_an_appearance_is_entered_and_withdrawn(self, world):
        file(world, world.stranger, "notice:appearance", filers=("Rowan Sorrel",))
        mine = Representation.objects.get(user=world.stranger)
        assert (mine.party.name, mine.terminated, mine.roles) == ("Rowan Sorrel", None, ["LEAD ATTORNEY"])
        file(world, world.stranger, "notice:withdrawal", filers=("Rowan Sorrel",))
        mine.refresh_from_db()
        assert mine.terminated == date(2024, 1, 2)
        assert Representation.objects.filter(terminated=None).count() == 2, "nobody else withdrew"

    def test_the_clerk_is_told_of_what_waits_for_the_clerk(self, world):
        file(world, world.counsel, "papers:amended-schedules", free="Schedule D")
        mail = OutgoingMail.objects.get(subject__startswith="Waits for you: 24-10001 Amended Schedules (")
        assert (mail.recipients, mail.bcc) == ([], [world.clerk.email])

    def test_an_entry_without_notice_sends_none(self, world):
        entry = file(world, world.clerk, "clerk:terminate-deadlines", files=(), filers=(), details=court_answers())
        assert not entry.notices.exists()
        assert entry.number == ""


@pytest.mark.django_db
class TestWhoMayFile:
    @pytest.mark.parametrize(("user", "event", "may"), [
        ("counsel", "motion:dismiss-case", True),
        ("clerk", "motion:dismiss-case", True),
        ("judge", "motion:dismiss-case", False),
        ("counsel", "order:generic", False),
        ("clerk", "order:generic", True),
        ("judge", "order:generic", True),
        ("counsel", "clerk:close-case", False),
        ("judge", "clerk:close-case", False),
        ("counsel", "trustee:final-report", False),
    ])  # fmt: skip
    def test_an_event_is_for_its_groups(self, world, user, event, may):
        who = world.reader(getattr(world, user))
        if may:
            assert drafts.start(reader=who, event_code=event, case_id=None, at=AT)
        else:
            with pytest.raises(drafts.NoSuchEvent):
                drafts.start(reader=who, event_code=event, case_id=None, at=AT)

    def test_a_draft_of_somebody_who_lost_the_right_is_not_filed(self, world):
        draft = prepared(world, world.counsel, "motion:dismiss-case")
        now_limited = world.reader(world.counsel).__class__(
            account=world.counsel.account, user=world.counsel.id, group="limited", may_search=True, upgraded=True
        )
        with pytest.raises(drafts.NoSuchEvent):
            services.submit(draft_id=draft.id, reader=now_limited, at=AT)
        assert not Entry.objects.exists()

    def test_a_case_that_was_sealed_meanwhile_is_not_found(self, world):
        draft = prepared(world, world.counsel, "motion:dismiss-case")
        Case.objects.filter(id=world.case.id).update(restriction=6)
        with pytest.raises(queries.cases.NoSuchCase):
            services.submit(draft_id=draft.id, reader=world.reader(world.counsel), at=AT)

    def test_a_party_that_left_the_case_meanwhile_is_asked_about(self, world):
        draft = prepared(world, world.counsel, "motion:dismiss-case")
        world.case.parties.filter(type="Debtor").update(terminated="2024-01-02")
        with pytest.raises(services.NotComplete) as refusal:
            services.submit(draft_id=draft.id, reader=world.reader(world.counsel), at=AT)
        assert refusal.value.facts["step"] == "parties"

    def test_a_motion_that_was_decided_meanwhile_is_asked_about(self, world):
        motion = file(world, world.counsel, "motion:dismiss-case")
        first = prepared(world, world.clerk, "order:motion", filers=(), related=[motion],
                         outcomes={str(motion.id): "granted"}, details=court_answers())  # fmt: skip
        file(world, world.clerk, "order:motion", filers=(), related=[motion], outcomes={str(motion.id): "denied"},
             details=court_answers())  # fmt: skip
        with pytest.raises(services.NotComplete) as refusal:
            services.submit(draft_id=first.id, reader=world.reader(world.clerk), at=AT)
        assert refusal.value.facts["step"] == "related"
        assert motion.motions.get().outcome == "denied"

    def test_filers_cannot_date_a_filing_back(self, world):
        entry = file(world, world.counsel, "motion:dismiss-case", details={"filed": "2020-01-01"})
        assert entry.filed == date(2024, 1, 2)

    def test_the_clerk_can(self, world):
        entry = file(world, world.clerk, "motion:dismiss-case", details={"filed": "2023-12-29"})
        assert entry.filed == date(2023, 12, 29)
        assert entry.entered == AT

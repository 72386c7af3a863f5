"""Daily summaries: who gets one instead of mails, what it says, that it comes once, and whose day it is."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.conf import settings
from django.core import mail as post
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.translation import gettext

from openecf.court.cases import services as cases
from openecf.court.cases.models import Representation
from openecf.court.docket.models import Entry
from openecf.court.documents.models import Document
from openecf.court.notices import queries, rules, services, summarising
from openecf.court.notices.models import FreeLook, Recipient, Summary, SummaryDay, SummaryLine
from openecf.court.people import services as people
from openecf.court.people.models import CourtUser
from openecf.court.transition.models import CourtProfile
from openecf.kernel.restriction import Restriction
from openecf.platform.audit.models import AuditLine
from openecf.platform.mail import services as outgoing
from openecf.platform.mail.models import OutgoingMail
from tests.court import agency, callers, pdfs
from tests.court import world as invented
from tests.court.test_people_linking import _at_once
from tests.court.world import AT, main_document

pytestmark = pytest.mark.django_db
ZONE = settings.COURT.zone
DAY = date(2024, 1, 2)
AFTER = datetime(2024, 1, 3, 12, tzinfo=UTC)
PRIMARY, DOCKETING = "tokafor@counsel.example", "docketing@counsel.example"


@pytest.fixture
def world():
    return invented.make()


def way(user: CourtUser, address: str = "", usual: str = "summary", silence: bool = False, text: bool = False) -> None:
    people.set_way(
        user_id=user.pk, address=address, usual=usual, tells_silence=silence, wants_text=text, by="user:1", at=AT
    )


def case_way(world, how: str, *, user: CourtUser | None = None, address: str = "", own: bool = True) -> None:
    user = user or world.counsel
    people.set_case_way(
        user_id=user.pk, address=address, case_id=world.case.pk, own_case=own, how=how, by="user:1", at=AT
    )


def filed(world, *, at: datetime = AT, mailed: bool = True, **entry):
    made = world.entry(**{"files": [pdfs.plain(2), pdfs.plain(1, "EXHIBIT")], **entry})
    notice = services.prepare(entry=made, at=at)
    if mailed:
        services.mail_notice(notice_id=notice.pk, at=at)
    return made, notice


def to(address: str) -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(bcc=[address]).order_by("id"))


def secrets_in(mail: OutgoingMail) -> list[str]:
    return re.findall(r"(?:magic_num|uid)=(\d{19})", mail.text)


@pytest.mark.parametrize(("here", "hour", "last", "due"), [
    ((2024, 1, 3, 0, 29), time(0, 30), date(2024, 1, 1), []),
    ((2024, 1, 3, 0, 30), time(0, 30), date(2024, 1, 1), [2]),
    ((2024, 1, 3, 23, 59), time(0, 30), date(2024, 1, 2), []),
    ((2024, 1, 3, 7), time(7), None, [2]),
    ((2024, 1, 6, 7), time(7), date(2024, 1, 2), [3, 4, 5]),
    ((2024, 1, 3, 9), time(7), date(2024, 1, 9), []),
])  # fmt: skip
def test_a_days_summaries_are_due_on_the_day_after_from_the_courts_hour_on(here, hour, last, due):
    now = datetime(*here, tzinfo=rules.ZoneInfo(ZONE)).astimezone(UTC)
    found = rules.summary_days(now=now, hour=hour, zone=ZONE, last=last)
    assert found == [date(2024, 1, day) for day in due]


def test_after_a_long_stand_still_no_more_than_a_month_of_days_is_told():
    found = rules.summary_days(now=AFTER, hour=time(0, 30), zone=ZONE, last=date(2020, 1, 1))
    assert (len(found), found[-1]) == (rules.MOST_DAYS_BACK + 1, DAY)


def test_an_address_in_summary_gets_one_mail_for_all_filings_of_the_day_and_the_others_one_each(world):
    way(world.counsel, DOCKETING)
    filed(world)
    filed(world, text="RESPONSE to the motion")
    assert not to(DOCKETING) and len(to(PRIMARY)) == 2
    assert summarising.make_due(now=AFTER) == 1
    (mail,) = to(DOCKETING)
    assert mail.subject == f"2 filings on 01/02/2024: {settings.COURT.full_name}"
    for words in ("MOTION to Dismiss Filed by Debtor", "RESPONSE to the motion", world.case.number):
        assert words in mail.text and words in mail.html
    assert len(to(PRIMARY)) == 2


def test_each_document_opens_once_from_the_summary_for_each_address(world):
    way(world.counsel, DOCKETING)
    entry, _notice = filed(world)
    summarising.make_due(now=AFTER)
    (secret,) = secrets_in(to(DOCKETING)[0])
    assert secret not in secrets_in(to(PRIMARY)[0])
    for part in (0, 1):
        document = main_document(entry, part)
        assert services.use_free_look(secret=secret, document_id=document.pk, at=AFTER)
        assert not services.use_free_look(secret=secret, document_id=document.pk, at=AFTER)
    late = AFTER + timedelta(days=16)
    assert services.free_look_asks(secret=secret, document_id=document.pk, at=late) is None


def test_the_same_look_is_given_by_either_way(world):
    way(world.counsel)
    filed(world)
    summarising.make_due(now=AFTER)
    looks = {(look.address, look.document.part) for look in FreeLook.objects.all()}
    addresses = (PRIMARY, DOCKETING, "pvandermeer@counsel.example")
    assert looks == {(address, part) for address in addresses for part in (0, 1)}


@pytest.mark.parametrize(("minute", "told"), [("23:59", True), ("00:00", False)])
def test_a_day_ends_at_the_courts_midnight(world, minute, told):
    way(world.counsel)
    day = DAY if told else DAY + timedelta(days=1)
    at = datetime.combine(day, time.fromisoformat(minute), rules.ZoneInfo(ZONE))
    filed(world, at=at.astimezone(UTC))
    summarising.summarise(day=DAY, at=AFTER)
    assert bool(to(PRIMARY)) is told
    summarising.summarise(day=DAY + timedelta(days=1), at=AFTER + timedelta(days=1))
    assert len(to(PRIMARY)) == 1


def test_the_court_says_at_what_hour(world):
    CourtProfile.objects.update(summaries_at=time(7))
    way(world.counsel)
    filed(world)
    hour = datetime(2024, 1, 3, 7, tzinfo=rules.ZoneInfo(ZONE))
    assert [summarising.make_due(now=hour - timedelta(minutes=1)), summarising.make_due(now=hour)] == [0, 1]


def test_a_summary_comes_once_however_often_the_job_runs(world):
    way(world.counsel)
    filed(world)
    assert [summarising.make_due(now=AFTER), summarising.make_due(now=AFTER)] == [1, 0]
    assert summarising.summarise(day=DAY, at=AFTER) == 0
    assert len(to(PRIMARY)) == 1


def test_a_job_that_breaks_in_the_middle_goes_on_with_those_who_have_none(world, monkeypatch):
    for address in ("", DOCKETING):
        way(world.counsel, address)
    way(world.opponent)
    filed(world)
    promised, calls = summarising.mail.send, []

    def dies(**said):
        calls.append(said)
        if len(calls) == 2:
            raise KeyboardInterrupt
        promised(**said)

    monkeypatch.setattr(summarising.mail, "send", dies)
    with pytest.raises(KeyboardInterrupt):
        summarising.make_due(now=AFTER)
    assert (Summary.objects.count(), SummaryDay.objects.count()) == (1, 0)
    monkeypatch.setattr(summarising.mail, "send", promised)
    assert summarising.make_due(now=AFTER) == 2
    for address in (PRIMARY, DOCKETING, "pvandermeer@counsel.example"):
        assert len(to(address)) == 1, address
    assert FreeLook.objects.count() == 6, "no look is left of the one that broke"


def test_an_address_whose_summary_cannot_be_written_keeps_nobody_else_back(world, monkeypatch):
    way(world.counsel)
    way(world.opponent)
    filed(world)
    promised = summarising.mail.send

    def fails(**said):
        if said["bcc"] == [PRIMARY]:
            raise ValueError
        promised(**said)

    monkeypatch.setattr(summarising.mail, "send", fails)
    assert summarising.make_due(now=AFTER) == 1 and not SummaryDay.objects.exists()
    monkeypatch.setattr(summarising.mail, "send", promised)
    assert summarising.make_due(now=AFTER) == 1 and SummaryDay.objects.count() == 1
    assert [len(to(address)) for address in (PRIMARY, "pvandermeer@counsel.example")] == [1, 1]


@pytest.mark.django_db(transaction=True)
def test_of_eight_jobs_at_once_each_address_gets_one_summary():
    world = invented.make()
    for address in ("", DOCKETING):
        way(world.counsel, address)
    filed(world)
    summarising.connection.close()
    _at_once(*[lambda: summarising.summarise(day=DAY, at=AFTER)] * 8)
    assert [len(to(PRIMARY)), len(to(DOCKETING))] == [1, 1]
    assert FreeLook.objects.count() == 6
    assert not SummaryLine.objects.filter(summary=None).exists()


def test_a_notice_whose_own_job_is_late_is_in_the_summary_of_its_day(world):
    way(world.counsel)
    filed(world, mailed=False)
    assert summarising.make_due(now=AFTER) == 1
    assert len(to(PRIMARY)) == len(to(DOCKETING)) == 1
    assert not Recipient.objects.filter(by_mail=False, mailed_at=None).exists()


def test_what_missed_its_day_comes_with_the_next(world):
    way(world.counsel)
    summarising.make_due(now=AFTER)
    filed(world)
    assert not to(PRIMARY)
    assert summarising.make_due(now=AFTER + timedelta(days=1)) == 1
    assert "01/02/2024" in to(PRIMARY)[0].text


@pytest.mark.parametrize(("level", "who", "told"), [
    (0, "opponent", True), (2, "opponent", True), (4, "opponent", False), (4, "counsel", True), (6, "counsel", False),
])  # fmt: skip
def test_what_was_closed_to_a_person_before_the_day_was_over_is_left_out(world, level, who, told):
    user = getattr(world, who)
    way(user)
    entry, notice = filed(world)
    Entry.objects.filter(pk=entry.pk).update(restriction=level)
    summarising.make_due(now=AFTER)
    assert bool(to(user.email)) is told
    if level:
        assert not any(secrets_in(mail) for mail in to(user.email)), "what is closed in any way opens by no link"
    assert SummaryLine.objects.get(recipient__notice=notice).left_out is not told


@pytest.mark.parametrize(("level", "who", "told"), [
    (0, "opponent", True), (2, "opponent", True), (4, "opponent", False), (4, "counsel", True), (6, "counsel", False),
])  # fmt: skip
def test_what_was_closed_to_a_person_before_the_mails_were_written_is_not_mailed(world, level, who, told):
    entry, notice = filed(world, mailed=False)
    Entry.objects.filter(pk=entry.pk).update(restriction=level)
    services.mail_notice(notice_id=notice.pk, at=AFTER)
    user = getattr(world, who)
    assert bool(to(user.email)) is told
    name = f"{user.first_name} {user.last_name}"
    assert {one.state for one in queries.deliveries(notice) if one.name == name} == {"waiting" if told else "closed"}


def sent_to(address: str, at: datetime = AFTER) -> list[str]:
    """The mail server is back: what it is handed for an address, as text."""
    while outgoing.deliver_due(now=lambda: at):
        pass
    return [mail.body for mail in post.outbox if mail.bcc == [address]]


@pytest.mark.parametrize(("level", "who", "told"), [
    (0, "opponent", True), (2, "opponent", True), (4, "opponent", False), (4, "counsel", True), (6, "counsel", False),
])  # fmt: skip
def test_a_mail_that_waits_for_the_mail_server_does_not_leave_to_who_may_not_know_any_more(world, level, who, told):
    entry, notice = filed(world)
    user = getattr(world, who)
    Entry.objects.filter(pk=entry.pk).update(restriction=level)
    assert bool(sent_to(user.email)) is told
    name = f"{user.first_name} {user.last_name}"
    assert {one.state for one in queries.deliveries(notice) if one.name == name} == {"mailed" if told else "closed"}
    kept = AuditLine.objects.filter(act="mail.withheld", facts__reference=f"notice:{notice.pk}")
    assert kept.exists() is (level >= 4), "on record"
    assert not sent_to("nobody@x.example", AFTER + timedelta(days=9)) and kept.exists() is (level >= 4)


def test_nor_does_a_mail_of_a_case_that_was_sealed_since_and_an_opened_case_goes_on(world):
    _entry, notice = filed(world)
    cases.set_restriction(case_id=world.case.pk, level=Restriction.COURT, reason="order", at=AT, by="user:1")
    assert not sent_to(PRIMARY) and not post.outbox
    cases.set_restriction(case_id=world.case.pk, level=Restriction.PUBLIC, reason="order", at=AT, by="user:1")
    filed(world, text="RESPONSE to the motion")
    (text,) = sent_to(PRIMARY)
    assert "RESPONSE" in text and {one.state for one in queries.deliveries(notice) if one.addresses} == {"closed"}


@pytest.mark.parametrize(("closed", "silence", "says"), [
    (0, False, ["MOTION", "RESPONSE"]), (1, False, ["RESPONSE"]), (2, False, None), (2, True, ["Nothing was filed"]),
])  # fmt: skip
def test_a_summary_that_waits_is_written_anew_without_what_was_closed_since(world, closed, silence, says):
    way(world.opponent, silence=silence)
    entries = [filed(world, text=text)[0].pk for text in ("MOTION to Dismiss", "RESPONSE to it")]
    summarising.make_due(now=AFTER)
    Entry.objects.filter(pk__in=entries[:closed]).update(restriction=4)
    sent_to(world.opponent.email)
    found = sent_to(world.opponent.email)
    words = ("MOTION", "RESPONSE", "Nothing was filed")
    assert [[each for each in words if each in text] for text in found] == ([says] if says else [])
    assert SummaryLine.objects.filter(user=world.opponent, left_out=True).count() == closed
    assert Summary.objects.get(user=world.opponent).mailed is (says is not None)


def test_counsel_who_has_left_does_not_hear_of_what_was_closed_since(world):
    way(world.opponent)
    entry, _notice = filed(world)
    Representation.objects.filter(user=world.opponent).update(terminated=date(2024, 1, 2))
    Entry.objects.filter(pk=entry.pk).update(restriction=2)
    summarising.make_due(now=AFTER)
    assert not to("pvandermeer@counsel.example")


def test_a_document_closed_since_opens_by_no_link_and_the_others_do(world):
    way(world.counsel)
    entry, _notice = filed(world)
    Document.objects.filter(entry=entry, part=1).update(restriction=3)
    summarising.make_due(now=AFTER)
    (secret,) = secrets_in(to(PRIMARY)[0])
    opened = [
        services.use_free_look(secret=secret, document_id=main_document(entry, part).pk, at=AFTER) for part in (0, 1)
    ]
    assert opened == [True, False]


@pytest.mark.parametrize(("usual", "silence", "mails"), [
    ("summary", True, 1), ("summary", False, 0), ("filing", True, 0),
])  # fmt: skip
def test_a_day_without_filings_is_told_to_who_wants_to_know(world, usual, silence, mails):
    way(world.counsel, usual=usual, silence=silence)
    assert summarising.make_due(now=AFTER) == mails == summarising.make_due(now=AFTER) + mails
    for mail in to(PRIMARY):
        assert mail.subject.startswith("No filings on 01/02/2024") and "Nothing was filed that day" in mail.text


def test_who_changed_to_summaries_after_the_days_notices_came_is_not_told_that_there_were_none(world):
    filed(world)
    way(world.counsel, silence=True)
    assert summarising.make_due(now=AFTER) == 0 and len(to(PRIMARY)) == 1
    assert summarising.make_due(now=AFTER + timedelta(days=1)) == 1
    assert to(PRIMARY)[1].subject.startswith("No filings on 01/03/2024")


def test_what_was_closed_to_a_person_reads_like_a_day_without_filings(world):
    way(world.opponent, silence=True)
    entry, _notice = filed(world)
    Entry.objects.filter(pk=entry.pk).update(restriction=6)
    summarising.make_due(now=AFTER)
    (mail,) = to("pvandermeer@counsel.example")
    assert mail.subject.startswith("No filings") and "MOTION" not in mail.text


@pytest.mark.parametrize(("usual", "how", "at_once"), [
    ("filing", "summary", 0), ("summary", "filing", 1), ("summary", "", 0), ("filing", "", 1),
])  # fmt: skip
def test_one_case_may_be_told_in_another_way(world, usual, how, at_once):
    way(world.counsel, usual=usual)
    case_way(world, how)
    filed(world)
    assert len(to(PRIMARY)) == at_once
    summarising.make_due(now=AFTER)
    assert len(to(PRIMARY)) == 1


@pytest.mark.parametrize(("usual", "how", "named"), [
    ("none", "", False), ("none", "filing", True), ("filing", "none", False), ("none", "summary", True),
])  # fmt: skip
def test_a_secondary_address_may_hear_of_chosen_cases_only_and_the_notice_says_where_it_went(world, usual, how, named):
    way(world.counsel, DOCKETING, usual=usual)
    case_way(world, how, address=DOCKETING)
    _entry, notice = filed(world)
    summarising.make_due(now=AFTER)
    assert bool(to(DOCKETING)) is named
    assert (DOCKETING in notice.html) is named and PRIMARY in notice.html


@pytest.mark.parametrize(("act", "why"), [
    (lambda w: way(w.counsel, usual="none"), people.NotThatWay),
    (lambda w: case_way(w, "none"), people.NotThatWay),
    (lambda w: case_way(w, "none", address=DOCKETING, own=False), people.NotThatWay),
    (lambda w: way(w.counsel, usual="weekly"), people.NotThatWay),
    (lambda w: way(w.counsel, "stranger@evil.example"), people.NoSuchAddress),
])  # fmt: skip
def test_the_primary_address_is_always_told_and_no_other_is_made_up(world, act, why):
    with pytest.raises(why):
        act(world)


def test_an_address_that_is_taken_off_takes_its_ways_with_it(world):
    way(world.counsel, DOCKETING, usual="none")
    for secondary in ([], ["Docketing@counsel.example"]):
        people.set_addresses(
            user_id=world.counsel.pk, secondary=secondary, wants_text=False, announcements=True, by="x", at=AT
        )
    filed(world)
    assert len(to("Docketing@counsel.example")) == 1


def test_the_page_of_an_address_asks_for_all_its_cases_at_once(world, django_assert_max_num_queries):
    page = callers.client(callers.person(account=world.counsel.account))
    case_way(world, "filing")
    with CaptureQueriesContext(connection) as one:
        page.get("/utilities/email/primary")
    for n in range(3):
        other = cases.open_case(number=f"24-2000{n}", at=AT, by="user:1")
        people.set_case_way(
            user_id=world.counsel.pk, address="", case_id=other.pk, own_case=False, how="filing", by="user:1", at=AT
        )
    with django_assert_max_num_queries(len(one)):
        assert b"24-20002" in page.get("/utilities/email/primary").content


def test_who_asks_for_another_case_hears_of_it_without_a_free_look(world):
    case_way(world, "filing", user=world.stranger, own=False)
    _entry, notice = filed(world)
    (mail,) = to("nstranger@counsel.example")
    assert not secrets_in(mail) and "nstranger@counsel.example" in notice.html
    filed(world, restriction=2)
    assert len(to("nstranger@counsel.example")) == 1, "what is closed to strangers stays closed"


def test_who_asks_for_another_case_once_a_day_gets_no_free_look_either(world):
    case_way(world, "summary", user=world.stranger, own=False)
    filed(world)
    summarising.make_due(now=AFTER)
    (mail,) = to("nstranger@counsel.example")
    assert not secrets_in(mail) and "for who may read them" in mail.text


def test_a_filing_agents_copy_comes_as_the_agent_chose(world):
    agent, _who = agency.agent()
    agency.let(world.counsel, agent, gets_notices=True)
    CourtUser.objects.filter(pk=world.counsel.pk).update(tells_agents=True)
    way(agent)
    entry, _notice = filed(world)
    filed(world, text="RESPONSE")
    assert len(to(PRIMARY)) == 2 and not to(agent.email)
    Entry.objects.filter(pk=entry.pk).update(restriction=2)
    summarising.make_due(now=AFTER)
    (mail,) = to(agent.email)
    assert "RESPONSE" in mail.text and "MOTION" not in mail.text, "the agent may not see what is closed to others"


def test_the_agents_of_all_principals_are_asked_for_at_once(world, django_assert_num_queries):
    """However many of the case's counsel let agents have copies, a filing asks once."""
    entry, _notice = filed(world)

    def as_filed() -> Entry:
        return Entry.objects.select_related("case", "filer").get(pk=entry.pk)

    told = {}
    for principal, name in ((world.counsel, "Sedgwick"), (world.opponent, "Tansy")):
        agent, _who = agency.agent(name)
        agency.let(principal, agent, gets_notices=True)
        told[principal.pk] = agent.email
    before = as_filed()
    with CaptureQueriesContext(connection) as without:
        queries.service_list_of(before, at=AT)
    CourtUser.objects.filter(pk__in=told).update(tells_agents=True)
    after = as_filed()
    with django_assert_num_queries(len(without) + 1):
        listed = queries.service_list_of(after, at=AT)
    assert {each.user: each.addresses[-1] for each in listed if each.user in told} == told


def test_a_summary_is_in_the_readers_language_and_form_and_the_record_stays_as_it_is(world):
    people.note_language(user_id=world.counsel.pk, language="es")
    way(world.counsel, text=True)
    filed(world)
    summarising.make_due(now=AFTER)
    (mail,) = to(PRIMARY)
    assert mail.html == "" and "MOTION to Dismiss Filed by Debtor Juniper Alder" in mail.text
    with translation.override("es"):
        assert gettext("This mail was written by a program. Please do not answer it.") in mail.text


def test_words_from_people_cannot_become_markup(world):
    way(world.counsel)
    filed(world, text="MOTION <script>alert(1)</script> & more")
    summarising.make_due(now=AFTER)
    (mail,) = to(PRIMARY)
    assert "<script>" not in mail.html and "<script>alert(1)</script> & more" in mail.text


def test_the_notices_page_says_that_it_waits_and_then_what_became_of_it(world, django_assert_num_queries):
    way(world.counsel)
    way(world.counsel, DOCKETING)
    _entry, notice = filed(world)

    def state() -> str:
        return {one.name: one.state for one in queries.deliveries(notice)}["Tobias Okafor"]

    assert state() == "summary"
    summarising.make_due(now=AFTER)
    assert state() == "waiting"
    OutgoingMail.objects.update(sent_at=AFTER)
    assert state() == "mailed"
    with django_assert_num_queries(3):
        queries.deliveries(notice)

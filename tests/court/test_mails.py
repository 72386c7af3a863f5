"""A court's mails to its people: announcements, the page of addresses, and each reader's own language."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext

from openecf.court.agents import services as agents
from openecf.court.currentgen import services as currentgen
from openecf.court.notices import announcing, tasks
from openecf.court.notices.models import Announcement
from openecf.court.people import services as people
from openecf.court.people.models import CaseWay, CourtUser, NoticeWay
from openecf.court.registration import services as registration
from openecf.platform.audit.models import AuditLine
from openecf.platform.bus.messages import FilerContactChanged
from openecf.platform.mail.models import OutgoingMail
from tests.court import agency, callers
from tests.court import world as invented
from tests.court.test_filing_submit import file
from tests.court.test_people_linking import _at_once
from tests.court.world import AT

pytestmark = pytest.mark.django_db
EMAIL = "/utilities/email"
DOCKETING = "docketing@counsel.example"


@pytest.fixture
def world():
    return invented.make()


@pytest.fixture
def now():
    return timezone.now()


def browser_of(user: CourtUser):
    return callers.client(callers.person(account=user.account))


def reads(user: CourtUser, language: str) -> None:
    people.note_language(user_id=user.pk, language=language)


def in_(language: str, words: str) -> str:
    with translation.override(language):
        return gettext(words)


# Announcements.


def announced(**changed) -> Announcement:
    said = {"title": "Filing  is down", "text": "Tonight.", "groups": [], "urgent": False, "by": "user:3", "at": AT}
    return announcing.announce(**said | changed)


def told() -> list[str]:
    return sorted(mail.recipients[0].partition("@")[0] for mail in OutgoingMail.objects.all())


@pytest.mark.parametrize(("groups", "urgent", "readers"), [
    ([], False, ["nstranger", "pvandermeer"]),
    ([], True, ["nstranger", "pvandermeer", "tokafor"]),
    (["trustee"], True, None),
    (["clerk"], True, None),
    (["attorney"], False, ["nstranger", "pvandermeer"]),
    (["clerk", "attorney"], True, ["nstranger", "pvandermeer", "tokafor"]),
])  # fmt: skip
def test_an_announcement_reaches_its_groups_and_spares_who_wants_none_unless_it_is_urgent(
    world, groups, urgent, readers
):
    CourtUser.objects.filter(pk=world.counsel.pk).update(wants_announcements=False)
    if readers is None:
        with pytest.raises(announcing.NobodyToTell):
            announced(groups=groups, urgent=urgent)
        return
    made = announced(groups=groups, urgent=urgent)
    tasks.announce(announcement_id=made.pk)
    made.refresh_from_db()
    assert (told(), made.mails, bool(made.finished_at)) == (readers, len(readers), True)
    assert announcing.carry_on(announcement_id=made.pk, at=AT) == 0


def test_an_announcement_says_which_court_what_to_do_and_how_to_get_no_more(world):
    reads(world.counsel, "es")
    announcing.carry_on(announcement_id=announced().pk, at=AT)
    english, spanish = (OutgoingMail.objects.get(recipients=[user.email]) for user in (world.opponent, world.counsel))
    court = settings.COURT.full_name
    assert english.subject == f"{court}: Filing is down" and english.html == ""
    assert "Tonight." in english.text and EMAIL in english.text and EMAIL in english.headers["List-Unsubscribe"]
    because = "You get this because you file at the {court}."
    assert because.format(court=court) in english.text
    assert in_("es", because).format(court=court) in spanish.text and "Tonight." in spanish.text


def test_a_killed_workers_successor_goes_on_after_the_last_person_told(world, monkeypatch):
    monkeypatch.setattr(announcing, "BATCH", 1)
    promised, calls = announcing.mail.send, []

    def dies(**said):
        calls.append(said)
        if len(calls) == 2:
            raise KeyboardInterrupt
        promised(**said)

    made = announced()
    monkeypatch.setattr(announcing.mail, "send", dies)
    with pytest.raises(KeyboardInterrupt):
        announcing.carry_on(announcement_id=made.pk, at=AT)
    assert len(told()) == 1
    monkeypatch.setattr(announcing.mail, "send", promised)
    assert announcing.carry_on(announcement_id=made.pk, at=AT) == 2
    assert told() == ["nstranger", "pvandermeer", "tokafor"]


@pytest.mark.django_db(transaction=True)
def test_eight_clicks_announce_once_and_eight_workers_mail_once():
    invented.make()
    clicks = _at_once(*[lambda: _or_refused(announced)] * 8)
    assert clicks.count("refused") == 7
    made = Announcement.objects.get()
    _at_once(*[lambda: announcing.carry_on(announcement_id=made.pk, at=AT)] * 8)
    assert told() == ["nstranger", "pvandermeer", "tokafor"]
    assert announced(at=AT + timedelta(minutes=11)).pk != made.pk


def _or_refused(act):
    try:
        return act().pk
    except announcing.JustAnnounced:
        return "refused"


def test_the_clerk_looks_at_an_announcement_before_it_is_sent(world):
    clerk = browser_of(world.clerk)
    said = {"title": "Closed <b>Friday</b>", "text": "No filing by paper.", "groups": ["attorney"]}
    empty = clerk.post("/court/announcements", {"act": "look"}).content.decode()
    assert empty.count("usa-error-message") >= 2
    look = clerk.post("/court/announcements", said | {"act": "look"}).content.decode()
    assert "3 people" in look and "Closed &lt;b&gt;Friday" in look and not Announcement.objects.exists()
    back = clerk.post("/court/announcements", said | {"act": "edit"}).content.decode()
    assert "No filing by paper." in back and not Announcement.objects.exists()
    sent = clerk.post("/court/announcements", said | {"act": "send"})
    one = Announcement.objects.get()
    assert sent.url == f"/court/announcements/{one.pk}" and "more to come" in clerk.get(sent.url).content.decode()
    announcing.carry_on(announcement_id=one.pk, at=AT)
    assert "3 mails written" in clerk.get(sent.url).content.decode()
    assert "Closed &lt;b&gt;Friday" in clerk.get("/court/announcements").content.decode()
    again = clerk.post("/court/announcements", said | {"act": "send"})
    assert "was sent in the last ten minutes" in again.content.decode() and Announcement.objects.count() == 1
    bad = clerk.post("/court/announcements", said | {"act": "send", "groups": ["judge"], "title": ""})
    assert bad.status_code == 200 and Announcement.objects.count() == 1


# The page of addresses.


def test_the_page_shows_each_address_and_keeps_what_is_chosen(world):
    browser = browser_of(world.counsel)
    page = browser.get(EMAIL).content.decode()
    assert page.count("At once, one e-mail for each filing") == 2 and DOCKETING in page
    assert "docketing" not in "".join(part.partition('"')[0] for part in page.split('href="')[1:]), (
        "no address in addresses"
    )
    key = next(row.key for row in browser.get(EMAIL).context["rows"] if row.address == DOCKETING)
    way = {"act": "way", "usual": "summary", "tells_silence": "on", "form": "text"}
    assert browser.post(f"{EMAIL}/{key}", way).url.endswith("?done=saved")
    kept = NoticeWay.objects.get(user=world.counsel)
    assert (kept.address, kept.usual, kept.tells_silence, kept.wants_text) == (DOCKETING, "summary", True, True)
    page = browser.get(EMAIL).content.decode()
    assert "Once a day, a summary of all filings" in page and "Plain text" in page
    assert AuditLine.objects.filter(act="account.notice-way", by=f"user:{world.counsel.pk}").count() == 1
    browser.post(f"{EMAIL}/{key}", way | {"usual": "filing"})
    kept.refresh_from_db()
    assert (kept.usual, kept.tells_silence) == ("filing", False), "a day without filings is told with summaries only"


@pytest.mark.parametrize("sent", [
    {"act": "way", "usual": "none", "form": "html"}, {"act": "way", "usual": "weekly", "form": "html"},
    {"act": "way", "form": "html"}, {"act": "case", "number": "99-99999", "how": "summary"},
    {"act": "case", "number": "", "how": "summary"}, {"act": "case", "number": "24-10001", "how": "none"},
    {"act": "usual", "case": "²"}, {"act": "usual", "case": "'; --"}, {"act": "fly"}, {},
])  # fmt: skip
def test_the_primary_address_takes_nothing_else(world, sent):
    answer = browser_of(world.counsel).post(f"{EMAIL}/primary", sent)
    assert answer.status_code == 200
    assert not NoticeWay.objects.exists() and not CaseWay.objects.exists()


def test_single_cases_are_put_on_and_taken_off(world):
    browser = browser_of(world.counsel)
    put = browser.post(f"{EMAIL}/primary", {"act": "case", "number": world.case.number, "how": "summary"})
    assert put.status_code == 302
    page = browser.get(put.url).content.decode()
    assert world.case.number in page and "You do not appear in this case" not in page
    assert "1 case in another way" in browser.get(EMAIL).content.decode()
    browser.post(f"{EMAIL}/primary", {"act": "usual", "case": world.case.pk})
    assert not CaseWay.objects.exists()
    stranger = browser_of(world.stranger)
    stranger.post(f"{EMAIL}/primary", {"act": "case", "number": world.case.number, "how": "filing"})
    assert "You do not appear in this case" in stranger.get(f"{EMAIL}/primary").content.decode()
    type(world.case).objects.update(restriction=4)
    page = stranger.get(f"{EMAIL}/primary").content.decode()
    assert world.case.number not in page and "Juniper" not in page, "a case that was sealed is not named any more"


def test_nobody_finds_a_sealed_case_by_asking_for_its_notices(world):
    type(world.case).objects.update(restriction=4)
    sent = {"act": "case", "number": world.case.number, "how": "filing"}
    sealed = browser_of(world.stranger).post(f"{EMAIL}/primary", sent).content.decode()
    assert "No case has this number" in sealed and not CaseWay.objects.exists()


@pytest.mark.parametrize("key", ["nobody", "0123456789ab", "primary-"])
def test_an_address_that_is_nobodys_has_no_page(world, key):
    assert browser_of(world.counsel).get(f"{EMAIL}/{key}").status_code == 404


@pytest.mark.parametrize(("typed", "says"), [
    ("a@b.example\nno address", "These are not e-mail addresses: no address"),
    ("\n".join(f"n{n}@b.example" for n in range(11)), "more than ten"),
])  # fmt: skip
def test_bad_addresses_are_said(world, typed, says):
    answer = browser_of(world.counsel).post(EMAIL, {"secondary": typed, "form": "html"})
    assert says in answer.content.decode()
    assert CourtUser.objects.get(pk=world.counsel.pk).secondary_emails == [DOCKETING]


def test_addresses_are_kept_once_and_announcements_are_refused(world):
    typed = "A@b.example\na@B.example\n\n c@d.example "
    browser_of(world.counsel).post(EMAIL, {"secondary": typed, "form": "text"})
    user = CourtUser.objects.get(pk=world.counsel.pk)
    assert (user.secondary_emails, user.wants_announcements, user.wants_text) == (
        ["a@B.example", "c@d.example"],
        False,
        True,
    )


# What the central site tells.


def test_what_manage_my_account_says_is_how_the_primary_address_is_told(world, now):
    account, sent = world.counsel.account, {"email": world.counsel.email, "wants_text": False, "language": "ht"}

    def take(minute: int, **said) -> tuple[str, bool]:
        message = FilerContactChanged(account=account, at=now + timedelta(minutes=minute), **(sent | said))
        registration.take_contact(message=message, sender="central", at=now)
        way = NoticeWay.objects.filter(user=world.counsel, address="").first() or NoticeWay()
        return way.usual, way.tells_silence

    assert take(1) == ("filing", False) and not NoticeWay.objects.exists()
    assert take(2, summary=True, tells_silence=True) == ("summary", True)
    assert take(2) == ("summary", True), "an older word changes nothing"
    assert take(3, tells_silence=True) == ("filing", False)
    assert CourtUser.objects.get(pk=world.counsel.pk).language == "ht"
    assert not OutgoingMail.objects.exists(), "no other address, nothing to warn of"


def test_a_changed_address_is_told_in_the_persons_language(world, now):
    message = FilerContactChanged(
        account=world.counsel.account, at=now, email="new@counsel.example", wants_text=False, language="es"
    )
    registration.take_contact(message=message, sender="central", at=now)
    subject = in_("es", "Where notices of the {court} go").format(court=settings.COURT.full_name)
    assert [mail.subject for mail in OutgoingMail.objects.all()] == [subject] * 2


# Each reader's language.


def test_agents_and_principals_are_told_in_their_own_languages(world, now):
    agent, _who = agency.agent()
    reads(agent, "ht")
    reads(world.counsel, "es")
    reader = world.reader(world.counsel)
    agents.let_act(reader=reader, who=agent.login, last_name="Sedgwick", terms=agency.terms(), at=now)
    for user, language in ((agent, "ht"), (world.counsel, "es")):
        (mail,) = OutgoingMail.objects.filter(recipients=[user.email])
        first = in_(language, "If you know nothing of this, tell the clerk's office at once.")
        assert first in mail.text and settings.COURT.full_name in mail.subject


def test_a_clerk_who_reads_english_writes_to_a_filer_in_the_filers_language(world, now):
    user = callers.court_user(login="kreyol", password="x", email="kreyol@office.example")  # noqa: S106
    reads(user, "ht")
    currentgen.mail_link(user_id=user.pk, checked="by phone", by="user:1", at=now)
    (mail,) = OutgoingMail.objects.filter(recipients=[user.email])
    words = in_("ht", "A new password for your account with the {court}")
    assert mail.subject == words.format(court=settings.COURT.full_name)


def test_the_clerks_office_is_told_what_waits_each_in_the_own_language(world):
    reads(world.clerk, "es")
    second = callers.court_user("clerk", email="second@court.example")
    file(world, world.counsel, "papers:amended-schedules", free="Schedule D")
    english, spanish = (OutgoingMail.objects.get(bcc=[each]) for each in (second.email, world.clerk.email))
    assert english.subject == f"Waits for you: {world.case.number} Amended Schedules ({settings.COURT.full_name})"
    assert "Schedule D" in english.text and "The docket: http" in english.text
    words = in_("es", "Waits for you: {number} {title} ({court})")
    assert spanish.subject.partition(":")[0] == words.partition(":")[0] and "Schedule D" in spanish.text

"""Mail: promised with the act it tells of, handed to a real SMTP server, lost by nobody's fault."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.core.mail import EmailMultiAlternatives
from django.db import connections, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from openecf.platform.audit.models import AuditLine
from openecf.platform.mail import queries, rules, services
from openecf.platform.mail.models import OutgoingMail
from openecf.platform.store import services as store

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def real_smtp(settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # the test runner swaps it


class Postman:
    """A mail server's hands: keeps what comes, or answers what the test wants."""

    def __init__(self) -> None:
        self.kept: list[Envelope] = []
        self.says: str = ""
        self.refuses: dict[str, str] = {}

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, to: str, options: list) -> str:  # noqa: N802
        if to in self.refuses:
            return self.refuses[to]
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.says:
            return self.says
        self.kept.append(envelope)
        return "250 OK"

    def mail(self, n: int = -1) -> EmailMessage:
        return message_from_bytes(self.kept[n].content, policy=policy.default)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def postman(settings) -> Iterator[Postman]:
    hands = Postman()
    server = Controller(hands, hostname="127.0.0.1", port=free_port())
    server.start()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    yield hands
    server.stop()


def promise(**changes: object) -> OutgoingMail:
    facts = {
        "to": ["ada@counsel.example"],
        "subject": "1:26-cv-00001 Notice",
        "text": "An order was entered.",
        "at": AT,
    }
    services.send(**(facts | changes))
    return OutgoingMail.objects.latest("pk")


def attempt(mail: OutgoingMail, at: datetime = AT) -> bool:
    sent = services.deliver(mail_id=mail.pk, at=at)
    mail.refresh_from_db()
    return sent


def test_a_mail_is_promised_with_the_act_it_tells_of_or_not_at_all():
    with pytest.raises(RuntimeError), transaction.atomic():
        promise()
        raise RuntimeError
    assert not OutgoingMail.objects.exists() and not ProcrastinateJob.objects.exists()
    mail = promise()
    assert ProcrastinateJob.objects.get().args == {"mail_id": mail.pk}, "a job carries the reference, not the people"


def test_html_and_text_say_the_same_to_each_reader(postman):
    assert attempt(promise(html="<p>An order was <b>entered</b>.</p>"))
    mail = postman.mail()
    assert mail.get_body(("plain",)).get_content().strip() == "An order was entered."
    assert mail.get_body(("html",)).get_content().strip() == "<p>An order was <b>entered</b>.</p>"
    assert mail["Message-ID"].startswith("<flsd.") and mail["From"] == "CM/ECF <flsd@ecf.example>"
    assert (mail["Auto-Submitted"], mail["Comments"]) == ("auto-generated", None)


def test_words_of_all_languages_arrive_whole(postman):
    said = "Notificación electrónica — Avi sou dosye a, “Doña Núñez v. Ménard”"
    attempt(promise(subject=said, text=said))
    assert (postman.mail()["Subject"].strip(), postman.mail().get_content().strip()) == (said, said)


def test_an_attachment_arrives_as_the_store_has_it(postman):
    paper = store.put([b"%PDF-1.4 ", bytes(range(256))])
    assert attempt(promise(attachments=[rules.Attachment("bill.pdf", "application/pdf", paper.sha256)]))
    (arrived,) = postman.mail().iter_attachments()
    assert (arrived.get_filename(), arrived.get_content_type()) == ("bill.pdf", "application/pdf")
    assert arrived.get_content() == b"%PDF-1.4 " + bytes(range(256))


def test_a_mail_whose_attachment_is_lost_waits_for_a_person(postman):
    mail = promise(attachments=[rules.Attachment("bill.pdf", "application/pdf", "0" * 64)])
    assert not attempt(mail) and mail.dead_at == AT and not postman.kept


def test_a_subject_of_several_lines_cannot_add_headers(postman):
    attempt(promise(subject="Notice\r\nBcc: thief@evil.example"))
    assert postman.kept[0].rcpt_tos == ["ada@counsel.example"]
    assert postman.mail()["Bcc"] is None and postman.mail()["Subject"] == "Notice Bcc: thief@evil.example"


def test_blind_copies_are_in_the_envelope_only(postman):
    attempt(promise(to=[], bcc=["ada@counsel.example", "ben@counsel.example"]))
    assert postman.kept[0].rcpt_tos == ["ada@counsel.example", "ben@counsel.example"]
    assert b"counsel.example" not in postman.kept[0].content


def test_a_mail_is_sent_once_however_often_its_job_runs(postman):
    mail = promise()
    assert [attempt(mail, AT + DAY * n) for n in range(3)] == [True, False, False]
    assert len(postman.kept) == 1


@pytest.mark.django_db(transaction=True)
def test_jobs_at_once_send_a_mail_once(postman):
    mail = promise()

    def job(_n: int) -> bool:
        try:
            return services.deliver(mail_id=mail.pk, at=AT)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as workers:
        assert sorted(workers.map(job, range(8))) == [False] * 7 + [True]
    assert len(postman.kept) == 1


def test_a_job_that_was_killed_while_sending_is_done_again_after_its_lease(postman, monkeypatch):
    mail = promise()
    with monkeypatch.context() as killed:
        killed.setattr(services.EmailMultiAlternatives, "send", lambda _self: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            services.deliver(mail_id=mail.pk, at=AT)
    assert not attempt(mail, AT + timedelta(seconds=10))
    assert attempt(mail, AT + rules.LEASE)


@pytest.mark.parametrize("dies", [SystemExit, smtplib.SMTPServerDisconnected, OSError], ids=lambda one: one.__name__)
def test_what_the_server_took_is_marked_before_the_goodbye_and_a_death_after_it_sends_nothing_twice(
    dies, postman, monkeypatch
):
    mail = promise()

    def goodbye(_smtp: smtplib.SMTP) -> None:
        assert OutgoingMail.objects.get(pk=mail.pk).sent_at == AT, "marked while the line is still open"
        raise dies

    with monkeypatch.context() as killed:
        killed.setattr(smtplib.SMTP, "quit", goodbye)
        if dies is SystemExit:
            with pytest.raises(SystemExit):
                services.deliver(mail_id=mail.pk, at=AT)
        else:
            assert attempt(mail)
    assert not attempt(mail, AT + rules.LEASE)
    assert len(postman.kept) == 1


def test_a_death_between_the_servers_yes_and_our_mark_sends_a_copy_that_receivers_can_tell(
    postman, monkeypatch, settings
):
    mail = promise()
    send = services.EmailMultiAlternatives.send

    def and_dies(self: EmailMultiAlternatives) -> None:
        send(self)
        raise SystemExit

    with monkeypatch.context() as killed:
        killed.setattr(services.EmailMultiAlternatives, "send", and_dies)
        with pytest.raises(SystemExit):
            services.deliver(mail_id=mail.pk, at=AT)
    there, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    assert not attempt(mail, AT + rules.LEASE), "nobody forgets it while the server is away"
    settings.EMAIL_PORT = there
    assert attempt(mail, AT + DAY)
    first, second = postman.mail(0), postman.mail(1)
    assert first["Message-ID"] == second["Message-ID"], "a mail has one Message-ID, however often it is handed over"
    assert (first["Comments"], second["Comments"]) == (None, services.MAY_REPEAT), "and says that it may come again"


def test_a_line_that_broke_before_the_servers_answer_is_told_to_the_reader_of_the_copy(postman, monkeypatch):
    mail = promise()
    send = services.EmailMultiAlternatives.send

    def and_the_line_breaks(self: EmailMultiAlternatives) -> None:
        send(self)
        raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")

    with monkeypatch.context() as broken:
        broken.setattr(services.EmailMultiAlternatives, "send", and_the_line_breaks)
        assert not attempt(mail)
    assert attempt(promise()) and attempt(mail, AT + DAY)
    assert [postman.mail(n)["Comments"] for n in range(3)] == [None, None, services.MAY_REPEAT]


# The server is away


@pytest.fixture
def nobody_listens(settings) -> None:
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()


def test_while_no_server_is_there_nothing_is_given_up_and_one_try_is_made_for_all(nobody_listens):
    mails = [promise() for _n in range(5)]
    at = AT
    for _day in range(60):
        assert services.deliver_due(now=lambda: at) == 0  # noqa: B023
        at += DAY
    rows = OutgoingMail.objects.filter(pk__in=[mail.pk for mail in mails])
    assert {(row.dead_at, row.sent_at, row.attempts) for row in rows} == {(None, None, 0)}
    assert not queries.stuck()
    assert rows.filter(last_error__startswith="away: ConnectionRefusedError").exists()


def test_everything_that_waited_for_a_server_goes_with_the_first_that_gets_through(settings, nobody_listens):
    waited = [promise(subject=f"Notice {n}") for n in range(5)]
    for mail in waited:
        attempt(mail, AT + timedelta(hours=5))
    late = AT + timedelta(hours=5, seconds=1)
    assert not queries.due(now=late), "each has its pause"
    hands = Postman()
    server = Controller(hands, hostname="127.0.0.1", port=settings.EMAIL_PORT)
    server.start()
    try:
        assert attempt(promise(subject="New", at=late), late)
        assert services.deliver_due(now=lambda: late) == 5
    finally:
        server.stop()
    subjects = [hands.mail(n)["Subject"] for n in range(len(hands.kept))]
    assert sorted(subjects) == ["New", *(f"Notice {n}" for n in range(5))]


@pytest.mark.parametrize(
    ("says", "outcome"),
    [
        ("421 4.3.2 shutting down", "waits, and the server is to blame"),
        ("451 4.7.1 greylisted, try again", "waits"),
        ("452 4.2.2 mailbox full", "waits"),
        ("554 5.7.1 refused as spam", "for a person to decide"),
    ],
)
def test_what_a_server_says_decides_who_has_to_act(says, outcome, postman):
    postman.says = says
    mail = promise()
    assert not attempt(mail)
    waiting = "for a person to decide" if mail.dead_at else "waits, and the server is to blame"
    assert (waiting if mail.attempts == 0 or mail.dead_at else "waits") == outcome
    assert says.split()[0] in mail.last_error


def test_tries_again_come_later_and_later_and_end_at_the_desk_after_hours(postman):
    postman.says = "451 try again"
    mail, at, pauses = promise(), AT, []
    for _try in range(rules.MAX_ATTEMPTS):
        attempt(mail, at)
        pauses.append(mail.next_at - at)
        at = mail.next_at
    assert pauses[0] < pauses[4] < pauses[9] <= timedelta(minutes=15)
    assert at - AT > timedelta(hours=2)
    assert [one.pk for one in queries.stuck()] == [mail.pk]


def test_one_unknown_recipient_among_several_keeps_the_mail_from_nobody_else(postman):
    postman.refuses = {"gone@counsel.example": "550 5.1.1 no such mailbox"}
    assert attempt(promise(to=[], bcc=["ada@counsel.example", "gone@counsel.example"]))
    assert postman.kept[0].rcpt_tos == ["ada@counsel.example"]


def test_a_mail_whose_every_recipient_is_unknown_waits_for_a_person(postman):
    postman.refuses = {"ada@counsel.example": "550 5.1.1 no such mailbox"}
    mail = promise(reference="letter:1")
    attempt(mail)
    assert [one.pk for one in queries.stuck()] == [mail.pk]


def test_the_desk_sends_it_again_or_gives_it_up_each_with_an_audit_line(postman):
    postman.says = "554 refused"
    first, second = promise(), promise()
    attempt(first), attempt(second)
    postman.says = ""
    services.retry(mail_id=first.pk, by="user:1", at=AT)
    assert attempt(first)
    services.discard(mail_id=second.pk, reason="closed", by="user:1", at=AT)
    assert not attempt(second, AT + DAY) and not queries.stuck() and len(postman.kept) == 1
    for act in (services.retry, services.discard):
        with pytest.raises(services.NotStuck):
            act(mail_id=second.pk, by="user:1", at=AT, **({"reason": "x"} if act is services.discard else {}))
    assert list(AuditLine.objects.order_by("pk").values_list("act", "by")) == [
        ("mail.retried", "user:1"),
        ("mail.discarded", "user:1"),
    ]


def test_the_mail_of_a_demonstration_never_leaves_the_machine(settings):
    settings.EMAIL_HOST = "mx.counsel.example"
    mail = promise()
    assert not attempt(mail)
    assert "own machine only" in mail.last_error and mail.dead_at == AT

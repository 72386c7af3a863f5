"""The demonstration's accounts, and some usage of theirs. Every person is invented, every password public."""

from __future__ import annotations

from base64 import b32decode
from datetime import UTC, date, datetime, time, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from openecf.central import paper
from openecf.central.accounts import queries as account_queries
from openecf.central.accounts import services as accounts
from openecf.central.accounts.models import AccountType
from openecf.central.accounts.services import lettering
from openecf.central.billing import checks, disputes, exemptions
from openecf.central.billing import rules as billing_rules
from openecf.central.billing import services as billing
from openecf.central.courts import queries as courts
from openecf.central.factors.services import enrolling
from openecf.central.firms import services as firms
from openecf.central.registration import services as registration
from openecf.central.service_center import help_reviews
from openecf.central.service_center import queries as service_center_queries
from openecf.central.service_center import services as service_center
from openecf.central.service_center.queries import Staff
from openecf.central.service_center.services import announcing, tickets
from openecf.kernel.days import legal_day
from openecf.kernel.money import Money
from openecf.platform.bus.messages import UsageRecorded
from openecf.platform.demo_cast import ACCOUNTS, CastAccount
from openecf.platform.registering import demo as waiting

_PLACE = {
    "address1": "1 Lantern Street", "city": "Miami", "state": "FL", "county": "Miami-Dade", "zip": "33101",
    "country": "US", "phone": "305-555-0100",
}  # fmt: skip
_LOOKED_AT = (
    ("flsb", "Docket Report", "26-10001 Fil or Ent: filed", 4), ("flsb", "Image1-0", "26-10001 Document 1-0", 12),
    ("nysb", "Search", "LName: Brandywine", 1), ("flsd", "Docket Report", "1:26-cv-20001", 9),
    ("ca11", "Docket Report (full)", "26-10001", 2), ("flsb", "Claims Register", "26-10001", 6),
    ("flsd", "Image14-0", "1:26-cv-20001 Document 14-0", 17), ("nysb", "Docket Report", "26-10003 Fil or Ent: filed", 11),
    ("flsb", "History/Documents", "26-10001", 3), ("ca11", "PDF Document", "26-10001", 22),
    ("flsd", "Search", "LName: Okonjo", 2),
)  # fmt: skip
"""Court, description, search criteria, pages."""
_CODES = ("", "lantern", "pier-9", "lantern", "")
_ACCESSES = 30
_HEAVY_READER, _CAP = "pvandermeer", 30
"""Reads long papers, and in the newest quarter that has statements a search without a cap: that quarter alone is above the
waiver, and the demonstration has one bill, whatever the day."""
_ON_A_PANEL = "slarkspur-law"
"""Says so at the registration; the Service Center's desk has it to look into."""
_EXEMPT = (("rcastellan", "trustee", {"flsb", "nysb"}), ("tokafor-law", "cja", {"flsd", "flsb"}))


def load(*, at: datetime) -> None:
    """Bring in the cast's accounts and usage. Idempotent."""
    for number, person in enumerate(ACCOUNTS):
        accounts.bring_in(
            id=person.id,
            number=person.number,
            username=person.username,
            password=person.password,
            type=AccountType(person.type),
            email=person.email,
            first_name=person.first,
            last_name=person.last,
            created_at=person.created,
            upgraded_at=None if person.legacy else person.created,
            at=at,
            birth_date=None if person.type == "paa" else date(1961 + number, 5, 7 + number),
            shared=person.shared,
            cja_panel=person.username == _ON_A_PANEL,
            place=_PLACE | {"firm": person.firm},
        )
    for person in ACCOUNTS:
        if person.staff and not service_center_queries.staff(person.id):
            service_center.appoint(username=person.username, role=person.staff, by="demonstration", at=at)
        if person.authenticator:
            enrolling.bring_in_app(
                account=account_queries.account(person.id),
                name="Demonstration",
                secret=b32decode(person.authenticator),
                at=at,
            )
    for person in ACCOUNTS[1:4]:
        _read(person, at)
    _send_a_letter(at)
    _pay_for_an_associate(at)
    _ask_the_service_center(at)
    _wait_for_a_clerk(at)
    _exempt(at)
    _write_a_credit(at)
    _want_paper(at)
    billing.make_due(at=at)  # so that there is an invoice to pay from the first minute
    _bring_checks(at)


def _send_a_letter(at: datetime) -> None:
    """One account is so new that its letter waits to be printed at the desk."""
    newcomer = account_queries.account(next(one.id for one in ACCOUNTS if one.username == "wgreenaway"))
    if not account_queries.had_letters(newcomer.id):
        with transaction.atomic():
            lettering.await_letter(account=newcomer, by="demonstration", at=at)


def _pay_for_an_associate(at: datetime) -> None:
    """The firm pays for one of its people, who read a little this week: its list, its report and its gauge show it."""
    firm, associate = (
        next(one for one in ACCOUNTS if one.username == name) for name in ("quimby-billing", "shollis-law")
    )
    firms.bring_in(firm=firm.id, account=associate.id, cost_centre="Litigation", at=at - timedelta(days=5))
    for n in range(4):
        court, description, criteria, pages = _LOOKED_AT[n]
        billing.record_usage(
            usage=UsageRecorded(
                account=associate.id, court=court, at=at - timedelta(days=n, hours=2), client_code=("", "lantern")[n % 2],
                description=description, criteria=criteria, pages=pages, cents=10 * pages,
            ),
            sender=court,
            message_id=uuid5(NAMESPACE_URL, f"demonstration:{associate.number}:{n}"),
            at=at,
        )  # fmt: skip


def _ask_the_service_center(at: datetime) -> None:
    """Two questions wait for the agent, one of an account and one of a guest; a visit is announced on the status page."""
    searcher = account_queries.account(ACCOUNTS[3].id)
    if service_center_queries.tickets_of(searcher.id):
        return
    asked = tickets.ask(
        account=searcher, name="", email="", topic="billing", court="flsb", address="192.0.2.1", at=at,
        text="My statement has a search of 2 pages at the District Court that I do not remember. What was it?",
    )  # fmt: skip
    line = paper.printed(
        title="A line of a statement", foot="", demonstration="Demonstration: nobody was billed.",
        story=[*paper.heading("My notes"), paper.note("Search, 2 pages, $0.20: not mine, I think.")],
    )  # fmt: skip
    note = SimpleUploadedFile("my-notes.pdf", line)
    tickets.add(ticket=asked, text="Here are my notes.", by=str(searcher.id), at=at, files=[note])
    guest = tickets.ask(
        account=None, name="Casimir Oyelaran", email="casimir@elsewhere.example", topic="registration", court="",
        text="I work for two firms. Do I need two accounts?", address="192.0.2.2", at=at,
    )  # fmt: skip
    if guest is not None:
        tickets.prove(ticket=guest, at=at)
    agent = next(service_center_queries.staff(person.id) for person in ACCOUNTS if person.staff == "agent")
    _review_the_help(agent, at)
    begins = (at + timedelta(days=9)).replace(hour=2, minute=0, second=0, microsecond=0)
    announcing.announce(
        staff=agent, severity="info", begins_at=begins, ends_at=begins + timedelta(hours=3), at=at,
        words={
            "en": "Maintenance of Central Sign-On from 2 to 5 a.m. UTC. Filing goes on for who is signed in.",
            "es": "Mantenimiento del inicio de sesión central de 2 a 5 a. m. UTC. Quien ya inició sesión puede "
            "seguir presentando documentos.",
            "ht": "Antretyen Koneksyon santral la soti 2 è rive 5 è nan maten UTC. Moun ki konekte deja ka kontinye "
            "depoze.",
        },
    )  # fmt: skip


def _review_the_help(agent: Staff, at: datetime) -> None:
    """Somebody read the help; two texts are due again, and one was never read."""
    texts = sorted(help_reviews.digests().items())
    for n, (key, digest) in enumerate(texts[1:]):
        service_center.review_help(staff=agent, key=key, digest=digest, at=at - timedelta(days=200 if n < 2 else 20))


def _wait_for_a_clerk(at: datetime) -> None:
    """One invented attorney has asked a court, if that court is here."""
    if not any(site.id == waiting.COURT for site in courts.courts()):
        return
    applicant = next(one for one in ACCOUNTS if one.username == waiting.APPLICANT)
    registration.bring_in(
        account=account_queries.account(applicant.id),
        request_id=waiting.WAITING,
        court=waiting.COURT,
        kind="attorney",
        answers=waiting.ANSWERS,
        profile=waiting.rules_of(waiting.COURT),
        at=at,
    )


def _exempt(at: datetime) -> None:
    """A trustee in his cases, and an attorney who was appointed under the Criminal Justice Act, at the courts there are."""
    here = {one.id for one in courts.courts()}
    first, second = (next(person.id for person in ACCOUNTS if person.staff == role) for role in ("agent", "supervisor"))
    for username, purpose, at_courts in _EXEMPT:
        who = next(person.id for person in ACCOUNTS if person.username == username)
        wanted = sorted(here & at_courts)
        if wanted and not exemptions.exemptions(account=who):
            with transaction.atomic():
                asked = billing.ask_exemption(
                    account=who, courts=wanted, purpose=purpose, case="", since=at.date() - timedelta(days=90), until=None,
                    order="Invented order of the demonstration", by=first, at=at,
                )  # fmt: skip
                billing.agree_to_exemption(request=asked.pk, by=second, at=at)
    _ask_for_an_exemption(sorted(here), first, at)


def _ask_for_an_exemption(here: list[str], agent: UUID, at: datetime) -> None:
    """An agent would exempt a researcher: the supervisor can agree to it, under Money."""
    reader = account_queries.account(ACCOUNTS[3].id)
    if here and not exemptions.asked_of(account=reader.id):
        billing.ask_exemption(
            account=reader.id, courts=here[:1], purpose="researcher", case="", since=at.date(),
            until=at.date() + timedelta(days=365), order="Invented order on a study of filings", by=agent, at=at,
        )  # fmt: skip


def _write_a_credit(at: datetime) -> None:
    """An agent of the desk would give a reader more than one person may: the supervisor can agree to it."""
    agent = next(person.id for person in ACCOUNTS if person.staff == "agent")
    reader = next(person.id for person in ACCOUNTS if person.username == _HEAVY_READER)
    if not disputes.desk_credits_of(payer=reader):
        billing.give_credit_by_hand(
            payer=reader, amount=Money.of("64.00"), reason="The court's searches ended in an error that day.", by=agent, at=at
        )  # fmt: skip


def _want_paper(at: datetime) -> None:
    """A reader wants the bills by post, too: the first waits at the desk to be printed."""
    reader = next(person.id for person in ACCOUNTS if person.username == _HEAVY_READER)
    billing.set_billing_mail(payer=reader, extra=[], only_invoices=True, by_post=True, at=at)


def _bring_checks(at: datetime) -> None:
    """Two checks came by mail: one for a reader's invoice, and one of which nobody knows whose it is."""
    agent = next(person.id for person in ACCOUNTS if person.staff == "agent")
    reader = next(person.id for person in ACCOUNTS if person.username == _HEAVY_READER)
    day = at.date() - timedelta(days=1)
    for number, amount, drawer, payer in (
        ("4471", "120.00", "P. van der Meer", reader), ("208", "23.40", "Thistlewood and Sons", None),
    ):  # fmt: skip
        if not checks.of_number(number):
            billing.enter_check(
                number=number, amount=Money.of(amount), dated=day - timedelta(days=4), drawer=drawer, received_on=day,
                payer=payer, sheet=uuid5(NAMESPACE_URL, f"demonstration:check:{number}"), by=agent, at=at,
            )  # fmt: skip


def _read(person: CastAccount, at: datetime) -> None:
    for n, usage in enumerate(accesses_of(person, at)):
        message_id = uuid5(NAMESPACE_URL, f"demonstration:{person.number}:{n}")
        billing.record_usage(usage=usage, sender=usage.court, message_id=message_id, at=at)


def accesses_of(person: CastAccount, at: datetime) -> list[UsageRecorded]:
    """A year of looking at the record, more often of late; the heavy reader's long search is the last one told."""
    found = []
    for n in range(_ACCESSES):
        court, description, criteria, pages = _LOOKED_AT[(n * 7 + int(person.number)) % len(_LOOKED_AT)]
        pages = _CAP if person.username == _HEAVY_READER else pages
        then = at - timedelta(days=n * n / 4, hours=n % 7)
        found.append(_access(person, then, _CODES[n % len(_CODES)], court, description, criteria, pages))
    if person.username == _HEAVY_READER:
        since, _until = billing_rules.billed_last(legal_day(at, billing_rules.ZONE))
        then = datetime.combine(since + timedelta(days=40), time(17), UTC)
        found.append(_access(person, then, "", "nysb", "Search", "LName: Brandywine", 5 * _CAP))
    return found


def _access(
    person: CastAccount, then: datetime, code: str, court: str, description: str, criteria: str, pages: int
) -> UsageRecorded:
    return UsageRecorded(
        account=person.id, court=court, at=then, client_code=code, description=description, criteria=criteria,
        pages=pages, cents=10 * pages,
    )  # fmt: skip

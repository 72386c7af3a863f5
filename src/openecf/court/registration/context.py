"""What the desk shows: finished rows, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from openecf.court.people import queries as people
from openecf.court.people.rules import NOBODY
from openecf.court.registration import queries, rules
from openecf.court.registration.models import FilingRequest, RequestAct, Status
from openecf.court.registration.queries import Candidate
from openecf.court.transition import queries as transition
from openecf.kernel import courts
from openecf.kernel.money import Money
from openecf.platform.pdf.rules import REASONS
from openecf.platform.registering.answers import Answered, readable, unanswered
from openecf.platform.registering.application import Application, Bar
from openecf.platform.registering.frequency import how_often
from openecf.platform.registering.profile import in_language
from openecf.platform.registering.roles import ROLES


def registering(request: HttpRequest) -> dict[str, object]:
    """Template context: ``fee_due_here``, asked only by pages that show it: the reader's approved request, unpaid."""
    reader = getattr(request, "reader", NOBODY)

    def fee_due_here() -> FilingRequest | None:
        return queries.fee_due_of(reader.account) if reader.account and not reader.linked else None

    return {"fee_due_here": fee_due_here}


@dataclass(frozen=True)
class Row:
    """One request in the list and at the head of its page."""

    request: FilingRequest
    role: str
    status: str
    fee: str
    fee_is_due: bool
    group: str


def row_of(request: FilingRequest) -> Row:
    """A request with its words."""
    return Row(
        request=request,
        role=str(ROLES.get(request.role, request.role)),
        status=str(Status(request.status).label),
        fee=str(Money(request.fee_cents)) if request.fee_cents else "",
        fee_is_due=request.fee_is_due,
        group=people.group_names().get(request.user.group, "") if request.user else "",
    )


@dataclass(frozen=True)
class Part:
    """Facts under a heading; under that of the court's form the answers, and what is missing of them."""

    title: str
    facts: Sequence[tuple[str, str]] = ()
    answers: Sequence[Answered] = ()
    warning: str = ""


def parts_of(request: FilingRequest, one: Application) -> list[Part]:
    """Everything that the applicant said, and under the form what is missing of it."""
    name = " ".join(part for part in (one.prefix, one.first_name, one.middle_name, one.last_name) if part)
    name += f", {one.generation}" if one.generation else ""
    who = [
        (_("Name"), name),
        (_("Other names"), one.other_names),
        (_("Firm or organization"), one.firm),
        (_("Address"), "\n".join(one.address_lines)),
        (_("Telephone"), one.phone),
        (_("Fax"), one.fax),
        (_("Case number"), one.case_number),
        (_("Files here already"), _("Yes, but cannot link the login") if one.files_here_already else _("No")),
    ]
    form = _("Plain text") if one.wants_text else _("With links, as a page (HTML)")
    notices = [
        (_("E-mail address for notices"), one.email if one.email_proved else _unproved(one.email)),
        (_("More addresses"), ", ".join(one.extra_emails)),
        (_("Form of notices"), form),
        (_("How often"), how_often(summary=one.summary, tells_silence=one.tells_silence)),
    ]
    account = [
        (_("Account number"), request.account_number),
        (_("Username"), request.username),
        (_("Language"), {"es": "Español", "ht": "Kreyòl ayisyen"}.get(request.language, "English")),
    ]
    found = [
        Part(_("Applicant"), _filled(who)),
        Part(_("PACER account"), account),
        Part(_("Notices"), _filled(notices)),
    ]
    if one.bars:
        found.append(Part(_("Bar admissions"), [(_bar_name(bar), _bar_words(bar)) for bar in one.bars]))
    if acknowledged := _acknowledged(one):
        found.append(Part(_("Acknowledged"), [("", text) for text in acknowledged]))
    return [*found, *_form_part(one)]


@dataclass(frozen=True)
class Fact:
    """A fact of the applicant beside that of an account: whether they are the same, None where one says nothing."""

    label: str
    applicant: str
    account: str
    same: bool | None


@dataclass(frozen=True)
class Compared:
    """An account of the court beside the applicant."""

    login: str
    active: bool
    is_free: bool
    in_common: str
    facts: Sequence[Fact]
    suspended: datetime | None = None


def side_by_side(one: Application, candidates: Sequence[Candidate]) -> list[Compared]:
    """Each account that may be the applicant's, fact for fact beside what the applicant says."""
    name = _name_words(one.first_name, one.last_name)
    name += f" ({one.other_names})" if one.other_names else ""
    address = one.email if one.email_proved else _unproved(one.email)
    bars = ", ".join(f"{bar.where} {bar.number}" for bar in one.bars)
    found = []
    for each in candidates:
        user, reasons = each.user, set(each.reasons)
        facts = [
            Fact(_("Name"), name, _name_words(user.first_name, user.last_name), "name" in reasons),
            Fact(_("E-mail address"), address, user.email, _same("email" in reasons, one.email, user.email)),
            Fact(_("Bar number"), bars, user.bar_id, _same("bar" in reasons, bars, user.bar_id)),
            Fact(_("Firm or office"), one.firm, user.firm, _same(one.firm == user.firm, one.firm, user.firm)),
        ]
        words = ", ".join(str(rules.REASONS[reason]) for reason in each.reasons)
        found.append(
            Compared(user.login, user.active, each.is_free, words, facts, None if user.active else user.suspended_at)
        )
    return found


def _name_words(first: str, last: str) -> str:
    return f"{first} {last}".strip()


def _same(same: bool, theirs: str, ours: str) -> bool | None:
    return same if theirs and ours else None


def _unproved(address: str) -> str:
    return _("{address} (typed, not proved: it is not the address of the PACER account)").format(address=address)


def _form_part(one: Application) -> list[Part]:
    asked = transition.registration(transition.profile()).form_for(one.role, is_new=not one.files_here_already)
    form = one.form or asked
    if form is None:
        return []
    title = f"{form.code}: {in_language(form.title, get_language() or 'en')}"
    warning = ""
    if asked is not None and (missing := unanswered(asked, one.answers)):
        warning = _("Not complete: {n} questions are not answered.").format(n=len(missing))
    return [Part(title, answers=readable(one.form, one.answers), warning=warning)]


def _filled(facts: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(label, value) for label, value in facts if value]


def _bar_name(bar: Bar) -> str:
    if bar.kind == "state":
        return _("State bar: {state}").format(state=bar.where)
    try:
        return courts.court(bar.where).full_name
    except courts.NoSuchCourt:
        return bar.where


def _bar_words(bar: Bar) -> str:
    return f"{bar.number}, {bar.admitted:%m/%d/%Y}" if bar.admitted else bar.number


def _acknowledged(one: Application) -> list[str]:
    policies = {p.name: p for p in transition.registration(transition.profile()).policies}
    language = get_language() or "en"
    return [in_language(policies[n].text, language) if n in policies else n for n in one.acknowledged]


@dataclass(frozen=True)
class Paper:
    """A PDF of the request: whether it is here, and what is wrong with it."""

    label: str
    filename: str
    pages: int
    sha256: str
    is_here: bool
    wrong: str


def papers_of(request: FilingRequest, one: Application) -> list[Paper]:
    """The papers, those that have not arrived among them."""
    here = queries.papers(one)
    found = []
    for paper in one.papers:
        row = here.get(paper.sha256)
        wrong = str(REASONS.get(row.wrong, row.wrong)) if row and row.wrong else ""
        found.append(Paper(paper.label, paper.filename, paper.pages, paper.sha256, row is not None, wrong))
    return found


@dataclass(frozen=True)
class Act:
    """One line of the history."""

    at: datetime
    what: str
    by: str
    said: str


def act_words(act: RequestAct, name: str) -> Act:
    """A line of the history in words; ``name`` is the clerk's, empty for the applicant."""
    words = {
        "sent": _("Sent by the applicant"),
        "withdrawn": _("Taken back by the applicant"),
        "more": _("Asked for more"),
        "approved": _("Approved"),
        "rejected": _("Rejected"),
        "fee-paid": _("Fee paid"),
        "fee-refused": _("Payment of the fee turned down by the bank"),
        "fee-due": _("Approved, fee due"),
        "fee-waived": _("Fee waived"),
        "let-in": _("Access given, as approved before"),
        "not-let-in": _("Access could not be given as approved: decide again"),
        "paid-twice": _("Paid once more, on line: refund it"),
        "paid-late": _("Paid on line when nothing was due any more: refund it"),
        "fee-refunded": _("Money given back"),
    }
    return Act(act.at, words.get(act.what, act.what), name, act.said)


@dataclass(frozen=True)
class Held:
    """What was chosen for a request that waits for its fee: the account (empty: a new one) and the group, in words."""

    account: str
    group: str


def held_of(request: FilingRequest) -> Held | None:
    """The clerk's choice, while it waits."""
    held = queries.held_of(request) if request.status == Status.FEE_DUE else None
    if held is None:
        return None
    return Held(held.user.login if held.user else "", people.group_names().get(held.group, held.group))


def questions_of(request: FilingRequest, names: Sequence[str]) -> list[str]:
    """The labels of questions of the court's form."""
    profile = transition.registration(transition.profile())
    language = get_language() or "en"
    form = profile.form
    return [in_language(q.label, language) for q in form.questions if q.name in names] if form else []

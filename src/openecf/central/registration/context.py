"""What the pages of this room show of a request: finished rows, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext

from openecf.central.accounts import queries as accounts
from openecf.central.accounts.context import MAINTENANCE, manage_frame
from openecf.central.registration import queries, rules
from openecf.central.registration.models import EfileRequest, FilerContact, RequestNews, Status
from openecf.kernel import courts as national
from openecf.kernel.money import Money
from openecf.platform.registering.answers import Answered, readable
from openecf.platform.registering.frequency import FILING, SUMMARY, how_often
from openecf.platform.registering.profile import RegistrationProfile, in_language
from openecf.platform.registering.roles import ROLES, Kind


def titles(kind: Kind) -> str:
    """The page's name, as courts' instructions print it."""
    if kind == "attorney":
        return gettext("Attorney Admissions / E-File Registration")
    return gettext("Non-Attorney E-File Registration")


def welcome(request: HttpRequest) -> rules.Standing:
    """Whether the account that signed on may register."""
    account = request.account
    return rules.standing(
        upgraded=account.is_upgraded, is_administrative=account.is_administrative, shared=account.is_shared
    )


def page(request: HttpRequest, **facts: object) -> dict[str, object]:
    """Template context of each page of the room."""
    return {"standing": welcome(request), **facts, **manage_frame(request, MAINTENANCE)}


@dataclass(frozen=True)
class Line:
    """One line of the history."""

    at: datetime
    what: str
    said: str
    by_court: bool


@dataclass(frozen=True)
class Row:
    """One request in a list and on its page."""

    request: EfileRequest
    court: national.Court
    role: str
    status: str
    advice: str
    fee: str
    fee_words: str
    fee_is_due: bool
    may_edit: bool
    may_withdraw: bool


def row_of(request: EfileRequest) -> Row:
    """A request with its words."""
    return Row(
        request=request,
        court=national.court(request.court),
        role=str(ROLES.get(request.role, gettext("not chosen yet"))),
        status=str(Status(request.status).label),
        advice=_advice(request),
        fee=str(Money(request.fee_cents)) if request.fee_cents else "",
        fee_words=_fee_words(request),
        fee_is_due=_fee_is_due(request),
        may_edit=request.status in rules.EDITABLE,
        may_withdraw=request.status in rules.OPEN,
    )


def _fee_is_due(request: EfileRequest) -> bool:
    open_ = request.status in (Status.APPROVED, Status.FEE_DUE)
    return bool(request.fee_cents) and open_ and not (request.fee_paid or request.fee_waived)


def _fee_words(request: EfileRequest) -> str:
    if request.fee_paid:
        return gettext("paid")
    if request.fee_waived:
        return gettext("waived")
    return gettext("due") if _fee_is_due(request) else gettext("not due")


def _advice(request: EfileRequest) -> str:
    if request.status == Status.APPROVED and request.role == "filing-agent":
        return gettext(
            "You have an account there as a filing agent. The attorney or trustee for whom you file lets you act, at the "
            "court under Utilities, “Filing agents”: tell them your account number."
        )
    return {
        "draft": gettext("You have not sent it yet. What you typed is kept."),
        "submitted": gettext("It is on its way to the court. Usually it arrives within seconds."),
        "received": gettext("The clerk's office looks at it. Nothing is asked of you now."),
        "more": gettext("The court asks for something. Read what it says, change your request, and send it again."),
        "fee-due": gettext("The court approved your request. You can file there as soon as the fee is paid."),
        "approved": gettext("You can file at this court: log in there with this account."),
        "rejected": gettext("The reason stands in the history below. You may ask again."),
        "withdrawn": gettext("You took it back. You may ask again."),
    }[request.status]


def history_of(request: EfileRequest) -> list[Line]:
    """What happened, oldest first."""
    return [Line(news.at, _what(news), news.said, news.step > 0) for news in request.news.all()]


def _what(news: RequestNews) -> str:
    of_the_fee = {
        "fee-paid": gettext("Fee paid"),
        "fee-waived": gettext("Fee waived"),
        "fee-refunded": gettext("Money given back"),
    }
    if news.what in of_the_fee:
        return of_the_fee[news.what]
    if news.what == Status.SUBMITTED and news.version > 1:
        return gettext("Sent again, with changes")
    return str(Status(news.what).label)


@dataclass(frozen=True)
class Shown:
    """One step in the indicator. ``state`` is complete, current or empty."""

    label: str
    state: str
    url: str


def indicator(request: EfileRequest, steps: Sequence[rules.StepName], current: str) -> list[Shown]:
    """Every step with its state; those that are answered can be gone to."""
    papers = queries.papers_of(request)
    found = []
    for step in steps:
        done = bool(papers) if step == "papers" else step in request.answers
        state = "current" if step == current else "complete" if done else ""
        url = reverse("efile-step", args=[request.id, step]) if done and step != current else ""
        found.append(Shown(str(rules.STEP_NAMES[step]), state, url))
    state = "current" if current == "summary" else ""
    return [*found, Shown(gettext("Summary"), state, "")]


@dataclass(frozen=True)
class Part:
    """What was answered in one step, for the summary."""

    title: str
    step: str
    facts: Sequence[tuple[str, str]] = ()
    answers: Sequence[Answered] = ()


def contact_chosen(kept: FilerContact | None, email: str) -> dict[str, object]:
    """What the forms about notices begin with: what was told to courts last, else the account's address."""
    if kept is None:
        return {"email": email, "form": "html", "often": FILING, "silence": False}
    return {
        "email": kept.email,
        "form": "text" if kept.wants_text else "html",
        "often": SUMMARY if kept.summary else FILING,
        "silence": kept.tells_silence,
    }


def summary_of(request: EfileRequest, profile: RegistrationProfile) -> list[Part]:
    """Everything that the request says, step by step."""
    return [_part(request, profile, step) for step in queries.steps_of(request, profile)]


def _part(request: EfileRequest, profile: RegistrationProfile, step: rules.StepName) -> Part:
    title, said = str(rules.STEP_NAMES[step]), request.answers.get(step, {})
    match step:
        case "role":
            already = gettext("No") if queries.is_new_there(request) else gettext("Yes")
            facts = [
                (gettext("Registers as"), str(ROLES[request.role])),
                (gettext("Files at this court already"), already),
                (gettext("Case number"), said.get("case_number", "")),
            ]
        case "filer":
            facts = [
                (gettext("Name"), request.account.name.direct),
                (gettext("Other names"), said.get("other_names", "")),
                (gettext("Firm or organization"), said.get("firm", "")),
                (gettext("Address"), said.get("address", "")),
                (gettext("Telephone"), said.get("phone", "")),
                (gettext("Fax"), said.get("fax", "")),
            ]
        case "bars":
            facts = [(_bar_name(bar), bar["number"]) for bar in said.get("bars", [])]
            facts = facts or [(gettext("Bar admissions"), gettext("none"))]
        case "notices":
            form = gettext("Plain text") if said.get("form") == "text" else gettext("With links, as a page (HTML)")
            often = said.get("often")
            facts = [
                (gettext("E-mail address for notices"), said.get("email", "")),
                (gettext("More addresses"), ", ".join(said.get("extra_emails", []))),
                (gettext("How often"), how_often(summary=often == SUMMARY, tells_silence=bool(said.get("silence")))),
                (gettext("Form of notices"), form),
            ]
        case "papers":
            kept, language = queries.papers_of(request), get_language() or "en"
            facts = [
                (in_language(paper.label, language), kept.get(paper.name, gettext("not uploaded")))
                for paper in profile.papers_for(request.role)
            ]
        case "terms":
            facts = [(gettext("Acknowledged"), _policies(profile, request.role))]
        case "form":
            form = profile.form_for(request.role, is_new=queries.is_new_there(request))
            code = form.code if form else ""
            return Part(f"{title} ({code})", step, answers=readable(form, said))
    return Part(title, step, [(label, value) for label, value in facts if value])


def _bar_name(bar: dict[str, str]) -> str:
    if bar["kind"] == "federal":
        return national.court(bar["where"]).full_name
    return accounts.states().get(bar["where"], bar["where"])


def _policies(profile: RegistrationProfile, role: str) -> str:
    language = get_language() or "en"
    return "\n".join(in_language(policy.text, language) for policy in profile.policies_for(role))


@dataclass(frozen=True)
class Asked:
    """What a court accepts, wants and charges, before anything is typed."""

    note: str
    roles: Sequence[tuple[str, str, str]]
    papers: Iterable[tuple[str, bool, str]]
    """Label, whether it is required, and the roles that it is asked of, unless it is asked of all."""
    links: Iterable[tuple[str, str]]
    policies: Iterable[tuple[str, str]]
    bars: str
    form: str
    form_title: str
    form_only_new: bool
    fee_first: bool
    days: int


def _asked_of(some: Sequence[str], accepted: Sequence[str]) -> str:
    """The names of the accepted roles that something is asked of; empty when it is asked of each."""
    asked = [role for role in accepted if role in some]
    return "" if not some or asked == list(accepted) else ", ".join(str(ROLES[role]) for role in asked)


def asked_by(profile: RegistrationProfile, kind: Kind) -> Asked:
    """The court's requirements for that kind of registration, in the reader's language."""
    language = get_language() or "en"
    roles = rules.accepted(profile, kind)
    form = profile.form if profile.form and (not profile.form.roles or set(profile.form.roles) & set(roles)) else None
    fees = {role: profile.accepts[role].fee_cents for role in roles}
    return Asked(
        note=in_language(profile.note, language),
        roles=[
            (
                str(ROLES[role]),
                in_language(profile.accepts[role].note, language),
                str(Money(fees[role])) if fees[role] else "",
            )
            for role in roles
        ],
        papers=[
            (in_language(paper.label, language), paper.required, _asked_of(paper.roles, roles))
            for paper in profile.papers
            if not paper.roles or set(paper.roles) & set(roles)
        ],
        links=[(in_language(link.label, language), link.url) for link in profile.links],
        policies=[
            (in_language(policy.text, language), policy.url)
            for policy in profile.policies
            if not policy.roles or set(policy.roles) & set(roles)
        ],
        bars=profile.bars if kind == "attorney" else "none",
        form=form.code if form else "",
        form_title=in_language(form.title, language) if form else "",
        form_only_new=bool(form) and form.asked_of == "new",
        fee_first=profile.fee_before_access and any(fees.values()),
        days=profile.days,
    )

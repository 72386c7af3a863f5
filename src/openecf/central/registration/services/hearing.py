"""What a court did with a request: the history grows, the status moves, the applicant is told by mail."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from openecf.central.courts import queries as courts
from openecf.central.registration import rules
from openecf.central.registration.models import EfileRequest, RequestNews
from openecf.kernel import courts as national
from openecf.kernel.money import Money
from openecf.platform.audit import services as audit
from openecf.platform.bus.handlers import CannotApply
from openecf.platform.bus.messages import RegistrationAnswered
from openecf.platform.config import this_site
from openecf.platform.mail import services as mail


def hear(*, message: RegistrationAnswered, sender: str, at: datetime) -> None:
    """Apply an answer of a court, each step once and in whatever order they come. Inside the bus's transaction."""
    with transaction.atomic():
        request = EfileRequest.objects.select_for_update().select_related("account").filter(id=message.request).first()
        if request is None or request.court != sender or message.court != sender:
            raise CannotApply(f"{sender} answers a request that is not one to it.")
        if request.news.filter(step=message.step).exists():
            return
        RequestNews.objects.create(
            request=request,
            version=message.version,
            step=message.step,
            at=message.at,
            what=message.status,
            said=message.said,
        )
        request.fee_paid = request.fee_paid or message.fee_paid or message.status == "fee-paid"
        request.fee_waived = request.fee_waived or message.fee_waived
        if message.status not in rules.OF_THE_FEE:
            _move(request, message)
        request.changed_at = at
        request.save()
        audit.record(
            act="registration.answered", by=sender, at=at, subject=f"request:{request.id}", status=message.status
        )
        _mail(request, message, at)


def _move(request: EfileRequest, message: RegistrationAnswered) -> None:
    place = rules.Place(request.version, request.step, request.status)
    place = rules.after(place, version=message.version, step=message.step, status=message.status)
    request.step, request.status = place.step, place.status
    if message.status in ("approved", "fee-due"):
        request.fee_cents = message.fee_cents
        request.fee_page = _own_page(message)
    if message.status == "approved":
        request.login, request.group = message.login, message.group


def _own_page(message: RegistrationAnswered) -> str:
    """Where the fee is paid; only an address of the court's own site is shown to anybody."""
    site = next((one for one in courts.courts() if one.id == message.court), None)
    return message.fee_page if site and message.fee_page.startswith(f"{site.base_url}/") else ""


def _mail(request: EfileRequest, message: RegistrationAnswered, at: datetime) -> None:
    """The applicant's mail, in the language in which the request was sent; none for the mere receipt."""
    if message.status == "received":
        return
    with translation.override(request.language):
        name = national.court(request.court).full_name
        subject, text = _letter(request, message, name)
        text += "\n\n" + gettext("Your request and its history: {url}").format(
            url=f"{this_site().config.base_url}/pscof/manage/efile/{request.id}"
        )
        site = next((one for one in courts.courts() if one.id == request.court), None)
        if site and (site.help_phone or site.help_email):
            help_ = ", ".join(part for part in (site.help_phone, site.help_email) if part)
            text += "\n" + gettext("Questions? Ask the court: {help}").format(help=help_)
    mail.send(
        to=[request.account.email], subject=subject, text=text + "\n", at=at, reference=f"registration:{request.id}"
    )


def _letter(request: EfileRequest, message: RegistrationAnswered, court: str) -> tuple[str, str]:
    said = message.said.strip()
    match message.status:
        case "more":
            return (
                gettext("Your registration at the {court}: the court asks for more").format(court=court),
                gettext("The court looked at your request and needs something more:\n\n{said}\n\n"
                        "Open your request, change what is asked, and send it again.").format(said=said),
            )  # fmt: skip
        case "fee-due":
            text = gettext("The {court} approved your request. You can file there as soon as its fee is paid.").format(
                court=court
            )
            text += "\n\n" + _fee_words(request, Money(message.fee_cents))
            subject = gettext("Your registration at the {court}: approved, the fee is due").format(court=court)
            return subject, f"{text}\n\n{said}".rstrip()
        case "approved":
            text = _approved(message.group).format(court=court)
            if message.fee_cents and not (request.fee_paid or request.fee_waived):
                text += "\n\n" + _fee_words(request, Money(message.fee_cents))
            return gettext("You may file at the {court}").format(court=court), f"{text}\n\n{said}".rstrip()
        case "rejected":
            text = gettext("The {court} did not approve your request, for this reason:\n\n{said}").format(
                court=court, said=said
            )
            return gettext("Your registration at the {court} was not approved").format(court=court), text
        case "fee-waived":
            subject = gettext("Your registration at the {court}: the fee is waived").format(court=court)
            text = gettext("The court does without the fee of your registration, for this reason:")
            return subject, f"{text}\n\n{said}".rstrip()
        case "fee-refunded":
            subject = gettext("Your registration at the {court}: money is given back").format(court=court)
            text = gettext("The court gave back money that you paid for your registration:")
            return subject, f"{text}\n\n{said}".rstrip()
    subject = gettext("Your registration at the {court}: the fee is paid").format(court=court)
    text = gettext("The court recorded that the fee of your registration is paid.")
    return subject, f"{text}\n\n{said}".rstrip()


def _approved(group: str) -> str:
    """What somebody approved into a group of the court can do now, with a place for the court's name."""
    if group == "filing-agent":
        return gettext(
            "The {court} approved your request: you have an account there as a filing agent. One step is left, and it is "
            "not yours: the attorney or trustee for whom you file lets you act, at the court under Utilities, “Filing "
            "agents”. Tell them your PACER account number. Then log in at the court with your PACER account."
        )
    if group == "pro-se":
        return gettext(
            "The {court} approved your request: you can file there without an attorney, in the case or cases that the "
            "court adds to your account, and in no other. Log in at the court with your PACER account; under “File a "
            "document” your cases are listed. There is nothing to link."
        )
    if group == "pro-hac-vice":
        return gettext(
            "The {court} approved your request: you can file there as an attorney admitted pro hac vice, in the case or cases "
            "that the court adds to your account, and in no other. Log in at the court with your PACER account; under “File a "
            "document” your cases are listed. There is nothing to link."
        )
    return gettext(
        "The {court} approved your request. You can file there now: log in at the court with your PACER "
        "account. There is nothing to link."
    )


def _fee_words(request: EfileRequest, amount: Money) -> str:
    if not request.fee_page:
        return gettext("A fee of ${amount} is due. The court tells you how to pay it.").format(amount=amount)
    return gettext("A fee of ${amount} is due. You pay it on the court's page:\n\n{link}").format(
        amount=amount, link=request.fee_page
    )

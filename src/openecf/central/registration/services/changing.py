"""A new name or address, or the end of filing, sent to courts where the person files; and what courts made of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext, gettext_lazy

from openecf.central.accounts import services as accounts
from openecf.central.accounts.services import securing
from openecf.central.registration import changes, rules
from openecf.central.registration.models import ChangeRequest, ChangeStatus
from openecf.kernel import courts as national
from openecf.kernel.refusal import Refusal
from openecf.platform.audit import services as audit
from openecf.platform.bus import services as bus
from openecf.platform.bus.handlers import CannotApply
from openecf.platform.bus.messages import ChangeAnswered, ChangeRequested
from openecf.platform.config import this_site
from openecf.platform.mail import services as mail
from openecf.platform.registering.particulars import SAID, ChangeKind
from openecf.platform.throttle import services as throttle

if TYPE_CHECKING:
    from openecf.central.accounts.models import Account

_HOUR = timedelta(hours=1)
_SENT_PER_HOUR = 20


class CannotAskChange(Refusal):
    """No court was asked."""

    code = "cannot-ask-change"


class NotFiledThere(CannotAskChange):
    """The person does not file at one of the courts (any more), or filing there is suspended."""

    said = gettext_lazy("You do not file at one of these courts now. Nothing was saved or sent; choose again.")
    code = "not-filed-there"


class TooManyChanges(CannotAskChange):
    """One account sends change after change; each takes a clerk's time."""

    said = gettext_lazy("You sent changes to courts many times within an hour. Try again in an hour.")
    code = "too-many-changes"


def change_name(*, account: Account, answers: Mapping[str, str], courts: Collection[str], at: datetime) -> None:
    """A new name, here at once and at ``courts`` (ids) once each accepts. NotUpgraded, CannotAskChange."""
    _slow(account, courts, at)
    with transaction.atomic():
        accounts.hold(account=account.id)
        securing.update_person(account=account, answers=answers, at=at)
        names = ("prefix", "first_name", "middle_name", "last_name", "generation")
        said = {name: answers[name] for name in names} | {"cases": answers.get("cases") or "open"}
        _ask(account, "name", said, courts, at)


def change_address(*, account: Account, answers: Mapping[str, str], courts: Collection[str], at: datetime) -> None:
    """As ``change_name``, of the postal address and the telephone numbers."""
    _slow(account, courts, at)
    with transaction.atomic():
        accounts.hold(account=account.id)
        accounts.update_address(account=account, answers=answers, at=at)
        _ask(account, "address", changes.address_said(answers), courts, at)


def ask_to_end(*, account: Account, password: str, reason: str, courts: Collection[str], at: datetime) -> None:
    """The person wants to file at ``courts`` no more; each decides. WrongPassword, NotUpgraded, CannotAskChange."""
    accounts.require_owner(account=account, password=password, at=at)
    _slow(account, courts, at)
    with transaction.atomic():
        accounts.hold_proved(account=account)
        _ask(account, "deactivation", {"reason": reason.strip()}, courts, at)


def _slow(account: Account, courts: Collection[str], at: datetime) -> None:
    if courts and throttle.count(key=f"changes:{account.id}", window=_HOUR, now=at) > _SENT_PER_HOUR:
        raise TooManyChanges


def _ask(account: Account, kind: ChangeKind, said: Mapping[str, object], courts: Collection[str], at: datetime) -> None:
    """One request to each court. What waits there already with the same words is not sent twice; another is replaced."""
    if not courts:
        return
    if set(courts) - {row.court.id for row in changes.changeable_courts(account)}:
        raise NotFiledThere
    message = SAID[kind].model_validate(said)
    kept, sent = message.model_dump(mode="json"), []
    for court in sorted(set(courts)):
        waiting = ChangeRequest.objects.filter(account=account, court=court, kind=kind, status__in=rules.CHANGE_WAITS)
        if waiting.filter(said=kept).exists():
            continue
        waiting.update(status=ChangeStatus.REPLACED, changed_at=at)
        row = ChangeRequest.objects.create(
            account=account, court=court, kind=kind, said=kept, sent_at=at, changed_at=at
        )
        told = ChangeRequested(
            request=row.id, at=at, account=account.id, number=account.number, kind=kind, said=message
        )
        bus.put(to=court, message=told, at=at)
        sent.append(court)
    if sent:
        audit.record(act="registration.change-asked", by=str(account.id), at=at, subject=str(account.id), kind=kind,
                     courts=sent)  # fmt: skip


def hear_change(*, message: ChangeAnswered, sender: str, at: datetime) -> None:
    """Apply what a court did with a change, once and in whatever order answers come. Inside the bus's transaction."""
    with transaction.atomic():
        found = ChangeRequest.objects.select_for_update(of=("self",)).select_related("account")
        row = found.filter(id=message.request).first()
        if row is None or row.court != sender or message.court != sender:
            raise CannotApply(f"{sender} answers a change that is not one to it.")
        status = rules.change_after(row.status, message.status)
        if status == row.status:
            return
        row.status, row.words, row.why, row.changed_at = status, message.said, message.why, at
        row.save(update_fields=["status", "words", "why", "changed_at"])
        if status == ChangeStatus.RECEIVED:
            return
        audit.record(act="registration.change-answered", by=sender, at=at, subject=str(row.account_id),
                     request=f"change:{row.id}", status=status)  # fmt: skip
        # Of an end of filing the court itself writes to the person, with its telephone, as of every suspension.
        if row.kind != "deactivation" or status != ChangeStatus.ACCEPTED:
            _mail(row, at)


def changes_follow(*, account: UUID, into: UUID) -> None:
    """A duplicate account was closed: its changes go on as those of the other. Inside the caller's transaction."""
    waiting = ChangeRequest.objects.filter(status__in=rules.CHANGE_WAITS)
    both = set(waiting.filter(account_id=into).values_list("court", "kind"))
    for row in waiting.filter(account_id=account):
        if (row.court, row.kind) in both:
            ChangeRequest.objects.filter(id=row.id).update(status=ChangeStatus.REPLACED)
    ChangeRequest.objects.filter(account_id=account).update(account_id=into)


def _mail(row: ChangeRequest, at: datetime) -> None:
    with accounts.in_words_of(row.account):
        facts = {"court": national.court(row.court).full_name, "said": row.words or changes.why_words(row.why)}
        if row.status == ChangeStatus.ACCEPTED:
            subject = gettext("The {court} accepted your change")
            text = {
                "name": gettext("The {court} changed your name in its records, as you asked."),
                "address": gettext("The {court} changed your address in its records, as you asked."),
            }[row.kind]
            text += "\n\n{said}" if row.words else ""
        else:
            subject = gettext("The {court} did not accept your change")
            text = {
                "name": gettext("The {court} did not change your name, for this reason:\n\n{said}"),
                "address": gettext("The {court} did not change your address, for this reason:\n\n{said}"),
                "deactivation": gettext("The {court} did not end your filing there, for this reason:\n\n{said}"),
            }[row.kind]
        text += "\n\n" + gettext("Your changes and where they stand: {url}")
        facts["url"] = f"{this_site().config.base_url}/pscof/manage/efile"
        mail.send(
            to=[row.account.email], subject=subject.format(**facts), text=text.format(**facts) + "\n", at=at,
            reference=f"change:{row.id}",
        )  # fmt: skip

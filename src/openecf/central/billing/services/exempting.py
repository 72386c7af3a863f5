"""Granting and ending exemptions. The court that is meant hears of it over the bus, and decides by what it heard.

An exemption is worth more than a credit: one person of the desk writes it, with what it rests on, and it counts when a
second one has agreed. So does one that goes on for longer. To end one takes nothing away that cannot be granted again:
one person does it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext, gettext_lazy

from openecf.central.accounts import queries as accounts
from openecf.central.accounts.services import in_words_of
from openecf.central.billing import queries
from openecf.central.billing.models import Exemption, ExemptionRequest
from openecf.central.billing.services.two_people import OwnRequest, close, must_be_another, waiting
from openecf.kernel.exemptions import PURPOSES
from openecf.kernel.refusal import Refusal
from openecf.platform.audit import services as audit
from openecf.platform.bus import services as bus
from openecf.platform.bus.messages import ExemptionChanged
from openecf.platform.mail import services as mail
from openecf.platform.shell.exemptions import PURPOSE_WORDS

Outcome = ExemptionRequest.Outcome


class ExemptAlready(Refusal):
    """The account has this exemption at one of the courts."""

    said = gettext_lazy(
        "The account is exempt for this purpose at one of these courts already. If it should be so for longer, let that "
        "exemption go on."
    )
    code = "exempt-already"


class NoSuchExemption(Refusal):
    """It was ended already, or is another account's."""

    said = gettext_lazy("There is no such exemption any more.")
    code = "no-exemption"


class ExemptionWaits(Refusal):
    """Something about the account's exemptions waits for its second person."""

    said = gettext_lazy("An exemption of this account waits for a second person already.")
    code = "exemption-waits"


class NotLonger(Refusal):
    """It lasts as long already."""

    said = gettext_lazy("The exemption lasts until that day already, or longer.")
    code = "not-longer"


def ask_exemption(
    *, account: UUID, courts: Sequence[str], purpose: str, case: str, since: date, until: date | None, order: str,
    by: UUID, at: datetime,
) -> ExemptionRequest:  # fmt: skip
    """The first of two people would exempt an account at courts for a purpose, at all of them or none.

    ExemptAlready, OwnRequest, ExemptionWaits; ValueError for a purpose that is none.
    """
    if purpose not in PURPOSES:
        raise ValueError(purpose)
    live = Exemption.objects.filter(account_id=account, purpose=purpose, case=case, court__in=courts, ended_at=None)
    if live.exists():
        raise ExemptAlready
    asked = ExemptionRequest(courts=list(courts), purpose=purpose, case=case, since=since, until=until)
    return _ask(asked, account, order, by, at)


def ask_extension(
    *, account: UUID, exemption: UUID, until: date | None, order: str, by: UUID, at: datetime
) -> ExemptionRequest:
    """The first of two people would let an exemption go on, until a later day or (None) without an end.

    NoSuchExemption, NotLonger, OwnRequest, ExemptionWaits.
    """
    row = Exemption.objects.filter(pk=exemption, account_id=account, ended_at=None).first()
    if row is None:
        raise NoSuchExemption
    _require_longer(row, until)
    asked = ExemptionRequest(
        extends=row, courts=[row.court], purpose=row.purpose, case=row.case, since=row.since, until=until
    )
    return _ask(asked, account, order, by, at)


def _ask(asked: ExemptionRequest, account: UUID, order: str, by: UUID, at: datetime) -> ExemptionRequest:
    must_be_another(about=account, first_by=None, by=by)
    asked.account_id, asked.order, asked.first_by, asked.asked_at = account, order, by, at
    try:
        with transaction.atomic():
            asked.save(force_insert=True)
            _record("exemption.asked", asked, by, at)
    except IntegrityError as problem:
        if "exemption_request_one_open" not in str(problem):
            raise
        raise ExemptionWaits from None
    return asked


def agree_to_exemption(*, request: UUID, by: UUID, at: datetime) -> None:
    """The second person agrees: the account is exempt, its courts hear of it, and the owner is told.

    NotWaiting, OwnRequest, SamePerson; ExemptAlready, NoSuchExemption, NotLonger where that became so meanwhile: it
    waits on, and can be set aside.
    """
    with transaction.atomic():
        row = waiting(ExemptionRequest, request)
        must_be_another(about=row.account_id, first_by=row.first_by, by=by)
        granted = [_extend(row, by, at)] if row.extends_id else _grant(row, by, at)
        close(row, Outcome.GRANTED, by=by, at=at)
        for one in granted:
            _tell_court(one, at)
            audit.record(act="exemption.extended" if row.extends_id else "exemption.granted", by=str(by), at=at,
                         subject=str(one.account_id), exemption=str(one.pk), court=one.court, purpose=one.purpose,
                         first_by=str(row.first_by), until=str(one.until or ""))  # fmt: skip
        _tell_owner(row, at)


def set_exemption_aside(*, request: UUID, remark: str, by: UUID, at: datetime) -> None:
    """A second person does not agree, or the first takes it back; the owner never hears of it. NotWaiting, OwnRequest."""
    with transaction.atomic():
        row = waiting(ExemptionRequest, request)
        if by == row.account_id:
            raise OwnRequest
        close(row, Outcome.SET_ASIDE, remark=remark, by=by, at=at)
        _record("exemption.set-aside", row, by, at)


def _grant(row: ExemptionRequest, by: UUID, at: datetime) -> list[Exemption]:
    try:
        with transaction.atomic():
            return [
                Exemption.objects.create(
                    account_id=row.account_id, court=court, purpose=row.purpose, case=row.case, since=row.since,
                    until=row.until, order=row.order, granted_at=at, granted_by=str(row.first_by), agreed_by=str(by),
                )
                for court in row.courts
            ]  # fmt: skip
    except IntegrityError as problem:
        if "exemption_once" not in str(problem):
            raise
        raise ExemptAlready from None


def _extend(row: ExemptionRequest, by: UUID, at: datetime) -> Exemption:
    """What it rested on before stands in the request that granted it."""
    one = Exemption.objects.select_for_update().filter(pk=row.extends_id, ended_at=None).first()
    if one is None:
        raise NoSuchExemption
    _require_longer(one, row.until)
    one.until, one.order, one.granted_by, one.agreed_by = row.until, row.order, str(row.first_by), str(by)
    one.save(update_fields=["until", "order", "granted_by", "agreed_by"])
    return one


def _require_longer(row: Exemption, until: date | None) -> None:
    if row.until is None or (until is not None and until <= row.until):
        raise NotLonger


def end_exemption(*, account: UUID, exemption: UUID, by: UUID, at: datetime) -> None:
    """From now on the account pays there. NoSuchExemption."""
    with transaction.atomic():
        row = Exemption.objects.select_for_update().filter(pk=exemption, account_id=account, ended_at=None).first()
        if row is None:
            raise NoSuchExemption
        row.ended_at, row.ended_by = at, str(by)
        row.save(update_fields=["ended_at", "ended_by"])
        _tell_court(row, at)
        audit.record(act="exemption.ended", by=str(by), at=at, subject=str(account), exemption=str(row.pk),
                     court=row.court, purpose=row.purpose)  # fmt: skip


def follow_exemptions(*, account: UUID, into: UUID, by: UUID, approved_by: UUID, at: datetime) -> None:
    """The account was closed as a duplicate of ``into``, on two people's word: what it is exempt for goes on with that
    one, as long as the longer of the two; what waits for a second person is set aside. Inside the caller's transaction."""
    for row in Exemption.objects.select_for_update().filter(account_id=account, ended_at=None).order_by("id"):
        row.ended_at, row.ended_by = at, str(by)
        row.save(update_fields=["ended_at", "ended_by"])
        _tell_court(row, at)
        _go_on(row, into, by, approved_by, at)
    for asked in ExemptionRequest.objects.select_for_update().filter(account_id=account, outcome=Outcome.SECOND):
        close(asked, Outcome.SET_ASIDE, remark="merged", by=by, at=at)
        _record("exemption.set-aside", asked, by, at)


def _go_on(row: Exemption, into: UUID, by: UUID, approved_by: UUID, at: datetime) -> None:
    same = {"account_id": into, "court": row.court, "purpose": row.purpose, "case": row.case}
    one = Exemption.objects.select_for_update().filter(**same, ended_at=None).first()
    if one is None:
        one = Exemption(**same, since=row.since, until=row.until, order=row.order, granted_at=at)
    elif one.until is not None and (row.until is None or row.until > one.until):
        one.until, one.order = row.until, row.order
    else:
        return
    one.granted_by, one.agreed_by = str(by), str(approved_by)
    one.save()
    _tell_court(one, at)
    audit.record(act="exemption.followed", by=str(by), at=at, subject=str(into), exemption=str(one.pk), court=one.court,
                 purpose=one.purpose, of=str(row.pk))  # fmt: skip


def _record(act: str, row: ExemptionRequest, by: UUID, at: datetime) -> None:
    audit.record(act=act, by=str(by), at=at, subject=str(row.account_id), request=str(row.pk), purpose=row.purpose,
                 courts=" ".join(row.courts))  # fmt: skip


def _tell_court(row: Exemption, at: datetime) -> None:
    bus.put(
        to=row.court,
        message=ExemptionChanged(
            exemption=row.pk, account=row.account_id, purpose=row.purpose, case=row.case, since=row.since,
            until=row.until, ended=row.ended_at is not None, at=at,
        ),
        at=at,
    )  # fmt: skip


def _tell_owner(row: ExemptionRequest, at: datetime) -> None:
    owner = accounts.account(row.account_id)
    with in_words_of(owner):
        where = "\n".join(queries.court_name(court) for court in row.courts)
        days = f"{row.since:%m/%d/%Y} –" + (f" {row.until:%m/%d/%Y}" if row.until else "")
        mail.send(
            to=[owner.email],
            subject=gettext("An exemption from PACER fees"),
            text=gettext(
                "With PACER account {number} you may read without fees:\n\n{where}\n\n{what}\n{days}\n\nChoose it when "
                "you sign on, or at the court under Utilities, each time. Without it, what you look at is charged."
            ).format(
                number=owner.number, where=where, days=days,
                what="\n".join(part for part in (str(PURPOSE_WORDS[row.purpose]), row.case) if part),
            ),
            at=at,
            reference=f"exemption:{row.pk}",
        )  # fmt: skip

"""What waits for a second person, or for its owner's objection: the reset of second factors, a merger, a new address.

Each step is one conditional statement: of two supervisors who approve at once one does, an objection and the doing
exclude each other, and nobody approves what he asked for himself.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import structlog
from django.db import IntegrityError, connection, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, gettext_noop

from openecf.central.accounts import queries as accounts
from openecf.central.accounts import services as account_services
from openecf.central.accounts.services import closing
from openecf.central.accounts.services.languages import in_words_of
from openecf.central.factors.services import resetting
from openecf.central.firms import services as firms
from openecf.central.service_center import links, queries, rules
from openecf.central.service_center.models import Request
from openecf.central.service_center.queries import Staff
from openecf.central.service_center.services import merging
from openecf.central.service_center.services.acting import AccountClosed, NotForAgents, write_reason
from openecf.central.service_center.services.verifying import require_verified
from openecf.kernel.refusal import Refusal
from openecf.platform.audit import services as audit
from openecf.platform.mail import services as mail

if TYPE_CHECKING:
    from openecf.central.accounts.models import Account

log = structlog.get_logger()
Kind, Outcome = Request.Kind, Request.Outcome

_APPROVE = """
UPDATE service_request r SET outcome = 'approved', decided_by_id = %(by)s, decided_at = %(at)s
WHERE r.id = %(id)s AND r.outcome = 'waiting' AND r.kind <> 'email' AND r.expires_at > %(at)s
  AND r.asked_by_id <> %(by)s AND r.account_id <> %(by)s
  AND EXISTS (SELECT FROM service_agent a WHERE a.account_id = %(by)s AND a.role = 'supervisor' AND a.ended_at IS NULL)
"""
_PROVE = """
UPDATE service_request SET outcome = 'approved', decided_at = %(at)s
WHERE id = %(id)s AND kind = 'email' AND outcome = 'waiting' AND expires_at > %(at)s RETURNING id
"""
_OBJECT = """
UPDATE service_request SET outcome = 'objected', decided_at = %(at)s
WHERE id = %(id)s AND outcome IN ('waiting', 'approved') RETURNING id
"""
_DO = """
UPDATE service_request SET outcome = 'done', done_at = %(at)s
WHERE id = %(id)s AND outcome = 'approved' AND waits_from <= %(at)s RETURNING id
"""


class AskedAlready(Refusal):
    said = gettext_lazy("The same is asked for this account already, and not decided.")
    code = "asked-already"


class NotWaiting(Refusal):
    """Decided, taken back, stopped by the owner, too old, asked for by oneself, or not for this person to decide."""

    said = gettext_lazy(
        "This request does not wait for you: it is decided or too old, or you asked for it yourself. Two people decide."
    )
    code = "not-waiting"


class LinkOver(Refusal):
    said = gettext_lazy("There is nothing left to stop or confirm by this link: it was used, or the matter is over.")
    code = "link-over"


class NoFactors(Refusal):
    said = gettext_lazy("This account has no second factor: there is nothing to reset.")
    code = "no-factors"


class SameAddress(Refusal):
    said = gettext_lazy("The account has this address already.")
    code = "same-address"


def ask_reset_of_factors(*, staff: Staff, account: UUID, reason: str, at: datetime) -> Request:
    """Ask that the second factors be taken away. NoFactors, AccountClosed, NotVerified, ReasonMissing, AskedAlready."""
    row = accounts.account(account)
    if row.second_factor_since is None:
        raise NoFactors
    ways = queries.ways_verified(agent=staff.account, account=account, now=at)
    asked = Request(kind=Kind.FACTORS, waits_from=at + rules.wait_before_factors_go(ways))
    return _ask(asked, staff, row, reason, at)


def ask_merger(*, staff: Staff, account: UUID, into: str, reason: str, at: datetime) -> Request:
    """Ask that the account be closed and go on as the one of that number. merging.CannotMerge, and as above."""
    row, kept = accounts.account(account), accounts.numbered(into.strip())
    if kept is None:
        raise merging.NoSuchNumber
    merging.check(row, kept)
    return _ask(Request(kind=Kind.MERGE, into=kept, waits_from=at + rules.OWNER_MAY_OBJECT), staff, row, reason, at)


def ask_email(*, staff: Staff, account: UUID, email: str, reason: str, at: datetime) -> Request:
    """Ask that mail go to another address: its owner confirms it by a mailed link, and the old address has two days to
    object. SameAddress, and as above."""
    row = accounts.account(account)
    if email.strip().lower() == row.email.lower():
        raise SameAddress
    return _ask(
        Request(kind=Kind.EMAIL, email=email.strip(), waits_from=at + rules.EMAIL_WAITS), staff, row, reason, at
    )


def _ask(asked: Request, staff: Staff, account: Account, reason: str, at: datetime) -> Request:
    require_verified(staff=staff, account=account.id, strictly=True, at=at)
    if not account.is_active:
        raise AccountClosed
    asked.account, asked.asked_by_id, asked.asked_at = account, staff.account, at
    asked.reason, asked.expires_at = " ".join(reason.split())[:300], at + rules.REQUEST_LIFE

    def do() -> None:
        asked.save(force_insert=True)
        _tell(asked, account, _ASKED[asked.kind], at)
        if asked.kind == Kind.EMAIL:
            _mail_proof(asked, account, at)

    try:
        write_reason(f"service.{asked.kind}-asked", staff=staff, account=account.id, reason=reason, at=at, do=do)
    except IntegrityError as error:
        if "service_request_one_open" not in str(error):
            raise
        raise AskedAlready from None
    return asked


def approve(*, staff: Staff, request: UUID, at: datetime) -> None:
    """The second person says yes; it is done now, or when the owner's time to object is over. NotForAgents, NotWaiting."""
    if not staff.is_supervisor:
        raise NotForAgents
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_APPROVE, {"id": request, "by": staff.account, "at": at})
            if cursor.rowcount != 1:
                raise NotWaiting
        row = Request.objects.select_related("account").get(id=request)
        audit.record(
            act=f"service.{row.kind}-approved", by=staff.ref, at=at, subject=str(row.account_id), request=str(row.id)
        )
        if row.waits_from > at:
            _tell(row, row.account, _APPROVED[row.kind], at)
    carry_out(request=request, at=at)


def refuse(*, staff: Staff, request: UUID, reason: str, at: datetime) -> None:
    """The second person says no, or who asked takes it back. NotForAgents, NotWaiting, ReasonMissing."""
    row = Request.objects.filter(id=request).first()
    if row is None:
        raise NotWaiting
    own = row.asked_by_id == staff.account
    if not own and not staff.is_supervisor:
        raise NotForAgents
    outcome = Outcome.WITHDRAWN if own else Outcome.REFUSED

    def do() -> None:
        open_ones = Request.objects.filter(id=request, outcome__in=[Outcome.WAITING, Outcome.APPROVED])
        if not open_ones.update(outcome=outcome, decided_by_id=staff.account, decided_at=at):
            raise NotWaiting

    write_reason(f"service.{row.kind}-{outcome}", staff=staff, account=row.account_id, reason=reason, at=at, do=do)


def to_object_to(*, request: UUID, secret: str) -> Request:
    """What this mailed link can stop, not stopped by looking: mail scanners open links too. LinkOver."""
    rows = Request.objects.filter(id=request, outcome__in=[Outcome.WAITING, Outcome.APPROVED])
    row = rows.select_related("account").first() if links.is_secret("objection", request, secret) else None
    if row is None:
        raise LinkOver
    return row


def object_to(*, request: UUID, secret: str, at: datetime) -> Request:
    """The owner does not want it: it is not done. LinkOver."""
    return _by_link("objection", _OBJECT, request, secret, "objected", at)


def to_prove(*, request: UUID, secret: str, at: datetime) -> Request:
    """Which new address this mailed link proves. LinkOver."""
    rows = Request.objects.filter(id=request, outcome=Outcome.WAITING, expires_at__gt=at)
    row = rows.select_related("account").first() if links.is_secret("new-address", request, secret) else None
    if row is None:
        raise LinkOver
    return row


def prove_address(*, request: UUID, secret: str, at: datetime) -> Request:
    """The new address is its owner's. LinkOver."""
    return _by_link("new-address", _PROVE, request, secret, "proved", at)


def _by_link(kind: str, statement: str, request: UUID, secret: str, act: str, at: datetime) -> Request:
    if not links.is_secret(kind, request, secret):
        raise LinkOver
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statement, {"id": request, "at": at})
            found = cursor.fetchone()
        if found is None:
            raise LinkOver
        row = Request.objects.select_related("account").get(id=found[0])
        audit.record(
            act=f"service.{row.kind}-{act}", by="link", at=at, subject=str(row.account_id), request=str(row.id)
        )
    return row


def carry_out_due(*, at: datetime) -> int:
    """Do what was approved and whose time has come; how many."""
    due = Request.objects.filter(outcome=Outcome.APPROVED, waits_from__lte=at).order_by("waits_from")
    return sum(carry_out(request=one, at=at) for one in due.values_list("id", flat=True))


def carry_out(*, request: UUID, at: datetime) -> bool:
    """Do it if it is approved and its time has come; whether this call did it. One that cannot be done is marked."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(_DO, {"id": request, "at": at})
                if cursor.fetchone() is None:
                    return False
            row = Request.objects.select_related("account", "into").get(id=request)
            _effect(row, at)
    except Refusal as refusal:
        failed = Request.objects.filter(id=request, outcome=Outcome.APPROVED)
        with transaction.atomic():
            if failed.update(outcome=Outcome.FAILED, done_at=at):
                audit.record(act="service.request-failed", by="system", at=at, subject=str(request), why=refusal.code)
        log.warning("service.request_failed", request=str(request), why=refusal.code)
        return False
    return True


def _effect(row: Request, at: datetime) -> None:
    """AccountClosed, or what the act itself refuses with: whatever was true when it was asked may be so no more."""
    if row.kind == Kind.MERGE:
        firms.hold_payer(account=row.account_id)
    account_services.hold(account=row.account_id)
    if not accounts.account(row.account_id).is_active:
        raise AccountClosed
    by = str(row.asked_by_id)
    if row.kind == Kind.FACTORS:
        resetting.reset_factors(account=row.account_id, by=by, approved_by=str(row.decided_by_id), at=at)
        closing.tell(row.account, _FACTORS_GONE, at)
        closing.send_reset(account=row.account_id, by=by, at=at)
    elif row.kind == Kind.EMAIL:
        closing.set_email(account=row.account_id, email=row.email, by=by, at=at)
    else:
        merging.merge(closing_one=row.account, kept=row.into, by=by, approved_by=str(row.decided_by_id), at=at)


_ASKED = {
    Kind.FACTORS: gettext_lazy(
        "somebody asked the Service Center to take away its authenticator apps, passkeys and recovery codes. A second person must "
        "agree. Not before {when}"
    ),
    Kind.MERGE: gettext_lazy(
        "the Service Center was asked to close it as a duplicate, so that its links go on under your other account. A "
        "second person must agree. Not before {when}"
    ),
    Kind.EMAIL: gettext_lazy(
        "somebody asked the Service Center to send its mail to another address. Not before {when}"
    ),
}
_APPROVED = {
    Kind.FACTORS: gettext_lazy(
        "two people of the Service Center agreed to take away its authenticator apps, passkeys and recovery codes, not before {when}"
    ),
    Kind.MERGE: gettext_lazy("two people of the Service Center agreed to close it as a duplicate, not before {when}"),
}
_FACTORS_GONE = gettext_noop(
    "the authenticator apps, passkeys and recovery codes were taken away and the password opens nothing any more. Choose a new "
    "password by the link in the next mail, then set up a new app in Manage My Account"
)


def _when(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _tell(row: Request, account: Account, what: Promise, at: datetime) -> None:
    with in_words_of(account):
        mail.send(
            to=[account.email],
            subject=gettext("The Service Center was asked to change your PACER account"),
            text=gettext(
                "On {at} (UTC), in PACER account {number}: {what}.\n\nIf you did not ask for it, stop it by this page; "
                "no sign-in is needed:\n\n{link}"
            ).format(
                at=f"{at:%Y-%m-%d %H:%M}", number=account.number, what=str(what).format(when=_when(row.waits_from)),
                link=links.address("objection", row.id),
            ),
            at=at,
            reference=f"account:{account.number}",
        )  # fmt: skip


def _mail_proof(row: Request, account: Account, at: datetime) -> None:
    with in_words_of(account):
        mail.send(
            to=[row.email],
            subject=gettext("Confirm your new e-mail address for PACER"),
            text=gettext(
                "The Service Center was asked to send the mail of PACER account {number} to this address. Open this page "
                "within seven days to confirm it; the change counts from {when}:\n\n{link}"
            ).format(
                number=account.number, when=_when(row.waits_from), link=links.address("new-address", row.id),
            ),
            at=at,
            reference=f"account:{account.number}",
        )  # fmt: skip

"""Inviting, joining, leaving: a firm pays for its people once they said yes, until either side says no."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openecf.central.accounts import queries as accounts
from openecf.central.accounts import services as account_services
from openecf.central.billing import queries as billing
from openecf.central.billing import services as money
from openecf.central.firms import letters, queries, rules
from openecf.central.firms.models import FirmRules, Invitation, Membership
from openecf.central.signon import services as sign_ons
from openecf.kernel import client_codes
from openecf.kernel.refusal import Refusal
from openecf.platform.audit.services import record
from openecf.platform.throttle import services as throttle

if TYPE_CHECKING:
    from openecf.central.accounts.models import Account

Outcome = Invitation.Outcome


class CannotInvite(Refusal):
    """The account cannot be asked; ``code`` says why."""

    said = _("This account cannot be added.")
    code = "cannot-invite"


class NoSuchPerson(CannotInvite):
    """One wording for an unknown number and for a name that is not its owner's."""

    said = _("No account has that number and last name. Ask the person for both, as Manage My Account shows them.")
    code = "no-such-person"


class TooManyGuesses(CannotInvite):
    """A number and a last name together are what proves that a firm knows a person; they are not to be tried out."""

    said = _("That was tried too often with a wrong number or last name. Wait an hour, then ask the person for both.")
    code = "too-many-guesses"


class AskedOften(CannotInvite):
    """Each invitation is a mail to somebody who did not ask for it."""

    said = _("You have asked this account several times within 30 days. Wait, or let its owner ask you.")
    code = "asked-often"


class InvitedAlready(CannotInvite):
    said = _("You have asked this account already; it has not been answered yet.")
    code = "invited-already"


class InvitationOver(Refusal):
    """The invitation was answered, withdrawn, is too old, or is somebody else's; or its firm is closed."""

    said = _("This invitation is no longer open.")
    code = "invitation-over"


class AnotherFirmPays(Refusal):
    """The account has a firm."""

    said = _("Another firm pays for your account. Leave it first, then accept.")
    code = "another-firm"


class NotAMember(Refusal):
    """The membership is over, or is another firm's."""

    said = _("This account is not (or no longer) a member.")
    code = "not-a-member"


class BadFormat(Refusal):
    said = _("A client code has no space and no comma, and at most 32 characters; so has its format.")
    code = "bad-format"


_WHY = {
    "is-a-firm": _("That is an administrative account itself; only people's accounts can be added."),
    "inactive": _("That account is closed."),
    "legacy": _("That account was made before August 11, 2014 and is not upgraded. Its owner must upgrade it first."),
    "member-already": _("That account is a member already."),
    "member-elsewhere": _("Another firm pays for that account. Its owner must leave that firm first."),
}


def invite(*, firm: UUID, number: str, last_name: str, at: datetime) -> Invitation:
    """Ask an account to join; its owner is told by mail and answers in Manage My Account. CannotInvite."""
    account = _named(firm, number.strip(), last_name, at)
    membership = queries.membership_of(account.id)
    standing = rules.Standing(
        is_firm=account.is_administrative,
        is_upgraded=account.is_upgraded,
        is_active=account.is_active,
        is_member_of=membership.firm_id if membership else None,
    )
    if why := rules.why_not(standing, firm=firm):
        raise CannotInvite(_WHY[why], why=why)
    if queries.asked_in_vain(firm=firm, account=account.id, since=at - rules.INVITATION_LASTS) >= rules.ASKED_IN_VAIN:
        raise AskedOften
    payer = accounts.account(firm)
    try:
        with transaction.atomic():
            Invitation.objects.filter(
                firm_id=firm, account_id=account.id, outcome=Outcome.WAITING, expires_at__lte=at
            ).update(outcome=Outcome.LAPSED, answered_at=at)
            asked = Invitation.objects.create(
                firm_id=firm, account_id=account.id, asked_at=at, expires_at=at + rules.INVITATION_LASTS
            )
            record(act="firm.invited", by=str(firm), at=at, subject=str(account.id))
            letters.send(letters.invited, to=[account], at=at, firm=payer)
    except IntegrityError:
        raise InvitedAlready from None
    return asked


def _named(firm: UUID, number: str, last_name: str, at: datetime) -> Account:
    """The account of that number, if that is its owner's last name. NoSuchPerson, TooManyGuesses."""
    guesses = {"key": f"firm-guesses:{firm}", "window": rules.GUESSES_WITHIN, "now": at}
    if throttle.failures(**guesses) >= rules.GUESSES:
        raise TooManyGuesses
    account = accounts.numbered(number)
    if account is None or not rules.same_last_name(last_name, account.last_name):
        throttle.count(**guesses)
        raise NoSuchPerson
    return account


def withdraw(*, firm: UUID, invitation: UUID, at: datetime) -> None:
    """Take an invitation back. InvitationOver."""
    with transaction.atomic():
        _answer(invitation, Outcome.WITHDRAWN, at, firm_id=firm)
        record(act="firm.invitation-withdrawn", by=str(firm), at=at, subject=f"invitation:{invitation}")


def refuse(*, account: UUID, invitation: UUID, at: datetime) -> None:
    """The owner says no. InvitationOver."""
    with transaction.atomic():
        asked = _answer(invitation, Outcome.REFUSED, at, account_id=account)
        record(act="firm.refused", by=str(account), at=at, subject=f"firm:{asked.firm_id}")
        firm = accounts.account(asked.firm_id)
        letters.send(letters.refused, to=[firm], at=at, member=accounts.account(account))


def accept(*, account: UUID, invitation: UUID, at: datetime) -> Membership:
    """The owner says yes: what it owes and used in the quarter moves to the firm, whose client-code rules now count.

    InvitationOver, AnotherFirmPays. Of two acceptances at once one wins.
    """
    try:
        with transaction.atomic():
            asked = _answer(invitation, Outcome.ACCEPTED, at, account_id=account)
            account_services.hold(account=asked.firm_id)
            if not accounts.account(asked.firm_id).is_active:
                raise InvitationOver
            left = Membership.objects.filter(account_id=account).exclude(left_at=None)
            joined = Membership.objects.create(
                firm_id=asked.firm_id,
                account_id=account,
                joined_at=at,
                billed_from=rules.billed_from(
                    joined=at,
                    quarter_began=billing.quarter_began(at),
                    left_another=left.values_list("left_at", flat=True),
                ),
            )
            money.move_balance(
                from_payer=account, to_payer=asked.firm_id, reference=f"membership:{joined.pk}", by=str(account), at=at
            )
            record(act="firm.joined", by=str(account), at=at, subject=f"firm:{asked.firm_id}")
            _apply_rules(queries.rules_of(asked.firm_id), [account], at)
            member, payer = accounts.account(account), accounts.account(asked.firm_id)
            letters.send(letters.joined, to=[member, payer], at=at, member=member, firm=payer)
    except IntegrityError:
        raise AnotherFirmPays from None
    return joined


def bring_in(*, firm: UUID, account: UUID, cost_centre: str, at: datetime) -> None:
    """A membership as an installation begins with it: nobody was asked and nobody is mailed. Idempotent."""
    with transaction.atomic():
        if Membership.objects.filter(account_id=account).exists():
            return
        Membership.objects.create(
            firm_id=firm, account_id=account, joined_at=at, billed_from=at, cost_centre=cost_centre
        )
        _apply_rules(queries.rules_of(firm), [account], at)
        record(act="firm.joined", by="demonstration", at=at, subject=f"firm:{firm}", account=str(account))


def remove(*, firm: UUID, membership: int, remark: str, at: datetime) -> None:
    """The firm stops paying for a member; the account goes on and pays for itself. NotAMember."""
    with transaction.atomic():
        row = _end({"id": membership, "firm_id": firm}, "firm", remark, at)
        record(act="firm.removed", by=str(firm), at=at, subject=str(row.account_id), remark=remark)


def leave(*, account: UUID, remark: str, at: datetime) -> None:
    """The member leaves: searching is suspended until it is settled who pays. NotAMember.

    The Service Center, or a new firm that adds the account, makes it active again.
    """
    with transaction.atomic():
        row = _end({"account_id": account}, "member", remark, at)
        account_services.suspend_search(account=account, why="left-firm", at=at)
        record(act="firm.left", by=str(account), at=at, subject=f"firm:{row.firm_id}", remark=remark)


def set_rules(*, firm: UUID, code_required: bool, code_format: str, receipts_hidden: bool, at: datetime) -> None:
    """What the firm asks of its members and lets them see; it counts for all of them at once. BadFormat.

    Here, and where somebody joins or leaves, the firm is held: nobody misses a rule, and none follows who has left.
    """
    if not client_codes.is_format(code_format):
        raise BadFormat
    with transaction.atomic():
        account_services.hold(account=firm)
        kept, _made = FirmRules.objects.update_or_create(
            firm_id=firm,
            defaults={
                "code_required": code_required,
                "code_format": code_format,
                "receipts_hidden": receipts_hidden,
            },
        )
        members = Membership.objects.filter(firm_id=firm, left_at=None).values_list("account_id", flat=True)
        _apply_rules(kept, list(members), at)
        record(act="firm.rules", by=str(firm), at=at, subject=f"firm:{firm}", code_required=code_required,
               code_format=code_format, receipts_hidden=receipts_hidden)  # fmt: skip


def set_cost_centre(*, firm: UUID, membership: int, cost_centre: str, at: datetime) -> None:
    """Which of the firm's cost centres a member's fees belong to. NotAMember."""
    with transaction.atomic():
        if not Membership.objects.filter(id=membership, firm_id=firm, left_at=None).update(
            cost_centre=cost_centre.strip()[:40]
        ):
            raise NotAMember
        record(act="firm.cost-centre", by=str(firm), at=at, subject=f"membership:{membership}")


def hold_payer(*, account: UUID) -> None:
    """Hold the firm that pays for the account, if one does: before the account itself, as who sets a firm's rules does.
    Inside the caller's transaction."""
    if (membership := queries.membership_of(account)) is not None:
        account_services.hold(account=membership.firm_id)


def follow(*, account: UUID, into: UUID, by: str, at: datetime) -> None:
    """The account was closed as a duplicate of ``into``: its firm pays for that one, unless another firm does, and what
    it used this quarter and still owes is billed with it. Inside the caller's transaction."""
    row = Membership.objects.select_for_update().filter(account_id=account, left_at=None).first()
    own = Membership.objects.filter(account_id=into, left_at=None).first()
    Invitation.objects.filter(account_id=account, outcome=Outcome.WAITING).update(
        outcome=Outcome.WITHDRAWN, answered_at=at
    )
    if row is not None:
        account_services.hold(account=row.firm_id)
        row.left_at, row.left_by, row.remark = at, "merged", gettext("The account was merged into another.")
        row.save(update_fields=["left_at", "left_by", "remark"])
        if own is None:
            Membership.objects.create(
                firm_id=row.firm_id, account_id=into, joined_at=at, billed_from=at, cost_centre=row.cost_centre
            )
            _apply_rules(queries.rules_of(row.firm_id), [into], at)
    else:
        payer, began = own.firm_id if own else into, billing.quarter_began(at)
        left = Membership.objects.filter(account_id=account).exclude(left_at=None).values_list("left_at", flat=True)
        Membership.objects.create(
            firm_id=payer, account_id=account, joined_at=at, left_at=at, left_by="merged",
            billed_from=rules.billed_from(joined=at, quarter_began=began, left_another=left),
        )  # fmt: skip
        money.move_balance(from_payer=account, to_payer=payer, reference=f"merger:{account}", by=by, at=at)
    record(act="firm.followed", by=by, at=at, subject=str(into), closed=str(account))


def _answer(invitation: UUID, outcome: Outcome, at: datetime, **mine: UUID) -> Invitation:
    """One conditional statement: an invitation is answered once."""
    waiting = Invitation.objects.filter(id=invitation, outcome=Outcome.WAITING, expires_at__gt=at, **mine)
    if not waiting.update(outcome=outcome, answered_at=at):
        raise InvitationOver
    return Invitation.objects.get(id=invitation)


def _end(which: dict, by: str, remark: str, at: datetime) -> Membership:
    live = Membership.objects.filter(**which, left_at=None)
    if (firm := live.values_list("firm_id", flat=True).first()) is None:
        raise NotAMember
    account_services.hold(account=firm)
    row = live.select_for_update().filter(firm_id=firm).first()
    if row is None:
        raise NotAMember
    row.left_at, row.left_by, row.remark = at, by, remark.strip()[:300]
    row.save(update_fields=["left_at", "left_by", "remark"])
    account_services.obey_nobody(account=row.account_id, at=at)
    by_whom = row.firm_id if by == "firm" else row.account_id
    sign_ons.let_courts_ask_again(account=row.account_id, why="left-firm", by=str(by_whom), at=at)
    member, payer = accounts.account(row.account_id), accounts.account(row.firm_id)
    letters.send(
        letters.left, to=[member, payer], at=at,
        member=member, firm=payer, by_member=by == "member", remark=row.remark,
    )  # fmt: skip
    return row


def _apply_rules(kept: FirmRules, members: Sequence[UUID], at: datetime) -> None:
    account_services.obey_firm(
        accounts=members,
        code_required=kept.code_required,
        code_format=kept.code_format,
        receipts_hidden=kept.receipts_hidden,
        at=at,
    )
    sign_ons.let_courts_ask_again_of_all(accounts=members, why="firm-rules", by=str(kept.firm_id), at=at)

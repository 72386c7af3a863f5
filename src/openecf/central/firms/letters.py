"""The letters that firms and their people get of each other's acts, each in the language of whoever reads it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from openecf.central.accounts import services as accounts
from openecf.central.firms import rules
from openecf.platform.mail import services as mail

if TYPE_CHECKING:
    from openecf.central.accounts.models import Account


@dataclass(frozen=True)
class Letter:
    """What one reader is told."""

    subject: str
    text: str


def send(letter: Callable[..., Letter], *, to: Sequence[Account], at: datetime, **facts: object) -> None:
    """Write a letter to each of these accounts in its own language; once where two have one address. Inside the caller's
    transaction."""
    told: set[str] = set()
    for account in to:
        address = account.email.lower()
        if address in told:
            continue
        told.add(address)
        with accounts.in_words_of(account):
            written = letter(**facts)
            mail.send(
                to=[account.email],
                subject=written.subject,
                text=written.text,
                at=at,
                reference=f"account:{account.number}",
            )


def invited(*, firm: Account) -> Letter:
    """To whom a firm asks."""
    return Letter(
        _("A firm offers to pay for your PACER account"),
        _(
            "{firm} (account {number}) asks you to join its PACER Administrative Account.\n\n"
            "If you accept, the firm pays your PACER fees from this quarter on and sees how much you used, "
            "not what you looked at in which case. It cannot search, read or file with your account.\n\n"
            "Answer in Manage My Account, under Settings, within {days} days. If you do nothing, nothing changes."
        ).format(firm=called(firm), number=firm.number, days=rules.INVITATION_LASTS.days),
    )


def refused(*, member: Account) -> Letter:
    """To the firm that asked."""
    text = _(
        "{name} (account {number}) does not join your PACER Administrative Account. Nothing else changes.\n\n"
        "If you think that this is a mistake, talk to {name}; then invite the account again in Manage My Account."
    )
    return Letter(
        _("An invitation to your PACER Administrative Account was refused"),
        text.format(name=member.name.direct, number=member.number),
    )


def joined(*, member: Account, firm: Account) -> Letter:
    """To both."""
    return Letter(
        _("A PACER account joined a firm"),
        _(
            "{name} (account {number}) is now a member of {firm}'s PACER Administrative Account, which pays for it "
            "from this quarter on. Either side can end that at any time, in Manage My Account."
        ).format(name=member.name.direct, number=member.number, firm=called(firm)),
    )


def left(*, member: Account, firm: Account, by_member: bool, remark: str) -> Letter:
    """To both, whoever ended it."""
    text = _(
        "{firm} no longer pays for PACER account {number} ({name}); it was ended by {who}.\nRemark: {remark}"
    ).format(
        firm=called(firm),
        number=member.number,
        name=member.name.direct,
        who=_("the member") if by_member else _("the firm"),
        remark=remark or "-",
    )
    if by_member:
        text += "\n\n" + _(
            "Until it is settled who pays, the account cannot search. Filing goes on. Ask the PACER Service Center to "
            "activate searching, or accept another firm's invitation."
        )
    else:
        text += "\n\n" + _("The account goes on, and from now on its owner pays for what it uses.")
    return Letter(_("A PACER account left a firm"), text)


def called(firm: Account) -> str:
    """A firm by its name, or by its person's where it has none."""
    return firm.firm or firm.name.direct

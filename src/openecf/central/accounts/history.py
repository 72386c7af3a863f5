"""The record of acts in an account owner's words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

WORDS: dict[str, str | Promise] = {
    "account.registered": gettext_lazy("The account was registered"),
    "account.brought-in": gettext_lazy("The account was taken over from the system before"),
    "account.upgraded": gettext_lazy("The account was upgraded"),
    "account.password-changed": gettext_lazy("The password was changed"),
    "account.password-reset": gettext_lazy("A new password was chosen by a mailed link"),
    "account.password-common": gettext_lazy("The password was found on the list of those that many people use"),
    "account.reset-requested": gettext_lazy("A link to a new password was asked for"),
    "account.username-changed": gettext_lazy("The user name was changed"),
    "account.email-asked": gettext_lazy("Another e-mail address was asked for"),
    "account.email-changed": gettext_lazy("The e-mail address was changed"),
    "account.second-email-asked": gettext_lazy("A second e-mail address was asked for"),
    "account.second-email-changed": gettext_lazy("The second e-mail address was changed"),
    "account.second-email-removed": gettext_lazy("The second e-mail address was removed"),
    "account.person-updated": gettext_lazy("The name was changed"),
    "account.address-updated": gettext_lazy("The address was changed"),
    "account.billing-preferences": gettext_lazy("The billing preferences were changed"),
    "account.firm-rules": gettext_lazy("The firm's rules for client codes came into force"),
    "account.search-suspended": gettext_lazy("Searching was suspended"),
    "account.letter-asked": gettext_lazy("An activation letter was asked for"),
    "account.letter-mailed": gettext_lazy("The activation letter was mailed"),
    "account.activated": gettext_lazy("Case search was activated with the letter's token"),
    "account.device-remembered": gettext_lazy("A new browser signed in"),
    "account.program-remembered": gettext_lazy("A new program, or one from a new network, signed in"),
    "account.known-forgotten": gettext_lazy("Known browsers and programs were forgotten"),
    "account.disowned": gettext_lazy("It was said that a sign-in was somebody else's, and everybody was signed out"),
    "account.closed": gettext_lazy("The account was closed"),
    "account.cja-answered": gettext_lazy("What the courts said of the CJA appointment was mailed"),
    "account.reopened": gettext_lazy("The account was made active again"),
    "account.merged": gettext_lazy("Another account was merged into it"),
    "account.shared": gettext_lazy("It was noted that several people use the account"),
    "account.not-shared": gettext_lazy("It was noted that one person uses the account"),
    "account.appears-shared": gettext_lazy("It was used as several people use one account"),
    "account.sharing-settled": gettext_lazy("It was settled that one person uses the account"),
    "account.unlocked": gettext_lazy("Wrong passwords and codes were forgiven"),
    "account.sign-ons-ended": gettext_lazy("Every sign-in was ended"),
    "account.rest-told": gettext_lazy("You were warned that the account is not used"),
    "factors.app-added": gettext_lazy("An authenticator app was added"),
    "factors.app-removed": gettext_lazy("An authenticator app was removed"),
    "factors.passkey-added": gettext_lazy("A passkey was added"),
    "factors.passkey-removed": gettext_lazy("A passkey was removed"),
    "factors.recovery-made": gettext_lazy("New recovery codes were made"),
    "factors.recovery-used": gettext_lazy("A recovery code was used"),
    "factors.reset": gettext_lazy("The second factors were taken away by two people"),
    "factors.too-many-codes": gettext_lazy("Too many wrong codes after the right password"),
    "filer.contact-asked": gettext_lazy("Another address for notices of filings was asked for"),
    "filer.contact-changed": gettext_lazy("Where notices of filings go was changed"),
    "firm.invited": gettext_lazy("A firm asked to pay for the account"),
    "firm.joined": gettext_lazy("A firm pays for the account"),
    "firm.left": gettext_lazy("The firm was left"),
    "firm.removed": gettext_lazy("The firm no longer pays"),
    "firm.followed": gettext_lazy("The firm of the merged account pays"),
    "registration.change-answered": gettext_lazy("A court answered a change that it was asked for"),
    "registration.change-asked": gettext_lazy("Courts were asked for a change"),
    "registration.answered": gettext_lazy("A court answered a registration"),
    "service.verified": gettext_lazy("The Service Center verified a caller"),
    "service.closed-for-owner": gettext_lazy("The Service Center was asked to close the account, and did"),
    "service.looked-at": gettext_lazy("The Service Center looked at the account"),
    "service.factors-asked": gettext_lazy("A reset of the second factors was asked for"),
    "service.factors-approved": gettext_lazy("A second person agreed to the reset"),
    "service.factors-objected": gettext_lazy("The owner stopped the reset"),
    "service.merge-asked": gettext_lazy("A merger of accounts was asked for"),
    "service.merge-approved": gettext_lazy("A second person agreed to the merger"),
    "service.merge-objected": gettext_lazy("The owner stopped the merger"),
    "service.email-asked": gettext_lazy("Another e-mail address was asked for at the Service Center"),
    "service.email-objected": gettext_lazy("The owner stopped the new e-mail address"),
    "signon.signed-on": gettext_lazy("Signed in"),
    "signon.stepped-up": gettext_lazy("A second factor was shown"),
}
"""Acts that an owner is told of. What only keeps the site going is not among them."""


@dataclass(frozen=True)
class Line:
    """One line of the history; ``who`` is "you", "Service Center" or "the system"; ``address`` an IP address or ""."""

    at: datetime
    what: str
    who: str
    address: str


def in_words(lines: Iterable[object], *, owner: str) -> Sequence[Line]:
    """Lines of the record of acts (``at``, ``act``, ``by``, ``address``) as their owner reads them."""
    return [
        Line(line.at, str(WORDS[line.act]), _who(line.by, line.act, owner), line.address or "")
        for line in lines
        if line.act in WORDS
    ]


def _who(by: str, act: str, owner: str) -> str:
    if by in (owner, "link", "anonymous"):
        return gettext("you") if by == owner else gettext("by a mailed link or before signing in")
    if by in ("system", "operator"):
        return gettext("the system")
    return gettext("a firm") if act.startswith("firm.") else gettext("Service Center")

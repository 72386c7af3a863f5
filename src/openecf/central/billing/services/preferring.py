"""PACER billing e-mail: who else gets the bills, and which of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext, gettext_lazy

from openecf.central.accounts import queries as accounts
from openecf.central.billing import contacts
from openecf.central.billing.models import MailPreference
from openecf.kernel.refusal import Refusal
from openecf.platform.audit import services as audit
from openecf.platform.mail import services as mail
from openecf.platform.throttle import services as throttle

CHANGES_A_DAY = 5
_DAY = timedelta(days=1)


class TooManyAddresses(Refusal):
    """Each address that is new gets a mail that its owner did not ask for."""

    said = gettext_lazy("New addresses were named several times today. Try again tomorrow.")
    code = "too-many-addresses"


class NoPostalAddress(Refusal):
    said = gettext_lazy("The account has no postal address. Give one under Maintenance first.")
    code = "no-postal-address"


def set_billing_mail(
    *, payer: UUID, extra: Sequence[str], only_invoices: bool, by_post: bool = False, at: datetime
) -> None:
    """Mail the payer's bills to these addresses, too. The account's own address hears of every change, and so does each
    address that is new: nobody gets a stranger's bills without being told why. ``by_post``: invoices and
    statements come on paper, too. TooManyAddresses, NoPostalAddress."""
    own = accounts.account(payer)
    if by_post and not (own.address1 and own.city):
        raise NoPostalAddress
    before = set(contacts.preference(payer).extra)
    kept = [each for each in dict.fromkeys(extra) if each.lower() != own.email.lower()][: contacts.MOST]
    names_anew = not before.issuperset(kept)
    if names_anew and throttle.count(key=f"bill-addresses:{payer}", window=_DAY, now=at) > CHANGES_A_DAY:
        raise TooManyAddresses
    with transaction.atomic():
        MailPreference.objects.update_or_create(
            payer_id=payer, defaults={"extra": kept, "only_invoices": only_invoices, "by_post": by_post}
        )
        audit.record(act="billing.mail-preference", by=str(payer), at=at, subject=str(payer), addresses=len(kept),
                     only_invoices=only_invoices, by_post=by_post)  # fmt: skip
        if before == set(kept):
            return
        listed = "\n".join(kept) or gettext("(none besides the account's own address)")
        mail.send(
            to=[own.email, *(each for each in kept if each not in before)],
            subject=gettext("Where the bills of a PACER account are mailed"),
            text=gettext(
                "Invoices, statements and receipts of PACER account {number} are now mailed to these addresses, too:\n\n"
                "{addresses}\n\nIf that is a mistake, tell the owner of the account, or the PACER Service Center."
            ).format(number=own.number, addresses=listed),
            at=at,
            reference=f"account:{own.number}",
        )

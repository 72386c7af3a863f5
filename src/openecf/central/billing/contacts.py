"""To whom bills are written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from openecf.central.billing.models import MailPreference

if TYPE_CHECKING:
    from openecf.central.accounts.models import Account

MOST = 4
"""Addresses besides the account's own."""


def addresses(payer: Account) -> list[str]:
    """The e-mail addresses that get the payer's bills and receipts: the account's own first."""
    return [payer.email, *preference(payer.id).extra]


def preference(payer: UUID) -> MailPreference:
    """What the payer chose; the usual if nothing was chosen."""
    return MailPreference.objects.filter(payer_id=payer).first() or MailPreference(payer_id=payer)


def preferences(payers: Iterable[UUID]) -> dict[UUID, MailPreference]:
    """What those of the payers chose who chose something."""
    return {row.payer_id: row for row in MailPreference.objects.filter(payer_id__in=list(payers))}

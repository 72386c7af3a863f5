"""To whom bills are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openecf.central.accounts.models import Account


def addresses(payer: Account) -> list[str]:
    """The e-mail addresses that get the payer's bills and receipts."""
    return [payer.email]

"""How an account may be used, as others decide it: the firm that pays for it, the Service Center."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from openecf.central.accounts.models import Account, SearchStatus
from openecf.platform.audit import services as audit

LEFT_FIRM = "left-firm"


def suspend_search(*, account: UUID, why: str, at: datetime) -> None:
    """Searching stops until it is settled ``why`` it stopped; filing goes on. Inside the caller's transaction."""
    Account.objects.filter(id=account, search_status=SearchStatus.ACTIVE).update(
        search_status=SearchStatus.INACTIVE, search_note=why
    )
    audit.record(act="account.search-suspended", by="system", at=at, subject=str(account), why=why)


def obey_firm(*, account: UUID, code_required: bool, code_format: str, receipts_hidden: bool, at: datetime) -> None:
    """The rules of the firm that pays overwrite the account's own, and what a left firm suspended is active again.

    Inside the caller's transaction.
    """
    Account.objects.filter(id=account).update(
        client_code_required=code_required, client_code_format=code_format, receipts_hidden=receipts_hidden
    )
    Account.objects.filter(id=account, search_note=LEFT_FIRM).update(search_status=SearchStatus.ACTIVE, search_note="")
    audit.record(act="account.firm-rules", by="system", at=at, subject=str(account), code_required=code_required,
                 receipts_hidden=receipts_hidden)  # fmt: skip


def obey_nobody(*, account: UUID, at: datetime) -> None:
    """No firm pays any more: its rules are over. Inside the caller's transaction."""
    Account.objects.filter(id=account).update(client_code_required=False, client_code_format="", receipts_hidden=False)
    audit.record(act="account.firm-rules-over", by="system", at=at, subject=str(account))


def note_sharing(*, account: UUID, since: datetime | None) -> bool:
    """Since when the account is used as several people use one; None: that is settled. Whether it changed.

    Inside the transaction of the act that says why.
    """
    unlike = {"appears_shared_at": None} if since else {"appears_shared_at__isnull": False}
    return bool(Account.objects.filter(id=account, **unlike).update(appears_shared_at=since))


def hold(*, account: UUID) -> None:
    """Nobody else changes the account, and no sign-on begins, until the caller's transaction ends."""
    Account.objects.select_for_update(no_key=True).values_list("id").get(id=account)


def ask_second_factor(*, account: UUID, since: datetime | None) -> None:
    """From now on signing on asks for a code; ``None``: no more. Inside the transaction of the act that says why."""
    Account.objects.filter(id=account).update(second_factor_since=since)

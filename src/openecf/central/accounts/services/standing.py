"""How an account may be used, as others decide it: the firm that pays for it, the Service Center."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Case, F, Value, When

from openecf.central.accounts.models import Account, SearchStatus
from openecf.platform.audit import services as audit

LEFT_FIRM = "left-firm"


def suspend_search(*, account: UUID, why: str, at: datetime) -> None:
    """Searching stops until it is settled ``why`` it stopped; filing goes on. Inside the caller's transaction."""
    searching = Account.objects.filter(id=account, search_status=SearchStatus.ACTIVE)
    if searching.update(search_status=SearchStatus.INACTIVE, search_note=why):
        audit.record(act="account.search-suspended", by="system", at=at, subject=str(account), why=why)


def obey_firm(
    *, accounts: Sequence[UUID], code_required: bool, code_format: str, receipts_hidden: bool, at: datetime
) -> None:
    """The rules of the firm that pays overwrite the accounts' own, and what a left firm suspended is active again.

    Inside the caller's transaction. As many statements for hundreds of members as for one.
    """
    if not accounts:
        return
    # In one order, so that two firms' or a firm's and a merger's holds never wait for each other in a ring.
    held = Account.objects.select_for_update(no_key=True).filter(id__in=accounts).order_by("id")
    ids = list(held.values_list("id", flat=True))
    Account.objects.filter(id__in=ids).update(
        client_code_required=code_required, client_code_format=code_format, receipts_hidden=receipts_hidden,
        search_status=Case(When(search_note=LEFT_FIRM, then=Value(SearchStatus.ACTIVE)), default=F("search_status")),
        search_note=Case(When(search_note=LEFT_FIRM, then=Value("")), default=F("search_note")),
    )  # fmt: skip
    told = {"code_required": code_required, "receipts_hidden": receipts_hidden}
    audit.record_many(
        act="account.firm-rules", by="system", at=at, lines=[(str(account), told) for account in ids]
    )  # fmt: skip


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

"""Letters that bring activation tokens: asked for, printed, marked as mailed, asked for again.

A token is made while its letter is printed and is on that paper only. Whoever prints again makes another one.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext, gettext_lazy

from openecf.central.accounts import queries, rules
from openecf.central.accounts.models import Account, ActivationLetter, SearchStatus
from openecf.central.accounts.services.languages import in_words_of
from openecf.kernel.refusal import Refusal
from openecf.kernel.tokens import digest
from openecf.platform.audit import services as audit
from openecf.platform.mail import services as mail


class NothingToPrint(Refusal):
    said = gettext_lazy("No letter waits to be printed. Somebody else may have printed them just now.")
    code = "nothing-to-print"


class PrintedAnew(Refusal):
    said = gettext_lazy("Some of these letters were printed again since, or are no longer wanted. Mark the others.")
    code = "printed-anew"


class NotAwaitingLetter(Refusal):
    said = gettext_lazy("This account does not wait for a letter.")
    code = "not-awaiting-letter"


class LetterUnderWay(Refusal):
    said = gettext_lazy("A letter is under way. Give the mail ten business days before you ask for another one.")
    code = "letter-under-way"


class TooManyLetters(Refusal):
    said = gettext_lazy("Several letters were sent to you already. Write to the PACER Service Center, which helps you.")
    code = "too-many-letters"


@dataclass(frozen=True)
class Printed:
    """One letter as it is put on paper, and the only place where ``token`` is in clear."""

    account: Account
    token: str
    expires_at: datetime


def await_letter(*, account: Account, by: str, at: datetime) -> None:
    """Searching waits for a letter from now on. Inside the transaction that makes the account."""
    Account.objects.filter(id=account.id).update(search_status=SearchStatus.INACTIVE, search_note=rules.LETTER)
    account.search_status, account.search_note = SearchStatus.INACTIVE, rules.LETTER
    _ask(account.id, by, at)


def print_letters(*, letters: Iterable[int] | None, by: str, at: datetime) -> Sequence[Printed]:
    """Make the tokens of these letters, or of all that wait and were never printed, oldest first. NothingToPrint.

    Of two people who print the waiting ones at once, one prints each.
    """
    with transaction.atomic():
        rows = queries.letters_to_mail().select_for_update(skip_locked=True, of=("self",))
        chosen = rows.filter(printings=0) if letters is None else rows.filter(pk__in=list(letters))
        printed = [_print(row, by, at) for row in chosen.order_by("asked_at", "pk")[: queries.LETTERS_AT_ONCE]]
        if not printed:
            raise NothingToPrint
    return printed


def _print(row: ActivationLetter, by: str, at: datetime) -> Printed:
    token = "".join(secrets.choice(rules.ON_PAPER) for _ in range(rules.TOKEN_LENGTH))
    row.digest, row.printed_at, row.expires_at = digest(token), at, at + rules.TOKEN_LIFE
    row.printings += 1
    row.save(update_fields=["digest", "printed_at", "expires_at", "printings"])
    audit.record(act="account.letter-printed", by=by, at=at, subject=str(row.account_id), printing=row.printings)
    return Printed(row.account, token, row.expires_at)


def mark_mailed(*, letters: Sequence[tuple[int, int]], by: str, at: datetime) -> int:
    """These letters, each with the number of the printing that is in the envelope, were given to the mail; how many.

    PrintedAnew if one of them is not what it was: nothing is marked then.
    """
    with transaction.atomic():
        for letter, printing in letters:
            row = (
                queries.letters_to_mail().select_for_update(of=("self",)).filter(pk=letter, printings=printing).first()
            )
            if row is None or not printing:
                raise PrintedAnew
            ActivationLetter.objects.filter(pk=row.pk).update(mailed_at=at)
            audit.record(act="account.letter-mailed", by=by, at=at, subject=str(row.account_id))
            _tell_mailed(row, at)
    return len(letters)


def ask_again(*, account: UUID, by: str, at: datetime) -> None:
    """The owner asks for another letter: the one before did not come, or its token is too old.

    NotAwaitingLetter, LetterUnderWay, TooManyLetters.
    """
    with transaction.atomic():
        row = _awaiting(account)
        live = queries.live_letter(account)
        if live and rules.is_under_way(printed_at=live.printed_at, expires_at=live.expires_at, now=at):
            raise LetterUnderWay
        _again(row, by, at)


def send_anew(*, account: UUID, by: str, at: datetime) -> None:
    """The Service Center sends another letter, however many there were. NotAwaitingLetter."""
    with transaction.atomic():
        row = _awaiting(account)
        _withdraw(row.id, at)
        _ask(row.id, by, at)


def follow_address(*, account: UUID, by: str, at: datetime) -> None:
    """The postal address is another one: a token that went to the old one proves nothing. Inside the caller's
    transaction. A letter that is not printed yet goes to the new address by itself."""
    row = Account.objects.filter(id=account, search_note=rules.LETTER, is_active=True).first()
    live = queries.live_letter(account)
    if row is None or (live and not live.printings):
        return
    try:
        _again(row, by, at)
    except TooManyLetters:
        _withdraw(account, at)


def _awaiting(account: UUID) -> Account:
    row = Account.objects.select_for_update().filter(id=account, search_note=rules.LETTER, is_active=True).first()
    if row is None:
        raise NotAwaitingLetter
    return row


def _again(row: Account, by: str, at: datetime) -> None:
    since = ActivationLetter.objects.filter(account=row, asked_at__gt=at - rules.LETTERS_WATCHED)
    if since.count() >= rules.LETTERS_MOST:
        raise TooManyLetters
    _withdraw(row.id, at)
    _ask(row.id, by, at)


def _withdraw(account: UUID, at: datetime) -> None:
    ActivationLetter.objects.filter(account_id=account, used_at=None, withdrawn_at=None).update(withdrawn_at=at)


def _ask(account: UUID, by: str, at: datetime) -> None:
    ActivationLetter.objects.create(account_id=account, asked_at=at)
    audit.record(act="account.letter-asked", by=by, at=at, subject=str(account))


def _tell_mailed(row: ActivationLetter, at: datetime) -> None:
    account = row.account
    with in_words_of(account):
        mail.send(
            to=[account.email],
            subject=gettext("Your activation letter is in the mail"),
            text=gettext(
                "A letter with the activation token of PACER account {number} was mailed today to the address that you "
                "registered. It takes seven to ten business days. Type its token in Manage My Account, under "
                "“Activate case search”; until then you cannot search cases.\n\nThe token is good until {day}."
            ).format(number=account.number, day=f"{row.expires_at:%m/%d/%Y}"),
            at=at,
            reference=f"account:{account.number}",
        )

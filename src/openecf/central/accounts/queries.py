"""Reading accounts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from openecf.central.accounts import places, rules
from openecf.central.accounts.history import WORDS
from openecf.central.accounts.models import (
    TO_LOOK_AT,
    Account,
    ActivationLetter,
    Draft,
    KnownDevice,
    KnownProgram,
)
from openecf.kernel.tokens import digest

_FIELDS = tuple(field.attname for field in Account._meta.concrete_fields)
TOLD_TO_COURTS = (
    "id", "number", "username", "type", "upgraded_at", "search_status", "is_active", "shared", "appears_shared_at",
    "first_name",
    "middle_name", "last_name", "generation", "email", "client_code_required", "client_code_format",
    "receipts_hidden",
    "password_is_common", "second_factor_since",
)  # fmt: skip
"""What a court may know, and all that Central Sign-On needs of an account; in the order of the model's fields."""


FEWEST_PHONE_DIGITS = 4


class NoSuchAccount(LookupError):
    """No account has this id."""


def account(account_id: UUID | str) -> Account:
    """The account of that id; NoSuchAccount if there is none."""
    try:
        return Account.objects.get(id=account_id)
    except Account.DoesNotExist:
        raise NoSuchAccount(str(account_id)) from None


def existing(account_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the ids that accounts have."""
    return set(Account.objects.filter(id__in=set(account_ids)).values_list("id", flat=True))


def several(account_ids: Iterable[UUID]) -> list[Account]:
    """The accounts of these ids, in no order."""
    return list(Account.objects.filter(id__in=set(account_ids)))


def numbered(number: str) -> Account | None:
    """The account with that seven-digit number; None if there is none."""
    return Account.objects.filter(number=number).first()


def named(username: str) -> Account | None:
    """The account with that user name, whatever its case; None if there is none."""
    return Account.objects.alias(name=Lower("username")).filter(name=rules.login_name(username)).first()


DESK_PAGE = 25


_LAST, _FIRST, _FIGURE = 'lower(last_name) COLLATE "C"', 'lower(first_name) COLLATE "C"', 'number COLLATE "C"'
_USER, _MAIL = 'lower(username) COLLATE "C"', 'lower(email) COLLATE "C"'
_PHONE = r"regexp_replace(phone, '\D', '', 'g')"
_BY_NAME = f"{_LAST}, {_FIRST}, {_FIGURE}"
_WAY = """(SELECT id, {n} AS way, row_number() OVER (ORDER BY {order}) AS place FROM account
  WHERE {where} ORDER BY {order} LIMIT %(need)s)"""
_FOUND = """
WITH hit AS ({ways}),
page AS (
  SELECT id, way, place FROM (SELECT DISTINCT ON (id) id, way, place FROM hit ORDER BY id, way, place) firsts
  ORDER BY way, place OFFSET %(since)s LIMIT %(most)s
)
SELECT {columns} FROM page JOIN account a USING (id) ORDER BY way, place
"""
_AFTER_ALL = "\U0010ffff"
"""What stands after everything that begins so, in the order of bytes."""


def _begins(expression: str, what: str) -> str:
    return f"{expression} >= %({what})s AND {expression} < %({what}_end)s"


def found(sought: Sequence[str], *, digits: str = "", page: int = 1) -> tuple[list[Account], bool]:
    """Accounts whose user name, number, e-mail address, name or telephone number begins so, for the Service Center's
    desk: one page of them, and whether there are more. Those that are exactly it first, then by name, by user name, by
    address, by number.

    ``sought`` are words in lower case; ``digits`` all that was typed, if it was a number. Each way is asked for as many
    as the page needs, in the order of its index: what two letters begin is half a million accounts' names. All ways are
    one statement: each is over in a twentieth of a millisecond, and putting one together takes longer.
    """
    since = (page - 1) * DESK_PAGE
    typed = {"whole": " ".join(sought), "first": sought[0], "second": sought[min(1, len(sought) - 1)],
             "last": sought[-1], "digits": digits}  # fmt: skip
    values: dict[str, object] = {"since": since, "most": DESK_PAGE + 1, "need": since + DESK_PAGE + 1}
    values |= typed | {f"{name}_end": f"{text}{_AFTER_ALL}" for name, text in typed.items()}
    ways = [_WAY.format(n=n, where=where, order=order) for n, (where, order) in enumerate(_ways(sought, digits))]
    with connection.cursor() as cursor:
        cursor.execute(_FOUND.format(ways=" UNION ALL ".join(ways), columns=", ".join(columns(of="a"))), values)
        some = [from_columns(row) for row in cursor.fetchall()]
    return some[:DESK_PAGE], len(some) > DESK_PAGE


def _ways(sought: Sequence[str], digits: str) -> Iterator[tuple[str, str]]:
    """The searches of ``found``: a condition, and the order of the index that it goes by."""
    yield f"{_USER} = %(whole)s", _USER
    yield f"{_MAIL} = %(whole)s", f"{_MAIL}, {_USER}"
    if digits:
        yield _begins(_FIGURE, "digits"), _FIGURE
    yield _begins(_LAST, "whole"), _BY_NAME
    if len(sought) > 1:
        yield f"{_begins(_LAST, 'first')} AND {_begins(_FIRST, 'second')}", _BY_NAME
        yield f"{_begins(_LAST, 'last')} AND {_begins(_FIRST, 'first')}", _BY_NAME
    yield _begins(_USER, "whole"), _USER
    yield _begins(_MAIL, "whole"), _MAIL
    if len(digits) >= FEWEST_PHONE_DIGITS:
        yield f"{_PHONE} ~>=~ %(digits)s AND {_PHONE} ~<~ %(digits_end)s", _FIGURE


def act_words(act: str) -> str:
    """An act of the record in an owner's words; "" for one that owners are not told of."""
    return str(WORDS.get(act, ""))


def merged_into(account_id: UUID) -> list[Account]:
    """The closed accounts that go on as this one."""
    return list(Account.objects.filter(merged_into=account_id).order_by("number"))


def columns(*, of: str, fields: Sequence[str] = _FIELDS) -> list[str]:
    """The columns of table ``account``, known as ``of`` in the statement that asks; for ``from_columns``."""
    return [f"{of}.{Account._meta.get_field(name).column}" for name in fields]


def from_columns(values: Sequence[object], fields: Sequence[str] = _FIELDS) -> Account:
    """The account whose ``columns`` a statement of another room fetched along with its own. A field that was left out
    is read when somebody asks for it."""
    return Account.from_db("default", fields, values)


def known_places(account_id: UUID, *, now: datetime) -> tuple[int, int]:
    """How many browsers, and how many programs of a network, the account knows."""
    browsers = KnownDevice.objects.filter(account_id=account_id, expires_at__gt=now).count()
    return browsers, KnownProgram.objects.filter(account_id=account_id).count()


def draft(secret: str, *, now: datetime) -> Draft | None:
    """The unfinished registration that this browser's cookie names."""
    return Draft.objects.filter(digest=digest(secret), done_at=None, expires_at__gt=now).first()


def twins(identity: rules.Identity, *, besides: UUID | None = None) -> rules.Twins:
    """What the accounts there are have in common with this person."""
    # Two of three always include the mailbox, or else the name and the birth date.
    alike = (
        Account.objects.alias(last_lower=Lower("last_name"))
        .filter(Q(mailbox=identity.mailbox) | Q(last_lower=identity.last.lower(), birth_date=identity.birth_date))
        .exclude(id=besides)
        .values_list("first_name", "last_name", "birth_date", "email")
    )
    return rules.compare(identity, (rules.Identity(*row) for row in alike))


def states() -> dict[str, str]:
    """The states' names by their postal abbreviations."""
    return places.states()


LETTERS_AT_ONCE = 100


def country_name(code: str) -> str:
    """A country's name by its ISO code; the code itself if there is none."""
    return places.countries().get(code, code)


def letters_to_mail() -> QuerySet[ActivationLetter]:
    """Letters that are not in the mail yet, of accounts that still wait for one."""
    live = ActivationLetter.objects.filter(mailed_at=None, used_at=None, withdrawn_at=None)
    return live.filter(account__search_note=rules.LETTER, account__is_active=True).select_related("account")


def to_look_at(*, limit: int = 100) -> list[Account]:
    """Accounts that wait for somebody of the Service Center to look into their registration, the oldest first."""
    return list(Account.objects.filter(TO_LOOK_AT).order_by("created_at", "pk")[:limit])


def live_letter(account_id: UUID) -> ActivationLetter | None:
    """The letter whose token would be good, or that waits to be printed; None if there is none."""
    return ActivationLetter.objects.filter(account_id=account_id, used_at=None, withdrawn_at=None).first()


def had_letters(account_id: UUID) -> bool:
    """Whether a letter was ever asked for."""
    return ActivationLetter.objects.filter(account_id=account_id).exists()

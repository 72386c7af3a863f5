"""What the Pay.gov sandbox remembers and decides: collections asked for, agreed to, completed. One SQLite file.

It refuses what Pay.gov refuses. Return codes 4117 and 4019 are Pay.gov's; those from 9000 on are the sandbox's own.
"""

from __future__ import annotations

import contextlib
import re
import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from openecf.platform.payments.wire import Fault

TOKEN_LIVES = timedelta(minutes=45)
CARDS = {
    "4111111111111111": ("Visa", "taken"),
    "5555555555554444": ("MasterCard", "taken"),
    "6011111111111117": ("Discover", "taken"),
    "378282246310005": ("American Express", "taken"),
    "4000000000000002": ("Visa", "declined"),
    "4000000000000119": ("Visa", "late"),
}
"""Test cards: brand, and what comes of them. ``late``: taken, but the answer to the agency comes too late."""
ROUTING = "021000021"
BANK_ACCOUNTS = {"1357902468": "settles", "1111111116": "returned"}
_TABLE = """
CREATE TABLE IF NOT EXISTS collection (
  token TEXT PRIMARY KEY, app_id TEXT NOT NULL, agency_tracking_id TEXT NOT NULL, amount TEXT NOT NULL,
  url_success TEXT NOT NULL, url_cancel TEXT NOT NULL, asked_at TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'agreed', 'cancelled', 'used')),
  method TEXT NOT NULL DEFAULT '', comes TEXT NOT NULL DEFAULT '', tracking TEXT UNIQUE, completed_at TEXT,
  UNIQUE (app_id, agency_tracking_id)
)
"""


@dataclass(frozen=True)
class Collection:
    """One row. ``comes``: taken, declined, late, settles or returned."""

    token: str
    app_id: str
    agency_tracking_id: str
    amount: str
    url_success: str
    url_cancel: str
    asked_at: datetime
    state: str
    method: str
    comes: str
    tracking: str | None
    completed_at: datetime | None


class Books:
    """The collections. ``hosts`` are those to which payers may be sent back; ``settles_after`` is for bank accounts."""

    def __init__(self, file: Path, *, app_id: str, hosts: frozenset[str], settles_after: timedelta) -> None:
        self.file, self.app_id, self.hosts, self.settles_after = file, app_id, hosts, settles_after
        with self._open() as books:
            books.execute(_TABLE)

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """One transaction, alone; durable when it ends well."""
        books = sqlite3.connect(self.file, timeout=20, isolation_level=None)
        books.row_factory = sqlite3.Row
        try:
            books.execute("BEGIN IMMEDIATE")
            yield books
            books.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                books.execute("ROLLBACK")
            raise
        finally:
            books.close()

    def start(self, asked: Mapping[str, str], *, at: datetime) -> str:
        """startOnlineCollection: a token. Fault."""
        self._is_ours(asked)
        if fault := self._fault(asked):
            raise fault
        token = secrets.token_hex(16)
        values = (token, self.app_id, asked["agency_tracking_id"], asked["transaction_amount"], asked["url_success"],
                  asked["url_cancel"], at.isoformat())  # fmt: skip
        try:
            with self._open() as books:
                books.execute(
                    "INSERT INTO collection (token, app_id, agency_tracking_id, amount, url_success, url_cancel,"
                    " asked_at) VALUES (?, ?, ?, ?, ?, ?, ?)", values
                )  # fmt: skip
        except sqlite3.IntegrityError:
            raise Fault("9004", "agency_tracking_id was used before.") from None
        return token

    def _is_ours(self, asked: Mapping[str, str]) -> None:
        if asked.get("tcs_app_id") != self.app_id:
            raise Fault("4019", "No agency application found for given tcs_app_id.")

    def _fault(self, asked: Mapping[str, str]) -> Fault | None:
        amount = asked.get("transaction_amount", "")
        if asked.get("transaction_type") != "Sale":
            return Fault("9001", "transaction_type must be Sale.")
        if not re.fullmatch(r"(0|[1-9][0-9]{0,8})\.[0-9]{2}", amount, re.ASCII) or amount == "0.00":
            return Fault("9002", "transaction_amount must be above zero, with two decimals.")
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,21}", asked.get("agency_tracking_id", ""), re.ASCII):
            return Fault("9003", "agency_tracking_id must be 1 to 21 letters, digits, - or _.")
        if asked.get("language") != "en":
            return Fault("9005", "language must be en.")
        for name in ("url_success", "url_cancel"):
            if not self.is_address(asked.get(name, "")):
                return Fault("9006", f"{name} must be an escaped http or https address of a host that is registered.")
        return None

    def is_address(self, url: str) -> bool:
        """Whether payers may be sent there: escaped as RFC 3986 asks, without a user, at a host that is registered."""
        whole = r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/([A-Za-z0-9._~!$&()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?"
        if len(url) > 500 or not re.fullmatch(whole, url, re.ASCII):
            return False
        return (urlsplit(url).hostname or "") in self.hosts

    def payable(self, token: str, app_id: str, *, at: datetime) -> Collection | None:
        """The collection that a payer may still agree to; None otherwise."""
        with self._open() as books:
            found = _read(books, "token", token)
        fits = found and found.app_id == app_id and found.state == "asked" and at - found.asked_at <= TOKEN_LIVES
        return found if fits else None

    def agree(self, token: str, *, method: str, comes: str) -> bool:
        """The payer gave a means of payment, once."""
        return self._move(token, "agreed", method, comes)

    def cancel(self, token: str) -> bool:
        return self._move(token, "cancelled", "", "")

    def _move(self, token: str, state: str, method: str, comes: str) -> bool:
        with self._open() as books:
            done = books.execute(
                "UPDATE collection SET state = ?, method = ?, comes = ? WHERE token = ? AND state = 'asked'",
                (state, method, comes, token),
            )
            return done.rowcount == 1

    def complete(self, asked: Mapping[str, str], *, at: datetime) -> Collection:
        """completeOnlineCollection…: the token is used up by it. Fault, also for a payer who has not finished."""
        self._is_ours(asked)
        with self._open() as books:
            found = _read(books, "token", asked.get("token", ""))
            if found is None or found.state in ("used", "cancelled") or at - found.asked_at > TOKEN_LIVES:
                raise Fault(
                    "4117", "Token does not exist, has been acted upon already, or is too old and cannot be acted upon."
                )
            if found.state == "asked":
                raise Fault("9007", "The payer has not finished at the hosted page.")
            books.execute(
                "UPDATE collection SET state = 'used', tracking = ?, completed_at = ? WHERE token = ?",
                (secrets.token_hex(4).upper(), at.isoformat(), found.token),
            )
            done = _read(books, "token", found.token)
        assert done is not None
        return done

    def find(self, asked: Mapping[str, str]) -> Collection:
        """getDetails. Fault."""
        self._is_ours(asked)
        with self._open() as books:
            found = _read(books, "tracking", asked.get("paygov_tracking_id", ""))
        if found is None:
            raise Fault("9008", "No transaction has this paygov_tracking_id.")
        return found

    def latest(self, *, count: int = 100) -> list[Collection]:
        with self._open() as books:
            rows = books.execute("SELECT * FROM collection ORDER BY asked_at DESC LIMIT ?", (count,)).fetchall()
        return [_collection(row) for row in rows]

    def status(self, of: Collection, *, at: datetime) -> str:
        """Its ``transaction_status``: of bank accounts it changes with time."""
        if of.completed_at is None:
            return {"asked": "Waiting", "agreed": "Pending"}.get(of.state, "Cancelled")
        if of.comes in ("settles", "returned"):
            if at - of.completed_at < self.settles_after:
                return "Received"
            return "Settled" if of.comes == "settles" else "Failed"
        return "Failed" if of.comes == "declined" else "Success"

    def details(self, of: Collection, *, at: datetime) -> dict[str, str]:
        """What is told of a completed collection."""
        done = of.completed_at or at
        return {
            "paygov_tracking_id": of.tracking or "",
            "agency_tracking_id": of.agency_tracking_id,
            "transaction_amount": of.amount,
            "transaction_type": "Sale",
            "transaction_date": f"{done:%Y-%m-%dT%H:%M:%S}",
            "payment_date": f"{done:%Y-%m-%d}",
            "transaction_status": self.status(of, at=at),
            "payment_type": of.method,
            "payment_frequency": "ONE_TIME",
            "number_of_installments": "1",
        }


def _read(books: sqlite3.Connection, column: str, value: str) -> Collection | None:
    row = books.execute(f"SELECT * FROM collection WHERE {column} = ?", (value,)).fetchone()  # noqa: S608  (our word)
    return _collection(row) if row else None


def _collection(row: sqlite3.Row) -> Collection:
    values = dict(row)
    for name in ("asked_at", "completed_at"):
        values[name] = datetime.fromisoformat(values[name]) if values[name] else None
    return Collection(**values)


def card_fault(number: str, expiry: str, code: str, name: str, *, at: datetime) -> dict[str, str]:
    """What is wrong with a card as typed, by field; empty if it is one of ours."""
    faults = {}
    if not name.strip():
        faults["name"] = "Type the name on the card."
    if re.sub(r"[ -]", "", number) not in CARDS:
        faults["number"] = "This is none of the sandbox's test cards. Never type a real card's number here."
    found = re.fullmatch(r"\s*(0[1-9]|1[0-2])\s*/\s*(?:20)?([0-9]{2})\s*", expiry, re.ASCII)
    if not found:
        faults["expiry"] = "Type month and year as 09/31."
    elif (2000 + int(found[2]), int(found[1])) < (at.year, at.month):
        faults["expiry"] = "This card is out of date."
    if not re.fullmatch(r"[0-9]{3,4}", code.strip(), re.ASCII):
        faults["code"] = "Type the three or four digits of the security code."
    return faults


def bank_fault(routing: str, account: str) -> dict[str, str]:
    """What is wrong with a bank account as typed, by field."""
    faults = {}
    if routing.strip() != ROUTING:
        faults["routing"] = f"The sandbox's bank has the routing number {ROUTING}."
    if account.strip() not in BANK_ACCOUNTS:
        faults["account"] = "This is none of the sandbox's test accounts. Never type a real account's number here."
    return faults


def now() -> datetime:
    return datetime.now(UTC)

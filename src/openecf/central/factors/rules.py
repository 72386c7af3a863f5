"""Decisions about second factors: one-time passwords (RFC 4226, RFC 6238), recovery codes, budgets."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import quote, urlencode, urlsplit

STEP_SECONDS = 30
DIGITS = 6
SKEW_STEPS = 1
"""A code may be one step off, either way."""
MOST_DRIFT = 2
"""An app's clock may be so many steps off for good: as far as it was the last time, it may be again, and one step more.
Two minutes are never passed (NIST SP 800-63B-4 3.1.4.2)."""
SECRET_BYTES = 20
"""RFC 4226 section 4, R6: 160 bits."""
MOST_APPS = 10
ENROLMENT_LIFE = timedelta(minutes=30)

RECOVERY_CODES = 10
RECOVERY_WARNING = 3
RECOVERY_LENGTH, RECOVERY_GROUP = 24, 4
"""24 characters of 32: 120 bits. From 112 on a plain hash is enough (NIST SP 800-63B-4 3.1.2.2)."""
RECOVERY_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no letter that looks like a digit."""

WAITING_LIFE = timedelta(minutes=10)
CODES_PER_PASSWORD = 10
WRONG_IN_A_ROW = 100
"""NIST SP 800-63B-4 3.2.2. Then only a recovery code counts, which nobody guesses: the owner is never locked out."""

OTP = ("pwd", "otp", "mfa")
RECOVERY = ("pwd", "mfa")
MAILED = ("pwd",)
"""A mailbox is no second factor (NIST SP 800-63B-4 3.1.3.1): it only tells an owner from who guessed the password."""
PASSKEY = ("pop", "user", "mfa")
PASSKEY_AFTER_PASSWORD = ("pwd", "pop", "mfa")
"""How a person proved itself, in the words of RFC 8176 and of IANA's list after it ("pop": proof of a key). There is no
word for recovery codes. A passkey alone is two factors when the device asked for its owner: something had, and a PIN, a
finger or a face."""

MOST_PASSKEYS = 10
CHALLENGE_LIFE = timedelta(minutes=10)
LARGEST_ANSWER = 16 * 1024
"""Characters of what a browser sends of a passkey."""


def step_at(moment: datetime) -> int:
    """The time step that a moment falls in."""
    return int(moment.timestamp()) // STEP_SECONDS


def code_of(secret: bytes, step: int) -> str:
    """The one-time password of a secret at a time step: HMAC-SHA-1, six digits."""
    mac = hmac.digest(secret, step.to_bytes(8, "big"), hashlib.sha1)
    at = mac[-1] & 15
    number = int.from_bytes(mac[at : at + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def near(drift: int) -> range:
    """The steps beside the present one whose codes count, for an app whose clock was ``drift`` steps off the last time:
    as if it still were, and as if somebody had set it right."""
    return range(min(0, drift) - SKEW_STEPS, max(0, drift) + SKEW_STEPS + 1)


ANY_CLOCK = range(-MOST_DRIFT - SKEW_STEPS, MOST_DRIFT + SKEW_STEPS + 1)
"""The same for an app that is set up just now: how far off its clock is, its first code tells."""


def steps_of(secret: bytes, code: str, *, now: datetime, beside: range) -> list[int]:
    """The steps ``beside`` the present one whose one-time password this is; empty for a wrong one. Every step is
    compared."""
    current = step_at(now)
    steps = [current + off for off in beside]
    return [step for step in steps if hmac.compare_digest(code_of(secret, step).encode(), code.encode())]


def drift_of(step: int, *, now: datetime) -> int:
    """How many steps off the clock is that shows the code of this step now (RFC 6238 section 6)."""
    return max(-MOST_DRIFT, min(MOST_DRIFT, step - step_at(now)))


def typed(code: str) -> str:
    """A code as it was typed, without the spaces and hyphens between its groups; letters that look like digits are
    read as digits."""
    bare = "".join(c for c in code.upper() if not c.isspace() and c not in "-‐‑–")
    return bare if looks_like_otp(bare) else bare.translate(str.maketrans("OIL", "011"))


def looks_like_otp(code: str) -> bool:
    """Whether this can be an app's code; anything else can only be a recovery code."""
    return len(code) == DIGITS and code.isascii() and code.isdecimal()


def looks_like_recovery(code: str) -> bool:
    """Whether this can be a recovery code."""
    return len(code) == RECOVERY_LENGTH and set(code) <= set(RECOVERY_ALPHABET)


def grouped(code: str, size: int = RECOVERY_GROUP) -> str:
    """``ABCD-EFGH-…``: as a code is shown and typed."""
    return "-".join(code[n : n + size] for n in range(0, len(code), size))


def in_text(secret: bytes) -> str:
    """The secret as apps take it by hand: base32 in groups of four."""
    return grouped(base64.b32encode(secret).decode().rstrip("=")).replace("-", " ")


def address(*, secret: bytes, issuer: str, username: str) -> str:
    """The ``otpauth`` address that the square picture holds (Google Authenticator's key URI format)."""
    person = username.replace(":", " ")  # the colon parts it from the issuer
    facts = {
        "secret": base64.b32encode(secret).decode().rstrip("="),
        "issuer": issuer,
        "algorithm": "SHA1",
        "digits": DIGITS,
        "period": STEP_SECONDS,
    }
    return f"otpauth://totp/{quote(issuer)}:{quote(person)}?{urlencode(facts, quote_via=quote)}"


def name_is_taken(name: str, others: Iterable[str]) -> bool:
    """Whether an app of the account is called that already."""
    return name.casefold() in {other.casefold() for other in others}


def few_left(left: int) -> bool:
    """Whether it is time to make new recovery codes."""
    return left <= RECOVERY_WARNING


# Passkeys answer to a name, not to an address (W3C Web Authentication 3, 5.1.2).


@dataclass(frozen=True)
class PasskeySite:
    """The name that passkeys of this site answer to, and the origins from which browsers may use them."""

    rp_id: str
    origins: frozenset[str]


def sign_on_host(public_hosts: Sequence[str]) -> str:
    """The public name under which people sign on; "" if there is none."""
    return next((host for host in public_hosts if ".login." in host), next(iter(public_hosts), ""))


def passkey_site(origin: str, *, public_hosts: Sequence[str]) -> PasskeySite | None:
    """Where the person is (``http://localhost:8000``), as passkeys see it; None where there can be none.

    By any of the site's public names passkeys belong to the one of the sign-on page, which tells browsers of the others at
    ``/.well-known/webauthn``: one passkey opens all of them, and no other court's site. By a name of its own, such as
    ``localhost``, they belong to that name. An IP address is no name: there browsers refuse.
    """
    host = urlsplit(origin).hostname or ""
    if host in public_hosts:
        return PasskeySite(sign_on_host(public_hosts), frozenset(f"https://{one}" for one in public_hosts))
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return PasskeySite(host, frozenset({origin})) if host else None
    return None


# From when accounts need a second factor.

REMINDERS = (60, 30, 7)
"""Days ahead on which those concerned are mailed."""
TOLD_AHEAD = timedelta(days=120)
"""A day that is nearer is spoken of on the pages."""


@dataclass(frozen=True)
class Need:
    """From ``begins`` on the account needs a second factor: to sign on at all, or to file at ``court``."""

    begins: date
    court: str = ""

    def is_due(self, today: date) -> bool:
        return self.begins <= today


def need(*, account_type: str, plans: Mapping[str, date], courts: Mapping[str, date], today: date) -> Need | None:
    """What is asked of an account first: the plan for its type, or what a court where it is linked asks of filers.
    Plans for signing on come before a court's when they begin on one day; what lies far ahead is not spoken of yet."""
    asked = [Need(plans[account_type])] if account_type in plans else []
    asked += [Need(begins, court) for court, begins in sorted(courts.items())]
    first = min(asked, key=lambda one: one.begins, default=None)
    return first if first and first.begins <= today + TOLD_AHEAD else None

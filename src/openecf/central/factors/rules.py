"""Decisions about second factors: one-time passwords (RFC 4226, RFC 6238), recovery codes, budgets."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

STEP_SECONDS = 30
DIGITS = 6
SKEW_STEPS = 1
"""A clock may be one step off, either way (NIST SP 800-63B-4 3.1.4.2: two minutes at most)."""
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
"""How a person proved itself, in the words of RFC 8176, which has none for recovery codes."""


def step_at(moment: datetime) -> int:
    """The time step that a moment falls in."""
    return int(moment.timestamp()) // STEP_SECONDS


def code_of(secret: bytes, step: int) -> str:
    """The one-time password of a secret at a time step: HMAC-SHA-1, six digits."""
    mac = hmac.digest(secret, step.to_bytes(8, "big"), hashlib.sha1)
    at = mac[-1] & 15
    number = int.from_bytes(mac[at : at + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def steps_of(secret: bytes, code: str, *, now: datetime) -> list[int]:
    """The steps around now whose one-time password this is; empty for a wrong one. Every step is compared."""
    current = step_at(now)
    near = range(current - SKEW_STEPS, current + SKEW_STEPS + 1)
    return [step for step in near if hmac.compare_digest(code_of(secret, step).encode(), code.encode())]


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

"""Passwords that another system hashed: the old hash is never kept, only Argon2id over it (ADR 8).

What is stored is ``algorithm$settings$argon2…``: the settings of the old hash (scheme and salt, no secret) and Argon2id
of what it gave. A password is tried by hashing it the old way first. At its first right use it is hashed anew.
"""

from __future__ import annotations

import base64
import binascii
import ctypes
import hashlib
import re
from functools import cache

from django.contrib.auth.hashers import check_password

from openecf.kernel.refusal import Refusal
from openecf.platform.passwords import Argon2id

CRYPT = re.compile(
    r"(?P<settings>\$1\$[./0-9A-Za-z]{0,8}|\$(?P<sha>[56])\$(?:rounds=(?P<rounds>[0-9]{4,9})\$)?[^$\s:]{0,16}"
    r"|\$2[aby]\$(?P<cost>[0-9]{2})\$(?P<salt>[./0-9A-Za-z]{22}))"
    r"(?P<rest>\$[./0-9A-Za-z]{22,86}|[./0-9A-Za-z]{31})"
)
LENGTHS = {"1": 22, "5": 43, "6": 86, "2": 31}
MOST_ROUNDS, MOST_COST = 1_000_000, 14
"""More would let a sign-on keep a processor busy for seconds."""
HEX = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128}
LDAP = {"MD5": "md5", "SMD5": "md5", "SHA": "sha1", "SSHA": "sha1", "SHA256": "sha256", "SSHA256": "sha256"}
SCHEMES = ("crypt", "ldap", *(f"{name}{salt}" for name in HEX for salt in ("", "-salt-first", "-salt-last")))
"""``crypt``: $1$, $5$, $6$, $2a$, $2b$, $2y$. ``ldap``: {SSHA}… in base64. The others: hexadecimal, with ``salt:`` before it."""
LONGEST_SALT = 40
EVEN = "$6$evenevenevenevenXX"


class UnknownHash(Refusal):
    """The hash is not one of a scheme that is known here; ``said`` says what is wrong with it."""

    code = "unknown-hash"


class NoCrypt(Refusal):
    """This machine's C library does not know a scheme of crypt."""

    said = "This machine has no libcrypt that knows this scheme; install libcrypt (libxcrypt)."
    code = "no-crypt"


def parsed(*, scheme: str, written: str) -> tuple[str, str]:
    """A legacy hash in two: its settings, and what hashing gave. UnknownHash, which never repeats the hash."""
    if scheme not in SCHEMES:
        raise UnknownHash(f"the scheme is none of {', '.join(SCHEMES)}")
    if scheme == "crypt":
        return _crypt_parsed(written), written
    if scheme == "ldap":
        return _ldap_parsed(written)
    name, _, place = scheme.partition("-salt-")
    salt, colon, digest = written.rpartition(":") if place else ("", "", written)
    if place and not (colon and salt):
        raise UnknownHash("the hash has no salt: before it")
    if not re.fullmatch(f"[0-9a-fA-F]{{{HEX[name]}}}", digest):
        raise UnknownHash(f"the hash has not {HEX[name]} hexadecimal digits")
    return _settings(name, place, salt.encode()), digest.lower()


def _settings(name: str, place: str, salt: bytes) -> str:
    if len(salt) > LONGEST_SALT:
        raise UnknownHash(f"the salt is longer than {LONGEST_SALT} bytes")
    return f"{name}:{place}:{salt.hex()}"


def _crypt_parsed(written: str) -> str:
    found = CRYPT.fullmatch(written)
    if found is None or len(found["rest"].lstrip("$")) != LENGTHS[written[1]]:
        raise UnknownHash("the hash is not one of crypt's $1$, $5$, $6$, $2a$, $2b$ or $2y$")
    if int(found["rounds"] or 0) > MOST_ROUNDS or int(found["cost"] or 0) > MOST_COST:
        raise UnknownHash("the hash asks for more rounds than a sign-on may take")
    return f"crypt:{found['settings']}"


def _ldap_parsed(written: str) -> tuple[str, str]:
    found = re.fullmatch(r"\{([A-Z0-9]+)\}([A-Za-z0-9+/=]+)", written)
    name = LDAP.get(found[1]) if found else None
    try:
        raw = base64.b64decode(found[2], validate=True) if found and name else b""
    except binascii.Error:
        raw = b""
    size = HEX[name] // 2 if name else 0
    salted = bool(found and found[1].startswith("S") and found[1][1:] in ("MD5", "SHA", "SHA256"))
    if not name or len(raw) < size or (len(raw) > size) is not salted:
        raise UnknownHash(f"the hash is not one of {', '.join('{' + one + '}' for one in LDAP)} in base64")
    return _settings(name, "last" if salted else "", raw[size:]), raw[:size].hex()


def digest(password: str, settings: str) -> list[str]:
    """What the old system would have made of a password: in UTF-8, and in Latin-1 where that is something else."""
    said = [password.encode()]
    if not password.isascii():
        said += [password.encode("latin-1")] if all(ord(letter) < 256 for letter in password) else []
    return [_digest(one, settings) for one in said]


def _digest(password: bytes, settings: str) -> str:
    scheme, _, rest = settings.partition(":")
    if scheme == "crypt":
        return _crypt(password, rest)
    place, _, salt = rest.partition(":")
    raw = bytes.fromhex(salt)
    text = raw + password if place == "first" else password + raw
    return hashlib.new(scheme, text, usedforsecurity=False).hexdigest()


@cache
def _libcrypt() -> ctypes.CDLL:
    for name in ("libcrypt.so.1", "libcrypt.so.2", "libcrypt.so"):
        try:
            library = ctypes.CDLL(name)
        except OSError:
            continue
        library.crypt_r.restype = ctypes.c_char_p
        library.crypt_r.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_void_p]
        return library
    raise NoCrypt


ROOM = 262_144
"""Bytes that the library may use: older ones take 131,232, newer ones 32,768."""


def _crypt(password: bytes, settings: str) -> str:
    if b"\0" in password:
        return ""
    made = _libcrypt().crypt_r(password, settings.encode(), ctypes.create_string_buffer(ROOM))
    if not made or made.startswith(b"*"):
        raise NoCrypt
    return made.decode("ascii", "replace")


KNOWN_ANSWERS = {
    "$1$abcdefgh": "$1$abcdefgh$fzmjzFdo5nMtBG8gtud5e0",
    "$5$saltstring": "$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5",
    "$6$saltstring": "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4"
    "OTLiBFdcbYEdFCoEOfaS35inz1",
    "$2b$05$abcdefghijklmnopqrstuu": "$2b$05$abcdefghijklmnopqrstuu7nFISH/8YdwlXD3lw69A4iBUf6fvWAW",
}
"""What crypt makes of ``Hello world!``, by settings: those of SHA-crypt are the published ones."""


def can_check(settings: str) -> bool:
    """Whether this machine can try passwords with these settings: its library is asked once for each scheme."""
    return not settings.startswith("crypt:") or _knows(settings[6:9])


@cache
def _knows(prefix: str) -> bool:
    settings = next((one for one in KNOWN_ANSWERS if one[:2] == prefix[:2]), "")
    try:
        return bool(settings) and _crypt(b"Hello world!", settings) == KNOWN_ANSWERS[settings]
    except NoCrypt:
        return False


class OverLegacy(Argon2id):
    """Argon2id over the hash of another system. It only checks: new passwords are hashed by the first of the hashers."""

    algorithm = "argon2id-over1"

    def wrap(self, *, settings: str, digest: str) -> str:
        """The hash to keep of a password that was handed over as ``parsed`` gives it."""
        named = base64.urlsafe_b64encode(settings.encode()).decode().rstrip("=")
        algorithm, _, rest = super().encode(digest, self.salt()).partition("$")
        return f"{algorithm}${named}${rest}"

    def verify(self, password: str, encoded: str) -> bool:
        algorithm, named, rest = encoded.split("$", 2)
        settings = base64.urlsafe_b64decode(named + "=" * (-len(named) % 4)).decode()
        return any(super(OverLegacy, self).verify(one, f"{algorithm}${rest}") for one in digest(password, settings))

    def decode(self, encoded: str) -> dict:
        algorithm, _named, rest = encoded.split("$", 2)
        return super().decode(f"{algorithm}${rest}")

    def must_update(self, encoded: str) -> bool:
        return True

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Nothing: a wrapped hash is never compared for its time with one of less work."""


def is_wrapped(encoded: str) -> bool:
    """Whether it is a hash of another system under Argon2id."""
    return encoded.startswith(f"{OverLegacy.algorithm}$")


def check_evenly(password: str, encoded: str) -> bool:
    """As Django's ``check_password``; a hash that is not wrapped takes as long as one over the commonest old scheme."""
    if not is_wrapped(encoded) and _knows("$6$"):
        _crypt(password.replace("\0", "").encode(), EVEN)
    return check_password(password, encoded)

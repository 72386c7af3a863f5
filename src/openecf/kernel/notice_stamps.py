"""The stamp of a whole notice: the court's signature over every part of what it shows, so that each that was changed is named.

``[NOTICE STAMP 2 [Court=flsb] [Heading=<32 hexadecimal digits>] … [128 hexadecimal digits]]`` stands at the end of a notice's
text, and the same at the end of its HTML. The digits after a part's name begin the SHA-256 of its words. Of a document
the words include its own stamp, which nobody guesses: what was taken out of a notice, because it was closed since, cannot be
tried out against the digits.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

TITLE = "Electronic notice Stamp:"
DIGITS = 32
"""128 bits: nobody finds other words with the same."""
WIDTH = 64
_STAMP = re.compile(
    rf"^\s*{TITLE} \[NOTICE STAMP 2 ".replace(" ", r"\s+")
    + r"\[Court=(?P<court>\w*)\]\s*(?P<parts>(?:\[\w+=[0-9a-f\s]*\]\s*)+)\[(?P<signature>[0-9a-f\s]+)\]\s*\]",
    re.MULTILINE,
)
_PART = re.compile(r"\[(\w+)=([0-9a-f\s]*)\]")


@dataclass(frozen=True)
class NoticeStamp:
    """The digest of each part, in the order of the notice, and the signature over them."""

    court: str
    parts: Mapping[str, str]
    signature: str

    def lines(self) -> list[str]:
        """As printed, in lines short enough for mail."""
        parts = [f"[{name}={digest}]" for name, digest in self.parts.items()]
        pairs = [" ".join(parts[start : start + 2]) for start in range(0, len(parts), 2)]
        return [
            f"[NOTICE STAMP 2 [Court={self.court}]",
            *pairs,
            f"[{self.signature[:WIDTH]}",
            f"{self.signature[WIDTH:]}]]",
        ]


def part_digest(said: str) -> str:
    """Of a part's words."""
    return hashlib.sha256(said.encode()).hexdigest()[:DIGITS]


def _message(court: str, parts: Mapping[str, str]) -> bytes:
    """The bytes that are signed: JSON, prefixed with what it is."""
    return b"openecf-notice-stamp-2\n" + json.dumps([court, list(parts.items())], separators=(",", ":")).encode()


def sign(*, court: str, parts: Mapping[str, str], key: Ed25519PrivateKey) -> NoticeStamp:
    """Stamp the parts (words by name) of a notice."""
    digests = {name: part_digest(said) for name, said in parts.items()}
    return NoticeStamp(court, digests, key.sign(_message(court, digests)).hex())


def holds(stamp: NoticeStamp, key: Ed25519PublicKey) -> bool:
    """Whether it is this court's signature over exactly these digests."""
    if not re.fullmatch(r"[0-9a-f]{128}", stamp.signature):
        return False
    try:
        key.verify(bytes.fromhex(stamp.signature), _message(stamp.court, stamp.parts))
    except InvalidSignature:
        return False
    return True


def taken_off(text: str) -> tuple[str, NoticeStamp | None, str]:
    """A notice's plain text before its stamp, the stamp, and what follows it. The last is taken: words of an entry may look
    like one, where a mail program broke their lines."""
    matches = list(_STAMP.finditer(text))
    if not matches:
        return text, None, ""
    match = matches[-1]
    parts = {name: "".join(digest.split()) for name, digest in _PART.findall(match["parts"])}
    stamp = NoticeStamp(match["court"], parts, "".join(match["signature"].split()))
    return text[: match.start()], stamp, text[match.end() :].strip()

"""The electronic document stamp: evidence, verifiable offline, of what was filed, where and when.

A stamp is an Ed25519 signature (64 bytes, printed as 128 hexadecimal digits, the length that CM/ECF prints)
over the facts of one document of one entry. ``openecf verify`` checks it with nothing but the court's public key.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

OF_STAMPED_NOTICE = 2
"""The version of stamps whose notices are stamped as a whole."""


@dataclass(frozen=True)
class Stamped:
    """What a stamp vouches for. ``filed_at`` is ISO 8601 in UTC; ``sha256`` is of the PDF as filed.

    ``version``: from ``OF_STAMPED_NOTICE`` on the notice that bears it has a stamp of its own (``notice_stamps``); nobody
    takes that off and passes the rest for a notice from before there were any.
    """

    court: str
    case: str
    case_id: int
    entry_seq: int
    part: int
    sha256: str
    filed_at: str
    text_sha256: str
    version: int = 1

    def message(self) -> bytes:
        """The bytes that are signed: canonical JSON, prefixed with what it is."""
        facts = asdict(self)
        head = f"openecf-stamp-{facts.pop('version')}\n"
        return (head + json.dumps(facts, sort_keys=True, separators=(",", ":"))).encode()


def sign(facts: Stamped, key: Ed25519PrivateKey) -> str:
    """128 hexadecimal digits."""
    return key.sign(facts.message()).hex()


def holds(facts: Stamped, stamp: str, key: Ed25519PublicKey) -> bool:
    """Whether the stamp is this court's signature over exactly these facts."""
    stamp = re.sub(r"\s", "", stamp)
    if not re.fullmatch(r"[0-9a-f]{128}", stamp):
        return False
    try:
        key.verify(bytes.fromhex(stamp), facts.message())
    except InvalidSignature:
        return False
    return True

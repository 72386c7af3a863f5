"""Names of people."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class PersonName:
    """A person's name in the parts that the registration form asks for."""

    last: str
    first: str = ""
    middle: str = ""
    generation: str = ""

    @property
    def direct(self) -> str:
        """``Ada B. Counsel, Jr.``"""
        name = " ".join(part for part in (self.first, self.middle, self.last) if part)
        return f"{name}, {self.generation}" if self.generation else name

    @property
    def inverted(self) -> str:
        """``Counsel, Ada``: how a docket entry names the person who filed it."""
        return f"{self.last}, {self.first}" if self.first else self.last


def same_mailbox(address: str) -> str:
    """The mailbox behind an address: lower case, without a ``+tag``.

    PACER puts an account whose address differs from another only by such a tag on "Review Registration Hold".
    """
    local, _, domain = address.strip().lower().rpartition("@")
    return f"{local.split('+', 1)[0]}@{domain}"


def looks_like_address(text: str) -> bool:
    """Whether ``text`` could be one e-mail address."""
    return bool(re.fullmatch(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]{2,}", text.strip()))

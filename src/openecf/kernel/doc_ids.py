"""PACER document numbers ("doc1 numbers").

``CCC F NNNN…``: three digits for the court, one flag digit, a serial. Flag 0 leads to the attachment menu,
flag 1 straight to the document; both name the same document, and records keep the 0 form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class DocId:
    """A document number: court prefix (three digits), serial text, whether it points at the document itself."""

    prefix: str
    serial: str
    direct: bool = False

    @classmethod
    def parse(cls, text: str) -> DocId:
        """Read ``12312345678``; ValueError when it is no document number."""
        match = re.fullmatch(r"(\d{3})([01])(\d{1,16})", text)
        if not match:
            raise ValueError(f"{text!r} is not a document number")
        return cls(match[1], match[3], match[2] == "1")

    @property
    def stored(self) -> str:
        """The form that records keep: flag digit 0."""
        return f"{self.prefix}0{self.serial}"

    @property
    def straight(self) -> str:
        """The form that leads to the document: flag digit 1."""
        return f"{self.prefix}1{self.serial}"

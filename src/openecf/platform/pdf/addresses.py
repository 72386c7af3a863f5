"""Where a link of a PDF leads: pure decisions about its words."""

from __future__ import annotations

import re

OPENED = frozenset({"http", "https", "mailto"})
"""What a link may open. Anything else starts a program, reads the reader's own disk or runs words as code."""

_SCHEME = re.compile(r"(?![a-z0-9-]+(?:\.[a-z0-9-]+)+:\d+(?:/|$))([a-z][a-z0-9+.-]*):", re.IGNORECASE)
"""``www.example.org:8080/x`` has none, ``javascript:1/x`` has one."""
_IGNORED = re.compile(r"[\x00-\x20\x7f-\x9f\u200b-\u200f\u2028\u2029\ufeff]")
"""What readers drop from an address before they look at it: ``java<newline>script:`` is ``javascript:``."""


def opens_only_the_web(address: str) -> bool:
    """Whether a link's address is a web page or a mail; ``www.example.org`` is one as well, ``//server/share`` is none."""
    address = _IGNORED.sub("", address)
    scheme = _SCHEME.match(address)
    return scheme[1].lower() in OPENED if scheme else not address.startswith(("//", "\\", "/\\"))


def is_beside(file: str) -> bool:
    """Whether another file is named as lying in the document's own folder or under it: no server, disk or scheme."""
    file = _IGNORED.sub("", file)
    return ":" not in file and not file.startswith(("/", "\\"))

"""Client codes: up to 32 characters that a searcher adds to charges. A firm may ask for a format of its own."""

from __future__ import annotations

import re

LONGEST = 32
_PARTS = {"A": "[A-Za-z]", "9": "[0-9]"}


def is_format(pattern: str) -> bool:
    """Whether this can be a format: no space, no comma (PACER, since April 14, 2024), 32 characters at most."""
    return len(pattern) <= LONGEST and not re.search(r"[\s,]", pattern)


def fits(code: str, pattern: str) -> bool:
    """Whether a code has the format: ``A`` stands for a letter, ``9`` for a digit, the rest for itself; "" for any."""
    if not pattern:
        return True
    return re.fullmatch("".join(_PARTS.get(letter, re.escape(letter)) for letter in pattern), code) is not None

"""Passwords that many people use: ``common_passwords.txt``, 115,000 lines in lower case, in the order of their bytes.

The 100,000 that were found most often in ten million, those of the next 340,000 that have 12 characters or more (they
are long enough to be chosen here), and the list that Django ships. Where they come from stands in
``common_passwords_source.txt``.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from functools import cache
from importlib import resources


@cache
def _lines() -> tuple[bytes, array[int]]:
    """The list as it lies, and where each line begins: 1.5 MB in a process, where a set of strings took 10."""
    text = resources.files(__package__).joinpath("common_passwords.txt").read_bytes()
    starts, at = array("I"), 0
    while at < len(text):
        starts.append(at)
        at = text.index(b"\n", at) + 1
    return text, starts


def stands_there(lower: str) -> bool:
    """Whether the list has this text, which is in lower case. By halves."""
    text, starts = _lines()
    sought = lower.encode("utf-8", "replace")

    def line(start: int) -> bytes:
        return text[start : text.index(b"\n", start)]

    at = bisect_left(starts, sought, key=line)
    return at < len(starts) and line(starts[at]) == sought

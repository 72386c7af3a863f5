"""Passwords that were stolen somewhere and published: a file of the operator's, searched where it lies.

The file is "Pwned Passwords ordered by hash" as its publisher gives it away: lines of a SHA-1 in 40 hexadecimal digits, a
colon and a count, in the order of the hashes. It has tens of gigabytes; a password is found in some thirty reads of a few
bytes, and nothing leaves this machine.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from typing import BinaryIO

import structlog
from django.utils.translation import gettext

from openecf.central.accounts import rules
from openecf.platform.config import this_site

log = structlog.get_logger()

_DIGITS = 40
_LONGEST_LINE = 64


def faults_of(password: str, *, own_words: Iterable[str], two_step: bool = False) -> list[str]:
    """Why this password cannot be used, in the user's words: by the rules, and by the operator's file if there is one."""
    faults = rules.password_faults(password, own_words=own_words, two_step=two_step)
    if not faults and is_breached(password):
        return [gettext("It stands on a list of stolen passwords, which attackers try first.")]
    return faults


def is_breached(password: str) -> bool:
    """Whether the operator's file has this password; False where there is none. One that cannot be read stops nobody from
    signing on: the log says so."""
    place = this_site().config.breached_passwords
    if not place:
        return False
    digest = hashlib.sha1(rules.normal(password).encode("utf-8", "replace"), usedforsecurity=False).hexdigest()
    try:
        with open(place, "rb") as file:
            return holds(file, digest.upper().encode())
    except OSError as wrong:
        log.error("sign_on.breached_passwords_unreadable", error=type(wrong).__name__)
        return False


def holds(file: BinaryIO, digest: bytes) -> bool:
    """Whether a line of the file, which is in order, begins with these 40 digits. By halves."""
    low, high = 0, file.seek(0, os.SEEK_END)
    while low < high:
        middle = (low + high) // 2
        begins = max(low, middle - _LONGEST_LINE)
        file.seek(begins)
        around = file.read(3 * _LONGEST_LINE)
        start = around.rfind(b"\n", 0, middle - begins) + 1
        line = around[start:].partition(b"\n")[0]
        if line[:_DIGITS].upper() == digest:
            return True
        if line[:_DIGITS].upper() < digest:
            low = begins + start + len(line) + 1
        else:
            high = begins + start
    return False

"""Decisions about the court's own login."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
LINK_LASTS = timedelta(hours=1)
CLERKS_LINK_LASTS = timedelta(days=2)
WINDOW = timedelta(minutes=15)
TRIES_AT_A_LOGIN_FROM_A_NETWORK = 5
TRIES_OF_A_NETWORK = 60
RESETS_OF_A_LOGIN = 3
RESETS_OF_A_NETWORK = 20
PASSWORD_MIN, PASSWORD_MAX = 15, 256
"""NIST SP 800-63B-4, 3.1.1.2: a password that is the only factor has 15 characters at least."""


def password_faults(password: str, *, own_words: Iterable[str] = ()) -> list[str]:
    """Why this password cannot be used, in the user's words; empty if it can. ``own_words`` are names and the login."""
    faults = []
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        faults.append(
            gettext("Use {least} to {most} characters. Several unrelated words are easy to remember.").format(
                least=PASSWORD_MIN, most=PASSWORD_MAX
            )
        )
    lower = password.lower()
    if any(len(word) >= 4 and word.lower() in lower for word in own_words):
        faults.append(gettext("It contains your name or login, which an attacker tries first."))
    try:
        CommonPasswordValidator().validate(password)
    except ValidationError:
        faults.append(gettext("It is a password that many people use."))
    return faults

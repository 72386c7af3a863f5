"""What can be done to accounts. Each name here is one act, or what an act refuses with.

What also ends sign-ons (a new password, an upgrade) is in ``services.securing``.
"""

from __future__ import annotations

from openecf.central.accounts.services.languages import in_words_of, note_language
from openecf.central.accounts.services.links import LinkSpent, Purpose, look_at_link
from openecf.central.accounts.services.maintaining import (
    NotUpgraded,
    TooManyResets,
    WrongPassword,
    ask_for_email,
    bring_in,
    request_reset,
    require_owner,
    slow_resets,
    update_address,
)
from openecf.central.accounts.services.registering import (
    DRAFT_LIFE,
    AlreadyUpgraded,
    DraftGone,
    StepsMissing,
    TooMany,
    TooManyMails,
    UsernameTaken,
    WeakPassword,
    accept_twin,
    begin,
    begin_upgrade,
    choose_type,
    confirm,
    save_step,
    send_again,
    submit,
)
from openecf.central.accounts.services.signing_in import (
    DEVICE_COOKIE,
    DEVICE_LIFE,
    NotSignedOn,
    SignOnBusy,
    check_password,
    forget_failures,
    hashing_place,
    knows_device,
    remember_device,
    touch,
)
from openecf.central.accounts.services.standing import ask_second_factor, hold, obey_firm, obey_nobody, suspend_search

__all__ = [
    "DEVICE_COOKIE",
    "DEVICE_LIFE",
    "DRAFT_LIFE",
    "AlreadyUpgraded",
    "DraftGone",
    "LinkSpent",
    "NotSignedOn",
    "NotUpgraded",
    "Purpose",
    "SignOnBusy",
    "StepsMissing",
    "TooMany",
    "TooManyMails",
    "TooManyResets",
    "UsernameTaken",
    "WeakPassword",
    "WrongPassword",
    "accept_twin",
    "ask_second_factor",
    "ask_for_email",
    "begin",
    "begin_upgrade",
    "bring_in",
    "check_password",
    "choose_type",
    "confirm",
    "forget_failures",
    "hashing_place",
    "hold",
    "in_words_of",
    "knows_device",
    "look_at_link",
    "note_language",
    "obey_firm",
    "obey_nobody",
    "remember_device",
    "request_reset",
    "require_owner",
    "save_step",
    "send_again",
    "slow_resets",
    "suspend_search",
    "submit",
    "touch",
    "update_address",
]

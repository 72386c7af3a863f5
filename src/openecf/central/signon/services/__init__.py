"""What can be done to sign-ons, relying parties and keys. Each name here is one act."""

from __future__ import annotations

from openecf.central.signon.services.clients import register_court
from openecf.central.signon.services.coding import CodeNeeded, NotThatForm, change_client_code
from openecf.central.signon.services.grants import (
    Redeemed,
    Refreshed,
    SessionEnded,
    issue_code,
    redeem_code,
    refresh,
    revoke_token,
    take_assertion,
)
from openecf.central.signon.services.keys import (
    NoSuchKey,
    ReasonMissing,
    SuccessorWaits,
    publish_key,
    tend_keys,
    withdraw_key,
)
from openecf.central.signon.services.renewing import let_courts_ask_again, let_courts_ask_again_of_all
from openecf.central.signon.services.sessions import (
    BadClientCode,
    Begun,
    ClientCodeMissing,
    CodeAsked,
    RedactionNotConfirmed,
    SecondFactorNeeded,
    confirm_told,
    end_all,
    end_sessions,
    sign_off,
    sign_off_program,
    sign_on,
    sign_on_by_code,
    sign_on_by_passkey,
    sign_on_by_second_passkey,
    sign_on_program,
    step_up,
    step_up_asked,
)
from openecf.central.signon.services.sharing import settle_sharing, watch_sharing

__all__ = [
    "BadClientCode",
    "Begun",
    "ClientCodeMissing",
    "CodeAsked",
    "CodeNeeded",
    "NoSuchKey",
    "NotThatForm",
    "ReasonMissing",
    "Redeemed",
    "RedactionNotConfirmed",
    "Refreshed",
    "SecondFactorNeeded",
    "SessionEnded",
    "SuccessorWaits",
    "change_client_code",
    "confirm_told",
    "end_all",
    "end_sessions",
    "issue_code",
    "let_courts_ask_again",
    "let_courts_ask_again_of_all",
    "publish_key",
    "redeem_code",
    "refresh",
    "register_court",
    "revoke_token",
    "settle_sharing",
    "sign_off",
    "sign_off_program",
    "sign_on",
    "sign_on_by_code",
    "sign_on_by_passkey",
    "sign_on_by_second_passkey",
    "sign_on_program",
    "step_up",
    "step_up_asked",
    "take_assertion",
    "tend_keys",
    "watch_sharing",
    "withdraw_key",
]

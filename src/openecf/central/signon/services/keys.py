"""The life of signing keys: published, signing, retired, removed; or withdrawn from any of these at once."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from openecf.central.signon import keys, rules
from openecf.central.signon.models import SigningKey
from openecf.kernel.refusal import Refusal
from openecf.platform.audit import services as audit

State = SigningKey.State
LONGEST_REASON = 500

# Whoever changes keys waits for the other, and then sees what it did, keys that it made included; readers do not wait.
_ALONE = "LOCK TABLE signon_key IN SHARE ROW EXCLUSIVE MODE"


class NoSuchKey(Refusal):
    """No key of that id is published, signs or is retired."""

    said = _("There is no such key any more. openecf keys list shows those that there are.")
    code = "no-such-key"


class SuccessorWaits(Refusal):
    """A successor is published already and does not sign yet."""

    said = _("A successor is published already; it signs by itself when every court has read it.")
    code = "successor-waits"


class ReasonMissing(Refusal):
    """A key is withdrawn for a reason that is kept, in no more than 500 characters."""

    said = _("Say why, in no more than 500 characters: it is kept in the audit lines.")
    code = "reason-missing"


def tend_keys(*, at: datetime) -> tuple[str, ...]:
    """Do whatever is due: make the first key, publish a successor, let it sign, retire, remove. What was done.

    A key signs only after it was published for KEY_DWELL, so that no relying party meets a key it cannot find.
    """
    done = []
    with transaction.atomic():
        _alone()
        rows = list(SigningKey.objects.exclude(state=State.REMOVED).order_by("published_at"))
        signing = next((row for row in rows if row.state == State.SIGNING), None)
        waiting = next((row for row in rows if row.state == State.PUBLISHED), None)
        if signing is None and not rows:
            keys.new_key(state=State.SIGNING, at=at).save(force_insert=True)
            done.append("first")
        elif waiting is not None and waiting.published_at + rules.KEY_DWELL <= at:
            _change_over(signing, waiting, at)
            done.append("changed-over")
        elif waiting is None and signing is not None and signing.signing_at + rules.KEY_SIGNS_FOR <= at:
            keys.new_key(state=State.PUBLISHED, at=at).save(force_insert=True)
            done.append("published")
        for row in rows:
            if row.state == State.RETIRED and row.retired_at + rules.KEY_VERIFIES_FOR <= at:
                _remove(row, at)
                done.append("removed")
        if done:
            audit.record(act="signon.keys-tended", by="system", at=at, done=done)
    keys.forget()
    return tuple(done)


def publish_key(*, by: str, at: datetime) -> str:
    """Publish a successor now (a drill, a change of staff); its id. SuccessorWaits.

    It signs after KEY_DWELL, when keys are next tended.
    """
    with transaction.atomic():
        _alone()
        if SigningKey.objects.filter(state=State.PUBLISHED).exists():
            raise SuccessorWaits
        fresh = keys.new_key(state=State.PUBLISHED, at=at)
        fresh.save(force_insert=True)
        audit.record(act="signon.key-published", by=by, at=at, kid=fresh.kid)
    keys.forget()
    return fresh.kid


def withdraw_key(*, kid: str, why: str, by: str, at: datetime) -> str:
    """Take a key that may be in wrong hands out of use at once; the id of the key that signs now.

    It is not published any more, its private half is erased, and every court reads in its feed that nothing verifies
    with it. If it signed, a fresh key signs from now on, without dwelling: courts ask for keys when they meet one that
    they do not know. Sign-ons and the courts' sessions go on: no cookie, code or access token is signed.
    NoSuchKey, ReasonMissing.
    """
    why = why.strip()
    if not why or len(why) > LONGEST_REASON:
        raise ReasonMissing
    with transaction.atomic():
        _alone()
        row = SigningKey.objects.filter(kid=kid).exclude(state=State.REMOVED).first()
        if row is None:
            raise NoSuchKey
        was, row.withdrawn_at = row.state, at
        _remove(row, at)
        if was == State.SIGNING:
            keys.new_key(state=State.SIGNING, at=at).save(force_insert=True)
        signing = SigningKey.objects.get(state=State.SIGNING).kid
        audit.record(act="signon.key-withdrawn", by=by, at=at, kid=kid, was=was, why=why, signs_now=signing)
    keys.forget()
    return signing


def _alone() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_ALONE)


def _remove(row: SigningKey, at: datetime) -> None:
    row.state, row.removed_at, row.sealed = State.REMOVED, at, b""
    row.save(update_fields=["state", "removed_at", "sealed", "withdrawn_at"])


def _change_over(signing: SigningKey | None, waiting: SigningKey, at: datetime) -> None:
    if signing is not None:
        signing.state, signing.retired_at = State.RETIRED, at
        signing.save(update_fields=["state", "retired_at"])
    waiting.state, waiting.signing_at = State.SIGNING, at
    waiting.save(update_fields=["state", "signing_at"])

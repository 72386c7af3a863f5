"""The life of signing keys: published, signing, retired, removed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from openecf.central.signon import keys, rules
from openecf.central.signon.models import SigningKey
from openecf.platform.audit import services as audit

State = SigningKey.State


def tend_keys(*, at: datetime) -> tuple[str, ...]:
    """Do whatever is due: make the first key, publish a successor, let it sign, retire, remove. What was done.

    A key signs only after it was published for KEY_DWELL, so that no relying party meets a key it cannot find.
    """
    done = []
    with transaction.atomic():
        rows = list(SigningKey.objects.select_for_update().exclude(state=State.REMOVED).order_by("published_at"))
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
                row.state, row.removed_at, row.sealed = State.REMOVED, at, b""
                row.save(update_fields=["state", "removed_at", "sealed"])
                done.append("removed")
        if done:
            audit.record(act="signon.keys-tended", by="system", at=at, done=done)
    keys.forget()
    return tuple(done)


def publish_key(*, by: str, at: datetime) -> None:
    """Publish a successor now (a suspicion, a drill); it signs after KEY_DWELL, when keys are next tended."""
    with transaction.atomic():
        keys.new_key(state=State.PUBLISHED, at=at).save(force_insert=True)
        audit.record(act="signon.key-published", by=by, at=at)
    keys.forget()


def _change_over(signing: SigningKey | None, waiting: SigningKey, at: datetime) -> None:
    if signing is not None:
        signing.state, signing.retired_at = State.RETIRED, at
        signing.save(update_fields=["state", "retired_at"])
    waiting.state, waiting.signing_at = State.SIGNING, at
    waiting.save(update_fields=["state", "signing_at"])

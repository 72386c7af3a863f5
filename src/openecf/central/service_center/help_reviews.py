"""Which texts of the help somebody at the desk has read and found right, and which are due to be read again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache

from openecf.central.service_center import help_texts, rules
from openecf.central.service_center.models import HelpReview

GUIDE = "guide:"


@dataclass(frozen=True)
class Reviewed:
    """A text of the help, who read it last, and why it should be read again ("" if it need not)."""

    key: str
    title: str
    topic: str
    digest: str
    at: datetime | None
    by: str
    why: str

    @property
    def is_guide(self) -> bool:
        return self.key.startswith(GUIDE)

    @property
    def place(self) -> str:
        """The key of the page that shows it."""
        return self.key.removeprefix(GUIDE) if self.is_guide else self.topic


@cache
def digests() -> Mapping[str, str]:
    """A digest of each text in all its languages, by key."""
    said: dict[str, list[object]] = {}
    for language in help_texts.LANGUAGES:
        texts = help_texts.in_language(language)
        for question in texts.questions:
            said.setdefault(question.key, []).append(asdict(question))
        for guide in texts.guides.values():
            said.setdefault(GUIDE + guide.key, []).append(asdict(guide))
    return {
        key: hashlib.sha256(json.dumps(texts, sort_keys=True).encode()).hexdigest() for key, texts in said.items()
    }  # fmt: skip


def reviews(*, now: datetime) -> list[Reviewed]:
    """Every text of the help: first what is due, the longest unread first, then the rest."""
    last = _last()
    here = help_texts.here()
    named = [(one.key, one.question, one.topic) for one in here.questions]
    named += [(GUIDE + one.key, one.title, "") for one in here.guides.values()]
    rows = []
    for key, title, topic in named:
        row, digest = last.get(key), digests()[key]
        why = rules.why_review_is_due(
            reviewed_at=row.at if row else None, is_same_text=bool(row and row.digest == digest), now=now
        )
        by = row.agent.account.name.direct if row else ""
        rows.append(Reviewed(key, title, topic, digest, row.at if row else None, by, why))
    return sorted(rows, key=lambda one: (not one.why, one.at is not None, one.at and one.at.timestamp()))


def due(*, now: datetime) -> int:
    """How many texts should be read again."""
    return sum(bool(one.why) for one in reviews(now=now))


def days(keys: Sequence[str]) -> dict[str, datetime]:
    """When these texts, as they are now, were last reviewed; without those that were not."""
    last = _last()
    return {key: last[key].at for key in keys if key in last and last[key].digest == digests()[key]}


def _last() -> dict[str, HelpReview]:
    rows = HelpReview.objects.select_related("agent__account").order_by("key", "-at", "-id").distinct("key")
    return {row.key: row for row in rows}

"""What makes a court one of the three: the answers that a bench gives to the questions the rooms ask.

Each room declares its question as a ``Protocol`` in its ``rules.py``; ``openecf.benches`` has the answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from openecf.court.calendar.rules import DeadlineRules
    from openecf.court.cases.rules import CaseShape
    from openecf.court.docket.rules import SheetLayout
    from openecf.court.documents.rules import DocumentPages
    from openecf.court.notices.rules import NoticeLayout
    from openecf.court.people.menus import Menus


@dataclass(frozen=True)
class Bench:
    """One kind of court. ``name`` is also the folder of its event dictionary."""

    name: str
    case: CaseShape
    sheet: SheetLayout
    documents: DocumentPages
    notice: NoticeLayout
    menus: Menus
    deadlines: DeadlineRules
    urls: str


@cache
def bench() -> Bench:
    """This court's bench (setting ``OPENECF_BENCH``, a dotted path)."""
    return import_string(settings.OPENECF_BENCH)

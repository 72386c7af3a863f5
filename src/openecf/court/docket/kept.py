"""Small sheets that this process made lately, believed only while the database says that nothing of them changed.

The sheet of a case in which everything is public is the same for every reader. What it is made of is asked of the
database at each reading, in one small statement: the versions of the case's rows (``cases.kept``) and that of its
entries, whatever changed them. A case that is sealed, or has one guarded entry, is never kept.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from threading import Lock

LARGEST = 512_000
"""Bytes of a sheet that is kept."""
MOST = 16_000_000
"""Bytes of all of them, in one process."""

# A row's version is the transaction that wrote it and its place; a change gives it another of both. A case without
# entries has a version too; one with a guarded entry has none. Asked beside the case (``cases.queries.case_for``).
VERSION = """
SELECT md5(coalesce(string_agg(concat_ws('/', id, xmin, ctid), ',' ORDER BY id), ''))
FROM entry WHERE case_id = c.id HAVING NOT coalesce(bool_or(guarded), false)
"""


@dataclass(frozen=True)
class Page:
    """What a sheet says to everybody: its heading, rows and end, and the bytes of text that are paid for."""

    body: bytes
    text_bytes: int


_pages: OrderedDict[Hashable, Page] = OrderedDict()
_guard = Lock()


def page(key: Hashable) -> Page | None:
    """The page that was kept under the key."""
    with _guard:
        found = _pages.get(key)
        if found is not None:
            _pages.move_to_end(key)
        return found


def keep(key: Hashable, page: Page) -> None:
    """Keep a page for the next reader. ``key`` names everything that the page depends on."""
    if len(page.body) > LARGEST:
        return
    with _guard:
        _pages[key] = page
        held = sum(len(one.body) for one in _pages.values())
        while held > MOST:
            held -= len(_pages.popitem(last=False)[1].body)


def forget() -> None:
    """Keep nothing any more."""
    with _guard:
        _pages.clear()

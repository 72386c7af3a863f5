"""The page round a sheet. Of a frame only the case's number and the receipt differ from one report to the next.

A frame is rendered once for a reader, an address and a language, with blanks in those places, and filled in after that.
Everything else that it shows is of the reader (name, menu), a banner, or the same as long as this process runs.
"""

from __future__ import annotations

import re
import secrets
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from html import escape
from threading import Lock

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.formats import localize
from django.utils.html import conditional_escape
from django.utils.translation import get_language

from openecf.court.cases.rules import CaseFacts
from openecf.court.fees.rules import Receipt
from openecf.platform.banners import queries as banners

PLACE = "<!--sheet-->"
MOST = 400
"""Frames that are kept, of some kilobytes each."""

# Nobody outside can know it, so no name or title can contain a blank.
_MARK = secrets.token_hex(12)
_BLANK = re.compile(rf"\[{_MARK}:(\w+)\.(\w+)\]")


@dataclass(frozen=True)
class _Blanks:
    """In place of a case or a receipt: whatever is asked of it is a blank.

    ``hidden`` is not: of a reader's receipts all are shown or none.
    """

    of: str
    hidden: bool = False

    def __getattr__(self, name: str) -> str:
        if name.startswith("_") or not (name in _SHOWN[self.of].__dataclass_fields__ or hasattr(_SHOWN[self.of], name)):
            raise AttributeError(name)
        return f"[{_MARK}:{self.of}.{name}]"


_SHOWN = {"case": CaseFacts, "receipt": Receipt}


@dataclass(frozen=True)
class Frame:
    """A rendered frame: text and blanks in turns, before the sheet and after it."""

    before: tuple[str, ...]
    after: tuple[str, ...]


_frames: OrderedDict[Hashable, Frame] = OrderedDict()
_guard = Lock()


def around(request: HttpRequest, *, case: CaseFacts, receipt: Receipt, template: str) -> tuple[str, str]:
    """What of the page stands before the sheet, and what after it."""
    frame = _frame(request, template)
    shown = {"case": case, "receipt": receipt}
    return _filled(frame.before, shown), _filled(frame.after, shown)


def _frame(request: HttpRequest, template: str) -> Frame:
    # The reader as a whole: whatever of a person the menu asks, another answer is another frame.
    key = (template, get_language(), request.path, request.reader, tuple(banners.shown(now=request.arrived)))
    with _guard:
        known = _frames.get(key)
        if known is not None:
            _frames.move_to_end(key)
            return known
    page = render_to_string(template, {name: _Blanks(name, request.reader.receipts_hidden) for name in _SHOWN}, request)
    before, _place, after = page.partition(PLACE)
    made = Frame(tuple(_BLANK.split(before)), tuple(_BLANK.split(after)))
    with _guard:
        _frames[key] = made
        while len(_frames) > MOST:
            _frames.popitem(last=False)
    return made


def _filled(pieces: tuple[str, ...], shown: dict[str, CaseFacts | Receipt]) -> str:
    # A pattern with two groups splits into text, of, name, text, of, name, … text.
    filled = [pieces[0]]
    for place in range(1, len(pieces), 3):
        filled += (_written(getattr(shown[pieces[place]], pieces[place + 1])), pieces[place + 2])
    return "".join(filled)


def _written(value: object) -> str:
    """As a template writes it."""
    return escape(value) if type(value) is str else conditional_escape(localize(value))


def forget() -> None:
    """Keep nothing any more."""
    with _guard:
        _frames.clear()

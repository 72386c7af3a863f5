"""Stamped and joined copies of PDFs, and reports as PDFs, made by processes with limits (``press``): no file takes a site down with it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from openecf.kernel.refusal import Refusal
from openecf.platform.pdf.apart import Apart, Busy, Ended, Lost
from openecf.platform.pdf.lying import lying, path_of

SECONDS = 60
"""How long one copy may take. A page takes a tenth of a millisecond."""
AT_ONCE = 4
WAIT = 45
"""How many seconds a copy waits for its turn."""

presses = Apart("openecf.platform.pdf.press", seconds=SECONDS, at_once=AT_ONCE, wait=WAIT)


class Unusable(Exception):
    """The file cannot be written on or joined, or not within the limits. What was written so far is worth nothing."""


class Interrupted(Unusable):
    """The press was ended while it worked, as a restart does. The file may be as good as any: nobody judged it."""


class PressesBusy(Refusal):
    """Too many copies at once."""

    said = _("The court is preparing many documents at the moment. Nothing was charged. Try again in a minute.")
    code = "busy"


def stamp(original: BinaryIO, *, to: str, header: str, suffix: str) -> None:
    """Write a stamped copy to the path ``to``. Raises Unusable, PressesBusy."""
    with lying(original) as source:
        _print({"act": "stamp", "source": source, "to": to, "header": header, "suffix": suffix})


def join(originals: Sequence[BinaryIO], *, to: str) -> None:
    """Write all pages to the path ``to``, in order. Raises Unusable, PressesBusy."""
    with ExitStack() as opened:
        sources = [opened.enter_context(lying(original)) for original in originals]
        _print({"act": "join", "sources": sources, "to": to})


def typeset(pieces: Iterable[str], *, to: str, base: str, foot: str) -> None:
    """Write a report, given as pieces of its markup, as a PDF to the path ``to`` (``typesetting.typeset``). Raises
    Unusable, PressesBusy."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as source:
        source.writelines(f"{json.dumps(piece)}\n" for piece in pieces)
        source.flush()
        _print({"act": "typeset", "source": path_of(source.buffer), "to": to, "base": base, "foot": foot})


def _print(request: dict[str, object]) -> None:
    try:
        if not presses.ask(request).get("done"):
            raise Unusable
    except Busy:
        raise PressesBusy from None
    except Ended:
        raise Interrupted from None
    except Lost:
        raise Unusable from None

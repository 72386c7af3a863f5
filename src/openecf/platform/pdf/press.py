"""Writing on PDFs, joining and setting them, in a process of its own that a hostile file cannot take down with it.

``python -m openecf.platform.pdf.press`` answers the requests of ``printing``; ``apart`` says how, and ends it when it
takes too long.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pikepdf
from reportlab.pdfbase.pdfmetrics import stringWidth

from openecf.platform.pdf.apart import answer_all
from openecf.platform.pdf.typesetting import typeset

MEMORY = 2_000_000_000
WRITES = 1_000_000_000
"""Bytes of one file that it may write."""
SIZE = 9
MARGIN = 18
BELOW_TOP = 14
FONT = "/OpenEcfHeader"
UNUSABLE = (
    pikepdf.PdfError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RuntimeError, MemoryError,
    OSError,
)  # fmt: skip
"""What a PDF with nonsense in its page tree may raise, or one that grows beyond all bounds when it is written."""


def stamp(*, source: str, to: str, header: str, suffix: str) -> None:
    """Write the header and ``suffix`` (with its ``{page}`` and ``{pages}``) at the top of each page of a copy."""
    with pikepdf.open(source) as pdf:
        font = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Font,
                Subtype=pikepdf.Name.Type1,
                BaseFont=pikepdf.Name("/Helvetica"),
                Encoding=pikepdf.Name("/WinAnsiEncoding"),
            )
        )
        pages = len(pdf.pages)
        opening = pdf.make_stream(b"q\n")
        for number, page in enumerate(pdf.pages, start=1):
            name = page.add_resource(font, pikepdf.Name.Font, pikepdf.Name(FONT), replace_existing=True)
            page.contents_add(opening, prepend=True)
            line = header + suffix.format(page=number, pages=pages)
            page.contents_add(pdf.make_stream(_drawing(page, str(name), line)))
        _save(pdf, to)


def join(*, sources: Sequence[str], to: str) -> None:
    """One PDF of all pages, in order."""
    with pikepdf.new() as whole:
        opened = [pikepdf.open(source) for source in sources]
        for source in opened:
            whole.pages.extend(source.pages)
        _save(whole, to)


def _save(pdf: pikepdf.Pdf, to: str) -> None:
    """Into the very file that is there: whoever asked holds it open.

    No stream is unpacked on the way, as the library does by itself with those that could be packed better: a megabyte may
    hold a gigabyte.
    """
    with open(to, "r+b") as out:
        pdf.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)


def _drawing(page: pikepdf.Page, font: str, text: str) -> bytes:
    left, bottom, right, top = (float(edge) for edge in page.cropbox)
    turned = _rotation(page.obj)
    across = top - bottom if turned in (90, 270) else right - left
    size: float = SIZE
    while size > 5 and stringWidth(text, "Helvetica", size) > across - 2 * MARGIN:
        size -= 0.5
    start = max(0.0, (across - stringWidth(text, "Helvetica", size)) / 2)
    matrix = {
        0: (1, 0, 0, 1, left + start, top - BELOW_TOP),
        90: (0, 1, -1, 0, left + BELOW_TOP, bottom + start),
        180: (-1, 0, 0, -1, right - start, bottom + BELOW_TOP),
        270: (0, -1, 1, 0, right - BELOW_TOP, top - start),
    }[turned]
    written = text.encode("cp1252", "replace")
    for special in (b"\\", b"(", b")"):
        written = written.replace(special, b"\\" + special)
    place = " ".join(f"{value:.2f}" for value in matrix)
    return b"\nQ q 0 0 1 rg BT %s %.1f Tf %s Tm (%s) Tj ET Q\n" % (font.encode(), size, place.encode(), written)


def _rotation(page: pikepdf.Object) -> int:
    """The page's turn in degrees, its own or inherited."""
    node = page
    for _level in range(50):
        if "/Rotate" in node:
            return int(node["/Rotate"]) % 360 // 90 * 90
        if "/Parent" not in node:
            break
        node = node["/Parent"]
    return 0


ACTS = {"stamp": stamp, "join": join, "typeset": typeset}


def act(request: dict[str, Any]) -> dict[str, object]:
    """Do what is asked, and answer whether it could be done."""
    try:
        ACTS[request.pop("act")](**request)
    except UNUSABLE:
        return {"done": False}
    return {"done": True}


if __name__ == "__main__":
    answer_all(act, memory=MEMORY, writes=WRITES)

"""The blue line at the top of each page of a copy. The document as filed is never altered; stamped copies are cached."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pikepdf
from reportlab.pdfbase.pdfmetrics import stringWidth

from openecf.platform.config import this_site

SIZE = 9
MARGIN = 18
BELOW_TOP = 14
KEPT_BYTES = 1_000_000_000
PRUNE_EVERY = 64
FONT = "/OpenEcfHeader"
UNUSABLE = (
    pikepdf.PdfError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RuntimeError, MemoryError
)  # fmt: skip
"""What a PDF with nonsense in its page tree may raise; such a document is handed out as it was filed."""


def stamped(original: BinaryIO, *, sha256: str, line: Callable[[int, int], str], keep: bool) -> BinaryIO:
    """A copy with ``line(page, pages)`` on each page, open for reading; the original where it cannot be stamped.

    ``keep``: the copy may lie in this site's cache (never for sealed documents).
    """
    place = _cache() / f"{_family(sha256)}{hashlib.sha256(line(1, 0).encode()).hexdigest()[:32]}"
    if keep:
        with contextlib.suppress(FileNotFoundError):
            cached = place.open("rb")
            os.utime(place)
            original.close()
            return cached
    copy = tempfile.NamedTemporaryFile(dir=_cache(), suffix=".new")  # noqa: SIM115  (the caller closes it)
    try:
        _write(original, copy.file, line)  # type: ignore[arg-type]
    except UNUSABLE:
        copy.close()
        original.seek(0)
        return original
    original.close()
    copy.flush()
    if keep:
        with contextlib.suppress(FileExistsError):
            os.link(copy.name, place)
        _prune(place)
    copy.seek(0)
    return copy  # type: ignore[return-value]


def forget(sha256: str) -> None:
    """Throw the kept copies of a document away: it is sealed from now on."""
    for copy in _cache().glob(f"{_family(sha256)}*"):
        copy.unlink(missing_ok=True)


def _family(sha256: str) -> str:
    """How the names of a document's copies begin."""
    return hashlib.sha256(sha256.encode()).hexdigest()[:32]


def _cache() -> Path:
    folder = this_site().folder / "cache" / "stamped"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _prune(newest: Path) -> None:
    """Now and then, the copies that nobody asked for longest make room."""
    if int(newest.name[:4], 16) % PRUNE_EVERY:
        return
    held = sorted(((file.stat().st_mtime, file.stat().st_size, file) for file in newest.parent.iterdir()), reverse=True)
    total = 0
    for _used, size, file in held:
        total += size
        if total > KEPT_BYTES:
            file.unlink(missing_ok=True)


def _write(original: BinaryIO, out: BinaryIO, line: Callable[[int, int], str]) -> None:
    with pikepdf.open(original) as pdf:
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
            page.contents_add(pdf.make_stream(_drawing(page, str(name), line(number, pages))))
        pdf.save(out)


def _drawing(page: pikepdf.Page, font: str, text: str) -> bytes:
    left, bottom, right, top = (float(edge) for edge in page.cropbox)
    turned = _rotation(page.obj)
    across = top - bottom if turned in (90, 270) else right - left
    size = SIZE
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

"""Mailing labels: thirty on a sheet of letter paper, three across (the common 1 by 2 5/8 inch ones)."""

from __future__ import annotations

import io
from collections.abc import Sequence

from reportlab.lib.pagesizes import letter
from reportlab.lib.units import inch
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

ACROSS, DOWN = 3, 10
LEFT, TOP = 0.1875 * inch, 0.5 * inch
STEP_ACROSS, STEP_DOWN, WIDTH = 2.75 * inch, 1 * inch, 2.625 * inch
FONT, SIZE, LEADING, SMALLEST = "Helvetica", 9, 10.5, 5
INDENT = 0.12 * inch
MOST_LINES = 6


def sheet(labels: Sequence[Sequence[str]]) -> bytes:
    """The labels as a PDF, in their order, the lines of each one below the other. A line that is too wide is made smaller,
    then cut: what reaches into the next label would be read there."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=letter, invariant=True)
    canvas.setTitle("Mailing labels")
    for n, lines in enumerate(labels):
        if n and n % (ACROSS * DOWN) == 0:
            canvas.showPage()
        row, column = divmod(n % (ACROSS * DOWN), ACROSS)
        x = LEFT + column * STEP_ACROSS + INDENT
        y = letter[1] - TOP - row * STEP_DOWN - 0.2 * inch
        for m, line in enumerate(lines[:MOST_LINES]):
            _line(canvas, x, y - m * LEADING, line)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _line(canvas: Canvas, x: float, y: float, line: str) -> None:
    text = "".join(each if each.encode("cp1252", "ignore") else "?" for each in line if each.isprintable())
    room = WIDTH - 2 * INDENT
    size = max(SMALLEST, min(SIZE, SIZE * room / max(stringWidth(text, FONT, SIZE), 1)))
    while text and stringWidth(text, FONT, size) > room:
        text = text[:-1]
    canvas.setFont(FONT, size)
    canvas.drawString(x, y, text)

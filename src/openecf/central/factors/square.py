"""The square picture that an authenticator app reads, as one path of inline SVG: no style, no script, no other file."""

from __future__ import annotations

from dataclasses import dataclass

from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M

QUIET = 4
"""Light modules around the code (ISO/IEC 18004)."""


@dataclass(frozen=True)
class Square:
    """``size`` modules a side, ``path`` draws the dark ones."""

    size: int
    path: str


def square(text: str) -> Square:
    """The QR code of a text. Dark modules of a row that touch are one rectangle."""
    code = QRCode(border=QUIET, error_correction=ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    drawn = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            width = 0
            while x + width < len(row) and row[x + width]:
                width += 1
            if width:
                drawn.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width or 1
    return Square(len(rows), "".join(drawn))

"""The faces that paper is printed in, and text in the letters that they have."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

import openecf

FONTS = Path(openecf.__file__).parent / "platform" / "shell" / "static" / "vendor" / "fonts"
"""Public Sans (SIL Open Font License 1.1), which has the letters of every language that is written in Latin; brought by
``openecf assets`` with the design system. Where it was not built, paper has the letters of Western Europe only."""


@cache
def _faces() -> tuple[str, str, frozenset[int]]:
    """The regular face, the bold one, and the characters that both have."""
    names = ("PublicSans-Regular", "PublicSans-Bold")
    if not all((FONTS / f"{name}.ttf").exists() for name in names):
        western = frozenset(ord(bytes([n]).decode("cp1252", "ignore") or " ") for n in range(32, 256))
        return "Helvetica", "Helvetica-Bold", western
    faces = [TTFont(name, str(FONTS / f"{name}.ttf")) for name in names]
    for face in faces:
        pdfmetrics.registerFont(face)
    pdfmetrics.registerFontFamily(names[0], normal=names[0], bold=names[1], italic=names[0], boldItalic=names[1])
    return (*names, frozenset.intersection(*(frozenset(face.face.charToGlyph) for face in faces)))


REGULAR, BOLD, _LETTERS = _faces()


def said(text: str) -> str:
    """Text in the letters that the faces have; of others the nearest ones."""
    letters = []
    for one in unicodedata.normalize("NFC", text):
        if ord(one) in _LETTERS:
            letters.append(one)
        else:
            near = unicodedata.normalize("NFKD", one)
            letters.append(
                "".join(part for part in near if ord(part) in _LETTERS and not unicodedata.combining(part)) or "?"
            )
    return "".join(letters)

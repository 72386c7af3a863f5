"""Setting reports as PDFs: lines that fit their columns."""

from __future__ import annotations

import json

import pypdfium2
import pytest

from openecf.platform.pdf.faces import BOLD, REGULAR
from openecf.platform.pdf.typesetting import Run, _wide, _wrapped, typeset

RECEIPT = "<hr><table>" + "".join(f"<tr><td>receipt {n}</td></tr>" for n in range(6)) + "</table>"


@pytest.mark.parametrize(
    ("words", "column", "lines"),
    [
        ("one two", "one two", ["one two"]),
        ("one two", "one tw", ["one", "two"]),
        ("mmmmm", "mmmm", ["mmmm", "m"]),
        ("mmmmmmmmm", "mmmm", ["mmmm", "mmmm", "m"]),
        ("a mmmmm b", "mmmm", ["a", "mmmm", "m b"]),
        ("mm", "i", ["m", "m"]),
        ("", "mmmm", []),
    ],
)
@pytest.mark.parametrize("bold", [False, True])
def test_words_fill_a_line_and_one_that_is_wider_than_its_column_goes_on_below(words, column, lines, bold):
    width = _wide(column, BOLD if bold else REGULAR) + 0.01
    assert ["".join(run.text for run in line) for line in _wrapped([Run(words, bold=bold)], width)] == lines


@pytest.mark.parametrize("rows", range(30, 42))
def test_a_receipt_is_never_torn_between_two_pages(tmp_path, rows):
    pieces, pdf = tmp_path / "pieces", tmp_path / "out.pdf"
    row = "<tr><td>day</td><td>1</td><td>words</td></tr>"
    pieces.write_text("\n".join(json.dumps(piece) for piece in (row * rows, RECEIPT)))
    pdf.touch()
    typeset(str(pieces), str(pdf), base="", foot="")
    pages = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf)]
    assert [page.count("receipt") for page in pages if "receipt" in page] == [6]

"""Setting reports as PDFs: lines that fit their columns."""

from __future__ import annotations

import pytest

from openecf.platform.pdf.faces import BOLD, REGULAR
from openecf.platform.pdf.typesetting import Run, _wide, _wrapped


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

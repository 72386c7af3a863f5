"""The table of the notices' promises names tests that exist: a row whose test was renamed proves nothing."""

from __future__ import annotations

import re

import pytest

from tests.house.project import ROOT

TABLE = (ROOT / "docs" / "notices-kept.md").read_text("utf-8")
FOLDERS = ("tests/journeys", "tests/faults")
NAMED = re.findall(r"`((?:tests/\w+/)?test_\w+\.py)(?:::(\w+))?`", TABLE)


@pytest.mark.parametrize(("path", "test"), sorted(set(NAMED)))
def test_a_promise_is_proved_by_a_test_that_exists(path, test):
    places = [ROOT / path] if "/" in path else [ROOT / folder / path for folder in FOLDERS]
    found = [place.read_text("utf-8") for place in places if place.exists()]
    assert found, f"there is no {path}"
    assert not test or any(f"def {test}(" in text for text in found), f"{path} has no {test}"


def test_every_row_names_a_test():
    rows = [
        line for line in TABLE.splitlines() if line.startswith("| ") and not re.match(r"\| (promised|kept|-)", line)
    ]
    assert len(rows) > 30 and not [row for row in rows if "test_" not in row]

"""What courts of every kind must do, done again at a district and an appellate court: a process is one site."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EVERYWHERE = tuple(
    f"tests/court/test_{name}.py"
    for name in (
        "documents_pages",
        "notices_nef",
        "notices_summaries",
        "fees_metering",
        "fees_receipts",
        "searches_priced",
        "appellate_choices",
        "docket_choices",
        "permissions",
        "permissions_firm",
    )
)


LONG = "tests/court/test_permissions.py"
"""Who may open what is asked at a bankruptcy and an appellate court; ``OPENECF_THOROUGH=1`` asks at the district court, too."""


@pytest.mark.parametrize("court", ["flsd", "ca11"])
def test_documents_notices_fees_and_permissions(court):
    spared = {LONG} if court == "flsd" and not os.environ.get("OPENECF_THOROUGH") else set()
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *(each for each in EVERYWHERE if each not in spared)],
        cwd=ROOT, env={**os.environ, "OPENECF_TEST_COURT": court}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]

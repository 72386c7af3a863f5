"""The published juriscraper, in its own environment, reading what this court wrote."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLACES = [ROOT / ".venv-js3/bin/python", ROOT / ".venv-js4/bin/python", Path(os.environ.get("JURISCRAPER_PYTHON", "-"))]
CLIENTS = [str(place) for place in PLACES if place.exists()]

READ = """
import json, sys
kind, court = sys.argv[1:3]
text = sys.stdin.read()
import juriscraper.pacer as p
from juriscraper.pacer.email import S3NotificationEmail
from juriscraper.pacer.download_confirmation_page import DownloadConfirmationPage
from juriscraper.pacer.appellate_attachment_page import AppellateAttachmentPage
from juriscraper.pacer.attachment_page import AttachmentPage
reader = {"email": S3NotificationEmail, "receipt": DownloadConfirmationPage, "menu": AttachmentPage,
          "appellate-menu": AppellateAttachmentPage}[kind](court)
reader._parse_text(text)
print(json.dumps(reader.data, default=str))
"""


@pytest.fixture(params=CLIENTS or ["none"])
def juriscraper(request):
    """``juriscraper(kind, court, text)``: what the client makes of a page or a mail."""
    if request.param == "none":
        pytest.skip("juriscraper is not installed (make clients)")

    def read(kind: str, court: str, text: str) -> dict:
        run = subprocess.run(
            [request.param, "-c", READ, kind, court],
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr[-3000:]
        return json.loads(run.stdout.splitlines()[-1])

    return read

"""Asking the painter: one process a picture, a few at once, ended when it takes too long."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading

from django.utils.translation import gettext_lazy as _

from openecf.kernel.refusal import Refusal

SECONDS = 30
AT_ONCE = 2
WAIT = 30
"""How many seconds a picture waits for its turn."""
REASONS = {
    "not-a-picture": _("The file is no PNG or JPEG picture."),
    "broken": _("The picture cannot be opened. Save it again as PNG or JPEG."),
    "too-many-pixels": _("The picture has too many pixels (more than 40 million). Make it smaller."),
    "busy": _("Many pictures are being looked at. Try again in a minute."),
}
_turns = threading.BoundedSemaphore(AT_ONCE)


class BadPicture(Refusal):
    """A picture that is not taken; ``code`` is a key of ``REASONS``."""

    def __init__(self, code: str) -> None:
        super().__init__(str(REASONS[code]))
        self.code = code


def redraw(source: str, target: str) -> str:
    """Draw the picture at one path anew at another; ``png`` or ``jpeg``. BadPicture."""
    if not _turns.acquire(timeout=WAIT):
        raise BadPicture("busy")
    try:
        done = subprocess.run(  # noqa: S603  (our own module, no shell)
            [sys.executable, "-m", "openecf.platform.pictures.painter", source, target],
            capture_output=True, timeout=SECONDS, check=False,
            env={key: value for key, value in os.environ.items() if key in {"PATH", "PYTHONPATH", "LANG"}},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise BadPicture("broken") from None
    finally:
        _turns.release()
    try:
        told = json.loads(done.stdout)
    except ValueError:
        told = {"wrong": "broken"}  # it died of the file
    if wrong := told.get("wrong"):
        raise BadPicture(wrong)
    return told["kind"]

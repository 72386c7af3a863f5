"""``openecf mailbox``: the demonstration's mail server. It keeps every mail and sends none on."""

from __future__ import annotations

import argparse
import signal
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from openecf.cli import mail_files
from openecf.cli.layout import MAILBOX_SMTP, MAILBOX_WEB, layout_of
from openecf.cli.mailbox_pages import pages_server

LARGEST = 64 * 2**20
"""Bytes of one mail."""


class Keep:
    """What the SMTP server does with a mail: it becomes a file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.original_content or b""
        mail_files.keep(
            self.folder,
            sender=envelope.mail_from or "",
            to=list(envelope.rcpt_tos),
            content=content,
            at=datetime.now(UTC),
        )
        return "250 kept"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--var", help="the installation's folder (default: OPENECF_VAR, or ./var)")
    parser.add_argument("--smtp-port", type=int, help="where to take mail (default: beside the installation's sites)")
    parser.add_argument("--port", type=int, help="where the web page is (default: beside the installation's sites)")


def run(args: argparse.Namespace) -> int:
    layout = layout_of(args.var)
    first_port = layout.facts.get("first_port", 8000)
    folder = layout.var / "mailbox"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    smtp_port = args.smtp_port or first_port + MAILBOX_SMTP
    receiver = Controller(Keep(folder), hostname="127.0.0.1", port=smtp_port, data_size_limit=LARGEST)
    pages = pages_server(folder, args.port or first_port + MAILBOX_WEB)
    signal.signal(signal.SIGTERM, _end)
    receiver.start()
    try:
        pages.serve_forever()
    finally:
        receiver.stop()
        pages.server_close()
    return 0


def _end(_signum: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt

"""Received mails as files: the very bytes that came, under two lines that say from and to whom they were sent."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from urllib.parse import urlsplit

NAME = re.compile(r"\d{8}T\d{12}-[0-9a-f]{8}")
LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:)\]]")


@dataclass(frozen=True)
class Mail:
    """One received mail. ``to`` is the envelope's list: blind copies are in it."""

    name: str
    received: datetime
    sender: str
    to: tuple[str, ...]
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "(no subject)")

    @property
    def text(self) -> str:
        return self._body("plain")

    @property
    def html(self) -> str:
        return self._body("html")

    @property
    def links(self) -> list[str]:
        """Every web address in the mail, once, in the order in which they appear."""
        found = re.findall(r"href=[\"'](https?://[^\"']+)", self.html.replace("&amp;", "&")) + LINK.findall(self.text)
        return [link for link in dict.fromkeys(found) if urlsplit(link).hostname]

    def _body(self, subtype: str) -> str:
        part = self.message.get_body((subtype,))
        return part.get_content() if part is not None else ""


def keep(folder: Path, *, sender: str, to: list[str], content: bytes, at: datetime) -> str:
    """Store a mail; it appears whole or not at all. Answers its name."""
    name = f"{at:%Y%m%dT%H%M%S%f}-{os.urandom(4).hex()}"
    envelope = f"X-Envelope-From: {sender}\r\nX-Envelope-To: {', '.join(to)}\r\n".encode("utf-8", "replace")
    temporary = folder / f".{name}"
    temporary.write_bytes(envelope + content)
    temporary.rename(folder / f"{name}.eml")
    return name


def names(folder: Path) -> list[str]:
    """Newest first."""
    return sorted((path.stem for path in folder.glob("*.eml") if NAME.fullmatch(path.stem)), reverse=True)


def read(folder: Path, name: str) -> Mail | None:
    """The mail of that name, or None."""
    if not NAME.fullmatch(name) or not (folder / f"{name}.eml").exists():
        return None
    message = BytesParser(policy=policy.default).parsebytes((folder / f"{name}.eml").read_bytes())
    recipients = tuple(address.strip() for address in str(message["X-Envelope-To"] or "").split(",") if address.strip())
    received = datetime.strptime(name.partition("-")[0], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)
    return Mail(name, received, str(message["X-Envelope-From"] or ""), recipients, message)

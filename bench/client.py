"""A client as light as can be, so that what is measured is the server: one connection, kept; cookies as given."""

from __future__ import annotations

import http.client
import time
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit

BOUNDARY = "openecf-bench-boundary"
IDLE = 1.0
"""Seconds after which a connection is not used again."""


@dataclass(frozen=True)
class Answer:
    """What the server said. ``location`` is where it sends the caller, or empty."""

    status: int
    body: bytes
    location: str

    @property
    def text(self) -> str:
        return self.body.decode()


class Client:
    """One caller of one server."""

    def __init__(self, address: str, *, cookies: Mapping[str, str] | None = None, referer: str = "") -> None:
        parts = urlsplit(address)
        self.connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=120)
        self.used = 0.0
        self.headers: dict[str, str] = {}
        self.cookies: dict[str, str] = {}
        self._keep(cookies or {})
        if referer:
            self.headers["Referer"] = referer

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None, {})

    def post(self, path: str, said: Mapping[str, object]) -> Answer:
        """Send a form."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, urlencode(said, doseq=True).encode(), headers)

    def post_parts(
        self, path: str, said: Mapping[str, object], files: Mapping[str, tuple[str, bytes]] | None = None
    ) -> Answer:
        """Send a form in parts, with files: name of the field → name of the file, bytes."""
        body = parts_of(said, files or {})
        return self._ask("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        if time.monotonic() - self.used > IDLE:
            self.connection.close()  # the server may be about to; the next request opens another
        self.connection.request(method, path, body, {**self.headers, **headers})
        answer = self.connection.getresponse()
        self.used = time.monotonic()
        if given := answer.headers.get_all("Set-Cookie"):
            self._keep(dict(one.partition(";")[0].split("=", 1) for one in given))
        return Answer(answer.status, answer.read(), answer.getheader("Location") or "")

    def _keep(self, cookies: Mapping[str, str]) -> None:
        self.cookies |= cookies
        self.headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())


def parts_of(said: Mapping[str, object], files: Mapping[str, tuple[str, bytes]]) -> bytes:
    """A multipart body."""
    pieces = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in said.items()
    ]
    for name, (filename, content) in files.items():
        head = f'Content-Disposition: form-data; name="{name}"; filename="{filename}"\r\nContent-Type: application/pdf'
        pieces.append(f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + content + b"\r\n")
    return b"".join(pieces) + f"--{BOUNDARY}--\r\n".encode()


class Form(HTMLParser):
    """The form of a page that sends what somebody fills in: its address and its fields as a browser sends them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str | list[str]] = {}
        self._inside = self._found = False
        self._area = self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if (
            tag == "form"
            and not self._found
            and facts.get("method") == "post"
            and "language" not in facts.get("class", "")
        ):
            self._inside = self._found = True
            self.action = facts.get("action", "")
        elif self._inside and tag == "input":
            self._input(facts)
        elif self._inside and tag == "textarea":
            self._area = facts.get("name", "")
            self.fields[self._area] = ""
        elif self._inside and tag == "select":
            self._select = facts.get("name", "")
        elif self._select and tag == "option" and ("selected" in facts or self._select not in self.fields):
            self.fields[self._select] = facts.get("value", "")

    def _input(self, facts: Mapping[str, str]) -> None:
        name, kind = facts.get("name", ""), facts.get("type", "text")
        if not name or kind in {"submit", "button", "file"}:
            return
        if kind not in {"checkbox", "radio"}:
            self.fields[name] = facts.get("value", "")
        elif "checked" in facts:
            ticked = self.fields.setdefault(name, [])
            if isinstance(ticked, list):
                ticked.append(facts.get("value", "on"))

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area] = f"{self.fields[self._area]}{data}"

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:
            # A browser takes no notice of a line break right after the opening, and sends line breaks as CR LF.
            text = str(self.fields[self._area]).removeprefix("\n").replace("\r\n", "\n")
            self.fields[self._area] = text.replace("\n", "\r\n")
            self._area = ""
        elif tag == "select":
            self._select = ""
        elif tag == "form":
            self._inside = False

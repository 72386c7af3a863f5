"""The mailbox's web page: a list, one mail, its HTML in a sandbox. Plain pages without script."""

from __future__ import annotations

import json
import re
from datetime import datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from openecf.cli import mail_files
from openecf.cli.mail_files import Mail

SHOWN = 200
PAGE_CSP = (
    "default-src 'none'; style-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# The mail's own HTML runs nothing and fetches nothing, whatever it holds.
MAIL_CSP = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; frame-ancestors 'self'"
)
STYLE = """
:root { font: 100%/1.5 system-ui, sans-serif; color: #1b1b1b; background: #fff; }
body { margin: 0 auto; max-width: 70rem; padding: 1rem; }
header { border-bottom: 2px solid #005ea2; margin-bottom: 1rem; }
a { color: #005ea2; overflow-wrap: anywhere; } a:visited { color: #54278f; }
:focus { outline: .25rem solid #2491ff; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid #a9aeb1; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #f0f0f0; padding: 1rem; }
iframe { width: 100%; height: 32rem; border: 1px solid #71767a; background: #fff; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; }
dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 40rem) {
  thead { position: absolute; left: -100vw; } tr { display: block; border-bottom: 1px solid #a9aeb1; padding: .4rem 0; }
  td { display: block; border: 0; padding: 0; overflow-wrap: anywhere; } h1 { font-size: 1.5rem; line-height: 1.25; }
}
"""


def page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="stylesheet" href="/style.css"></head>'
        '<body><header><p><a href="/">Mailbox</a> of a demonstration: every mail stays here.</p></header>'
        f"<main>{body}</main></body></html>"
    )


def list_page(mails: list[Mail], *, to: str) -> str:
    rows = "".join(
        f"<tr><td>{_when(mail.received)}</td><td>{escape(', '.join(mail.to))}</td>"
        f'<td><a href="/mail/{mail.name}">{escape(mail.subject)}</a></td></tr>'
        for mail in mails
    )
    search = (
        '<form action="/" method="get"><label for="to">Sent to</label> '
        f'<input id="to" name="to" value="{escape(to)}"> <button>Show</button></form>'
    )
    table = (
        '<table><thead><tr><th scope="col">Received (UTC)</th><th scope="col">To</th>'
        '<th scope="col">Subject</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )
    return page("Mailbox", f"<h1>Mailbox</h1>{search}{table if mails else '<p>No mail yet.</p>'}")


def mail_page(mail: Mail) -> str:
    sender = str(mail.message["From"] or mail.sender)
    facts = {"From": sender, "To": ", ".join(mail.to), "Received": _when(mail.received)}
    body = f"<h1>{escape(mail.subject)}</h1><dl>"
    body += "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in facts.items()) + "</dl>"
    if mail.html:
        body += (
            f'<h2>Mail</h2><iframe title="The mail as HTML" src="/mail/{mail.name}/html" '
            'sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>'
        )
    if mail.links:
        items = "".join(f'<li><a href="{escape(link)}">{escape(link)}</a></li>' for link in mail.links)
        body += f"<h2>Links</h2><ul>{items}</ul>"
    if mail.text:
        body += f"<h2>Text</h2><pre>{_with_links(mail.text)}</pre>"
    return page(mail.subject, f'{body}<p><a href="/mail/{mail.name}/raw">The mail as it came</a></p>')


def html_part(mail: Mail) -> str:
    """The mail's own HTML; its links open beside it, not inside the frame."""
    base = '<base target="_blank">'
    html, found = re.subn(r"(<head[^>]*>)", rf"\1{base}", mail.html, count=1, flags=re.IGNORECASE)
    return html if found else base + html


def as_json(mail: Mail) -> dict[str, object]:
    return {
        "name": mail.name, "received": mail.received.isoformat(), "from": mail.sender, "to": list(mail.to),
        "subject": mail.subject, "text": mail.text, "html": mail.html, "links": mail.links,
    }  # fmt: skip


def _with_links(text: str) -> str:
    parts, end = [], 0
    for match in mail_files.LINK.finditer(text):
        parts += [escape(text[end : match.start()]), f'<a href="{escape(match[0])}">{escape(match[0])}</a>']
        end = match.end()
    return "".join([*parts, escape(text[end:])])


def _when(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"


class Pages(BaseHTTPRequestHandler):
    """One request. ``folder`` is set by :func:`pages_server`."""

    folder: Path
    server_version = "openecf-mailbox"

    def do_GET(self) -> None:  # noqa: N802  (the name that http.server calls)
        # A page of another site must not reach this one by giving its own name our address.
        if (urlsplit(f"//{self.headers.get('Host', '')}").hostname or "") not in {"127.0.0.1", "localhost"}:
            return self._send(403, "text/plain", b"This mailbox answers to 127.0.0.1 only.\n")
        parts = urlsplit(self.path)
        if parts.path == "/style.css":
            return self._send(200, "text/css", STYLE.encode())
        if parts.path in {"/", "/mails.json"}:
            return self._list(parts.path, to=parse_qs(parts.query).get("to", [""])[0])
        if match := re.fullmatch(r"/mail/([^/]+)(?:/(html|raw))?", parts.path):
            return self._mail(match[1], match[2] or "")
        return self._send(404, "text/plain", b"There is no such page.\n")

    def _list(self, path: str, *, to: str) -> None:
        found: list[Mail] = []
        for name in mail_files.names(self.folder):
            mail = mail_files.read(self.folder, name)
            if mail and (not to or any(to.lower() in address.lower() for address in mail.to)):
                found.append(mail)
            if len(found) == SHOWN:
                break
        if path == "/":
            self._send(200, "text/html", list_page(found, to=to).encode())
        else:
            self._send(200, "application/json", json.dumps([as_json(mail) for mail in found]).encode())

    def _mail(self, name: str, part: str) -> None:
        mail = mail_files.read(self.folder, name)
        if mail is None:
            self._send(404, "text/plain", b"There is no such mail.\n")
        elif part == "html":
            self._send(200, "text/html", html_part(mail).encode(), csp=MAIL_CSP)
        elif part == "raw":
            self._send(200, "text/plain", (self.folder / f"{quote(mail.name)}.eml").read_bytes())
        else:
            self._send(200, "text/html", mail_page(mail).encode())

    def _send(self, status: int, kind: str, body: bytes, *, csp: str = PAGE_CSP) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", csp)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Addresses of mails are nobody's business."""


def pages_server(folder: Path, port: int) -> ThreadingHTTPServer:
    """A server of the pages over the mails in ``folder``, on the loopback."""
    handler = type("PagesHere", (Pages,), {"folder": folder})
    return ThreadingHTTPServer(("127.0.0.1", port), handler)

"""The Pay.gov sandbox's pages and its one address for calls. Plain pages without script."""

from __future__ import annotations

import hmac
import re
import sys
import time
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from openecf.cli import paygov_books
from openecf.cli.paygov_books import BANK_ACCOUNTS, CARDS, ROUTING, Books, Collection
from openecf.platform.payments import wire

CALLS, PAGE = "/services/TCSOnlineService/3.3", "/tcsonline/payment.do"
LARGEST = 100_000
"""Bytes of a request."""
CSP = "default-src 'none'; img-src data:; style-src 'self'; base-uri 'none'; form-action 'self' {back}; frame-ancestors 'none'"
STYLE = """
:root { font: 100%/1.5 system-ui, sans-serif; color: #1b1b1b; background: #fff; }
body { margin: 0 auto; max-width: 46rem; padding: 1rem; }
header { background: #ffbe2e; margin: -1rem -1rem 1rem; padding: .75rem 1rem; }
header p { margin: 0; } header a, header a:visited { color: #1b1b1b; }
a { color: #005ea2; } a:visited { color: #54278f; }
:focus { outline: .25rem solid #2491ff; outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; }
.wide { overflow-x: auto; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid #a9aeb1; }
fieldset { border: 1px solid #71767a; border-radius: .25rem; margin: 0 0 1.5rem; padding: .5rem 1rem 1rem; }
legend { font-weight: 700; font-size: 1.125rem; padding: 0 .5rem; }
label { display: block; margin-top: .75rem; }
input { font: inherit; display: block; box-sizing: border-box; width: 100%; max-width: 24rem; padding: .5rem; border: 1px solid #565c65; }
details { margin-bottom: 1.5rem; }
button { font: inherit; font-weight: 700; margin-top: 1rem; padding: .6rem 1.2rem; border: 0; border-radius: .25rem;
  color: #fff; background: #005ea2; cursor: pointer; }
button.plain { color: #005ea2; background: #fff; border: 2px solid #005ea2; }
.wrong { color: #b50909; font-weight: 700; } .hint { color: #565c65; }
.alert { border-left: .5rem solid #b50909; background: #f4e3db; padding: .5rem 1rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; }
dd { margin: 0; overflow-wrap: anywhere; font-weight: 700; }
@media (max-width: 40rem) { th, td { padding: .4rem .3rem; overflow-wrap: anywhere; } h1 { font-size: 1.5rem; line-height: 1.25; } }
"""


def page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)} - Pay.gov sandbox</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="icon" href="data:,"><link rel="stylesheet" href="/style.css"></head><body>'
        "<header><p><strong>Sandbox.</strong> This is not Pay.gov. No money moves here. Never type a real card's or "
        f'account\'s number. <a href="/">What is this?</a></p></header><main>{body}</main></body></html>'
    )


def test_numbers() -> str:
    comes = {"taken": "is taken", "declined": "is declined when the agency asks for the money",
             "late": "is taken, but the agency does not hear of it in time"}  # fmt: skip
    cards = "".join(
        f"<tr><td>{number}</td><td>{brand}</td><td>{comes[what]}</td></tr>" for number, (brand, what) in CARDS.items()
    )
    banks = {
        "settles": "is received at once and settles later",
        "returned": "is received at once and turned down later",
    }
    accounts = "".join(
        f"<tr><td>{ROUTING} / {number}</td><td>bank account</td><td>{banks[what]}</td></tr>"
        for number, what in BANK_ACCOUNTS.items()
    )
    return (
        '<div class="wide" tabindex="0" role="region" aria-label="Test numbers"><table>'
        '<thead><tr><th scope="col">Number</th><th scope="col">Kind</th><th scope="col">What comes of it</th></tr>'
        f"</thead><tbody>{cards}{accounts}</tbody></table></div>"
        '<p class="hint">Cards: any name, any month to come such as 09/31, any security code of three or four digits.</p>'
    )


def front_page(books: Books) -> str:
    rows = "".join(
        f"<tr><td>{one.asked_at:%Y-%m-%d %H:%M:%S}</td><td>{escape(one.agency_tracking_id)}</td><td>${one.amount}</td>"
        f"<td>{escape(one.method)}</td><td>{books.status(one, at=paygov_books.now())}</td>"
        f"<td>{escape(one.tracking or '')}</td></tr>"
        for one in books.latest()
    )
    heads = "".join(
        f'<th scope="col">{word}</th>'
        for word in ("Asked (UTC)", "Agency's number", "Amount", "By", "Status", "Pay.gov's number")
    )
    listed = (
        f'<div class="wide" tabindex="0" role="region" aria-label="Collections"><table><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
        if rows
        else "<p>None yet.</p>"
    )
    return page(
        "What this is",
        "<h1>A sandbox of Pay.gov's hosted collection</h1>"
        "<p>Programs that collect money through Pay.gov try it here. It speaks the protocol of Pay.gov's Trusted "
        "Collection Services and refuses what Pay.gov refuses.</p>"
        f"<h2>Test numbers</h2>{test_numbers()}<h2>Collections</h2>{listed}",
    )


def _field(name: str, label: str, typed: dict[str, str], faults: dict[str, str], kind: str, **more: str) -> str:
    wrong = faults.get(name, "")
    said = f'<span class="wrong" id="{name}-wrong">{escape(wrong)}</span>' if wrong else ""
    marks = f' aria-invalid="true" aria-describedby="{name}-wrong"' if wrong else ""
    extra = "".join(f' {key}="{escape(value)}"' for key, value in more.items())
    keep = escape(typed.get(name, "")) if name == "name" else ""
    return (
        f'<label for="{name}">{label}</label>{said}'
        f'<input id="{name}" name="{name}" value="{keep}" type="{kind}" autocomplete="off"{extra}{marks}>'
    )


def pay_page(one: Collection, typed: dict[str, str], faults: dict[str, str]) -> str:
    inside = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in (("token", one.token), ("tcsAppID", one.app_id))
    )

    def form(what: str, legend: str, fields: str, button: str) -> str:
        return (
            f'<form method="post" action="{PAGE}">{inside}<input type="hidden" name="by" value="{what}">'
            f"<fieldset><legend>{legend}</legend>{fields}<button>{button}</button></fieldset></form>"
        )

    alert = (
        '<div class="alert" role="alert"><p><strong>Look at the fields that are marked.</strong></p><ul>'
        + "".join(f'<li><a href="#{name}">{escape(said)}</a></li>' for name, said in faults.items())
        + "</ul></div>"
        if faults
        else ""
    )
    card = (
        _field("name", "Name on the card", typed, faults, "text")
        + _field("number", "Card number", typed, faults, "text", inputmode="numeric", maxlength="23")
        + _field("expiry", "Good through (month/year, as 09/31)", typed, faults, "text", maxlength="9")
        + _field("code", "Security code", typed, faults, "text", inputmode="numeric", maxlength="4")
    )
    bank = _field("routing", "Routing number", typed, faults, "text", inputmode="numeric", maxlength="9") + _field(
        "account", "Account number", typed, faults, "text", inputmode="numeric", maxlength="17"
    )
    return page(
        "Pay" if not faults else "Error: Pay",
        f"<h1>Pay ${one.amount}</h1>{alert}<dl><dt>To</dt><dd>{escape(one.app_id)}</dd><dt>Agency's number</dt>"
        f"<dd>{escape(one.agency_tracking_id)}</dd><dt>Amount</dt><dd>${one.amount}</dd></dl>"
        f"<details><summary>Test numbers</summary>{test_numbers()}</details>"
        + form("PLASTIC_CARD", "By card", card, f"Pay ${one.amount} by card")
        + form("ACH", "From a bank account (ACH)", bank, f"Pay ${one.amount} from the bank account")
        + form(
            "PAYPAL", "By PayPal", "<p>The sandbox's PayPal agrees to everything.</p>", f"Pay ${one.amount} by PayPal"
        )
        + f'<form method="post" action="{PAGE}">{inside}<input type="hidden" name="by" value="cancel">'
        '<button class="plain">Cancel and go back</button></form>',
    )


def over_page() -> str:
    return page(
        "Nothing to pay",
        "<h1>There is nothing to pay here</h1><p>This collection does not exist, is finished, was cancelled, or was "
        "asked for too long ago. Go back to where you came from and look there how it stands.</p>",
    )


class Pages(BaseHTTPRequestHandler):
    """One request. ``books``, ``access_token`` and ``late`` (seconds) are set by :func:`sandbox_server`."""

    books: Books
    access_token: str
    late: float
    server_version = "openecf-paygov-sandbox"
    timeout = 60

    def do_GET(self) -> None:  # noqa: N802  (the name that http.server calls)
        if not self._is_for_us():
            return None
        parts = urlsplit(self.path)
        if parts.path == "/style.css":
            return self._send(200, "text/css", STYLE.encode())
        if parts.path == "/":
            return self._page(front_page(self.books))
        if parts.path == PAGE:
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            return self._show(asked, {})
        return self._send(404, "text/plain", b"There is no such page.\n")

    def do_POST(self) -> None:  # noqa: N802
        size = self.headers.get("Content-Length") or ""
        if not self._is_for_us():
            return None
        if not (size.isascii() and size.isdecimal() and int(size) <= LARGEST):
            return self._send(413, "text/plain", b"Too large.\n")
        body = self.rfile.read(int(size))
        path = urlsplit(self.path).path
        if path == CALLS:
            return self._call(body)
        if path == PAGE:
            return self._pay({name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()})
        return self._send(404, "text/plain", b"There is no such page.\n")

    def _is_for_us(self) -> bool:
        """A page of another site must not reach this one by giving its own name our address."""
        host = urlsplit(f"//{self.headers.get('Host', '')}").hostname or ""
        if host in {"127.0.0.1", "localhost"}:
            return True
        self._send(403, "text/plain", b"This sandbox answers to 127.0.0.1 only.\n")
        return False

    # Payers.

    def _show(self, typed: dict[str, str], faults: dict[str, str]) -> None:
        one = self.books.payable(typed.get("token", ""), typed.get("tcsAppID", ""), at=paygov_books.now())
        if one is None:
            return self._page(over_page(), status=410)
        return self._page(pay_page(one, typed, faults), back=one, status=422 if faults else 200)

    def _pay(self, typed: dict[str, str]) -> None:
        at = paygov_books.now()
        one = self.books.payable(typed.get("token", ""), typed.get("tcsAppID", ""), at=at)
        if one is None:
            return self._page(over_page(), status=410)
        by = typed.get("by", "")
        if by == "cancel":
            return self._go(one.url_cancel if self.books.cancel(one.token) else "")
        faults, comes = {}, "taken"
        if by == "PLASTIC_CARD":
            number = re.sub(r"[ -]", "", typed.get("number", ""))
            faults = paygov_books.card_fault(
                number, typed.get("expiry", ""), typed.get("code", ""), typed.get("name", ""), at=at
            )
            comes = CARDS.get(number, ("", ""))[1]
        elif by == "ACH":
            faults = paygov_books.bank_fault(typed.get("routing", ""), typed.get("account", ""))
            comes = BANK_ACCOUNTS.get(typed.get("account", "").strip(), "")
        elif by != "PAYPAL":
            return self._page(over_page(), status=400)
        if faults:
            return self._show(typed, faults)
        return self._go(one.url_success if self.books.agree(one.token, method=by, comes=comes) else "")

    def _go(self, where: str) -> None:
        if not where:
            return self._page(over_page(), status=410)
        self.send_response(303)
        self.send_header("Location", where)
        self.send_header("Content-Length", "0")
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        return None

    # Agencies.

    def _call(self, body: bytes) -> None:
        shown = self.headers.get("Authentication", "")
        if not hmac.compare_digest(shown.encode(), f"Bearer {self.access_token}".encode()):
            return self._send(401, "text/plain", b"Missing Authentication\n")
        try:
            operation, asked = wire.read_request(body)
            answer = self._answer(operation, asked)
        except wire.NotUnderstood as problem:
            return self._send(400, "text/xml", wire.fault("9000", f"The request was not understood: {problem}"))
        except wire.Fault as fault:
            return self._send(400, "text/xml", wire.fault(fault.code, fault.text))
        return self._send(200, "text/xml", wire.answer(operation, answer))

    def _answer(self, operation: str, asked: dict[str, str]) -> dict[str, str]:
        at = paygov_books.now()
        if operation == "startOnlineCollection":
            return {"token": self.books.start(asked, at=at)}
        if operation == "getDetails":
            return self.books.details(self.books.find(asked), at=at)
        done = self.books.complete(asked, at=at)
        if done.comes == "late":
            time.sleep(self.late)
        if operation == "completeOnlineCollection":
            return {"paygov_tracking_id": done.tracking or ""}
        return self.books.details(done, at=at)

    def _page(self, html: str, *, back: Collection | None = None, status: int = 200) -> None:
        # A form's answer sends the payer on to the agency; browsers ask the form's page whether it may.
        origins = {"{0.scheme}://{0.netloc}".format(urlsplit(url)) for url in (back.url_success, back.url_cancel)} if back else set()  # fmt: skip
        self._send(status, "text/html", html.encode(), csp=CSP.format(back=" ".join(sorted(origins))))

    def _send(self, status: int, kind: str, body: bytes, *, csp: str = CSP.format(back="")) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", csp)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Tokens in addresses are nobody's business."""


class Server(ThreadingHTTPServer):
    """Threads that end with the process. A caller that hung up is no trouble of ours."""

    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def sandbox_server(books: Books, *, port: int, access_token: str, late: float) -> Server:
    """A server over the books, on the loopback. ``late``: how many seconds a late answer takes."""
    handler = type("PagesHere", (Pages,), {"books": books, "access_token": access_token, "late": late})
    return Server(("127.0.0.1", port), handler)

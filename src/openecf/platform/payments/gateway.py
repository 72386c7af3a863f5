"""The client of Pay.gov's hosted collection. One HTTP call for each operation; nothing is ever sent twice by itself.

Three things can come of a call besides its answer, and they are told apart because money hangs on it: it was refused
(``Refused``: the gateway did not act), nobody was reached (``Away``: nothing was done), or nobody knows (``Unsure``).
"""

from __future__ import annotations

import os
import time
from functools import cache
from typing import Protocol
from urllib.parse import urlencode

import httpx
import structlog

from openecf.kernel.money import Money
from openecf.platform.config import PaymentsConfig, this_site
from openecf.platform.payments import rules, wire
from openecf.platform.payments.rules import Transaction

log = structlog.get_logger()
CONNECT, ANSWER = 5.0, 30.0
"""Seconds to reach the gateway, and to wait for a part of its answer."""
LARGEST = 1_000_000
"""Bytes of an answer."""
LONGEST = 60.0
"""Seconds that a whole call may take; shorter than ``rules.LEASE``."""
TURNED_AWAY = frozenset({400, 401, 403, 404, 405, 413, 415, 421, 429})
"""Of an answer without a fault: what stands before the gateway (or its door) did not let the call in."""
_ENVIRONMENT = {
    "url": "OPENECF_PAYGOV_URL",
    "pages_url": "OPENECF_PAYGOV_PAGES_URL",
    "app_id": "OPENECF_PAYGOV_APP_ID",
    "access_token": "OPENECF_PAYGOV_TOKEN",
    "certificate": "OPENECF_PAYGOV_CERTIFICATE",
    "key": "OPENECF_PAYGOV_KEY",
}


class Refused(Exception):
    """The gateway did not do it, and says why."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code, self.text = code, text


class Away(Exception):
    """Nobody was reached, or the door was shut: nothing was done."""


class Unsure(Exception):
    """The call left, and no answer that can be understood came back: it may have been done."""


class Gateway(Protocol):
    """What the payments room asks of a gateway. Each call raises Refused, Away or Unsure."""

    def start(self, *, number: str, amount: Money, url_success: str, url_cancel: str) -> str:
        """The token with which the payer goes to the hosted page."""

    def complete(self, *, token: str) -> Transaction:
        """Take the money that the payer agreed to at the hosted page. Once for a token."""

    def details(self, *, tracking: str) -> Transaction:
        """How a payment stands that was completed."""

    def page(self, *, token: str) -> str:
        """Where the payer's browser goes."""


def config() -> PaymentsConfig | None:
    """Which gateway this site uses: the environment's, else that of ``site.json``; None: no payments on line."""
    told = {name: os.environ[variable] for name, variable in _ENVIRONMENT.items() if os.environ.get(variable)}
    if "url" in told:
        return PaymentsConfig.model_validate(told)
    kept = this_site().config.payments
    return kept.model_copy(update=told) if kept else None


@cache
def _http(certificate: str, key: str) -> httpx.Client:
    trusted = httpx.create_ssl_context()
    if certificate:
        trusted.load_cert_chain(certificate, key or None)
    return httpx.Client(
        timeout=httpx.Timeout(ANSWER, connect=CONNECT), follow_redirects=False, verify=trusted,
        limits=httpx.Limits(max_keepalive_connections=4),
    )  # fmt: skip


class PayGov:
    """Pay.gov, or a server that speaks as it does."""

    def __init__(self, to: PaymentsConfig) -> None:
        self.to = to

    def start(self, *, number: str, amount: Money, url_success: str, url_cancel: str) -> str:
        told = self.call(
            "startOnlineCollection",
            agency_tracking_id=number,
            transaction_type="Sale",
            transaction_amount=str(amount),
            language="en",
            url_success=url_success,
            url_cancel=url_cancel,
        )
        token = told.get("token", "")
        if not token or len(token) > 64:
            raise Unsure("no token")
        return token

    def complete(self, *, token: str) -> Transaction:
        return rules.transaction(self.call("completeOnlineCollectionWithDetails", token=token))

    def details(self, *, tracking: str) -> Transaction:
        return rules.transaction(self.call("getDetails", paygov_tracking_id=tracking))

    def page(self, *, token: str) -> str:
        joined = "&" if "?" in self.to.pages_url else "?"
        return f"{self.to.pages_url}{joined}{urlencode({'token': token, 'tcsAppID': self.to.app_id})}"

    def call(self, operation: str, **values: str) -> dict[str, str]:
        """One operation with this site's app id. Refused, Away, Unsure."""
        content = wire.request(operation, {"tcs_app_id": self.to.app_id, **values})
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}
        if self.to.access_token:
            headers["Authentication"] = f"Bearer {self.to.access_token}"
        status, answer = self._post(content, headers)
        try:
            return wire.read_answer(operation, answer)
        except wire.Fault as fault:
            log.info("payments.refused", operation=operation, code=fault.code)
            raise Refused(fault.code[:20], fault.text[:180]) from None
        except wire.NotUnderstood as problem:
            if status in TURNED_AWAY:
                log.error("payments.turned_away", operation=operation, status=status)
                raise Away(f"status {status}") from None
            log.warning("payments.unsure", operation=operation, status=status, why=str(problem))
            raise Unsure(f"status {status}") from None

    def _post(self, content: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        try:
            http = _http(self.to.certificate, self.to.key)
        except OSError as problem:
            log.error("payments.certificate", error=type(problem).__name__)  # its file is not there, or is none
            raise Away(type(problem).__name__) from problem
        try:
            with http.stream("POST", self.to.url, content=content, headers=headers) as response:
                answer, began = b"", time.monotonic()
                for part in response.iter_bytes():
                    answer += part
                    if len(answer) > LARGEST or time.monotonic() - began > LONGEST:
                        raise Unsure("too long an answer")
                return response.status_code, answer
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as problem:
            log.warning("payments.away", error=type(problem).__name__)
            raise Away(type(problem).__name__) from problem
        except httpx.HTTPError as problem:
            log.warning("payments.unsure", error=type(problem).__name__)
            raise Unsure(type(problem).__name__) from problem


def gateway() -> Gateway | None:
    """This site's gateway; None if payments are not taken on line here."""
    to = config()
    return PayGov(to) if to else None

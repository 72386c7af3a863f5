"""A Pay.gov sandbox for tests, on a port of the loopback, and a payer with a browser's manners."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from openecf.cli.paygov_books import Books
from openecf.cli.paygov_pages import CALLS, PAGE, Server, sandbox_server
from openecf.platform.config import PaymentsConfig
from openecf.platform.payments.gateway import PayGov
from tests.together import at_once  # noqa: F401  (for many payers)

APP, TOKEN = "TOLLBOOTH", "walnut"
VISA, DECLINED, LATE = "4111 1111 1111 1111", "4000 0000 0000 0002", "4000 0000 0000 0119"
MUCH_TOO_LATE, IMPATIENT = 20.0, 0.3
"""Seconds until an answer comes, and until it is given up. Nobody waits for the first: the sandbox's threads end with the
process."""


class Tollbooth:
    """The sandbox, its client, and its payers."""

    def __init__(self, folder: Path, *, settles_after: float = 0, late: float = 0) -> None:
        self.books = Books(
            folder / "books.sqlite3", app_id=APP, hosts=frozenset({"127.0.0.1", "testserver", "central.test"}),
            settles_after=timedelta(seconds=settles_after),
        )  # fmt: skip
        self.server: Server = sandbox_server(self.books, port=0, access_token=TOKEN, late=late)
        self.base = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.config = PaymentsConfig(url=self.base + CALLS, pages_url=self.base + PAGE, app_id=APP, access_token=TOKEN)
        self.client = PayGov(self.config)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def start(self, number: str = "N1", amount: str = "30.01", **changed: str) -> dict[str, str]:
        """startOnlineCollection as it is spoken, with whatever is to be tried."""
        values = {
            "tcs_app_id": APP, "agency_tracking_id": number, "transaction_type": "Sale", "transaction_amount": amount,
            "language": "en", "url_success": "http://testserver/back", "url_cancel": "http://testserver/cancel",
        }  # fmt: skip
        app_id = changed.pop("tcs_app_id", APP)
        client = PayGov(self.config.model_copy(update={"app_id": app_id}))
        return client.call(
            "startOnlineCollection", **{k: v for k, v in (values | changed).items() if k != "tcs_app_id"}
        )

    def pays(self, page: str, by: str = "PLASTIC_CARD", **typed: str) -> httpx.Response:
        """The payer opens the hosted page and sends one of its forms."""
        assert httpx.get(page).status_code == 200
        asked = {name: values[0] for name, values in parse_qs(urlsplit(page).query).items()}
        usual = {"name": "Ada Counsel", "number": VISA, "expiry": "09/31", "code": "123", "routing": "021000021",
                 "account": "1357902468"}  # fmt: skip
        return httpx.post(self.base + PAGE, data=asked | {"by": by} | usual | typed)


@pytest.fixture
def tollbooth(tmp_path: Path) -> Iterator[Tollbooth]:
    booth = Tollbooth(tmp_path)
    yield booth
    booth.close()

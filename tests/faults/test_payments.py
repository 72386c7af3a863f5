"""Payments while parts of an installation are killed: nothing lost, nothing paid twice."""

from __future__ import annotations

import contextlib
import threading
import time

import httpx

from tests.faults.machine import Machine, action_of, hidden
from tests.stand import person, until

LEFT = "SELECT state FROM payment_attempt WHERE number = %s"
PAID = "SELECT count(*) FROM ledger_line WHERE reference = %s"
NOW_DUE = """
UPDATE payment_attempt SET next_look_at = now() WHERE number = ANY(%s) AND next_look_at IS NOT NULL
"""
"""What the job would wait for minutes or an hour for, it looks at in its next round."""
VISA, LATE = "4111111111111111", "4000000000000119"


class Payer:
    """A person at the central site, and at the payment service's page."""

    def __init__(self, machine: Machine, username: str) -> None:
        self.machine = machine
        self.http = httpx.Client(base_url=machine.url("central"), timeout=90, follow_redirects=True)
        who = person(username)
        page = self.http.get("/csologin/login.jsf?appurl=/pscof/manage/payments/new")
        typed = {"loginForm:loginName": who.username, "loginForm:password": who.password}
        page = self.http.post(action_of(page), data=hidden(page) | typed)
        if page.url.path != "/pscof/manage/payments/new":
            page = self.http.get("/pscof/manage/payments/new")
        hosted = self.http.post("/pscof/manage/payments/new", data=hidden(page) | {"what": "other", "amount": "7.00"})
        assert "Pay $7.00" in hosted.text, hosted.text[:500]
        self.asked = dict(hosted.url.params)
        self.page = str(hosted.url.copy_with(query=None))
        sql = "SELECT number FROM payment_attempt WHERE token = %s"
        self.number = machine.one(sql, self.asked["token"], site="central")

    def agrees(self, card: str) -> str:
        """At the payment service's page; where it sends the browser."""
        typed = {"by": "PLASTIC_CARD", "name": "A", "number": card, "expiry": "09/31", "code": "123"}
        return httpx.post(self.page, data=self.asked | typed).headers["Location"]

    @property
    def state(self) -> str:
        return self.machine.one(LEFT, self.number, site="central")

    @property
    def lines(self) -> int:
        return self.machine.one(PAID, f"payment:paygov:{self.number}", site="central")


def test_a_site_killed_while_it_asks_and_a_service_that_is_away_lose_nothing_and_take_nothing_twice(machine):
    killed, away = Payer(machine, "hlindqvist"), Payer(machine, "quimby-billing")
    back = killed.agrees(LATE)

    def come_back() -> None:
        with contextlib.suppress(httpx.HTTPError):
            killed.http.get(back)

    waiting = threading.Thread(target=come_back, daemon=True)
    waiting.start()
    until(lambda: killed.state == "completing", seconds=20, what="the site to ask for the money")
    time.sleep(1)
    machine.kill("serve", "central")
    machine.wait_until_whole()
    assert killed.state == "completing" and killed.lines == 0

    back = away.agrees(VISA)
    with machine.without("paygov-sandbox"):
        told = away.http.get(back).text
        assert "not finished" in told and away.state == "at-gateway" and away.lines == 0

    with machine.database("central") as connection:
        connection.execute(NOW_DUE, [[killed.number, away.number]])
    until(lambda: (killed.state, away.state) == ("unknown", "succeeded"), seconds=100, what="the job's next round")
    assert (killed.lines, away.lines) == (0, 1), "unknown is not paid; what was agreed to is paid once"
    page = killed.http.get("/pscof/manage/payments/new").text
    assert "not finished" in page and 'name="what"' not in page, "and stands in the way of paying it again"
    until(lambda: machine.letters(away.number), seconds=40, what="the receipt")
    assert machine.letters("Receipt") and len(machine.letters(away.number)) == 1
    books = httpx.get(f"{machine.facts['paygov']['url']}/").text
    assert books.count("Success") == 2, "the service took each once"

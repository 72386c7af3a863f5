"""A file of stolen passwords, which an operator may fetch: nobody chooses one of them, and who signs on with one is led to
another."""

from __future__ import annotations

import hashlib
import io
import random
from pathlib import Path

import pytest
from django.test import Client

from openecf.central.accounts.services import breaches
from openecf.central.accounts.services.breaches import faults_of, holds, is_breached
from openecf.platform.config import this_site
from tests.central.registrants import NEW_PASSWORD, errors
from tests.central.relying import PASSWORD, account, goes_to, sign_in

STOLEN = "gravel tulip eighth moor"


def sha1(password: str) -> str:
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


def listed(*passwords: str, end: str = "\n", last: str = "\n") -> bytes:
    lines = sorted(f"{sha1(one)}:{n * n + 1}" for n, one in enumerate(passwords))
    return (end.join(lines) + last).encode()


@pytest.mark.parametrize("count", [0, 1, 2, 3, 10, 257])
@pytest.mark.parametrize(("end", "last"), [("\n", "\n"), ("\r\n", "\r\n"), ("\n", "")])
def test_each_that_is_there_is_found_and_nothing_else(count, end, last) -> None:
    there = [f"password {n}" for n in range(count)]
    file = io.BytesIO(listed(*there, end=end, last=last) if there else b"")
    assert all(holds(file, sha1(one).encode()) for one in there)
    assert not any(holds(file, sha1(f"another {n}").encode()) for n in range(50))
    assert not holds(file, b"0" * 40) and not holds(file, b"F" * 40)


def test_what_is_no_such_list_ends_and_holds_nothing() -> None:
    chance = random.Random(7)
    for size in (1, 63, 64, 65, 1000):
        for noise in (chance.randbytes(size), b"\n" * size, b"x" * size):
            assert not holds(io.BytesIO(noise), sha1("anything").encode())


@pytest.fixture
def stolen(tmp_path: Path, monkeypatch) -> Path:
    file = tmp_path / "pwned.txt"
    file.write_bytes(listed(STOLEN, PASSWORD, *(f"password {n}" for n in range(30))))
    config = this_site().config.model_copy(update={"breached_passwords": str(file)})
    monkeypatch.setattr(this_site(), "config", config)
    return file


def test_nobody_chooses_one_and_the_rules_say_first_what_is_wrong_besides(stolen) -> None:
    assert faults_of(NEW_PASSWORD, own_words=()) == []
    assert faults_of(STOLEN, own_words=()) == ["It stands on a list of stolen passwords, which attackers try first."]
    assert "at least 15 characters" in faults_of("password 1", own_words=())[0]


def test_a_file_that_cannot_be_read_stops_nobody(stolen) -> None:
    stolen.unlink()
    assert not is_breached(STOLEN) and faults_of(STOLEN, own_words=()) == []


def test_without_a_file_none_is_looked_for(monkeypatch) -> None:
    monkeypatch.setattr(breaches, "holds", None)
    assert not is_breached(STOLEN)


@pytest.mark.django_db
def test_who_signs_on_with_one_chooses_another_that_is_none(stolen) -> None:
    account()
    browser = Client()
    sign_in(browser)
    led = browser.get("/pscof/manage")
    assert goes_to(led) == "/csologin/new-password"
    chosen = {"current": PASSWORD, "password": STOLEN, "password_again": STOLEN}
    assert "list of stolen passwords" in str(errors(browser.post("/csologin/new-password", chosen)))
    chosen |= {"password": NEW_PASSWORD, "password_again": NEW_PASSWORD}
    assert browser.post("/csologin/new-password", chosen).status_code == 302
    assert browser.get("/pscof/manage").status_code == 200

"""A password hash that does not work on this machine is met before the first sign-on, not by it."""

from __future__ import annotations

import os
import signal

import pytest

from openecf.cli import doctor, hashing


def ended_by_the_processor(*_args, **_facts):
    os.kill(os.getpid(), signal.SIGILL)


def test_the_hash_of_this_installation_answers_what_argon2id_answers():
    assert hashing.cost() > 0


@pytest.mark.parametrize(
    ("hash_of_a_build", "why", "because"),
    [
        (ended_by_the_processor, "built for another processor", "the environment was carried to an older machine"),
        (lambda *_args, **_facts: b"\0" * 32, "does not answer what Argon2id", "no password would be right any more"),
    ],
)
def test_a_build_that_is_not_for_this_machine_is_named_with_its_mend(monkeypatch, hash_of_a_build, why, because):
    monkeypatch.setattr(hashing, "hash_secret_raw", hash_of_a_build)
    with pytest.raises(hashing.HashBroken, match=why) as refused:
        hashing.cost()
    assert hashing.MEND in refused.value.said, because
    found = doctor._hash()
    assert why in found.what and found.mend == hashing.MEND, because

"""Decisions about requests to courts: who may ask, which steps there are, which answer of the court counts."""

from __future__ import annotations

import random

import pytest

from openecf.central.registration import rules
from tests.registering import profile


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ((True, False, False), rules.Standing.WELCOME),
        ((False, False, False), rules.Standing.LEGACY),
        ((True, True, False), rules.Standing.BILLING_ONLY),
        ((False, True, False), rules.Standing.BILLING_ONLY),
        ((True, False, True), rules.Standing.SHARED),
        ((False, False, True), rules.Standing.SHARED),
    ],
)
def test_only_a_persons_own_upgraded_account_registers(facts, expected):
    upgraded, paa, shared = facts
    assert rules.standing(upgraded=upgraded, is_administrative=paa, shared=shared) is expected


@pytest.mark.parametrize(
    ("here", "nextgen", "kind", "expected"),
    [
        (False, False, "attorney", rules.Offer.NOT_HERE),
        (True, False, "attorney", rules.Offer.NOT_LIVE),
        (True, True, "attorney", rules.Offer.OPEN),
        (True, True, "non-attorney", rules.Offer.OPEN),
    ],
)
def test_what_a_court_says_to_a_registration(here, nextgen, kind, expected):
    assert rules.offer(here=here, nextgen=nextgen, profile=profile(), kind=kind) is expected
    if expected is rules.Offer.OPEN:
        none = profile(accepts={})
        assert rules.offer(here=here, nextgen=nextgen, profile=none, kind=kind) is rules.Offer.NOT_ONLINE


@pytest.mark.parametrize(
    ("kind", "role", "is_new", "expected"),
    [
        ("attorney", "e-file", True, ("role", "filer", "bars", "notices", "form", "terms")),
        ("attorney", "e-file", False, ("role", "filer", "bars", "notices", "terms")),
        ("attorney", "admission", True, ("role", "filer", "bars", "notices", "papers", "form", "terms")),
        ("non-attorney", "creditor", True, ("role", "filer", "notices", "terms")),
    ],
)
def test_which_steps_a_request_has(kind, role, is_new, expected):
    assert rules.steps(profile(), kind=kind, role=role, is_new=is_new) == expected


ANSWERED = [(1, 1, "received"), (1, 2, "more"), (2, 3, "received"), (2, 4, "approved")]


@pytest.mark.parametrize("seed", range(8))
def test_answers_in_any_order_end_in_the_same_place(seed):
    order = ANSWERED * 3
    random.Random(seed).shuffle(order)
    place = rules.Place(version=2, step=0, status="submitted")
    for version, step, status in order:
        place = rules.after(place, version=version, step=step, status=status)
    assert place.status == "approved"


@pytest.mark.parametrize(
    ("place", "answer", "status"),
    [
        ((1, 0, "submitted"), (1, 1, "received"), "received"),
        ((1, 2, "more"), (1, 1, "received"), "more"),
        ((2, 2, "submitted"), (1, 2, "more"), "submitted"),
        ((2, 1, "submitted"), (1, 2, "more"), "submitted"),
        ((2, 2, "submitted"), (2, 3, "received"), "received"),
        ((1, 1, "withdrawn"), (1, 2, "more"), "withdrawn"),
        ((1, 1, "withdrawn"), (1, 2, "approved"), "approved"),
        ((1, 1, "received"), (1, 2, "fee-due"), "fee-due"),
        ((1, 1, "withdrawn"), (1, 2, "fee-due"), "withdrawn"),
        ((1, 2, "fee-due"), (1, 3, "approved"), "approved"),
        ((1, 2, "fee-due"), (1, 4, "received"), "received"),
        ((1, 2, "fee-due"), (1, 3, "rejected"), "rejected"),
        ((1, 3, "approved"), (1, 2, "fee-due"), "approved"),
        ((1, 3, "rejected"), (1, 4, "received"), "rejected"),
    ],
)
def test_which_answer_counts(place, answer, status):
    version, step, told = answer
    assert rules.after(rules.Place(*place), version=version, step=step, status=told).status == status

"""One-time passwords and recovery codes as pure rules: the RFCs' own numbers first."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st
from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M

from openecf.central.factors import rules, sealing
from openecf.central.factors.square import QUIET, square
from tests.central.phones import Phone

SEED = b"12345678901234567890"


@pytest.mark.parametrize(
    ("step", "code"),
    list(enumerate("755224 287082 359152 969429 338314 254676 287922 162583 399871 520489".split())),
)
def test_the_values_of_rfc_4226_appendix_d(step, code):
    assert rules.code_of(SEED, step) == code


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037"),
     (20000000000, "353130")],
)  # fmt: skip
def test_the_values_of_rfc_6238_appendix_b_in_six_digits(seconds, code):
    moment = datetime.fromtimestamp(seconds, UTC)
    assert rules.code_of(SEED, rules.step_at(moment)) == code == Phone(SEED).at(moment)


@pytest.mark.parametrize(
    ("drift", "counts"),
    [
        (0, {-1, 0, 1}),
        (1, {-1, 0, 1, 2}),
        (2, {-1, 0, 1, 2, 3}),
        (-1, {-2, -1, 0, 1}),
        (-2, {-3, -2, -1, 0, 1}),
    ],
)
def test_a_clock_may_be_as_far_off_as_it_was_or_right_and_one_step_more(drift, counts):
    now = datetime(2027, 3, 1, 12, 0, 7, tzinfo=UTC)
    codes = {off: Phone(SEED).at(now, steps=off) for off in range(-6, 7)}
    assert {
        off for off, code in codes.items() if rules.steps_of(SEED, code, now=now, beside=rules.near(drift))
    } == counts


@pytest.mark.parametrize("drift", range(-rules.MOST_DRIFT, rules.MOST_DRIFT + 1))
def test_what_is_learned_of_a_clock_lets_no_code_count_for_more_than_two_minutes(drift):
    assert set(rules.near(drift)) <= set(rules.ANY_CLOCK)
    assert max(map(abs, rules.ANY_CLOCK)) * rules.STEP_SECONDS <= 120


@pytest.mark.parametrize(("off", "drift"), [(0, 0), (1, 1), (-1, -1), (3, 2), (-3, -2), (500, 2)])
def test_how_far_off_a_clock_is_taken_to_be(off, drift):
    now = datetime(2027, 3, 1, 12, 0, 7, tzinfo=UTC)
    assert rules.drift_of(rules.step_at(now) + off, now=now) == drift


@given(st.binary(min_size=20, max_size=20), st.datetimes(datetime(2025, 1, 1), datetime(2060, 1, 1)))
def test_every_secret_at_every_time_as_an_independent_program_has_it(secret, moment):
    now = moment.replace(tzinfo=UTC)
    assert rules.step_at(now) in rules.steps_of(secret, Phone(secret).at(now), now=now, beside=rules.near(0))


@pytest.mark.parametrize(
    ("typed", "read"),
    [("123 456", "123456"), (" 123-456 ", "123456"), ("abcd-efgh", "ABCDEFGH"), ("O0Il-1", "00111"), ("", ""),
     ("12345", "12345"), ("١٢٣٤٥٦", "١٢٣٤٥٦")],
)  # fmt: skip
def test_codes_are_read_as_people_type_them(typed, read):
    assert rules.typed(typed) == read


@pytest.mark.parametrize("code", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "²²²²²²", "A" * 23, "U" * 24])
def test_what_is_no_code_is_none_of_either_kind(code):
    assert not rules.looks_like_otp(code) and not rules.looks_like_recovery(code)


def test_recovery_codes_hold_120_bits_and_come_back_as_typed():
    made = {sealing.new_recovery_code() for _ in range(500)}
    assert len(made) == 500 and len(rules.RECOVERY_ALPHABET) == 32 and {len(code) for code in made} == {24}
    for code in made:
        assert rules.typed(rules.grouped(code).lower().replace("0", "o").replace("1", "l")) == code
        assert rules.looks_like_recovery(code)


def test_a_sealed_secret_opens_only_for_its_own_app_and_account():
    app, account, secret = uuid4(), uuid4(), sealing.new_secret()
    sealed = sealing.seal(secret, app=app, account=account)
    assert secret not in sealed and sealed != sealing.seal(secret, app=app, account=account)
    assert sealing.unseal(memoryview(sealed), app=app, account=account) == secret
    flipped = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for row, of, whose in ((sealed, uuid4(), account), (sealed, app, uuid4()), (flipped, app, account),
                           (b"\x02" + sealed[1:], app, account), (b"", app, account), (sealed[:9], app, account)):  # fmt: skip
        with pytest.raises(sealing.NotOurs):
            sealing.unseal(row, app=of, account=whose)


def test_recovery_codes_are_worth_nothing_for_another_account():
    code = sealing.new_recovery_code()
    assert sealing.recovery_digest(code, account=uuid4()) != sealing.recovery_digest(code, account=uuid4())


def test_the_picture_is_the_code_and_its_quiet_border():
    """The path, drawn anew module by module, is what the QR library made."""
    text = rules.address(secret=SEED, issuer="Central Sign-On (demonstration)", username="ana-counsel")
    drawn = square(text)
    grid = [[False] * drawn.size for _ in range(drawn.size)]
    for rectangle in drawn.path.split("z")[:-1]:
        start, width = rectangle.removeprefix("M").split("h")[:2]
        x, y = map(int, start.split())
        for n in range(int(width.split("v")[0])):
            assert not grid[y][x + n], "no module twice"
            grid[y][x + n] = True
    code = QRCode(border=QUIET, error_correction=ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    assert grid == code.get_matrix()
    assert not any(any(row) for row in (*grid[:QUIET], *grid[-QUIET:]))
    fromstring(f'<svg><path d="{drawn.path}"/></svg>')


def test_the_address_holds_what_apps_ask_for():
    address = rules.address(secret=SEED, issuer="Central Sign-On", username="o'hara & co:x")
    assert address.startswith("otpauth://totp/Central%20Sign-On:o%27hara%20%26%20co%20x?secret=")
    assert Phone.reading(address).secret == SEED == Phone.typing(rules.in_text(SEED)).secret

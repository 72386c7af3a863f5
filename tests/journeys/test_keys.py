"""Keys of Central Sign-On change while people work: on a running installation, by the operator's commands."""

from __future__ import annotations

import base64
import json

import httpx
from playwright.sync_api import Page, expect

from tests.journeys.people import Visitors, enter, sign_on
from tests.stand import Stand, until


def in_use(stand: Stand) -> dict[str, str]:
    """What ``openecf keys list`` shows: the keys by state, the withdrawn ones left out."""
    lines = [line.split() for line in stand.run("keys", "list").stdout.splitlines()]
    return {state: kid for kid, state, *_ in lines if state != "withdrawn"}


def published(stand: Stand) -> set[str]:
    return {key["kid"] for key in httpx.get(stand.url("central", "/oauth2/jwks"), timeout=60).json()["keys"]}


def key_of_the_sign_on(stand: Stand, court: str, sid: str) -> str:
    """The key that signed what this court keeps of a sign-on."""
    with stand.database(court) as database:
        [token] = database.execute("SELECT id_token FROM rp_session WHERE sid = %s", [sid]).fetchone()
    head = token.partition(".")[0]
    return json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))["kid"]


def newest(stand: Stand, court: str) -> str:
    with stand.database(court) as database:
        [sid] = database.execute("SELECT sid FROM rp_session ORDER BY created_at DESC LIMIT 1").fetchone()
    return sid


def refuses(stand: Stand, court: str, kid: str) -> bool:
    with stand.database(court) as database:
        row = database.execute("SELECT withdrawn_keys FROM rp_feed").fetchone()
    return row is not None and kid in row[0]  # none: a court that was just started has heard of nothing yet


def is_signed_on(page: Page, stand: Stand, court: str) -> None:
    page.goto(stand.url(court, "/"))
    expect(page.get_by_role("button", name="Log out").or_(page.get_by_role("link", name="Log out"))).to_be_visible()


def test_a_key_in_wrong_hands_is_withdrawn_and_nobody_who_works_notices(stand: Stand, visitors: Visitors) -> None:
    page = visitors.stranger().new_page()  # whoever was at these courts before keeps a sign-on of then
    page.goto(stand.url("central", "/login"))
    sign_on(page, "hlindqvist")
    enter(page, stand, "flsb")
    sid = newest(stand, "flsb")
    lost = key_of_the_sign_on(stand, "flsb", sid)

    successor = stand.run("keys", "publish").stdout.split()[0]
    assert published(stand) >= {lost, successor}, "it does not sign yet"
    told = stand.run("keys", "withdraw", lost, "--reason", "a drill of the tests").stdout
    assert lost in told and lost not in published(stand)
    for court in ("flsb", "flsd"):
        until(lambda court=court: refuses(stand, court, lost), seconds=20, what=f"{court} to hear of the key")

    is_signed_on(page, stand, "flsb")
    enter(page, stand, "flsd")
    is_signed_on(page, stand, "flsd")
    fresh = key_of_the_sign_on(stand, "flsd", newest(stand, "flsd"))
    assert fresh not in (lost, successor)
    assert in_use(stand) == {"signing": fresh, "published": successor}

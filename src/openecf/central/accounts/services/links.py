"""Links that prove a mailbox. Each is good for one use: one statement takes it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy

from openecf.central.accounts.models import Account, Draft, MailedLink
from openecf.kernel.refusal import Refusal
from openecf.kernel.tokens import base62, digest
from openecf.platform.config import this_site

Purpose = MailedLink.Purpose

LIFE = {Purpose.REGISTER: timedelta(hours=24), Purpose.EMAIL: timedelta(hours=24),
        Purpose.SECOND: timedelta(hours=24),
        Purpose.RESET: timedelta(minutes=30), Purpose.DISOWN: timedelta(days=10)}  # fmt: skip
_PATH = {Purpose.REGISTER: "/pscof/confirm/", Purpose.EMAIL: "/pscof/confirm-email/",
         Purpose.SECOND: "/pscof/confirm-second/", Purpose.RESET: "/pscof/reset/",
         Purpose.DISOWN: "/pscof/not-me/"}  # fmt: skip
_TAKE = """
UPDATE account_mailed_link SET used_at = %(at)s
WHERE digest = %(digest)s AND purpose = %(purpose)s AND used_at IS NULL AND expires_at > %(at)s
RETURNING account_id, draft_id, email
"""


class LinkSpent(Refusal):
    """Used, too old, or never made: all the same to the caller."""

    said = gettext_lazy("This link was already used or is too old. Ask for a new one.")
    code = "link-spent"


def make_link(
    *, purpose: MailedLink.Purpose, email: str, at: datetime, account: Account | None = None, draft: Draft | None = None
) -> str:
    """The address to mail to ``email``. Inside the caller's transaction."""
    secret = base62(43)
    MailedLink.objects.create(
        digest=digest(secret), purpose=purpose, account=account, draft=draft, email=email, expires_at=at + LIFE[purpose]
    )
    return f"{this_site().config.base_url}{_PATH[purpose]}{secret}"


def look_at_link(*, purpose: MailedLink.Purpose, secret: str, at: datetime) -> MailedLink:
    """The link, not used up: mail scanners open links too. LinkSpent if it is no good."""
    found = MailedLink.objects.filter(digest=digest(secret), purpose=purpose, used_at=None, expires_at__gt=at)
    link = found.select_related("draft", "account").first()
    if link is None:
        raise LinkSpent
    return link


def take_link(*, purpose: MailedLink.Purpose, secret: str, at: datetime) -> MailedLink:
    """Use the link up. LinkSpent for every caller but the first. Inside the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"digest": digest(secret), "purpose": purpose, "at": at})
        row = cursor.fetchone()
    if row is None:
        raise LinkSpent
    return MailedLink(
        digest=digest(secret), purpose=purpose, account_id=row[0], draft_id=row[1], email=row[2], used_at=at
    )


def spend_links(*, account: UUID, at: datetime) -> None:
    """No link that was mailed for this account is good any more: who asked for one may have known the old password.
    Inside the transaction of the act that makes it so.

    But for those that say "this was not me": a thief who changes the password must not take the owner's answer away,
    and all that they open is a door that closes.
    """
    live = MailedLink.objects.filter(account_id=account, used_at=None).exclude(purpose=Purpose.DISOWN)
    live.update(used_at=at)

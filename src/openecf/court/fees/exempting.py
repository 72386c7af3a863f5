"""Reading without paying: what the Service Center granted, and the choice to use it, made anew at each sign-on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from openecf.court.fees import queries
from openecf.court.people.rules import Reader
from openecf.kernel.refusal import Refusal
from openecf.platform.audit import services as audit
from openecf.platform.bus.messages import ExemptionChanged
from openecf.platform.relying_party import services as sessions

_KEEP = """
INSERT INTO exemption AS e (id, account, purpose, "case", since, until, ended, told_at)
VALUES (%(id)s, %(account)s, %(purpose)s, %(case)s, %(since)s, %(until)s, %(ended)s, %(at)s)
ON CONFLICT (id) DO UPDATE SET since = excluded.since, until = excluded.until, ended = excluded.ended,
  told_at = excluded.told_at
WHERE e.told_at < excluded.told_at
"""


class NotExempt(Refusal):
    """The reader has no such exemption today."""

    said = _("You have no such exemption at this court.")
    code = "not-exempt"


def keep(*, told: ExemptionChanged, sender: str, at: datetime) -> None:
    """Write what the Service Center says of an exemption; what it said later stays. One that ended is used no more."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_KEEP, told.model_dump(exclude={"exemption"}) | {"id": told.exemption})
            is_news = cursor.rowcount == 1
        if not is_news:
            return
        if told.ended:
            sessions.drop_exemption(exemption=told.exemption)
        audit.record(act="exemption.ended" if told.ended else "exemption.granted", by=f"site:{sender}", at=at,
                     subject=f"account:{told.account}", exemption=str(told.exemption), purpose=told.purpose)  # fmt: skip


def choose(*, reader: Reader, exemption: UUID | None, at: datetime) -> None:
    """Read from now on as exempt, or (None) as somebody who pays, until the sign-on ends. NotExempt."""
    found = next((one for one in queries.exemptions(reader=reader, at=at) if one.id == exemption), None)
    if exemption is not None and found is None:
        raise NotExempt
    with transaction.atomic():
        if found:
            sessions.use_exemption(sid=reader.sid, exemption=found.id, purpose=found.purpose, case=found.case, at=at)
        else:
            sessions.use_exemption(sid=reader.sid, exemption=None, at=at)
        audit.record(act="exemption.used" if found else "exemption.left", by=reader.ref, at=at,
                     subject=f"account:{reader.account}", **({"exemption": str(found.id)} if found else {}))  # fmt: skip


def begin_as(*, reader: Reader, purpose: str, at: datetime) -> Reader:
    """What the person chose at the sign-on, made true at this court at the session's first page: the reader as it is now.

    The exemption of that purpose for all cases, else the only one; nothing where the court exempts the person for
    nothing such, or for several cases of which one has to be chosen here.
    """
    fitting = [one for one in queries.exemptions(reader=reader, at=at) if one.purpose == purpose]
    whole = [one for one in fitting if not one.case]
    found = whole[0] if whole else fitting[0] if len(fitting) == 1 else None
    choose(reader=reader, exemption=found.id if found else None, at=at)
    if found is None:
        return reader
    return replace(reader, exempt=True, exempt_for=found.purpose, exempt_case=found.case)

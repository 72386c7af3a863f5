"""The days of the move as a calendar file (RFC 5545)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _

from openecf.court.transition.rules import Timetable
from openecf.kernel.courts import Court

LINE = 73
"""Octets of a line, without its end (RFC 5545, 3.1)."""


def as_ics(profile: Timetable, *, court: Court, now: datetime) -> str:
    """One event for each hour that is set; lines are folded and end with CRLF. Empty while no hour is set: a calendar
    without an event is none (3.6)."""
    events = (
        ("resets", profile.resets_end_at, _("{court}: last day to reset a court password by mail")),
        ("closed", profile.filing_closes_at, _("{court}: filing is closed until NextGen is live")),
        ("live", profile.live_at, _("{court} is live on NextGen: link your PACER account")),
    )
    if not any(hour for _name, hour, _words in events):
        return ""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//OpenECF//NextGen//EN"]
    for name, hour, words in events:
        if hour is None:
            continue
        ends = profile.live_at if name == "closed" and profile.live_at else hour + timedelta(hours=1)
        lines += [
            "BEGIN:VEVENT",
            f"UID:nextgen-{name}-{court.id}@openecf.invalid",
            f"DTSTAMP:{_stamp(now)}",
            f"DTSTART:{_stamp(hour)}",
            f"DTEND:{_stamp(ends)}",
            f"SUMMARY:{_escaped(words.format(court=court.full_name))}",
            "END:VEVENT",
        ]
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> str:
    pieces, rest = [], line
    while len(rest.encode()) > LINE:
        cut = LINE
        while len(rest[:cut].encode()) > LINE:
            cut -= 1
        pieces.append(rest[:cut])
        rest = " " + rest[cut:]
    return "\r\n".join([*pieces, rest])

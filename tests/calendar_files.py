"""Reads a calendar file as a calendar program does (RFC 5545), and finds what such a program would trip over."""

from __future__ import annotations

from datetime import UTC, datetime

LONGEST = 75
"""Octets of a line without its end (3.1)."""
_ESCAPED = {"\\n": "\n", "\\N": "\n", "\\,": ",", "\\;": ";", "\\\\": "\\"}


def events_of(file: bytes) -> list[dict[str, str | datetime]]:
    """The events of a calendar, in its order, by property name; days are aware. AssertionError: what is not as it must
    be: ends of lines, long or cut lines, what has to be there once, a day without a zone, an event that never was."""
    assert (
        file.endswith(b"\r\n") and b"\n" not in file.replace(b"\r\n", b"") and b"\r" not in file.replace(b"\r\n", b"")
    )
    physical = file.removesuffix(b"\r\n").split(b"\r\n")
    assert all(physical) and max(map(len, physical)) <= LONGEST
    for line in physical:
        line.decode()  # a fold within a character leaves neither half readable to who looks at single lines
    lines = file.replace(b"\r\n ", b"").decode().removesuffix("\r\n").split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-1] == "END:VCALENDAR"
    head, *blocks = "\n".join(lines[1:-1]).split("BEGIN:VEVENT\n")
    about = _properties(head.splitlines())
    assert about["VERSION"] == "2.0" and about["PRODID"]
    assert "METHOD" not in about, (
        "a message between calendars, which names who sends it and in its type (RFC 5546, 3.2.1)"
    )
    assert blocks, "a calendar has one event at least (3.6)"
    events = [_event(block) for block in blocks]
    assert len({one["UID"] for one in events}) == len(events)
    return events


def _event(block: str) -> dict[str, str | datetime]:
    *lines, end = block.splitlines()
    assert end == "END:VEVENT"
    found = _properties(lines)
    assert found["UID"] and found["SUMMARY"]
    days = {name: _moment(found[name]) for name in ("DTSTAMP", "DTSTART", "DTEND")}
    assert days["DTSTART"] < days["DTEND"]
    return {**found, **days, "SUMMARY": _plain(found["SUMMARY"])}


def _properties(lines: list[str]) -> dict[str, str]:
    pairs = [line.split(":", 1) for line in lines]
    assert len({name for name, _value in pairs}) == len(pairs), "each property once"
    return dict(pairs)


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)  # UTC, or ValueError


def _plain(text: str) -> str:
    """Text without its backslashes; KeyError for a backslash before anything else, AssertionError for a bare separator."""
    out, rest = "", text
    while rest:
        if rest[0] == "\\":
            out, rest = out + _ESCAPED[rest[:2]], rest[2:]
        else:
            assert rest[0] not in ",;", text
            out, rest = out + rest[0], rest[1:]
    return out

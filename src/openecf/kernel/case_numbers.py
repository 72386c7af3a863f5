"""Case numbers, in every shape that people type and dockets print.

District ``1:24-cv-00012-ABC-DEF-1``; bankruptcy ``24-10001-ABC`` or ``1:24-bk-10001``; appellate ``24-1234``;
multidistrict ``MDL No. 2967``. The Case Locator writes ``1:2024cv00012``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

_TYPED = re.compile(
    r"""^\s*(?:(?P<office>[0-9a-z]{1,2})\s*[:-]\s*)?      # office
        (?P<year>\d{4}|\d{2})\s*[-\s]?\s*
        (?P<type>[a-z]{1,5})\s*[-\s]?\s*
        (?P<serial>\d{1,10})
        (?P<rest>(?:-[a-z0-9]{1,6})*)\s*$""",
    re.IGNORECASE | re.VERBOSE,
)
_PLAIN = re.compile(
    r"^\s*(?:(?P<office>[0-9a-z]{1,2})\s*[:-]\s*)?(?P<year>\d{4}|\d{2})\s*-\s*(?P<serial>\d{1,10})"
    r"(?P<rest>(?:-[a-z0-9]{1,6})*)\s*$",
    re.IGNORECASE,
)
_MDL = re.compile(r"^\s*mdl\s*(?:no\.?)?\s*-?\s*(\d{1,5})\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class CaseNumber:
    """A case number in its parts; empty where the number as written does not have the part."""

    year: int
    serial: int
    type: str = ""
    office: str = ""
    judge: str = ""
    referred: str = ""
    defendant: str = ""
    serial_width: int = 5

    @property
    def core(self) -> str:
        """``1:24-cv-00012``, ``24-10001`` or ``24-1234``: without judges' initials."""
        serial = f"{self.serial:0{self.serial_width}d}"
        year = f"{self.year % 100:02d}"
        body = f"{year}-{self.type}-{serial}" if self.type else f"{year}-{serial}"
        return f"{self.office}:{body}" if self.office else body

    @property
    def full(self) -> str:
        """The core with judges' initials and the defendant's number, as docket headings print it."""
        return "-".join(part for part in (self.core, self.judge, self.referred, self.defendant) if part)


def _year(text: str) -> int:
    value = int(text)
    if len(text) == 4:
        return value
    return value + (1900 if value >= 60 else 2000)


def parse(text: str) -> CaseNumber | None:
    """Read a case number as a person typed it; None when it is not one."""
    match = _TYPED.match(text) or _PLAIN.match(text)
    if not match:
        return None
    parts = match.groupdict()
    number = CaseNumber(
        year=_year(parts["year"]),
        serial=int(parts["serial"]),
        type=(parts.get("type") or "").lower(),
        office=(parts["office"] or "").upper(),
        serial_width=max(len(parts["serial"]), 5 if parts.get("type") else 1),
    )
    initials = [piece for piece in parts["rest"].split("-") if piece]
    if initials and initials[-1].isdigit():
        number = replace(number, defendant=initials.pop())
    if initials:
        number = replace(number, judge=initials[0].upper())
    if len(initials) > 1:
        number = replace(number, referred=initials[1].upper())
    return number


def mdl_number(text: str) -> int | None:
    """The number of ``MDL No. 2967``; None when ``text`` is no such number."""
    match = _MDL.match(text)
    return int(match[1]) if match else None

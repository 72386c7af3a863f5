"""Invented exports of a court's old system, of any size: to try a conversion with, to measure it, to test it.

Everything is made up, by a generator that gives the same export for the same numbers.
"""

from __future__ import annotations

import csv
import hashlib
import json
import random
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from openecf.court.conversion.layout import (
    AGENTS,
    ATTORNEYS,
    CASES,
    DEADLINES,
    DOCUMENTS,
    ENTRIES,
    HEARINGS,
    LAYOUT,
    MANIFEST,
    MOTIONS,
    PAPERS,
    PARTIES,
    PEOPLE,
    USERS,
    FileLayout,
)

FIRST = "Ada Bram Cleo Dorian Edda Felix Greta Hugo Ines Jonas Kaia Lorenz Mara Nils Odile Petra Quentin Rosa Sven Tilda".split()
LAST = "Alder Birch Cedar Dogwood Elder Fir Gorse Hazel Ivy Juniper Kapok Larch Maple Nettle Oakes Pine Quince Rowan Sorrel".split()
WORDS = "motion response notice order exhibit hearing stipulation letter brief extension discovery claim estate plan".split()
PASSWORD = "Harbor lantern {n}"  # noqa: S105  (of invented people)
PREFIX = "0500"


class Export:
    """An export in a folder.

    ``files``: every so-manieth document has a file of its own; 0: none. ``passwords``: of so many users. ``findings``:
    one person in twice as many is there twice, one in three times as many shares the e-mail address of the one before,
    one in five times as many the telephone, and one login in four times as many is used by somebody else, too. ``agents``:
    so many logins are of filing agents.
    """

    def __init__(
        self, folder: Path, *, court: str, cases: int, users: int, entries: int = 10, files: int = 0,
        passwords: int | None = None, findings: int = 100, agents: int = 0, taken_at: str = "2027-04-02T09:00:00-04:00",
    ) -> None:  # fmt: skip
        self.folder, self.court, self.cases, self.users = folder, court, cases, users
        self.entries, self.files, self.findings, self.taken_at = entries, files, findings, taken_at
        self.passwords = users if passwords is None else passwords
        # Not the last ones, who are there twice or share a login.
        self.agents = range(users - 2 - agents, users - 2)
        self.rng = random.Random(f"{cases}/{users}")  # noqa: S311  (invented text, no secret)
        self.counts: dict[str, dict[str, Any]] = {}
        self.stored, self.stored_bytes = 0, 0

    def write(self) -> Path:
        """Write everything; the folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._file(PEOPLE, self._people())
        self._file(USERS, self._users())
        if self.agents:
            self._file(AGENTS, self._agencies())
        self._cases()
        self.manifest()
        return self.folder

    @staticmethod
    def password_of(n: int) -> str:
        """What the nth login's holder types."""
        return PASSWORD.format(n=n)

    def manifest(self, **more: object) -> None:
        """Count and hash what lies in the folder now."""
        for name in self.counts:
            raw = (self.folder / name).read_bytes()
            self.counts[name]["sha256"] = hashlib.sha256(raw).hexdigest()
            self.counts[name]["rows"] = sum(1 for _ in csv.reader(raw.decode().splitlines(keepends=True))) - 1
        said = {
            "layout": LAYOUT,
            "court": self.court,
            "taken_at": self.taken_at,
            "files": self.counts,
            "documents": {"files": self.stored, "bytes": self.stored_bytes},
        }
        (self.folder / MANIFEST).write_text(json.dumps(said | more, indent=1))

    def _file(self, layout: FileLayout, rows: Iterable[tuple[Any, ...]]) -> None:
        with (self.folder / layout.name).open("w", newline="", encoding="utf-8") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow([column.name for column in layout.columns])
            writer.writerows(rows)
        self.counts[layout.name] = {}

    def _people(self) -> Iterator[tuple[Any, ...]]:
        for n in range(1, self.users + self.users // 5 + 1):
            like = n - 1 if n % (2 * self.findings) == 0 else n
            first, last = _name(like)
            bar = f"{like:07d}" if n % 3 else ""
            firm, town = f"{LAST[n % 7]} & {LAST[n % 11]} LLP", "Coral Harbor, FL 33199"
            number = n - 1 if n % (5 * self.findings) == 0 else n
            yield (
                f"P{n}", "", first, "", last, "", first[0] + last[0], bar, firm, f"{n} Heron Avenue\n{town}",
                f"305-{200 + number // 10_000:03d}-{number % 10_000:04d}", "",
                _address(n - 1 if n % (3 * self.findings) == 0 else like), "",
            )  # fmt: skip

    def _users(self) -> Iterator[tuple[Any, ...]]:
        for n in range(1, self.users + 1):
            others = "" if n % (4 * self.findings) else f"P{self.users + n // (4 * self.findings)}"
            scheme, kept = ("sha1-salt-first", hashed(n)) if n <= self.passwords else ("", "")
            group = "filing-agent" if n in self.agents else "attorney"
            yield f"filer{n}", f"P{n}", others, group, scheme, kept, int(n % 5 == 0), int(n % 50 != 0)

    def _agencies(self) -> Iterator[tuple[Any, ...]]:
        """Each agent files for three attorneys."""
        for n in self.agents:
            for principal in range(1, 4):
                yield f"P{principal}", f"P{n}", int(principal == 1), int(principal == 2)

    def _cases(self) -> None:
        layouts = (CASES, PARTIES, ATTORNEYS, ENTRIES, PAPERS, MOTIONS, DEADLINES, HEARINGS)
        files = {one.name: (self.folder / one.name).open("w", newline="", encoding="utf-8") for one in layouts}
        out = {one.name: csv.writer(files[one.name], lineterminator="\n") for one in layouts}
        for one in layouts:
            out[one.name].writerow([column.name for column in one.columns])
            self.counts[one.name] = {}
        for n in range(1, self.cases + 1):
            self._case(n, out)
        for one in files.values():
            one.close()

    def _case(self, n: int, out: dict[str, Any]) -> None:
        case_id, filed = 400_000 + n, date(2001, 1, 8) + timedelta(days=n % 7000)
        name = f"{FIRST[n % 20]} {LAST[n % 19]}"
        said = {
            "case_id": case_id, "number": f"{filed.year % 100:02d}-{n:05d}", "caption": name, "filed": filed,
            "assigned_to": f"{FIRST[n % 9]} {LAST[n % 5]}", "judge_initials": "LMA", "chapter": "7" if n % 3 else "11",
            "voluntary": "Voluntary", "asset": "No asset", "lead": 400_000 + n - 1 if n % 50 == 0 else "",
            "restriction": 5 if n % 1000 == 0 else 0, "flags": "DISMISSED" if n % 10 == 0 else "",
        }  # fmt: skip
        out[CASES.name].writerow([said.get(column.name, "") for column in CASES.columns])
        kinds = ("Debtor", "Creditor", "Trustee")[: 2 + n % 2]
        for place, kind in enumerate(kinds, start=1):
            lines = "SSN / ITIN: xxx-xx-0000" if place == 1 else ""
            out[PARTIES.name].writerow((case_id, place, f"{name} {place}", kind, lines, "", "", ""))
            person = self.rng.randint(1, self.users)
            contact = f"{person} Heron Avenue\nCoral Harbor, FL 33199\n305-555-0100"
            roles = "LEAD ATTORNEY\nATTORNEY TO BE NOTICED" if place == 1 else "ATTORNEY TO BE NOTICED"
            out[ATTORNEYS.name].writerow(
                (case_id, place, f"P{person}", f"Counsel {person}", contact, "", roles, filed, "")
            )
        for number in range(1, self.entries + 1):
            day = filed + timedelta(days=number * 3)
            text = f"{self.rng.choice(WORDS).upper()} re {number // 2 + 1} " + " ".join(self.rng.choices(WORDS, k=24))
            level = 5 if number == 9 and n % 500 == 0 else 0
            out[ENTRIES.name].writerow(
                (case_id, number + 3, number, day, f"{day}T16:05:00", "", "", f"{text}. (Counsel, Ada)", "", "", level)
            )
            if number % 5:
                self._paper(n, case_id, number, level, out)
        if self.entries >= 6:
            self._work(n, case_id, filed, out)

    def _work(self, n: int, case_id: int, filed: date, out: dict[str, Any]) -> None:
        """A motion by the third entry, decided by the sixth or not; what is due on it; a hearing in every fourth case."""
        granted = n % 2 == 0
        decided = ("granted" if n % 4 else "denied", 9) if granted else ("", "")
        out[MOTIONS.name].writerow((case_id, 6, "Relief from Stay", *decided))
        ended = (7, "") if n % 3 == 0 else ("", 9) if granted else ("", "")
        out[DEADLINES.name].writerow((case_id, "Objection", filed + timedelta(days=24), 6, *ended))
        if n % 4 == 0:
            sits = f"{filed + timedelta(days=16)}T09:30:00"
            out[HEARINGS.name].writerow((case_id, "Motion hearing", sits, "Courtroom 2", 5, 9 if n % 8 else ""))

    def _paper(self, n: int, case_id: int, number: int, level: int, out: dict[str, Any]) -> None:
        serial = n * 100 + number
        file, digest, size = "", "", 40_000 + serial % 999
        if self.files and serial % self.files == 0:
            raw = paper(f"{case_id}/{number}")
            file, digest, size = f"{case_id}/{number}.pdf", hashlib.sha256(raw).hexdigest(), len(raw)
            place = self.folder / DOCUMENTS / file
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(raw)
            self.stored, self.stored_bytes = self.stored + 1, self.stored_bytes + size
        values = (
            case_id,
            number + 3,
            0,
            f"{PREFIX}{serial:08d}",
            "",
            file,
            digest,
            size,
            1 if file else 4,
            "",
            level,
            0,
            0,
        )
        out[PAPERS.name].writerow(values)


def _name(n: int) -> tuple[str, str]:
    return FIRST[n % len(FIRST)], f"{LAST[n % len(LAST)]}{n // 380 or ''}"


def _address(n: int) -> str:
    return f"{'.'.join(_name(n))}{n}@counsel.example".lower()


def hashed(n: int) -> str:
    """The password of the nth login as a system of the year 2001 kept it."""
    salt = f"{n:06x}"
    return f"{salt}:{hashlib.sha1((salt + PASSWORD.format(n=n)).encode()).hexdigest()}"  # noqa: S324  (that is the point)


def paper(words: str) -> bytes:
    """A document of one page that says what it is; each has bytes of its own. ``words``: letters, digits, slashes."""
    drawn = f"BT /F1 14 Tf 72 720 Td (An invented document of an old system: {words}) Tj ET"
    objects = (
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(drawn)}>>stream\n{drawn}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    written, places = "%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        places.append(f"{len(written):010d} 00000 n \n")
        written += f"{number} 0 obj\n{one}\nendobj\n"
    size = len(objects) + 1
    table = f"xref\n0 {size}\n0000000000 65535 f \n{''.join(places)}trailer<</Root 1 0 R/Size {size}>>\n"
    return f"{written}{table}startxref\n{len(written)}\n%%EOF\n".encode()

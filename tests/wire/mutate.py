"""Changing every date, document number and name of docket JSON by a seed, so that nothing can come back from memory."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

FIRST = "Adelka Bertil Cosima Darro Edwige Fabrizio Ginevra Hjalmar Iolanthe Jorund Kasimira Leopold Mirabel Nikodem".split()
MIDDLE = "A. B. C. D. E. F. G. H. K. L. M. N. P. R. S. T. W.".split()
LAST = (
    "Abernethy Bracegirdle Cholmondeley Dunwiddie Eastlake Featherstone Gainsworth Hollingberry Ivanishvili Jarnefelt "
    "Kowalczyk Lindenbaum Mountjoy Nakagawa O'Shaughnessy Pettigrove Quackenbush Rosenkrantz Sandoval-Ruiz Thistlewood"
).split()
FIRM = "Holdings, Industries, Orchards, Shipping, Textiles, Waterworks,".split()
KIND = "Inc. LLC Ltd. Corp.".split()
LONG = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")
SHORT = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{2})\b(?!/)")
UNKNOWN, ADVERSARY = "Unknown Case Title", " - Adversary Proceeding"


def folder(source: Path, target: Path, *, seed: int) -> None:
    """Mutated copies of all JSON files of a folder."""
    for path in sorted(source.rglob("*.json")):
        to = target / path.relative_to(source)
        to.parent.mkdir(parents=True, exist_ok=True)
        data = json.loads(path.read_text("utf-8"))
        to.write_text(json.dumps(Mutation(seed, path.name).docket(data)), "utf-8")


class Mutation:
    """One docket's changes: one shift of all days, new document numbers, new names."""

    def __init__(self, seed: int, name: str) -> None:
        self.random = random.Random(f"{seed}/{name}")
        self.shift = timedelta(days=self.random.choice([-1, 1]) * self.random.randrange(20, 1500))
        self.documents: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self.serial = self.random.randrange(30_000_000, 60_000_000)
        self.step = self.random.randrange(1, 40)

    def docket(self, data: dict[str, Any]) -> dict[str, Any]:
        for name in self._names(data):
            self.names.setdefault(name, self._person(name))
        pattern = re.compile("|".join(re.escape(n) for n in sorted(self.names, key=len, reverse=True)) or "(?!)")
        changed = self._walk(data, "", pattern)
        changed["case_name"] = self._title(data, changed)
        return changed

    def _names(self, data: dict[str, Any]) -> Iterator[str]:
        people = [data.get("assigned_to_str"), data.get("referred_to_str")]
        below = data.get("originating_court_information") or {}
        people += [below.get("assigned_to"), below.get("ordering_judge")]
        for party in data.get("parties", []):
            people.append(party["name"])
            people += [attorney["name"] for attorney in party.get("attorneys", [])]
        yield from (name for name in people if name and len(name) > 3)

    def _person(self, old: str) -> str:
        used = set(self.names.values())
        while True:
            if re.search(r"\b(Inc|LLC|Corp|Company|Bank|Ltd)\b", old):
                new = f"{self._one(LAST)} {self._one(FIRM)} {self._one(KIND)}"
            else:
                new = f"{self._one(FIRST)} {self._one(MIDDLE)} {self._one(LAST)}"
            if len(used) > 1500:
                new += f" {self.random.randrange(2, 10**6)}"
            if new not in used:
                return new

    def _one(self, words: list[str]) -> str:
        return self.random.choice(words)

    def _title(self, data: dict[str, Any], changed: dict[str, Any]) -> str:
        old = data["case_name"]
        if debtor := next((p["name"] for p in changed.get("parties", []) if p["type"] == "Debtor"), None):
            if data["court_id"].endswith("b"):
                return debtor
        bare = old.removesuffix(ADVERSARY)
        if bare == UNKNOWN:
            return old
        tail = ADVERSARY if old.endswith(ADVERSARY) else ""
        one, other = self._person(""), self._person("")
        if " v. " in bare:
            return f"{one} v. {other}{tail}"
        if in_re := re.match(r"in re:?\s", bare, re.IGNORECASE):
            return f"{in_re[0]}{one}{tail}"
        return one + tail

    def _walk(self, value: Any, key: str, names: re.Pattern[str]) -> Any:
        if isinstance(value, dict):
            return {k: self._walk(v, k, names) for k, v in value.items()}
        if isinstance(value, list):
            return [self._walk(one, key, names) for one in value]
        if not isinstance(value, str) or not value or key in ("court_id", "case_name"):
            return value
        if key.startswith("date_"):
            return (date.fromisoformat(value) + self.shift).isoformat()
        if key == "pacer_doc_id":
            return self._document(value)
        if key == "document_number":
            return self._document(value) if len(value) > 7 else str(int(value) + self.step)
        if key in ("docket_number", "RESTRICTED_ALIEN_NUMBER", "type", "file_size_str", "ordered_by", "pacer_seq_no"):
            return value
        return self._days(names.sub(lambda m: self.names[m[0]], value))

    def _document(self, old: str) -> str:
        if not old.isdigit():
            return old
        if old not in self.documents:
            self.serial += self.random.randrange(1, 9)
            self.documents[old] = f"{old[:4]}{self.serial}"
        return self.documents[old]

    def _days(self, text: str) -> str:
        def shifted(match: re.Match[str], shape: str) -> str:
            month, day, year = int(match[1]), int(match[2]), int(match[3])
            year += 0 if year > 99 else 2000 if year < 60 else 1900
            try:
                return f"{date(year, month, day) + self.shift:{shape}}"
            except (ValueError, OverflowError):
                return match[0]

        return SHORT.sub(lambda m: shifted(m, "%m/%d/%y"), LONG.sub(lambda m: shifted(m, "%m/%d/%Y"), text))

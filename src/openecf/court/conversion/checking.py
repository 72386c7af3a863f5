"""The dry run: everything that an export says is read and looked at, and nothing is written."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from openecf.court.conversion import staging
from openecf.court.conversion.cases import CaseInput, Cases
from openecf.court.conversion.layout import AGENTS, CASES, DEADLINES, DOCUMENTS, FILES, MANIFEST, PAPERS, PEOPLE, USERS
from openecf.court.conversion.reading import Manifest, NoExport, Problem, Table, Told, manifest_of, read_bytes
from openecf.court.events import queries as events
from openecf.court.importing import bulk
from openecf.court.importing.rules import CannotRead
from openecf.platform import legacy_passwords
from openecf.platform.store import services as store

Progress = Callable[[str, int, int], None]
"""Hears what is done (``people``, ``cases`` …), how much of it, of how much."""
NUMBER, DEFENDANT, LEAD = CASES.place("number"), CASES.place("defendant_number"), CASES.place("lead")
READERS = 4
"""Files that are read at once: a disk answers several questions sooner than one after the other."""


@dataclass
class Report:
    """What a check found. ``findings``: kind, why, what, and the old system's ids of the people."""

    manifest: Manifest
    told: Told
    findings: list[tuple[str, str, str, list[str]]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        return not self.told.grave


def export_of(folder: Path) -> Manifest:
    """The manifest of an export of this court. NoExport."""
    found = manifest_of(folder)
    if found.court != settings.COURT.id:
        raise NoExport(f"{MANIFEST}: it is an export of court {found.court[:20]!r}, not of {settings.COURT.id!r}.")
    return found


def check(folder: Path, *, progress: Progress, told: Told) -> Report:
    """Look at everything. NoExport where there is no export to look at, or a file cannot be read at all."""
    report = Report(export_of(folder), told)
    whole_files(folder, report.manifest, told, progress)
    staging.make()
    try:
        _people(folder, report, progress)
        _users(folder, report, progress)
        _agents(folder, report, progress)
        _cases(folder, report, progress)
        progress("keys", 0, 1)
        for problem in staging.wrong():
            told(problem)
        report.findings = staging.findings()
        progress("keys", 1, 1)
    finally:
        staging.drop()
    _documents(folder, report, progress)
    return report


def whole_files(folder: Path, manifest: Manifest, told: Told, progress: Progress) -> None:
    """Whether every file is, byte by byte, what the manifest says."""
    layouts = [layout for layout in FILES if layout.name in manifest.files]
    for layout in FILES:
        if layout.name not in manifest.files and (folder / layout.name).exists():
            told(Problem(layout.name, 0, "is there, but the manifest does not name it"))
    for done, layout in enumerate(layouts):
        progress("files", done, len(layouts))
        try:
            found, _size = read_bytes(folder / layout.name, layout.name, told)
        except OSError as error:
            raise NoExport(f"{folder / layout.name} cannot be read: {error.strerror}.") from None
        if found != manifest.files[layout.name].sha256:
            told(Problem(layout.name, 0, "its SHA-256 is not the one in the manifest: it was changed, or cut short"))
    progress("files", len(layouts), len(layouts))


def _counted(report: Report, table: Table) -> None:
    said = report.manifest.files.get(table.layout.name)
    report.counts[table.layout.name] = table.records
    if said is not None and said.rows != table.records:
        report.told(Problem(table.layout.name, 0, f"has {table.records} records; the manifest says {said.rows}"))


def _rows(table: Table, what: str, report: Report, progress: Progress) -> Iterator[Any]:
    total = report.manifest.files[table.layout.name].rows
    for row in table:
        if table.records % 1000 == 0:
            progress(what, table.records, total)
        yield row
    table.close()
    progress(what, total, total)
    _counted(report, table)


def _people(folder: Path, report: Report, progress: Progress) -> None:
    table, keys = Table(folder, PEOPLE, report.told), staging.Keys("x_person")
    for number, row in enumerate(_rows(table, "people", report, progress), start=1):
        person, _prefix, first, _middle, last, generation, _initials, bar, firm, _address, phone, _fax, mail, _more = (
            row
        )
        keys.add(table.line, number, person, first, last, generation, bar, firm, phone, mail)
    keys.write()


def _users(folder: Path, report: Report, progress: Progress) -> None:
    table, keys = Table(folder, USERS, report.told), staging.Keys("x_user")
    for row in _rows(table, "users", report, progress):
        login, person, others, group, scheme, password, _text, _active = row
        keys.add(table.line, login, person, others, group)
        if wrong := password_fault(scheme, password):
            table.refuse(wrong)
        elif not password:
            table.refuse(f"the login {login} comes without a password: its holder has to reset it", grave=False)
    keys.write()


def _agents(folder: Path, report: Report, progress: Progress) -> None:
    if AGENTS.name not in report.manifest.files:
        return
    table, keys = Table(folder, AGENTS, report.told), staging.Keys("x_agent")
    for principal, agent, _sees, _notices in _rows(table, "agents", report, progress):
        keys.add(table.line, principal, agent)
    keys.write()


def password_fault(scheme: str, password: str) -> str:
    """Why a password's hash cannot be taken over; empty if it can. The hash itself is never repeated."""
    if not password:
        return ""
    try:
        kept, _digest = legacy_passwords.parsed(scheme=scheme, written=password)
    except legacy_passwords.UnknownHash as refusal:
        return f"password: {refusal.said}"
    return "" if legacy_passwords.can_check(kept) else f"password: {legacy_passwords.NoCrypt.said}"


def _cases(folder: Path, report: Report, progress: Progress) -> None:
    total = report.manifest.files[CASES.name].rows
    keys = {name: staging.Keys(name) for name in ("x_case", "x_paper", "x_named")}
    kinds = _Kinds()
    with Cases(folder, report.told) as source:
        for done, case in enumerate(source):
            if done % 100 == 0:
                progress("cases", done, total)
            _one_case(case, source, keys)
            kinds.look(case)
        progress("cases", total, total)
    kinds.tell(report)
    for one in keys.values():
        one.write()
    for table in source.tables.values():
        _counted(report, table)


class _Kinds:
    """Kinds of pending deadlines that no event of this court satisfies or ends by name, each with its first line."""

    most = 500

    def __init__(self) -> None:
        self.known = events.deadlines_ended()
        self.others: dict[str, int] = {}

    def look(self, case: CaseInput) -> None:
        for line, (_case, kind, _due, _by, done, ended), _extras in case.work[DEADLINES.name]:
            if done is None and ended is None and kind not in self.known and len(self.others) < self.most:
                self.others.setdefault(kind, line)

    def tell(self, report: Report) -> None:
        for kind, line in self.others.items():
            reason = f"kind: nothing that is filed here satisfies {kind[:40]!r}: such deadlines stand until the case is closed"
            report.told(Problem(DEADLINES.name, line, reason, grave=False))


def _one_case(case: CaseInput, source: Cases, keys: dict[str, staging.Keys]) -> None:
    row = case.row
    keys["x_case"].add(case.line, case.id, row[NUMBER], row[DEFENDANT], row[LEAD])
    table = source.tables[CASES.name]
    try:
        _columns, lines = bulk.case_columns(case)
    except CannotRead as refusal:
        table.tell(Problem(CASES.name, case.line, str(refusal.said)))
    else:
        for label, text in lines[: len(lines) - len(case.extras)]:
            reason = f"is too long for its column and becomes a line of the heading: {label} {text[:40]}…"
            table.tell(Problem(CASES.name, case.line, reason, grave=False))
    for line, attorney, _extras in case.attorneys:
        if attorney[2]:
            keys["x_named"].add("attorneys.csv", line, attorney[2])
    for entry in case.entries:
        if entry.row[9]:
            keys["x_named"].add("entries.csv", entry.line, entry.row[9])
        for line, paper in entry.papers:
            keys["x_paper"].add(line, paper[3])
            if paper[5] and not paper[6]:
                table.tell(Problem(PAPERS.name, line, "sha256: is empty and needed where there is a file"))


def _documents(folder: Path, report: Report, progress: Progress) -> None:
    """Read every file of a document, several at once, and compare it with its hash."""
    table = Table(folder, PAPERS, Told())
    total, done, size = report.manifest.documents, 0, 0
    with ThreadPoolExecutor(READERS) as pool:
        for line, row, answer in _ahead(pool, folder, table):
            wrong, found = answer.result()
            done, size = done + 1, size + found
            if wrong:
                report.told(Problem(PAPERS.name, line, wrong))
            elif row[7] and row[7] != found:
                report.told(Problem(PAPERS.name, line, f"bytes: says {row[7]}; the file has {found}"))
            if done % 50 == 0:
                progress("documents", done, max(total, done))
    progress("documents", done, max(done, 1))
    if (done, size) != (total, report.manifest.document_bytes):
        said = f"the manifest says {total} files of {report.manifest.document_bytes} bytes"
        report.told(Problem(PAPERS.name, 0, f"{said}; there are {done} of {size}"))


def _ahead(pool: ThreadPoolExecutor, folder: Path, table: Table, most: int = 32) -> Iterator[tuple[int, Any, Any]]:
    """Rows with a file, each with the answer that is being looked for, some of them ahead."""
    waiting: list[tuple[int, Any, Any]] = []
    for row in table:
        if row[5] and row[6]:
            waiting.append((table.line, row, pool.submit(file_fault, folder / DOCUMENTS / row[5], row[6])))
        if len(waiting) >= most:
            yield waiting.pop(0)
    yield from waiting
    table.close()


def file_fault(path: Path, sha256: str) -> tuple[str, int]:
    """Why a document's file cannot be taken over ("" if it can), and its size."""
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            for piece in store.pieces(file):
                digest.update(piece)
                size += len(piece)
    except OSError as error:
        return f"file: {path.name} cannot be read: {error.strerror}", 0
    if digest.hexdigest() != sha256:
        return f"sha256: {path.name} is another file than this hash says", size
    return "", size

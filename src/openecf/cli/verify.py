"""``openecf verify NOTICE PDF…``: whether a notice and its documents are what the court sent, without asking the court."""

from __future__ import annotations

import argparse
import email
import email.policy
import hashlib
import json
import re
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from openecf.kernel import courts, notice_stamps, stamps
from openecf.kernel.notice_html import said_by
from openecf.kernel.notice_parts import CLOSED_SINCE, name_of, parts_of
from openecf.kernel.notice_stamps import NoticeStamp, part_digest, taken_off
from openecf.kernel.stamp_lines import StampLine, docket_text_of, plain_text_of, read_stamps, text_digest
from openecf.kernel.stamps import OF_STAMPED_NOTICE, Stamped

INTACT, ALTERED, UNKNOWN = 0, 1, 2
VERDICTS = {
    INTACT: "INTACT: what the court signed is as it was signed.",
    ALTERED: "ALTERED: not everything is as the court signed it.",
    UNKNOWN: "NOT PROVED: not everything that the court signs could be checked.",
}
UNSIGNED = (
    "Shown, but not vouched for by the court's signature: case name, filer, document number, who entered it, the day of "
    "filing, the people told, descriptions and names of files, links, and the mail's own subject, sender and date. "
    "Compare them with the docket before you rely on them."
)
"""Of a notice from before notices were stamped as a whole."""
NOT_SIGNED = (
    "Not vouched for by the court's signature: sender, recipients and date of the mail itself, and the secret at the end of "
    "its link to the documents."
)
_NUMBER = re.compile(r"^[^\S\n]*Case\s+Number:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_ENTERED = re.compile(r"\bon\s+(\d+/\d+/\d+)\s+at\s+(\d+:\d+\s+[AP]M)\s+\S+\s+and\s+filed\s+on\b")
DEFAULT_KEYS = Path("var/sites.json")
PIECE = 1 << 20


@dataclass(frozen=True)
class Finding:
    """One part of the answer. ``good`` is None when nothing can be said."""

    good: bool | None
    said: str


@dataclass(frozen=True)
class Face:
    """A notice as somebody holds it. ``plain``: its text without a look at its markup; ``foreign``: what no notice of a court
    has; ``subject``: of a mail; ``others``: parts that the mail has besides the notice's text and its HTML; ``where``: which
    of these two this is."""

    text: str
    plain: str
    foreign: tuple[str, ...] = ()
    subject: str | None = None
    others: int = 0
    where: str = ""


class Unusable(Exception):
    """The notice or the keys cannot be read; the reason is the message."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("notice", type=Path, help="the notice: a mail (.eml), or its .html or .txt")
    parser.add_argument("pdfs", type=Path, nargs="*", metavar="PDF", help="the documents that came with it")
    parser.add_argument(
        "--keys", type=Path, default=DEFAULT_KEYS,
        help="courts' public keys: a sites.json, or one PEM file (default: %(default)s)",
    )  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Print what is intact, what is not and what nobody signed. 0: all that was signed is intact; 1: something was altered;
    2: something that was signed could not be verified."""
    try:
        faces = faces_of(args.notice)
        keys = keys_of(args.keys)
        hashes = {path: sha256_of(path) for path in args.pdfs}
    except (Unusable, OSError) as wrong:
        print(f"Cannot verify: {_visible(str(wrong))}", file=sys.stderr)
        return UNKNOWN
    findings = list(dict.fromkeys(finding for face in faces for finding in verify(face, hashes, keys)))
    signatures = {
        stamp.signature if stamp else None for _text, stamp, _after in (taken_off(face.text) for face in faces)
    }
    if len(signatures) > 1:
        findings.append(Finding(False, "The mail's text and its HTML are not of one notice: their stamps differ."))
    goods = {finding.good for finding in findings}
    code = ALTERED if False in goods else UNKNOWN if None in goods else INTACT
    print(VERDICTS[code])
    for finding in findings:
        mark = {True: "intact ", False: "ALTERED", None: "unknown"}[finding.good]
        print(f"{mark}  {_visible(finding.said)}")
    print(f"unsigned  {UNSIGNED if None in signatures else NOT_SIGNED}")
    return code


def _visible(said: str) -> str:
    """Words of a notice as they are shown: what steers a terminal, or turns the direction of letters, could rewrite the
    verdict above it."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in said)


def faces_of(path: Path) -> list[Face]:
    """What a notice says, from a saved mail, page or text. A mail may say it twice, as text and as HTML: both count."""
    raw = path.read_bytes()
    if path.suffix.lower() in {".html", ".htm"}:
        return [of_html(raw.decode("utf-8", "replace"))]
    if path.suffix.lower() != ".eml":
        text = raw.decode("utf-8", "replace")
        return [Face(text, text)]
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    faces = []
    for kind in ("plain", "html"):
        body = mail.get_body(preferencelist=(kind,))
        if isinstance(body, EmailMessage):
            try:
                content = body.get_content()
            except LookupError:
                raise Unusable(f"{path} is written in letters that nobody here knows") from None
            faces.append(of_html(content) if kind == "html" else Face(content, content, where=" in the mail's text"))
    if not faces:
        raise Unusable(f"{path} is a mail without text")
    others = sum(not part.is_multipart() for part in mail.walk()) - len(faces)
    subject = " ".join(str(mail["Subject"] or "").split())
    return [replace(face, subject=subject, others=others) for face in faces]


def of_html(markup: str) -> Face:
    """What an HTML notice says."""
    said = said_by(markup)
    return Face(said.text, plain_text_of(markup), said.foreign, where=" in the HTML")


def keys_of(path: Path) -> dict[str, Ed25519PublicKey]:
    """Public keys by court id; under ``*`` the one key of a PEM file, which is taken for any court's."""
    try:
        content = path.read_text("utf-8")
    except FileNotFoundError:
        raise Unusable(f"there is no {path}; name the court's key with --keys") from None
    except UnicodeDecodeError:
        raise Unusable(f"{path} is neither JSON nor a PEM key") from None
    if "BEGIN PUBLIC KEY" in content and not content.lstrip().startswith(("{", "[")):
        return {"*": _key(content, path)}
    try:
        sites = json.loads(content)
    except (ValueError, RecursionError):
        raise Unusable(f"{path} is neither JSON nor a PEM key") from None
    rows = sites.get("sites", sites) if isinstance(sites, dict) else sites
    named = rows.items() if isinstance(rows, dict) else ()
    pairs = [(row.get("id"), row) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else named
    pems = {str(name): row.get("stamp_key") or row.get("public_key") for name, row in pairs if isinstance(row, dict)}
    found = {name: _key(pem, path) for name, pem in pems.items() if pem and isinstance(pem, str)}
    if not found:
        raise Unusable(f"{path} names no court's public_key")
    return found


def _key(pem: str, path: Path) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(pem.encode())
    except ValueError:
        raise Unusable(f"{path} holds a key that is not PEM") from None
    if not isinstance(key, Ed25519PublicKey):
        raise Unusable(f"{path} holds a key that is not an Ed25519 key")
    return key


def sha256_of(path: Path) -> str:
    """The hash of a file, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()


def verify(face: Face, hashes: Mapping[Path, str], keys: Mapping[str, Ed25519PublicKey]) -> Iterator[Finding]:
    """What can be said of each stamp, of each part of the notice, and of each PDF."""
    text, whole, after = taken_off(face.text)
    if whole is None:
        text = face.plain
    lines = read_stamps(text)
    if not lines and whole is None:
        yield Finding(None, "The notice carries no electronic document stamp: nothing in it can be verified.")
        return
    yield from (_signature(line, keys) for line in lines)
    good = [line for line in lines if _holds(line, keys) is True]
    of_whole = _whole(whole, lines, keys)
    if of_whole:
        yield of_whole
    shown = parts_of(text) | ({"AfterStamp": after} if after else {})
    if whole and of_whole and of_whole.good:
        yield from _parts(whole, face, shown)
    else:
        yield _text(text, good)
        yield from _heading(text, good)
    yield from _documents(lines, hashes, keys, some_left_out=CLOSED_SINCE in shown.values())


def _whole(
    stamp: NoticeStamp | None, lines: Sequence[StampLine], keys: Mapping[str, Ed25519PublicKey]
) -> Finding | None:
    """What can be said of the stamp of the whole; None of a notice from before there were any."""
    if stamp is None:
        if all(line.facts.version < OF_STAMPED_NOTICE for line in lines):
            return None
        return Finding(False, "Stamp of the notice: missing. The court put one at its end.")
    key = keys.get(stamp.court) or keys.get("*")
    if key is None:
        return Finding(None, f"Stamp of the notice: no key of court {stamp.court or '?'} is at hand.")
    if notice_stamps.holds(stamp, key):
        return Finding(True, f"Stamp of the notice: signed by the court ({stamp.court}, {len(stamp.parts)} parts).")
    return Finding(False, "Stamp of the notice: not a stamp of this court, or its digits were changed.")


def _parts(stamp: NoticeStamp, face: Face, shown: Mapping[str, str]) -> Iterator[Finding]:
    """Each part of a notice beside what was signed, and what the court put nowhere."""
    wanted = dict(stamp.parts)
    if face.subject is None:
        wanted.pop("Subject", None)
    else:
        shown = {**shown, "Subject": face.subject}
    intact = []
    for part in dict.fromkeys([*wanted, *shown]):
        name, said = name_of(part), textwrap.shorten(shown.get(part, ""), 200, placeholder=" …")
        if part not in shown:
            yield Finding(False, f"{name}: missing{face.where}.")
        elif part not in wanted:
            yield Finding(False, f"{name}: not of the court, and added{face.where}: {said}")
        elif wanted[part] == part_digest(shown[part]):
            intact.append(name)
        elif shown[part] == CLOSED_SINCE:
            yield Finding(None, f"{name}: left out. It was {CLOSED_SINCE}, says the notice.")
        else:
            yield Finding(False, f"{name}: altered{face.where}: {said}")
    if intact:
        yield Finding(True, f"As the court sent it: {', '.join(intact)}.")
    if set(wanted) == set(shown) and list(wanted) != list(shown):
        yield Finding(False, "The parts of the notice do not stand in the order in which the court put them.")
    if face.foreign:
        yield Finding(
            None,
            f"The HTML is not only the court's: it has {', '.join(face.foreign)}. That may hide, move or add what you see. "
            "Verify the mail as it came, or compare what you see with its text.",
        )
    if face.others:
        yield Finding(False, f"The mail has parts ({face.others}) that the court did not send.")


def _holds(line: StampLine, keys: Mapping[str, Ed25519PublicKey]) -> bool | None:
    key = keys.get(line.facts.court) or keys.get("*")
    return None if key is None else stamps.holds(line.facts, line.stamp, key)


def _signature(line: StampLine, keys: Mapping[str, Ed25519PublicKey]) -> Finding:
    facts = line.facts
    what = "the entry" if not facts.sha256 else "the main document" if facts.part == 0 else f"attachment {facts.part}"
    where = (
        f"court {facts.court or '?'}, case {facts.case or '?'}, entry {facts.entry_seq}, filed {facts.filed_at or '?'}"
    )
    holds = _holds(line, keys)
    if holds is None:
        return Finding(None, f"Stamp of {what}: no key of court {facts.court or '?'} is at hand.")
    if holds:
        return Finding(True, f"Stamp of {what}: signed by the court ({where}).")
    return Finding(
        False, f"Stamp of {what}: not a stamp of this court, or its facts were changed ({where} is what it claims)."
    )


def _text(notice: str, good: Sequence[StampLine]) -> Finding:
    text = docket_text_of(notice)
    if text is None:
        return Finding(False, "Docket text: missing from the notice.")
    if not good:
        return Finding(None, "Docket text: no valid stamp vouches for it.")
    digest = text_digest(text)
    if all(line.facts.text_sha256 == digest for line in good):
        return Finding(True, "Docket text: as entered.")
    return Finding(
        False, f"Docket text: altered (SHA-256 of the text here {digest}, stamped {good[0].facts.text_sha256})."
    )


def _heading(notice: str, good: Sequence[StampLine]) -> Iterator[Finding]:
    """Whether case number and time of entry, as the notice shows them above its text, are the ones that were signed."""
    number, entered = _NUMBER.search(notice), _ENTERED.search(notice)
    for facts in {line.facts for line in good}:
        if number and not _same_case(number[1], facts.case):
            yield Finding(False, f"Case number: the notice shows {number[1]}, signed is {facts.case}.")
        if (
            entered
            and (signed := _in_the_courts_time(facts))
            and " ".join(" ".join(entered.groups()).split()) != signed
        ):
            yield Finding(False, f"Time of entry: the notice shows {' '.join(entered.groups())}, signed is {signed}.")


def _same_case(shown: str, signed: str) -> bool:
    """Courts write numbers in several ways (``24-10001``, ``1:24-bk-10001-ABC``): every figure that was signed must be there."""
    figures = {int(each) for each in re.findall(r"\d+", shown)}
    return {int(each) for each in re.findall(r"\d+", signed)} <= figures | {
        each % 100 for each in figures if each > 1900
    }


def _in_the_courts_time(facts: Stamped) -> str:
    """``1/2/2024 2:03 PM``; empty where the court or the time is not known."""
    try:
        at = datetime.fromisoformat(facts.filed_at).astimezone(ZoneInfo(courts.court(facts.court).zone))
    except (LookupError, ValueError):
        return ""
    return f"{at.month}/{at.day}/{at.year} {at.strftime('%I').lstrip('0')}:{at:%M %p}"


def _documents(
    lines: Sequence[StampLine], hashes: Mapping[Path, str], keys: Mapping[str, Ed25519PublicKey], *, some_left_out: bool
) -> Iterator[Finding]:
    stamped = [line for line in lines if line.facts.sha256]
    left = dict(hashes)
    unmatched = []
    for line in stamped:
        match = next((path for path, digest in left.items() if digest == line.facts.sha256), None)
        if match is None:
            unmatched.append(line)
            continue
        del left[match]
        good = _holds(line, keys)
        name = "main document" if line.facts.part == 0 else f"attachment {line.facts.part}"
        why = {
            True: "the bytes that the court stamped",
            None: "the bytes in the notice, but nobody vouches for that",
            False: "the bytes in the notice, but the court did not sign that",
        }[good]
        yield Finding(good, f"{match}: {why} ({name}).")
    wanted = ", ".join(f"part {line.facts.part}: {line.facts.sha256}" for line in unmatched) or "none that is missing"
    for path, digest in left.items():
        good = None if some_left_out else False
        yield Finding(good, f"{path}: PDF altered, or not of this notice (its SHA-256 {digest}; stamped {wanted}).")
    if not left:
        for line in unmatched:
            name = "main document" if line.facts.part == 0 else f"attachment {line.facts.part}"
            yield Finding(None, f"Part missing: the {name} (SHA-256 {line.facts.sha256}) was not given.")

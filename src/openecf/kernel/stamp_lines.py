"""The electronic document stamp as notices print it, and how to read it back.

``[STAMP bkecfStamp_ID=1095794525 [Date=1/2/2024] [FileNumber=20000001-0] [Court=flsb] … [128 hexadecimal digits]]``:
the opening is the one that readers of such notices know; the facts that were signed follow, so that a notice can be
verified with nothing but itself, the PDF and the court's public key.
"""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import dataclass

from openecf.kernel.stamps import Stamped

WIDTH = 64

_STAMP = re.compile(
    r"\[STAMP\s+(?P<kind>\w+)ecfStamp_ID=(?P<id>[0-9]{1,20})\s+\[Date=(?P<date>[^\]]*)\]\s*"
    r"\[FileNumber=(?P<file>[0-9]*)-(?P<part>[0-9]{1,9})\]\s*(?P<facts>(?:\[\w+=[^\]]*\]\s*)*)\[(?P<hex>[0-9a-fA-F\s]+)\]\s*\]"
)
_FACT = re.compile(r"\[(\w+)=([^\]]*)\]")
_TEXT_START = re.compile(r"Docket\s+Text:", re.IGNORECASE)
_TEXT_END = re.compile(
    r"The following document\(s\) are associated with this transaction:"
    r"|^[^\S\n]*(?:\S+[^\S\n]+)?Notice (?:has been|will be) electronically mailed to:"
    r"|Electronic entry Stamp:",
    re.MULTILINE,
)


@dataclass(frozen=True)
class StampLine:
    """A stamp with the facts it vouches for. ``file_number`` is the document's serial; empty for an entry's own text."""

    kind: str
    key_number: int
    date: str
    file_number: str
    facts: Stamped
    stamp: str

    def lines(self) -> list[str]:
        """As printed, in lines short enough for mail."""
        facts = self.facts
        return [
            f"[STAMP {self.kind}ecfStamp_ID={self.key_number} [Date={self.date}] "
            f"[FileNumber={self.file_number}-{facts.part}]",
            f"[Court={facts.court}] [Case={facts.case}] [CaseID={facts.case_id}] [Entry={facts.entry_seq}] "
            f"[Filed={facts.filed_at}]",
            f"[SHA256={facts.sha256}]",
            f"[Text={facts.text_sha256}]" + (f" [Version={facts.version}]" if facts.version > 1 else ""),
            f"[{self.stamp[:WIDTH]}",
            f"{self.stamp[WIDTH:]}]]",
        ]


def text_digest(docket_text: str) -> str:
    """SHA-256 of docket text, whatever its line breaks: notices and mail programs wrap lines as they like."""
    return hashlib.sha256(" ".join(docket_text.split()).encode()).hexdigest()


def key_number(public_key: bytes) -> int:
    """Ten digits that tell one signing key of a court from the next."""
    return int.from_bytes(hashlib.sha256(public_key).digest()[:8], "big") % 9_000_000_000 + 1_000_000_000


def read_stamps(notice: str) -> list[StampLine]:
    """Every stamp of a notice's plain text. Facts that are missing or unreadable read as empty, and so do not verify."""
    found = []
    for match in _STAMP.finditer(notice):
        facts = dict(_FACT.findall(match["facts"]))
        found.append(
            StampLine(
                kind=match["kind"],
                key_number=int(match["id"]),
                date=match["date"],
                file_number=match["file"],
                facts=Stamped(
                    court=facts.get("Court", ""),
                    case=facts.get("Case", ""),
                    case_id=_number(facts.get("CaseID")),
                    entry_seq=_number(facts.get("Entry")),
                    part=int(match["part"]),
                    sha256=re.sub(r"\s", "", facts.get("SHA256", "")),
                    filed_at=facts.get("Filed", ""),
                    text_sha256=re.sub(r"\s", "", facts.get("Text", "")),
                    version=_number(facts.get("Version", "1")),
                ),
                stamp=re.sub(r"\s", "", match["hex"]),
            )
        )
    return found


def _number(text: str | None) -> int:
    return int(text) if text and re.fullmatch(r"\s*[0-9]{1,20}\s*", text) else -1


def docket_text_of(notice: str) -> str | None:
    """The docket text that a notice's plain text shows; None when the notice has none."""
    start = _TEXT_START.search(notice)
    if not start:
        return None
    end = _TEXT_END.search(notice, start.end())
    return notice[start.end() : end.start() if end else len(notice)].strip()


def plain_text_of(markup: str) -> str:
    """What an HTML notice says, without its markup."""
    markup = re.sub(r"(?is)<(script|style|head)\b.*?</\1\s*>", " ", markup)
    markup = re.sub(r"(?i)<(br|/p|/tr|/td|/div|/h\d)\b[^>]*>", "\n", markup)
    return html.unescape(re.sub(r"<[^>]*>", "", markup))

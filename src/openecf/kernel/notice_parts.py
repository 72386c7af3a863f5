"""What a notice shows, in named parts: the court signs them, ``openecf verify`` compares them.

Both read a notice's plain text with these same eyes, and of its HTML what it says as plain text: text and HTML of a notice
have the same parts. Every word is in one of them: what no heading tells apart belongs to the part before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

CLOSED_SINCE = "closed since it was filed"
"""What a notice says in place of a document's description, file name and stamp that were taken out. Notices are in
English, as the courts' are."""

NAMES = {
    "Heading": "Words above the transaction",
    "EnteredBy": "Who entered it",
    "EnteredOn": "Time of entry",
    "FiledOn": "Day of filing",
    "CaseName": "Case name",
    "CaseNumber": "Case number",
    "CaseLink": "Link to the docket",
    "Filer": "Filer",
    "CaseClosed": "Warning that the case is closed",
    "DocumentNumber": "Document number",
    "DocumentLink": "Link to the documents",
    "DocketText": "Docket text",
    "MailedTo": "People told by e-mail",
    "ServedOtherwise": "People served by other means",
    "Documents": "Words above the documents",
    "EntryStamp": "Stamp of the entry",
    "Subject": "Subject of the mail",
    "AfterStamp": "Words after the stamp of the notice",
}
"""What parts are called to their reader; ``Document1``, ``Document2``, … besides."""

_BEGINS = {
    "EnteredBy": r"(?=The following transaction was)",
    "CaseName": r"Case Name:",
    "CaseNumber": r"Case Number:",
    "Filer": r"Filer:",
    "CaseClosed": r"(?=WARNING: CASE CLOSED on)",
    "DocumentNumber": r"Document Number:|Document\(s\):|(?=Copy the URL address from the line below)",
    "DocketText": r"Docket Text:",
    "MailedTo": r"(?=(?:\S+[^\S\n]+)?Notice (?:has been|will be) electronically mailed to:)",
    "ServedOtherwise": r"(?=(?:\S+[^\S\n]+)?Notice (?:has been delivered by other means|will not be electronically mailed) to:)",
    "Documents": r"(?=The following document\(s\) are associated with this transaction:)",
    "Document": r"Document [Dd]escription:",
    "EntryStamp": r"Electronic entry Stamp:",
}
"""The words at the beginning of a line with which a part begins. What stands in ``(?=…)`` belongs to the part."""
_BEGIN = re.compile(
    # A mail program may have broken the line at any space.
    rf"^[^\S\n]*(?:{'|'.join(f'(?P<{name}>{words})' for name, words in _BEGINS.items())})".replace(" ", r"\s+"),
    re.MULTILINE,
)
_TRANSACTION = re.compile(
    r"(?P<EnteredBy>.*?) on (?P<EnteredOn>\d+/\d+/\d+ at \d+:\d+ [AP]M \S+) and filed on (?P<FiledOn>.*)"
)
_LINKS = {"CaseNumber": "CaseLink", "DocumentNumber": "DocumentLink"}
_ADDRESS = re.compile(r"https?://\S+")
_LOOK = re.compile(r"(?:&magic_num=\d+|\?(?:uid|caseId)=\d+)$")
"""What differs between the mails of one notice: the secret of each address's own free look."""
_STAMP = re.compile(r"\[STAMP\b.*?\]\s*\]", re.DOTALL)
# Words that text and HTML of a notice do not share: programs look for them where the courts have always had them.
_AT_LINK = re.compile(
    r"Document\(s\)|Copy the URL address from the line below into the location bar of your Web browser "
    r"to view the document:"
)
_DELIVERED = re.compile(r"Notice\s+(?:has\s+been|will\s+be)\s+delivered\s+by\s+other\s+means")


def parts_of(text: str) -> dict[str, str]:
    """The parts of a notice's plain text, its own stamp taken off before, in their order, by the keys of ``NAMES`` and
    ``Document1``, ``Document2``, …; line breaks and spaces count for one space."""
    found: dict[str, str] = {}
    for name, said in _sections(_DELIVERED.sub("Notice has been delivered by other means", text)):
        words = " ".join(_STAMP.sub(lambda stamp: "".join(stamp[0].split()), said).split())
        for each, value in _told_apart(name, words):
            if value:
                found[each] = f"{found[each]} {value}" if each in found else value
    return found


def _sections(text: str) -> Iterator[tuple[str, str]]:
    name, start, documents, seen = "Heading", 0, 0, set()
    for match in _BEGIN.finditer(text):
        begins = str(match.lastgroup)
        # A heading that comes again further down is words of the part that it stands in.
        if begins in seen and begins not in (name, "Document"):
            continue
        yield name, text[start : match.start()]
        seen.add(begins)
        documents += begins == "Document"
        name, start = f"Document{documents}" if begins == "Document" else begins, match.end()
    yield name, text[start:]


def _told_apart(name: str, said: str) -> list[tuple[str, str]]:
    """The parts of a section: of a link what it says and where it leads."""
    if name == "EnteredBy" and (match := _TRANSACTION.fullmatch(said)):
        return list(match.groupdict().items())
    links = [_LOOK.sub("", link) for link in _ADDRESS.findall(said)] if name in _LINKS else []
    if links:
        said = _ADDRESS.sub("", said)
    if name == "DocumentNumber":
        said = _AT_LINK.sub("", said)
    return [(name, " ".join(said.split())), *((_LINKS[name], link) for link in links)]


def name_of(part: str) -> str:
    """What a part is called to its reader."""
    number = part.removeprefix("Document")
    return f"Description, file name and stamp of document {number}" if number.isdigit() else NAMES.get(part, part)

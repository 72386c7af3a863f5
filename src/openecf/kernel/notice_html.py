"""What an HTML notice says, as plain text, and what is in it that no notice of a court has.

Tags of a court's notice are known to the letter. Others are no words, and yet may hide, move or add some.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape

AROUND = "a page around the notice"
_FRAME = re.compile(r'<(?P<tag>div|section)\s[^>]*\bclass="ecf-notice"[^>]*>')
"""The block in which a court's page shows a notice."""
_TOKEN = re.compile(r"<(?P<whole>head|script|style)\b.*?</(?P=whole)\s*>|<!--.*?-->|<[^>]*>", re.IGNORECASE | re.DOTALL)
_KNOWN = re.compile(
    r'<html lang="en">|<head>\s*<meta charset="utf-8">\s*</head>|<p align="center">|<table border="0" cellspacing="0">'
    r'|<td colspan="2">|<font face="arial,helvetica">|<a href="https?://[^"<>]*">'
    r"|</?(?:html|body|p|strong|b|br|table|tbody|tr|td|a|div|font)>"
)
_TAG = re.compile(r"<(/?\w+)")
_LINK = re.compile(r"<a\b[^>]*?\bhref\s*=\s*[\"']?([^\"'\s>]*)", re.IGNORECASE)
_BREAKS = {"br": "\n", "/p": "\n", "/tr": "\n", "/div": "\n", "/td": " ", "/strong": " ", "/b": " "}
_WITHIN = {"table": ("", "td"), "tbody": ("table",), "tr": ("table", "tbody"), "td": ("tr",)}
"""Where the parts of a table may begin."""


@dataclass(frozen=True)
class Said:
    """The words of a notice, each link's address before what it says; and what is foreign in it: tags, ``AROUND``."""

    text: str
    foreign: tuple[str, ...] = ()


def said_by(markup: str) -> Said:
    """The words of an HTML notice, or of the one that a court's page frames, as a browser saves it."""
    inside = _framed(markup)
    foreign = [AROUND] if inside != markup else []
    said, tables, at = [], _Tables(), 0
    for match in _TOKEN.finditer(inside):
        words, token, at = inside[at : match.start()], match[0], match.end()
        tag = named[1].lower() if (named := _TAG.match(token)) else ""
        link = _LINK.match(token)
        # A line of a cell begins no part: in the text each has its heading before it.
        ends = " " if tag == "br" and tables.open else _BREAKS.get(tag, "")
        said += [unescape(words), f" {unescape(link[1])} " if link else ends]
        if not (tables.may_hold(words) and tables.follow(tag) and _KNOWN.fullmatch(token)):
            foreign.append(token[: token.find(">") + 1])
    if tables.open:
        foreign.append("<table> without end")
    return Said("".join([*said, unescape(inside[at:])]), tuple(dict.fromkeys(foreign)))


@dataclass
class _Tables:
    """The parts of tables that are open. What stands in a table outside its cells is shown elsewhere than it stands."""

    open: list[str] = field(default_factory=list)

    def may_hold(self, words: str) -> bool:
        return not self.open or self.open[-1] == "td" or not words.strip()

    def follow(self, tag: str) -> bool:
        """Whether a tag stands where it may."""
        innermost = self.open[-1] if self.open else ""
        if tag in _WITHIN:
            self.open.append(tag)
            return innermost in _WITHIN[tag]
        if tag.removeprefix("/") not in _WITHIN:
            return True
        if innermost == tag.removeprefix("/"):
            self.open.pop()
            return True
        return False


def _framed(markup: str) -> str:
    frame = _FRAME.search(markup)
    if frame is None:
        return markup
    depth = 1
    for tag in re.finditer(rf"<(/?){frame['tag']}\b", markup[frame.end() :]):
        depth += -1 if tag[1] else 1
        if not depth:
            return markup[frame.end() : frame.end() + tag.start()]
    return markup[frame.end() :]

"""The small language of docket-text templates.

``{part}`` stands for a named part; a passage in ``[square brackets]`` is left out when a part in it is empty.
Passages do not nest. Anything else is text. Two spaces never follow each other in what comes out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_PART = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_PASSAGE = re.compile(r"\[([^\[\]]*)\]")


class BadTemplate(ValueError):
    """The template is not of this language."""


def parts(template: str) -> frozenset[str]:
    """The parts that a template names; BadTemplate when it is not well formed."""
    bare = _PART.sub("", _PASSAGE.sub(lambda passage: passage[1], template))
    if stray := re.search(r"[\[\]{}]", bare):
        raise BadTemplate(f"{stray[0]!r} stands alone in {template!r}")
    for passage in _PASSAGE.findall(template):
        if not _PART.search(passage):
            raise BadTemplate(f"the passage [{passage}] names no part")
    return frozenset(_PART.findall(template))


def required_parts(template: str) -> frozenset[str]:
    """The parts that stand outside every passage: without them the text has a hole."""
    return frozenset(_PART.findall(_PASSAGE.sub("", template)))


def fill(template: str, values: Mapping[str, str]) -> str:
    """The docket text: parts filled in, passages with an empty part left out."""

    def passage(found: re.Match[str]) -> str:
        named = _PART.findall(found[1])
        return found[1] if all(values.get(part) for part in named) else ""

    # Passages are settled before parts are filled, so that brackets inside an answer stay text.
    shaped = _PASSAGE.sub(passage, template)
    text = _PART.sub(lambda part: values.get(part[1], ""), shaped)
    text = re.sub(r"\s+", " ", text)
    return re.sub(r"\.(\s*\.)+", ".", re.sub(r" ([.,;])", r"\1", text)).strip()

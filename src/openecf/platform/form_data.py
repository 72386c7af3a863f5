"""Forms in parts, as programs send them, read quickly where they are simple: a few short fields, no file.

Django's parser reads a form piece by piece, since it may hold files of any size; for a report's dozen fields that costs
as much as the report. What is not plainly of this shape goes to Django's parser, byte for byte.
"""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

SHORT = 16_000
"""Bytes of a body that is looked at here."""
FEW = 60

_FIELD = re.compile(rb'\r\nContent-Disposition: form-data; name="([A-Za-z0-9_.:\[\]-]+)"\r\n\r\n(.*)\r\n', re.DOTALL)
_ENDS = (b"--", b"--\r\n")
_BOUNDARY = re.compile(r"[A-Za-z0-9'()+_,./:=?-]{1,70}")


def simple_fields(body: bytes, boundary: str) -> QueryDict | None:
    """The fields of a simple form; None where only a real parser can say what they are."""
    if not _BOUNDARY.fullmatch(boundary):
        return None
    first, *pieces = body.split(b"--" + boundary.encode())
    if first or not pieces or len(pieces) > FEW or pieces.pop() not in _ENDS:
        return None
    found: dict[str, list[str]] = {}
    for piece in pieces:
        field = _FIELD.fullmatch(piece)
        if field is None:
            return None
        found.setdefault(field[1].decode(), []).append(field[2].decode(errors="replace"))
    fields = QueryDict(mutable=True)
    dict.update(fields, found)  # what is said is text already, which its own ways would look at once more
    fields._mutable = False
    return fields


class Request(WSGIRequest):
    """A request to a site."""

    def parse_file_upload(self, META: dict[str, Any], post_data: Any) -> tuple[QueryDict, MultiValueDict]:
        """Fields and files of a form in parts."""
        size = META.get("CONTENT_LENGTH") or ""
        if not (size.isdecimal() and int(size) <= SHORT) or "charset" in self.content_params:
            return super().parse_file_upload(META, post_data)
        body = post_data.read(int(size))
        fields = simple_fields(body, self.content_params.get("boundary", ""))
        return super().parse_file_upload(META, BytesIO(body)) if fields is None else (fields, MultiValueDict())

"""Where a person may be sent on within one site."""

from __future__ import annotations


def local_path(target: str) -> str:
    """``target`` if it is a path of this site, else "/". Never another host: ``//evil`` and ``/\\evil`` are refused."""
    if not target.startswith("/") or target[1:2] in {"/", "\\"} or any(ord(c) < 32 or c == "\\" for c in target):
        return "/"
    return target

"""Who may call document pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from openecf.court.bench import bench
from openecf.court.people import access
from openecf.platform.access import Rule


def look_secret(request: HttpRequest) -> str:
    """The secret of a free-look link; empty when the address carries none."""
    name = bench().documents.look_parameter
    return (request.POST.get(name) or request.GET.get(name) or "").strip()


def _check(request: HttpRequest) -> HttpResponse | None:
    return None if look_secret(request) else access.READER.check(request)


READER_OR_LOOK = Rule("reader-or-free-look", _check)
"""Readers; and anyone with a link from a notice, whose secret the view checks."""

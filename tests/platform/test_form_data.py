"""Simple forms in parts are read as Django's parser reads them, and everything else by Django's parser."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.test import RequestFactory

from openecf.platform.form_data import FEW, SHORT, Request, simple_fields
from openecf.sites.wsgi import application

B = "b0undary"


def part(name: str, value: str, *, head: str = 'Content-Disposition: form-data; name="{name}"') -> bytes:
    return f"--{B}\r\n{head.format(name=name)}\r\n\r\n{value}\r\n".encode()


def form(*parts: bytes, end: str = f"--{B}--\r\n") -> bytes:
    return b"".join(parts) + end.encode()


def read(kind: type, body: bytes, content_type: str = f"multipart/form-data; boundary={B}") -> tuple[dict, dict]:
    made = RequestFactory().generic("POST", "/", body, content_type)
    request = kind(made.environ | {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))})
    files = {name: [(one.name, one.read()) for one in request.FILES.getlist(name)] for name in request.FILES}
    return dict(request.POST.lists()), files


SIMPLE = {
    "one field": form(part("case_num", "1:24-cv-1")),
    "the same twice": form(part("a", "1"), part("b", ""), part("a", "2")),
    "words of the world": form(part("name", "Jos\u00e9 \u201cP\u00e9\u201d \U0001f600")),
    "lines and dashes": form(part("text", "one\r\n\r\ntwo\r\n--not the end\r\n-- b0undar\r\n")),
    "the end without a line": form(part("a", "1"), end=f"--{B}--"),
    "no field": form(),
    "bytes that are no text": form(b'--b0undary\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\xfe\r\n'),
}
NOT_SIMPLE = {
    "a file": form(part("a", "%PDF", head='Content-Disposition: form-data; name="{name}"; filename="m.pdf"')),
    "a file without a name": form(part("a", "%PDF", head='Content-Disposition: form-data; name="{name}"; filename=""')),
    "two headers": form(
        part("a", "1", head='Content-Disposition: form-data; name="{name}"\r\nContent-Type: text/plain')
    ),
    "an encoded value": form(
        part("a", "aGk=", head='Content-Disposition: form-data; name="{name}"\r\nContent-Transfer-Encoding: base64')
    ),
    "a quoted name": form(part('a\\"b', "1")),
    "a name without quotes": form(part("a", "1", head="Content-Disposition: form-data; name={name}")),
    "small letters": form(part("a", "1", head='content-disposition: form-data; name="{name}"')),
    "words before the first part": b"hello\r\n" + form(part("a", "1")),
    "words after the end": form(part("a", "1")) + b"more",
    "no end": form(part("a", "1"), end=""),
    "the boundary within a value": form(part("a", f"x--{B}y")),
    "another boundary": form(part("a", "1")).replace(B.encode(), b"c"),
    "many": form(*(part("a", str(n)) for n in range(FEW + 1))),
    "long": form(part("a", "x" * SHORT)),
    "nothing": b"",
}


@pytest.mark.parametrize("body", SIMPLE.values(), ids=SIMPLE)
def test_what_is_simple_is_read_at_once(body):
    assert simple_fields(body, B) is not None


@pytest.mark.parametrize("body", NOT_SIMPLE.values(), ids=NOT_SIMPLE)
def test_what_is_not_is_left_to_the_parser(body):
    assert len(body) > SHORT or simple_fields(body, B) is None


@pytest.mark.parametrize("body", [*SIMPLE.values(), *NOT_SIMPLE.values()], ids=[*SIMPLE, *NOT_SIMPLE])
def test_both_read_the_same(body):
    def answer(kind: type) -> object:
        try:
            return read(kind, body)
        except Exception as wrong:  # noqa: BLE001  (whatever it is, it has to be the same)
            return type(wrong), str(wrong)

    assert answer(Request) == answer(WSGIRequest)


def test_a_form_in_another_charset_is_left_to_the_parser():
    body = form(part("a", "x")).replace(b"x", "é".encode("latin-1"))
    kind = f"multipart/form-data; boundary={B}; charset=latin-1"
    assert read(Request, body, kind) == read(WSGIRequest, body, kind)


def test_the_site_reads_forms_so():
    assert application.request_class is Request

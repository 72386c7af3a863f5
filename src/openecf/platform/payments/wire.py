"""The envelopes of Pay.gov's hosted collection (TCS Online 3.3): SOAP 1.1, as its clients and servers write them.

Shapes as read from the U.S. Tax Court's public payment portal and test server. An envelope is built here with its two
prefixes by hand, since servers read it by them; an answer is read by its elements' local names, whatever the prefix.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
TCS = "http://fms.treas.gov/services/tcsonline_3_3"
OPERATIONS = {
    "startOnlineCollection": (
        "tcs_app_id", "agency_tracking_id", "transaction_type", "transaction_amount", "language", "url_success",
        "url_cancel",
    ),
    "completeOnlineCollection": ("tcs_app_id", "token"),
    "completeOnlineCollectionWithDetails": ("tcs_app_id", "token"),
    "getDetails": ("tcs_app_id", "paygov_tracking_id"),
}  # fmt: skip
"""The four calls, and what each asks for, in this order."""


class NotUnderstood(ValueError):
    """The bytes are no envelope of this protocol."""


class Fault(Exception):
    """The gateway's ``S:Fault``: its return code and text."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code, self.text = code, text


def request(operation: str, values: Mapping[str, str]) -> bytes:
    """The envelope of a call. ``values`` are those that ``OPERATIONS`` names."""
    fields = "".join(f"<{name}>{escape(values[name])}</{name}>" for name in OPERATIONS[operation])
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<soapenv:Envelope xmlns:soapenv="{SOAP}" xmlns:tcs="{TCS}"><soapenv:Header/><soapenv:Body>'
        f"<tcs:{operation}><{operation}Request>{fields}</{operation}Request></tcs:{operation}>"
        "</soapenv:Body></soapenv:Envelope>"
    ).encode()


def read_request(content: bytes) -> tuple[str, dict[str, str]]:
    """The operation that is asked for, and its values; for who serves the calls. NotUnderstood."""
    call = _in_body(content)
    operation = _name(call)
    inner = _child(call, f"{operation}Request")
    if operation not in OPERATIONS or inner is None:
        raise NotUnderstood(f"no such operation: {operation[:60]}")
    return operation, _texts(inner)


def answer(operation: str, values: Mapping[str, str]) -> bytes:
    """The envelope of a call's answer; that of ``getDetails`` is a transaction in its list."""
    fields = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in values.items())
    if operation == "getDetails":
        fields = f"<transactions><transaction>{fields}</transaction></transactions>"
    return _enveloped(
        f'<ns2:{operation}Response xmlns:ns2="{TCS}"><{operation}Response>{fields}</{operation}Response>'
        f"</ns2:{operation}Response>"
    )


def fault(code: str, text: str) -> bytes:
    """The envelope of a refusal."""
    return _enveloped(
        "<S:Fault><faultcode>S:Server</faultcode><faultstring>TCS Error</faultstring><detail>"
        '<ns2:TCSServiceFault xmlns:ns2="http://fms.treas.gov/services/tcsonline">'
        f"<return_code>{escape(code)}</return_code><return_detail>{escape(text)}</return_detail>"
        "</ns2:TCSServiceFault></detail></S:Fault>"
    )


def read_answer(operation: str, content: bytes) -> dict[str, str]:
    """What a call was answered. Fault if it was refused, NotUnderstood if this is no answer to it."""
    told = _in_body(content)
    if _name(told) == "Fault":
        texts = {_name(each): _text(each) for each in told.iter()}
        raise Fault(texts.get("return_code", ""), texts.get("return_detail") or texts.get("faultstring", ""))
    inner = _child(told, f"{operation}Response") if _name(told) == f"{operation}Response" else None
    if inner is None:
        raise NotUnderstood(f"no answer to {operation}")
    if operation == "getDetails":
        found = [each for each in inner.iter() if _name(each) == "transaction"]
        if len(found) != 1:
            raise NotUnderstood(f"{len(found)} transactions")
        inner = found[0]
    return _texts(inner)


def _enveloped(body: str) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><S:Envelope xmlns:S="{SOAP}"><S:Body>{body}</S:Body></S:Envelope>'
    ).encode()


def _in_body(content: bytes) -> Element:
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as problem:
        raise NotUnderstood(type(problem).__name__) from problem
    body = _child(root, "Body") if root.tag == f"{{{SOAP}}}Envelope" else None
    if body is None or len(body) != 1:
        raise NotUnderstood("no envelope")
    return body[0]


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _child(element: Element, name: str) -> Element | None:
    return next((each for each in element if _name(each) == name), None)


def _text(element: Element) -> str:
    return (element.text or "").strip()


def _texts(element: Element) -> dict[str, str]:
    return dict(_pairs(element))


def _pairs(element: Element) -> Iterator[tuple[str, str]]:
    for each in element:
        if not len(each):
            yield _name(each), _text(each)

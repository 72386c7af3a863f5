"""Pay.gov's hosted collection: what the client says and hears, and what the sandbox refuses."""

from __future__ import annotations

import socket
import ssl
import threading
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from openecf.cli.paygov_pages import PAGE
from openecf.kernel.money import Money
from openecf.platform.payments import gateway, rules, wire
from openecf.platform.payments.gateway import Away, PayGov, Refused, Unsure
from openecf.platform.payments.rules import State
from tests.platform.tollbooth import (  # noqa: F401  (one is a fixture)
    DECLINED,
    IMPATIENT,
    LATE,
    MUCH_TOO_LATE,
    Tollbooth,
    tollbooth,
)

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


def test_a_call_is_written_as_the_protocol_has_it():
    asked = {"tcs_app_id": "APP", "agency_tracking_id": "N1", "transaction_type": "Sale", "transaction_amount": "405.00",
             "language": "en", "url_success": "https://a.example/?x=1&y=2", "url_cancel": "https://a.example/c"}  # fmt: skip
    said = wire.request("startOnlineCollection", asked).decode()
    assert said == (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<soapenv:Envelope xmlns:soapenv="{SOAP}" xmlns:tcs="http://fms.treas.gov/services/tcsonline_3_3">'
        "<soapenv:Header/><soapenv:Body><tcs:startOnlineCollection><startOnlineCollectionRequest>"
        "<tcs_app_id>APP</tcs_app_id><agency_tracking_id>N1</agency_tracking_id>"
        "<transaction_type>Sale</transaction_type><transaction_amount>405.00</transaction_amount>"
        "<language>en</language><url_success>https://a.example/?x=1&amp;y=2</url_success>"
        "<url_cancel>https://a.example/c</url_cancel></startOnlineCollectionRequest></tcs:startOnlineCollection>"
        "</soapenv:Body></soapenv:Envelope>"
    )
    assert wire.read_request(said.encode()) == ("startOnlineCollection", asked)


def test_another_servers_answer_is_read_whatever_its_prefixes_and_order():
    told = wire.read_answer(
        "completeOnlineCollectionWithDetails",
        f"""<S:Envelope xmlns:S="{SOAP}"><S:Body><ns2:completeOnlineCollectionWithDetailsResponse
        xmlns:ns2="http://fms.treas.gov/services/tcsonline_3_3"><completeOnlineCollectionWithDetailsResponse>
        <transaction_amount>405</transaction_amount><paygov_tracking_id>3FQB</paygov_tracking_id>
        <agency_tracking_id>N1</agency_tracking_id><transaction_status>Success</transaction_status>
        <payment_date>2026-05-11</payment_date><payment_type>PLASTIC_CARD</payment_type>
        </completeOnlineCollectionWithDetailsResponse></ns2:completeOnlineCollectionWithDetailsResponse></S:Body>
        </S:Envelope>""".encode(),
    )
    read = rules.transaction(told)
    assert (read.amount, read.outcome, read.paid_on) == (Money.of("405.00"), State.SUCCEEDED, date(2026, 5, 11))
    assert rules.is_ours(read, number="N1", amount=Money(40500))


@pytest.mark.parametrize(
    ("status", "means"),
    [("Success", "succeeded"), ("Settled", "succeeded"), ("Received", "pending"), ("Waiting", "pending"),
     ("Pending", "pending"), ("Cancelled", "cancelled"), ("Retired", "failed"), ("Failed", "failed"), ("", "unknown"),
     ("success", "unknown"), ("Refunded", "unknown")],
)  # fmt: skip
def test_what_a_status_means(status, means):
    assert rules.transaction({"transaction_status": status}).outcome == means


@pytest.mark.parametrize(
    ("text", "cents"),
    [("405.00", 40500), ("405", 40500), ("0.01", 1), ("405.5", 40550), ("-405.00", None), ("", None), ("405.001", None),
     ("1e3", None), ("405,00", None), ("NaN", None), ("٤٠٥", None)],
)  # fmt: skip
def test_an_amount_is_read_exactly_or_not_at_all(text, cents):
    assert rules.amount_of(text) == (None if cents is None else Money(cents))


@pytest.mark.parametrize(
    "content",
    [
        b"", b"no", b"<a/>", b"<html><body>busy</body></html>", f'<S:Envelope xmlns:S="{SOAP}"/>'.encode(),
        f'<S:Envelope xmlns:S="{SOAP}"><S:Body><x/><y/></S:Body></S:Envelope>'.encode(),
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>',
        b'<?xml version="1.0" encoding="klingon"?><a/>',
    ],
)  # fmt: skip
def test_what_is_no_envelope_is_not_understood(content):
    with pytest.raises(wire.NotUnderstood):
        wire.read_answer("getDetails", content)
    with pytest.raises(wire.NotUnderstood):
        wire.read_request(content)


def test_the_whole_way_of_a_card(tollbooth: Tollbooth):
    gateway = tollbooth.client
    token = gateway.start(number="N1", amount=Money(3001), url_success="http://testserver/back?a=1&b=2",
                          url_cancel="http://testserver/cancel")  # fmt: skip
    assert len(token) == 32
    back = tollbooth.pays(gateway.page(token=token))
    assert back.status_code == 303 and back.headers["Location"] == "http://testserver/back?a=1&b=2"
    done = gateway.complete(token=token)
    assert (done.number, done.amount, done.outcome, done.method) == ("N1", Money(3001), "succeeded", "PLASTIC_CARD")
    assert gateway.details(tracking=done.tracking) == done
    with pytest.raises(Refused) as refused:
        gateway.complete(token=token)
    assert refused.value.code == "4117", "a token is used once"


def test_the_call_without_details_gives_the_number_to_ask_by(tollbooth: Tollbooth):
    token = tollbooth.start()["token"]
    tollbooth.pays(tollbooth.client.page(token=token), by="PAYPAL")
    tracking = tollbooth.client.call("completeOnlineCollection", token=token)["paygov_tracking_id"]
    assert tollbooth.client.details(tracking=tracking).method == "PAYPAL"


@pytest.mark.parametrize(
    ("account", "later"), [("1357902468", State.SUCCEEDED), ("1111111116", State.FAILED)], ids=["settles", "returned"]
)
def test_a_bank_account_is_received_first_and_decided_later(tollbooth: Tollbooth, account, later):
    tollbooth.books.settles_after = timedelta(hours=1)
    token = tollbooth.start()["token"]
    tollbooth.pays(tollbooth.client.page(token=token), by="ACH", account=account)
    done = tollbooth.client.complete(token=token)
    assert (done.outcome, done.status) == (State.PENDING, "Received")
    tollbooth.books.settles_after = timedelta(0)
    assert tollbooth.client.details(tracking=done.tracking).outcome == later


def test_a_card_that_is_declined_comes_back_to_the_same_address_and_pays_nothing(tollbooth: Tollbooth):
    token = tollbooth.start()["token"]
    assert tollbooth.pays(tollbooth.client.page(token=token), number=DECLINED).headers["Location"].endswith("/back")
    assert tollbooth.client.complete(token=token).outcome == State.FAILED


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        *(({"amount": amount}, "9002") for amount in ("-1.00", "0.00", "405", "405.0", "4.050", "1,000.00", "", "1e3",
                                                      "00.10", "9999999999.00", "٤.٠٥")),
        ({"tcs_app_id": "ANOTHER"}, "4019"), ({"transaction_type": "Refund"}, "9001"), ({"language": "fr"}, "9005"),
        ({"number": ""}, "9003"), ({"number": "a" * 22}, "9003"), ({"number": "a b"}, "9003"),
        *(({"url_success": url}, "9006") for url in (
            "", "javascript:alert(1)", "ftp://testserver/", "http://testserver/<script>", 'http://testserver/"x', "//testserver/",
            "http://elsewhere.example/", "http://testserver@elsewhere.example/", "http://user:pw@testserver/",
            "http://testserver/%zz", "http://testserver/a b", "http://testserver/é", "data:text/html,x")),
        ({"url_cancel": "http://elsewhere.example/"}, "9006"),
    ],
)  # fmt: skip
def test_the_sandbox_refuses_what_it_should(tollbooth: Tollbooth, changed, code):
    with pytest.raises(Refused) as refused:
        tollbooth.start(**changed)
    assert refused.value.code == code and tollbooth.books.latest() == []


def test_a_number_of_ours_is_used_once(tollbooth: Tollbooth):
    tollbooth.start(number="N1")
    with pytest.raises(Refused, match="9004"):
        tollbooth.start(number="N1", amount="1.00")


@pytest.mark.parametrize("token", ["", "f" * 32, "' OR 1=1"])
def test_a_token_that_nobody_gave_out_is_refused(tollbooth: Tollbooth, token):
    with pytest.raises(Refused, match="4117"):
        tollbooth.client.complete(token=token)


def test_nothing_is_taken_before_the_payer_agreed_nor_after_he_turned_back(tollbooth: Tollbooth):
    token = tollbooth.start()["token"]
    with pytest.raises(Refused, match="9007"):
        tollbooth.client.complete(token=token)
    assert tollbooth.pays(tollbooth.client.page(token=token), by="cancel").headers["Location"].endswith("/cancel")
    assert httpx.get(tollbooth.client.page(token=token)).status_code == 410
    with pytest.raises(Refused, match="4117"):
        tollbooth.client.complete(token=token)


def test_an_old_token_is_too_old(tollbooth: Tollbooth, monkeypatch):
    token = tollbooth.start()["token"]
    monkeypatch.setattr("openecf.cli.paygov_books.TOKEN_LIVES", timedelta(0))
    assert httpx.get(tollbooth.client.page(token=token)).status_code == 410
    with pytest.raises(Refused, match="4117"):
        tollbooth.client.complete(token=token)


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"number": "4242 4242 4242 4242"}, "number"), ({"expiry": "13/31"}, "expiry"), ({"expiry": "01/20"}, "expiry"),
     ({"code": "12"}, "code"), ({"name": " "}, "name"), ({"number": "<script>alert(1)</script>"}, "number")],
)  # fmt: skip
def test_the_hosted_page_says_what_is_wrong_at_the_field(tollbooth: Tollbooth, typed, field):
    token = tollbooth.start()["token"]
    page = tollbooth.pays(tollbooth.client.page(token=token), **typed)
    assert page.status_code == 422 and f'id="{field}-wrong"' in page.text and "<script>" not in page.text
    assert "4242 4242" not in page.text, "a number that was typed is not shown again"


def test_every_page_says_that_it_is_a_sandbox(tollbooth: Tollbooth):
    page = tollbooth.client.page(token=tollbooth.start()["token"])
    for url in (tollbooth.base, page, tollbooth.base + PAGE):
        assert "This is not Pay.gov. No money moves here." in httpx.get(url).text
    assert "4111111111111111" in httpx.get(tollbooth.base).text, "its test numbers are told"


def test_strangers_are_turned_away(tollbooth: Tollbooth):
    for token in ("", "wrong"):
        with pytest.raises(Away):
            PayGov(tollbooth.config.model_copy(update={"access_token": token})).complete(token="x")
    assert httpx.get(tollbooth.base, headers={"Host": "rebound.example"}).status_code == 403


def served(answer: bytes, status: int = 200, *, hang_up: bool = False) -> str:
    """The address of a server that answers one call so."""

    class Once(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802
            self.rfile.read(int(self.headers["Content-Length"]))
            if hang_up:
                return self.connection.shutdown(socket.SHUT_RDWR)
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            return self.wfile.write(answer)

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Once)
    threading.Thread(target=server.handle_request, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}/"


@pytest.mark.parametrize(
    ("answer", "status", "raised"),
    [
        (b"busy", 503, Unsure), (b"<html>", 200, Unsure), (b"x" * 1_100_000, 200, Unsure), (b"", 302, Unsure),
        (b"no", 401, Away), (b"no", 404, Away), (b"no", 408, Unsure), (wire.fault("5001", "no"), 500, Refused),
        (wire.fault("4117", "no"), 400, Refused), (wire.answer("startOnlineCollection", {"token": "x"}), 200, Unsure),
    ],
)  # fmt: skip
def test_what_is_known_of_a_call_that_was_not_answered_well(tollbooth: Tollbooth, answer, status, raised):
    gateway = PayGov(tollbooth.config.model_copy(update={"url": served(answer, status)}))
    with pytest.raises(raised):
        gateway.complete(token="x")


def test_a_line_that_breaks_leaves_us_unsure_and_a_closed_door_does_not(tollbooth: Tollbooth):
    with pytest.raises(Unsure):
        PayGov(tollbooth.config.model_copy(update={"url": served(b"", hang_up=True)})).complete(token="x")
    with pytest.raises(Away):
        PayGov(tollbooth.config.model_copy(update={"url": "http://127.0.0.1:9/"})).complete(token="x")


def test_an_answer_that_comes_too_late_leaves_us_unsure(tmp_path, monkeypatch):
    booth = Tollbooth(tmp_path, late=MUCH_TOO_LATE)
    gateway = booth.client
    token = booth.start()["token"]
    booth.pays(gateway.page(token=token), number=LATE)
    impatient = httpx.Client(timeout=httpx.Timeout(IMPATIENT, connect=60))
    monkeypatch.setattr("openecf.platform.payments.gateway._http", lambda *_shown: impatient)
    with pytest.raises(Unsure):
        gateway.complete(token=token)
    booth.close()


def test_the_environment_is_asked_before_the_sites_own_settings(monkeypatch):
    assert gateway.config() is None, "this site takes no payments on line"
    said = {
        "URL": "https://pay.example/calls",
        "PAGES_URL": "https://pay.example/page?x=1",
        "APP_ID": "APP",
        "TOKEN": "t",
    }
    for name, value in said.items():
        monkeypatch.setenv(f"OPENECF_PAYGOV_{name}", value)
    found = gateway.config()
    assert (found.url, found.app_id, found.access_token) == ("https://pay.example/calls", "APP", "t")
    assert PayGov(found).page(token="T&1") == "https://pay.example/page?x=1&token=T%261&tcsAppID=APP"


def identity(folder: Path, name: str, issuer: tuple | None = None) -> tuple:
    """A certificate and its key, as files, too; signed by the issuer, or by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    signer, by = (issuer[1], issuer[0].subject) if issuer else (key, subject)
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(by).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .sign(signer, hashes.SHA256())
    )  # fmt: skip
    files = folder / f"{name}.pem", folder / f"{name}.key"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                           serialization.NoEncryption()))  # fmt: skip
    return made, key, *map(str, files)


def test_the_client_proves_itself_by_its_certificate_and_trusts_only_who_proves_itself(tmp_path, monkeypatch):
    root = identity(tmp_path, "root")
    server, ours, foreign = (
        identity(tmp_path, "server", root),
        identity(tmp_path, "ours", root),
        identity(tmp_path, "x"),
    )
    booth = Tollbooth(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server[2], server[3])
    context.load_verify_locations(root[2])
    context.verify_mode = ssl.CERT_REQUIRED
    booth.server.socket = context.wrap_socket(booth.server.socket, server_side=True)
    secure = booth.config.model_copy(update={"url": booth.config.url.replace("http:", "https:")})

    def begins(**shown: str) -> str:
        gateway._http.cache_clear()
        return PayGov(secure.model_copy(update=shown)).start(
            number="N1", amount=Money(1), url_success="http://testserver/a", url_cancel="http://testserver/b"
        )

    with pytest.raises(Away):
        begins(certificate=ours[2], key=ours[3])  # nobody vouches for the server
    monkeypatch.setenv("SSL_CERT_FILE", root[2])
    for shown in ({}, {"certificate": foreign[2], "key": foreign[3]}):
        with pytest.raises((Away, Unsure)):
            begins(**shown)
    for broken in ({"certificate": "/nowhere.pem"}, {"certificate": ours[3]}):
        with pytest.raises(Away):
            begins(**broken)
    assert booth.books.latest() == []
    assert len(begins(certificate=ours[2], key=ours[3])) == 32
    gateway._http.cache_clear()
    booth.close()

"""What a hostile browser, program, proxy or form meets at a court: headers, origins, sizes, words that are not text."""

from __future__ import annotations

import html
import os
import re
from urllib.parse import quote

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.test.utils import override_settings

from openecf.court.documents.models import Document
from openecf.court.fees.models import MeterLine
from openecf.court.filing import drafts
from openecf.kernel.paths import local_path
from openecf.platform.config import this_site
from openecf.platform.web import LARGEST_BODY, Arrival
from tests.court import callers
from tests.court import world as invented
from tests.court.test_permissions import HERE, address, sample_of
from tests.court.world import AT, pdfs

pytestmark = pytest.mark.django_db


@pytest.fixture
def here():
    world = invented.make()
    entry = world.entry(files=[pdfs.plain(), pdfs.plain(1, "EXHIBIT")])
    return world, sample_of(world, entry)


def clerk(world) -> Client:
    return callers.client(callers.person(account=world.clerk.account))


def body_of(response) -> str:
    raw = b"".join(response.streaming_content) if response.streaming else response.content
    return raw.decode(errors="replace")


# Headers


def test_every_page_carries_the_headers_that_bind_a_browser(here):
    world, sample = here
    for who in (None, callers.person(account=world.clerk.account)):
        browser = callers.client(who)
        for url in HERE:
            response = browser.get(address(url, sample), REMOTE_ADDR="203.0.113.9")
            headers = response.headers
            assert "default-src 'none'" in headers["Content-Security-Policy"], url
            assert "unsafe" not in headers["Content-Security-Policy"], url
            assert "frame-ancestors 'self'" in headers["Content-Security-Policy"], url
            assert headers["X-Content-Type-Options"] == "nosniff", url
            assert headers["X-Frame-Options"] == "SAMEORIGIN", url
            assert headers["Cross-Origin-Resource-Policy"] == "same-origin", url
            assert {"private", "no-store", "max-age=0"} & set(re.split(r"[,\s]+", headers["Cache-Control"])), url


def test_no_page_has_script_of_its_own_in_a_tag(here):
    """Handlers that programs read (``onClick``) are dead under the policy; no ``<script>`` may stand in a page."""
    world, sample = here
    browser = clerk(world)
    for url in HERE:
        for tag in re.findall(r"<script\b[^>]*>", body_of(browser.get(address(url, sample))), re.IGNORECASE):
            assert "src=" in tag or "application/json" in tag, (url, tag)


def test_a_document_is_handed_out_so_that_it_cannot_be_a_page_of_ours(here):
    world, sample = here
    response = clerk(world).get(f"/doc1/{sample['doc_id'][:3]}1{sample['doc_id'][4:]}")
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    assert re.match(r'inline; filename="[\w.-]+\.pdf"$', response["Content-Disposition"])
    assert "script-src 'self'" in response["Content-Security-Policy"]


def test_signing_off_clears_what_the_browser_kept(here):
    response = callers.client(None).get("/logout")
    assert response["Clear-Site-Data"] == '"cache"'
    assert response.cookies[this_site().id and f"openecf_{this_site().id}_session"].value == ""


# Where a browser may be sent


@pytest.mark.parametrize("target", [
    "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
    "/%0d%0aSet-Cookie:a=b", "/\r\nSet-Cookie: a=b", "/\t/evil.example", " //evil.example", "http:evil.example",
])  # fmt: skip
def test_nobody_is_sent_elsewhere_after_signing_on(target):
    path = local_path(target)
    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))
    assert not re.search(r"[\r\n\t]", path)


@pytest.mark.parametrize("came_from", [
    "https://evil.example/", "http://testserver//evil.example/x", "http://testserver///evil.example",
    "http://testserver.evil.example/", "javascript:alert(1)", "//evil.example",
])  # fmt: skip
def test_the_language_switch_sends_back_to_this_site_only(came_from):
    there = callers.client(None).post("/language", {"language": "es"}, HTTP_REFERER=came_from)["Location"]
    assert re.match(r"/(?![/\\])", there), there


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "testserver@evil.example", "", "a b"])
def test_another_host_name_is_not_answered(host):
    response = callers.client(None).get("/", HTTP_HOST=host)
    assert response.status_code == 400
    assert "evil" not in body_of(response)


# The form token


def test_a_post_without_the_form_token_changes_nothing(here):
    from tests.court.test_permissions import WITHOUT_A_FORM_TOKEN

    world, sample = here
    browser = clerk(world)
    browser.handler.enforce_csrf_checks = True
    browser.raise_request_exception = False
    draft = drafts.start(reader=world.reader(world.clerk), event_code=some_event(), case_id=world.case.pk, at=AT)
    sample["draft_id"] = draft.id
    before = everything()
    for url, _pattern in HERE.items():
        if url in WITHOUT_A_FORM_TOKEN or url in ("metrics",):
            continue
        response = browser.post(address(url, sample), {"to": "closed", "act": "retry", "level": "5", "reason": "x"})
        assert response.status_code in (403, 405), url
    assert everything() == before


@pytest.mark.parametrize("path", ["/cgi-bin/DktRpt.pl", "/cgi-bin/HistDocQry.pl", "/cgi-bin/iquery.pl", "document"])
@pytest.mark.parametrize("said", [
    {"HTTP_ORIGIN": "https://evil.example"}, {"HTTP_REFERER": "https://evil.example/x"}, {"HTTP_ORIGIN": "null"},
    {"HTTP_SEC_FETCH_SITE": "cross-site"}, {"HTTP_SEC_FETCH_SITE": "same-site"},
])  # fmt: skip
def test_another_sites_page_cannot_run_up_a_persons_fees(here, path, said):
    world, sample = here
    browser = callers.client(callers.person(account_type="search"))
    asked = {"all_case_ids": str(world.case.pk), "got_receipt": "1", "last_name": "Alder", "pacer": "t"}
    path = f"/doc1/{sample['doc_id']}" if path == "document" else path
    browser.post(path, asked, **said)
    assert not MeterLine.objects.exists()


def some_event() -> str:
    from openecf.court.events import queries

    return next(event.code for event in queries.dictionary().events.values() if event.may_be_filed_by("clerk"))


def everything() -> dict[str, int]:
    """How many rows every table has, and the rows of those that a form could change in place."""
    tables = {model._meta.label: model.objects.count() for model in apps.get_models()}
    for label in ("cases.Case", "cases.Party", "people.CourtUser", "filing.Draft", "docket.Entry"):
        tables[f"{label} rows"] = list(apps.get_model(label).objects.order_by("pk").values())
    return tables


# Proxies


@pytest.mark.parametrize(("secret", "address_", "headers", "scheme", "caller"), [
    ("", "203.0.113.9", {"PROTO": "https"}, "http", "203.0.113.9"),
    ("", "203.0.113.9", {"PROTO": "https", "FOR": "10.0.0.1"}, "http", "203.0.113.9"),
    ("", "127.0.0.1", {"PROTO": "https", "FOR": "10.0.0.1"}, "https", "10.0.0.1"),
    ("s3cret", "127.0.0.1", {"PROTO": "https", "FOR": "10.0.0.1"}, "http", "127.0.0.1"),
    ("s3cret", "10.9.9.9", {"PROTO": "https", "FOR": "6.6.6.6, 198.51.100.7", "PROXY": "s3cret"}, "https", "198.51.100.7"),
    ("s3cret", "10.9.9.9", {"PROTO": "https", "FOR": "6.6.6.6", "PROXY": "guess"}, "http", "10.9.9.9"),
    ("s3cret", "10.9.9.9", {"PROTO": "https", "FOR": "not an address", "PROXY": "s3cret"}, "https", "10.9.9.9"),
])  # fmt: skip
def test_only_the_sites_own_proxy_is_believed(rf, secret, address_, headers, scheme, caller):
    names = {"PROTO": "HTTP_X_FORWARDED_PROTO", "FOR": "HTTP_X_FORWARDED_FOR", "PROXY": "HTTP_X_OPENECF_PROXY"}
    seen = {}

    def page(request):
        from django.http import HttpResponse

        seen.update(scheme=request.scheme, caller=request.META["REMOTE_ADDR"], shown=request.META.get(names["PROXY"]))
        return HttpResponse()

    arrival = Arrival(page)
    arrival.proxy_secret = secret.encode()
    arrival(rf.get("/", REMOTE_ADDR=address_, **{names[name]: value for name, value in headers.items()}))
    assert seen == {"scheme": scheme, "caller": caller, "shown": None}


# Sizes and words


@pytest.mark.parametrize(("who", "path", "size", "status"), [
    (None, "/cgi-bin/DktRpt.pl", LARGEST_BODY + 1, 413),
    (None, "/utilities/check-pdf", LARGEST_BODY + 1, 200),
    ("clerk", "/utilities/check-pdf", 10**10, 413),
    ("clerk", "/language", LARGEST_BODY + 1, 413),
    (None, "/bus/inbox", 10**10, 413),
])  # fmt: skip
def test_what_is_too_large_is_turned_away_unread(here, who, path, size, status):
    world, _sample = here
    browser = clerk(world) if who else callers.client(None)
    response = browser.generic("POST", path, b"", "multipart/form-data; boundary=x", CONTENT_LENGTH=str(size))
    assert response.status_code == status
    assert status == 413 or "Not logged in" in body_of(response)


def test_a_page_that_costs_the_court_work_keeps_a_pace(here):
    world, sample = here
    browser, other = callers.client(callers.person(account_type="search")), clerk(world)
    asked = [browser.get("/cgi-bin/DocVerify.pl", {"document": sample["doc_id"]}).status_code for _n in range(61)]
    assert asked == [200] * 60 + [429]
    assert other.get("/cgi-bin/DocVerify.pl").status_code == 200, "one person's pace is not another's"


@pytest.mark.parametrize("change", [{"bytes": 200_000_000}, {}])
def test_several_documents_at_once_have_a_limit_and_cost_nothing_beyond_it(here, monkeypatch, change):
    from openecf.court.documents import services

    world, _sample = here
    Document.objects.update(**change) if change else monkeypatch.setattr(services, "MOST_TOGETHER", 1)
    browser = callers.client(callers.person(account_type="search"))
    browser.defaults["HTTP_SEC_FETCH_SITE"] = "same-origin"
    asked = {"caseid": str(world.case.pk), "arr_de_seq_nums": "1", "got_receipt": "1"}
    assert "too much for one file" in body_of(browser.post("/cgi-bin/show_multidocs.pl", asked))
    assert not MeterLine.objects.exists()


NASTY = (
    "\x00", "a\x00b", "²", "٣", "9" * 40, "9" * 5000, "-1", "0", "' OR 1=1 --", "%", "_", "\\", "\ud7ff\uffff", "<script>x</script>",
    "../../etc/passwd", "a" * 5000, "1;2", "𝟙", "NaN", "1e999", "00000000-0000-0000-0000-000000000000", "\r\nX: y", "*", "",
)  # fmt: skip
FIELDS = (
    "all_case_ids", "case_num", "last_name", "first_name", "date_from", "date_to", "documents_numbered_from_",
    "documents_numbered_to_", "sort1", "case_id", "case", "event", "version", "remove", "filter", "entries", "shown",
    "arr_de_seq_nums", "caseid", "caseId", "serials", "document", "docid", "dls_id", "dls", "caseNum", "csnum1", "dateFrom",
    "number", "level", "to", "filed", "judge", "restriction", "text", "reason", "name", "type", "start", "end", "language",
    "next", "state", "code", "iss", "logout_token", "magic_num", "uid", "login", "secondary", "q", "category", "menu",
    "got_receipt", "Qry_filed_from", "filed_from", "nature_suit", "case_status", "form", "party", "id", "did",
)  # fmt: skip


@pytest.mark.parametrize("nasty", NASTY, ids=lambda nasty: ascii(nasty)[:24])
def test_nothing_that_can_be_typed_breaks_a_page(here, nasty):
    """Each word at a third of the pages, each page with a third of the words; ``OPENECF_THOROUGH=1``: all of them."""
    world, sample = here
    browser = clerk(world)
    draft = drafts.start(reader=world.reader(world.clerk), event_code=some_event(), case_id=world.case.pk, at=AT)
    sample["draft_id"] = draft.id
    fields = dict.fromkeys(FIELDS, nasty)
    for place, url in enumerate(HERE):
        if url in ("metrics", "oidc/backchannel", "login", "cgi-bin/login.pl", "filing/<uuid:draft_id>/discard"):
            continue
        if not os.environ.get("OPENECF_THOROUGH") and (place + NASTY.index(nasty)) % 3:
            continue
        path = address(url, sample)
        servlets = ("CaseSummary.jsp", "DocketReportFilter.jsp", "CaseSelectionTable.jsp", "ShowDoc", "ShowDocMulti")
        for more in [{"servlet": one} for one in servlets] if "Transport" in url else [{}]:
            for response in (browser.get(path, fields | more), browser.post(path, fields | more)):
                assert response.status_code < 500 or url == "readyz", (url, more)
        raw = callers.client(callers.person(account=world.clerk.account)).get(
            path, QUERY_STRING=quote(f"{nasty},{nasty}", safe=",")
        )
        assert raw.status_code < 500 or url == "readyz", url


STEPS = ("case", "parties", "association", "documents", "related", "details", "text", "final", "nonsense")


@pytest.mark.parametrize("step", STEPS)
def test_nothing_that_can_be_typed_breaks_a_page_of_a_filing(here, step):
    world, _sample = here
    draft = drafts.start(reader=world.reader(world.clerk), event_code=some_event(), case_id=world.case.pk, at=AT)
    for nasty in NASTY:
        draft.refresh_from_db()
        for version in (nasty, str(draft.version)):
            response = clerk(world).post(
                f"/filing/{draft.id}/{step}", dict.fromkeys(FIELDS, nasty) | {"version": version}
            )
            assert response.status_code < 500, (step, nasty)


# Stored words

PAYLOAD = "\"'><script>x7q()</script><img src=x onerror=x7q()>"
LEAVE = {"sha256", "digest", "doc_id", "login", "password", "spent_password", "email", "address", "event", "group", "zone",
         "row", "chain", "previous", "chain_head", "ordered_by", "court", "kind", "sid", "doc_prefix"}  # fmt: skip


def poison() -> int:
    """Put markup into every column of text that people, imports or uploads fill."""
    poisoned = 0
    for label in ("cases", "docket", "documents", "people", "fees", "calendar", "notices", "transition"):
        for model in apps.get_app_config(label).get_models():
            for field in model._meta.concrete_fields:
                kind = type(field)
                if field.name in LEAVE or field.choices or kind not in (models.CharField, models.TextField):
                    continue
                if field.unique or (field.max_length or 1000) < len(PAYLOAD):
                    continue
                if model._meta.label in ("docket.Entry", "notices.Notice") and field.name in ("html", "number"):
                    continue
                poisoned += model.objects.update(**{field.name: PAYLOAD})
    return poisoned


def test_markup_in_stored_words_stays_words_on_every_page(here):
    from openecf.court.docket import services as docket
    from openecf.court.docket.models import Entry
    from openecf.court.notices import services as notices

    world, sample = here
    drafts.start(reader=world.reader(world.clerk), event_code=some_event(), case_id=world.case.pk, at=AT)
    assert poison() > 20
    type(world.case).objects.update(flags=[PAYLOAD], header_lines=[[PAYLOAD, PAYLOAD]], panel=[PAYLOAD])
    entry = Entry.objects.get()
    docket.finish(entry)
    notice = notices.prepare(entry=Entry.objects.get(), at=AT)
    browser = clerk(world)
    pages = {url: [browser.get(address(url, sample))] for url in HERE if url != "metrics"}
    pages["report"] = [
        browser.post(f"/cgi-bin/{page}", {"all_case_ids": str(world.case.pk), "list_of_parties_and_counsel": "on",
                     "terminated_parties": "on", "view_multi_docs": multi, "DisplayDktText": "on"})
        for page in ("DktRpt.pl", "HistDocQry.pl", "iquery.pl") for multi in ("", "on")
    ]  # fmt: skip
    pages["appellate"] = [
        browser.get("/n/beam/servlet/TransportRoom", {"servlet": servlet, "caseNum": world.case.number, "csnum1": "24-10001",
                    "fullDocketReport": "Y", "incDktEntries": "Y", "incPtyAty": "Y", "incCaption": "Y", "incOrigDkt": "Y"})
        for servlet in ("CaseSummary.jsp", "DocketReportFilter.jsp", "CaseSelectionTable.jsp")
    ]  # fmt: skip
    query = f"{world.case.pk},{entry.seq}"
    pages["notice"] = [browser.get("/cgi-bin/DisplayReceipt.pl", QUERY_STRING=query)]
    pages["schedule"] = [browser.get("/cgi-bin/SchedQry.pl", QUERY_STRING=str(world.case.pk))]
    pages["possible"] = [browser.get("/cgi-bin/possible_case_numbers.pl", QUERY_STRING="24-10001")]
    pages["verify"] = [browser.get("/cgi-bin/DocVerify.pl", {"document": sample["doc_id"]})]
    seen = 0
    for where, responses in pages.items():
        for response in responses:
            page = body_of(response)
            assert "<script>x7q" not in page, where
            assert "<img src=x" not in page, where
            assert not re.search(r"=\"[^\"<>]*\"'>", page), where
            seen += "x7q()" in html.unescape(page)
    assert seen > 12, "the words are shown, as words"
    assert "<script>x7q" not in notice.html
    assert "\n" not in notice.subject
    assert "\r" not in notice.subject


def test_a_mails_headers_cannot_be_written_by_who_names_a_case(here):
    from openecf.court.notices import services as notices
    from openecf.platform.mail import services as mail
    from openecf.platform.mail.models import OutgoingMail

    world, _sample = here
    evil = "Alder\r\nBcc: everyone@evil.example\r\n\r\nA body"
    type(world.case).objects.update(short_title=evil, caption=evil)
    notice = notices.prepare(entry=world.case.entries.get(), at=AT)
    notices.mail_notice(notice_id=notice.pk, at=AT)
    for row in OutgoingMail.objects.all():
        message = mail._compose(row).message()
        assert message["Bcc"] is None
        assert "\n" not in str(message["Subject"]).replace("\n ", " ")
        assert "everyone@evil.example" not in row.bcc


@pytest.mark.parametrize("name", [
    "../../../etc/passwd.pdf", "a\r\nX-Evil: 1.pdf", "con\u202efdp.exe.pdf", "<script>x7q()</script>.pdf", "a\x00b.pdf",
    "x" * 400 + ".pdf", "..\\..\\windows\\a.pdf",
])  # fmt: skip
def test_an_uploads_name_is_words_and_no_path(here, name):
    from django.core.files.uploadedfile import SimpleUploadedFile

    world, _sample = here
    draft = drafts.start(
        reader=world.reader(world.clerk), event_code=event_with_document(), case_id=world.case.pk, at=AT
    )
    browser = clerk(world)
    upload = SimpleUploadedFile("a.pdf", pdfs.plain(), "application/pdf")
    upload._name = name
    response = browser.post(f"/filing/{draft.id}/documents", {"main": upload, "version": draft.version})
    assert response.status_code in (302, 422)
    for row in draft.documents.all():
        assert not re.search(r"[/\\\x00-\x1f\u202e]", row.filename), row.filename
        assert len(row.filename) <= 255
        assert "<script>x7q" not in body_of(browser.get(f"/filing/{draft.id}/documents"))


def event_with_document() -> str:
    from openecf.court.events import queries

    events = queries.dictionary().events.values()
    return next(
        event.code
        for event in events
        if event.document == "required" and event.may_be_filed_by("clerk") and not event.chapters
    )


def test_the_doors_of_a_secure_site_are_bolted():
    from django.conf import settings

    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.CSRF_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == settings.CSRF_COOKIE_SAMESITE == "Lax"
    assert settings.DEBUG is False
    with override_settings(SECURE_HSTS_SECONDS=31_536_000):
        response = Client().get("/healthz", secure=True)
        assert response["Strict-Transport-Security"].startswith("max-age=31536000")
    assert Document.objects.count() == 0


@pytest.mark.parametrize("path", ["/utilities/log?start={}&end={}", "/utilities/billing-history?since={}&until={}"])
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.django_db
def test_the_first_and_the_last_day_of_the_calendar_break_no_page(path, day):
    browser = callers.client(callers.linked("attorney"))
    browser.raise_request_exception = False
    assert browser.get(path.format(day, day)).status_code in (200, 400)

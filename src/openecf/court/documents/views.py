"""Document pages: attachment menu, receipt, the document itself, free looks, several documents at once.

Their addresses, fields and markup are read by programs. Refusals answer 200, as the courts' own systems do: the
programs look for the words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from openecf.court.bench import bench
from openecf.court.cases import queries as cases
from openecf.court.documents import queries, services
from openecf.court.documents.access import READER_OR_LOOK, look_secret
from openecf.court.documents.forms import CheckPdfForm
from openecf.court.documents.models import Document
from openecf.court.documents.rules import AS_FILED, NO_HEADER, size_text
from openecf.court.fees.rules import Receipt
from openecf.court.people import access as people_access
from openecf.court.people.rules import NOBODY
from openecf.court.transition import queries as transition
from openecf.kernel.doc_ids import DocId
from openecf.kernel.refusal import Refusal
from openecf.platform import access
from openecf.platform.origin import asked_here
from openecf.platform.pdf.examining import BadPdf
from openecf.platform.throttle.pace import paced
from openecf.platform.web import came_by, takes_files, whole_number

PDF = "application/pdf"
"""Exactly this: with a parameter, programs take it for a page."""


def _value(request: HttpRequest, name: str) -> str:
    return (request.POST.get(name) or request.GET.get(name) or "").strip()


def _case_id(request: HttpRequest) -> int | None:
    """The case that the address names; -1, which no case has, for what is no number."""
    text = _value(request, "caseid") or _value(request, "caseId")
    return (whole_number(text) or -1) if text else None


def _as_filed(request: HttpRequest) -> bool:
    """Whether the copy is to be the document as it was filed, without the court's line."""
    return _value(request, "pdf_header") == NO_HEADER


def _bought(request: HttpRequest) -> bool:
    """Whether the reader accepted the charge: a program does by asking, a person on a page of this site."""
    from_here = request.reader.kind != "browser" or asked_here(request)
    return request.method == "POST" and _value(request, "got_receipt") == "1" and from_here


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return render(request, "documents/refused.html", {"said": refusal.said, "code": refusal.code})


def _handed_out(copy: services.Copy, content_type: str = PDF) -> FileResponse:
    response = FileResponse(copy.file, content_type=content_type, filename=copy.filename)
    response["Cache-Control"] = "private, no-store"
    return response


@access.rule(READER_OR_LOOK)
@csrf_exempt
@require_http_methods(["GET", "POST"])
def document(request: HttpRequest, doc_id: str) -> HttpResponse:
    """``/doc1/…`` and ``/docs1/…``. Flag digit 0 leads to the menu of an entry with attachments."""
    if secret := look_secret(request):
        return _free_look(request, doc_id, secret)
    try:
        found = queries.open_for(reader=request.reader, doc_id=doc_id, case_id=_case_id(request))
        if _bought(request):
            return _handed_out(
                services.buy(
                    document=found,
                    reader=request.reader,
                    with_header=not _as_filed(request),
                    at=request.arrived,
                )
            )
        return _menu_or_receipt(request, found, doc_id)
    except queries.NotYours as refusal:
        return _menu_without(request, doc_id, refusal)
    except Refusal as refusal:
        return _refused(request, refusal)


def _menu_or_receipt(request: HttpRequest, found: Document, doc_id: str) -> HttpResponse:
    parts = queries.parts_for(reader=request.reader, document=found)
    if not DocId.parse(doc_id).direct and len(parts) > 1 and not _value(request, "hdr"):
        return _menu(request, found, parts)
    quote = services.quote(document=found, reader=request.reader, at=request.arrived)
    if quote.free and request.method == "GET":
        return _handed_out(
            services.buy(
                document=found,
                reader=request.reader,
                with_header=not _as_filed(request),
                at=request.arrived,
            )
        )
    return _receipt(request, found, quote)


def _menu_without(request: HttpRequest, doc_id: str, refusal: Refusal) -> HttpResponse:
    """A closed main document does not close the menu of its attachments; everything else is refused as it is."""
    if refusal.code != queries.NotYours.code or DocId.parse(doc_id).direct or request.method != "GET":
        return _refused(request, refusal)
    found = queries.known_to(reader=request.reader, doc_id=doc_id)
    parts = queries.parts_for(reader=request.reader, document=found)
    return _menu(request, found, parts) if any(part.open for part in parts) else _refused(request, refusal)


def _menu(request: HttpRequest, found: Document, parts: list[queries.Part], secret: str = "") -> HttpResponse:
    pages = bench().documents
    entry = found.entry
    look = pages.look_query(case_id=entry.case_id, seq=entry.seq, secret=secret) if secret else ""
    as_filed = _as_filed(request)
    query = "&".join(filter(None, [look, AS_FILED if as_filed else ""]))
    rows = [
        {
            "document": part.document,
            "open": part.open,
            "label": pages.part_label(part.document.part),
            "serial": DocId.parse(part.document.doc_id).serial,
            "path": f"/{pages.path}/{DocId.parse(part.document.doc_id).straight}",
            "address": f"{came_by(request)}/{pages.path}/{DocId.parse(part.document.doc_id).straight}"
            + (f"?{query}" if query else ""),
            "size": part.document.size_text or (size_text(part.document.bytes) if part.document.bytes else ""),
        }
        for part in parts
    ]
    return render(
        request,
        f"documents/{pages.folder}/menu.html",
        {
            "rows": rows,
            "main": rows[0],
            "attachments": rows[1:],
            "entry": entry,
            "case": entry.case,
            "secret": secret,
            "as_filed": AS_FILED if as_filed else "",
            "pdf_header": NO_HEADER if as_filed else "",
            "total": size_text(sum(row["document"].bytes for row in rows if row["open"])),
            "path": f"/{pages.path}/{DocId.parse(found.doc_id).straight}",
        },
    )


def _receipt(request: HttpRequest, found: Document, quote: Receipt) -> HttpResponse:
    pages = bench().documents
    entry = found.entry
    path = f"/{pages.path}/{DocId.parse(found.doc_id).straight}"
    return render(
        request,
        f"documents/{pages.folder}/receipt.html",
        {
            "receipt": quote,
            "document": found,
            "entry": entry,
            "case_number": cases.heading_number(entry.case),
            "part": pages.part_label(found.part),
            "many": found.part > 0,
            "path": path,
            "action": pages.receipt_action(path),
            "dls_id": DocId.parse(found.doc_id).straight,
            "pdf_header": NO_HEADER if _as_filed(request) else "1",
        },
    )


def _free_look(request: HttpRequest, doc_id: str, secret: str) -> HttpResponse:
    """A link from a notice: nobody signs on, nothing restricted opens, each document opens once."""
    try:
        found = queries.open_for(reader=NOBODY, doc_id=doc_id, case_id=_case_id(request))
        parts = queries.parts_for(reader=NOBODY, document=found)
        if not DocId.parse(doc_id).direct and len(parts) > 1 and request.method == "GET":
            return _menu(request, found, parts, secret)
        if not looks_used_by(request) and services.look_asks(document=found, secret=secret, at=request.arrived):
            return _confirm_look(request, found, secret)
        return _handed_out(
            services.take_free_look(
                document=found,
                secret=secret,
                with_header=not _as_filed(request),
                at=request.arrived,
            )
        )
    except Refusal as refusal:
        return _refused(request, refusal)


def looks_used_by(request: HttpRequest) -> bool:
    """Whether this request asks for the look itself, rather than for the page that asks once more."""
    if not bench().documents.confirms_free_look:
        return request.method in ("GET", "POST")
    return _value(request, "use_magic") == "1"


def _confirm_look(request: HttpRequest, found: Document, secret: str) -> HttpResponse:
    return render(
        request,
        "documents/free_look.html",
        {
            "document": found,
            "entry": found.entry,
            "secret": secret,
            "as_filed": _as_filed(request),
            "case_number": cases.heading_number(found.entry.case),
            "path": f"/{bench().documents.path}/{DocId.parse(found.doc_id).straight}",
        },
    )


@access.rule(people_access.READER)
def show_case_doc(request: HttpRequest) -> HttpResponse:
    """``show_case_doc?5,12345,,,`` (number, case, part): leads to the document that a docket number names."""
    words = request.META.get("QUERY_STRING", "").split(",")
    number, case_id = (words + ["", ""])[:2]
    part = next((part for word in words[2:] if (part := whole_number(word)) is not None), 0)
    try:
        found = queries.at_place(reader=request.reader, case_id=whole_number(case_id) or -1, number=number, part=part)
    except Refusal as refusal:
        return _refused(request, refusal)
    return HttpResponseRedirect(
        f"{came_by(request)}/{bench().documents.path}/{_menu_number(found)}?caseid={found.entry.case_id}&pdf_header=2"
    )


def _menu_number(found: Document) -> str:
    number = DocId.parse(found.doc_id)
    return number.stored if found.part == 0 and found.entry.documents.count() > 1 else number.straight


@access.rule(people_access.READER)
@csrf_exempt
@require_http_methods(["GET", "POST"])
def show_multidocs(request: HttpRequest) -> HttpResponse:
    """Several documents of a case in one PDF (``zipit=0``) or in a ZIP, after a receipt for all of them."""
    try:
        chosen = _chosen(request)
        if not chosen:
            raise queries.NoSuchDocument
        services.check_together(chosen)
        zipped = _value(request, "zipit") != "0"
        if _bought(request):
            copy = services.buy_several(
                documents=chosen,
                reader=request.reader,
                with_header=not _as_filed(request),
                zipped=zipped,
                at=request.arrived,
            )
            return _handed_out(copy, "application/zip" if zipped else PDF)
        quote = services.quote_several(documents=chosen, reader=request.reader, at=request.arrived)
    except Refusal as refusal:
        return _refused(request, refusal)
    return render(
        request,
        "documents/several.html",
        {
            "receipt": quote,
            "documents": chosen,
            "zipped": zipped,
            "path": request.path,
            "case_id": chosen[0].entry.case_id,
            "seqs": ",".join(str(seq) for seq in dict.fromkeys(found.entry.seq for found in chosen)),
            "serials": ",".join(DocId.parse(found.doc_id).serial for found in chosen),
            "servlet": _value(request, "servlet"),
            "pdf_header": NO_HEADER if _as_filed(request) else "1",
        },
    )


def _chosen(request: HttpRequest) -> list[Document]:
    """The documents that the address and the ticked boxes name, of those that the reader may open.

    An entry in the address (of an attachment menu, or of this page's own receipt) is all of its documents, or those that
    are ticked. On a docket sheet, entries and documents are ticked by themselves.
    """
    reader, case_id, serials = request.reader, _case_id(request) or -1, _ticked_documents(request)
    named = _numbers([request.GET.get("arr_de_seq_nums", "")])
    if named:
        found = queries.of_entries(reader=reader, case_id=case_id, seqs=named)
        found = [one for one in found if not serials or DocId.parse(one.doc_id).serial in serials]
    else:
        seqs = _numbers(word for name in ("arr_de_seq_nums", "entries", "d") for word in _all(request, name))
        if not seqs and not serials:
            raise services.NothingChosen
        found = queries.of_entries(reader=reader, case_id=case_id, seqs=seqs) if seqs else []
        known = {one.pk for one in found}
        alone = queries.with_serials(reader=reader, case_id=case_id, serials=serials) if serials else []
        found += [one for one in alone if one.pk not in known]
        found.sort(key=lambda one: (one.entry.position, one.part))
    return [one for one in found if one.part == 0] if _value(request, "exclude_attachments") == "1" else found


def _ticked_documents(request: HttpRequest) -> set[str]:
    """The serials of ticked documents, as each kind of page writes them."""
    serials = set(re.findall(r"\d+", _value(request, "serials")))
    serials.update(value.split("-")[0] for value in _all(request, "download_documents"))
    # ``entry serial pages bytes``
    serials.update(words[1] for value in _all(request, "s") if len(words := value.split()) > 1)
    for name, value in request.POST.items():
        if name.startswith(("document_", "part_")):
            serials.add(value.split("-")[0])
    return {serial for serial in serials if re.fullmatch(r"[0-9]{1,16}", serial)}


def _all(request: HttpRequest, name: str) -> list[str]:
    return [*request.GET.getlist(name), *request.POST.getlist(name)]


def _numbers(written: Iterable[str]) -> list[int]:
    return [int(number) for each in written for number in re.findall(r"[0-9]{1,9}", each)]


@access.rule(people_access.READER)
@paced("verify", most=60)
def doc_verify(request: HttpRequest) -> HttpResponse:
    """``DocVerify.pl``: the hash on record beside the hash of what the store holds today."""
    doc_id = _value(request, "document") or _value(request, "docid")
    context: dict[str, object] = {"doc_id": doc_id}
    if doc_id:
        try:
            found = queries.open_for(reader=request.reader, doc_id=doc_id)
            context |= {"document": found, "now": services.hash_of(document=found), "stamp": found.stamp}
        except Refusal as refusal:
            context["said"] = refusal.said
    return render(request, "documents/verify.html", context)


def _one_file() -> int:
    """A file over the limit by a little still gets the words about it."""
    return 2 * transition.profile().pdf_megabytes * services.MEGABYTE


@access.rule(people_access.LINKED)
@takes_files(_one_file)
@paced("check-pdf", most=30)
def check_pdf_document(request: HttpRequest) -> HttpResponse:
    """The utility that says beforehand whether a PDF will be taken. Nothing is kept."""
    form = CheckPdfForm(request.POST or None, request.FILES or None)
    checked = None
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["document"]
        try:
            checked = services.try_pdf(file=upload.file, filename=upload.name, profile=transition.profile())
        except BadPdf as refusal:
            form.add_error("document", refusal.said)
        except OSError:
            form.add_error("document", _("The court's disk is full at the moment. Try again later."))
    return render(
        request,
        "documents/check_pdf.html",
        {"form": form, "checked": checked, "limit": transition.profile().pdf_megabytes},
    )


def _wants_header(request: HttpRequest) -> bool:
    """Whether the copy of a court of appeals is to bear the court's line: the receipt's box, which only people empty."""
    emptied = request.reader.kind == "browser" and "recp" in request.POST and "incPdfHeaderDisp" not in request.POST
    return _value(request, "incPdfHeader") != "N" and not emptied


def show_doc(request: HttpRequest, at: datetime) -> HttpResponse:
    """The appellate servlet ``ShowDoc``: a receipt's accepted charge, or a link to a document. Called by its room."""
    number = _value(request, "dls_id") or _value(request, "dls")
    # Programs get the document by its address; a person accepts the charge in a form first.
    accepted = (request.method == "POST" or request.reader.kind == "api") and _value(request, "pacer") == "t"
    try:
        found = queries.open_for(reader=request.reader, doc_id=number, case_id=_case_id(request))
        if accepted and (request.reader.kind != "browser" or asked_here(request)):
            return _handed_out(
                services.buy(document=found, reader=request.reader, with_header=_wants_header(request), at=at)
            )
        return _menu_or_receipt(request, found, DocId.parse(number).straight)
    except Refusal as refusal:
        return _refused(request, refusal)

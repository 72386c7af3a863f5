"""Activation letters at the desk: to print, printed and to be mailed."""

from __future__ import annotations

import io
from collections.abc import Sequence

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from openecf.central.accounts import queries as accounts
from openecf.central.accounts.services import lettering
from openecf.central.billing import queries as billing
from openecf.central.service_center import letter_paper
from openecf.central.service_center.access import STAFF
from openecf.central.service_center.context import desk_frame
from openecf.kernel.refusal import Refusal
from openecf.platform import access
from openecf.platform.web import whole_number

NEW, AGAIN, MAILED = "new", "again", "mailed"


@access.rule(STAFF)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def letters(request: HttpRequest) -> HttpResponseBase:
    """What waits to be printed and mailed. POST prints (the answer is the PDF), or marks what is in the mail."""
    act, chosen, refused = request.POST.get("act", ""), _chosen(request), ""
    try:
        if act == NEW or (act == AGAIN and chosen):
            return _print(request, [letter for letter, _printing in chosen] if act == AGAIN else None)
        if act == MAILED and chosen:
            lettering.mark_mailed(letters=chosen, by=request.staff.ref, at=request.arrived)
            return HttpResponseRedirect(f"{reverse('service-letters')}?mailed={len(chosen)}")
    except Refusal as refusal:
        refused = refusal.said
    if act in (AGAIN, MAILED) and not chosen:
        refused = _("Check at least one letter.")
    return render(request, "service_center/letters.html", _page(request, refused), status=409 if refused else 200)


def _page(request: HttpRequest, refused: str) -> dict[str, object]:
    waiting = accounts.letters_to_mail().order_by("asked_at", "pk")
    mailed = whole_number(request.GET.get("mailed", ""))
    return {
        "new": waiting.filter(printings=0)[: accounts.LETTERS_AT_ONCE],
        "printed": waiting.filter(printings__gt=0)[: accounts.LETTERS_AT_ONCE],
        "bills": billing.bills_to_post(),
        "refused": refused,
        "site_language": settings.LANGUAGE_CODE,
        "notice": _("Marked as mailed: {n}. Their readers are told by e-mail.").format(n=mailed) if mailed else "",
        **desk_frame(request, "letters"),
    }


def _chosen(request: HttpRequest) -> Sequence[tuple[int, int]]:
    """Letters and the printing of each that was seen, of boxes such as ``12:1``."""
    pairs = (text.partition(":")[::2] for text in request.POST.getlist("letter")[: accounts.LETTERS_AT_ONCE])
    read = {(whole_number(letter), whole_number(printing)) for letter, printing in pairs}
    return sorted((letter, printing) for letter, printing in read if letter and printing)


def _print(request: HttpRequest, chosen: Sequence[int] | None) -> FileResponse:
    made = lettering.print_letters(letters=chosen, by=request.staff.ref, at=request.arrived)
    return FileResponse(
        io.BytesIO(letter_paper.printed(made)), content_type="application/pdf", as_attachment=True,
        filename=f"activation-letters-{request.arrived:%Y%m%d-%H%M%S}.pdf",
    )  # fmt: skip

"""Bills that payers want by post, at the Service Center's desk: printed together, and marked as mailed."""

from __future__ import annotations

import io
from contextlib import ExitStack

from django.http import FileResponse, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from openecf.central.billing import bills, papers, services
from openecf.central.service_center.access import STAFF
from openecf.central.service_center.context import desk_frame
from openecf.platform import access
from openecf.platform.store import services as store
from openecf.platform.web import whole_number

PRINT, POSTED = "print", "posted"


@access.rule(STAFF)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def bills_to_post(request: HttpRequest) -> HttpResponseBase:
    """What waits to be printed and mailed. POST prints the chosen ones (the answer is the PDF), or marks them as mailed."""
    act = request.POST.get("act", "")
    chosen = [n for n in map(whole_number, request.POST.getlist("bill")[: bills.POSTED_AT_ONCE]) if n]
    if act == POSTED and chosen:
        done = services.mark_posted(statements=chosen, by=request.staff.account, at=request.arrived)
        return HttpResponseRedirect(f"{reverse('service-bills')}?posted={done}")
    if act == PRINT and (wanted := bills.to_post(chosen)):
        return _print(request, wanted)
    posted = whole_number(request.GET.get("posted", ""))
    page = {
        "bills": bills.to_post(),
        "refused": _("Check at least one bill that still waits.") if act else "",
        "notice": _("Marked as mailed: {n}.").format(n=posted) if posted else "",
        **desk_frame(request, "letters"),
    }
    return render(request, "billing/desk_bills.html", page, status=409 if act else 200)


def _print(request: HttpRequest, wanted: list[bills.Bill]) -> FileResponse:
    with ExitStack() as open_files:
        whole = papers.joined(open_files.enter_context(store.open(bill.paper)) for bill in wanted)
    return FileResponse(
        io.BytesIO(whole), content_type="application/pdf", as_attachment=True,
        filename=f"pacer-bills-{request.arrived:%Y%m%d-%H%M%S}.pdf",
    )  # fmt: skip

"""All cases of a person, and how notices of each reach one address."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from openecf.court.cases import queries as cases
from openecf.court.people import access, queries, services, ways
from openecf.court.people.forms import AS_USUAL, OwnCasesForm
from openecf.court.people.models import How, NoticeWay
from openecf.court.people.views_notices import PRIMARY_KEY, of_key
from openecf.kernel.refusal import Refusal
from openecf.platform.access import rule
from openecf.platform.web import whole_number

ON_A_PAGE = 50
LAST_PAGE = 1000


@rule(access.OWN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_cases(request: HttpRequest, key: str) -> HttpResponse:
    """Every case in which the person appears, with the way of its notices; several are chosen for at once."""
    user, address = of_key(request, key)
    words = request.GET.get("find", "").strip()[:100]
    page = min(max(whole_number(request.GET.get("page", "")) or 1, 1), LAST_PAGE)
    shown, more = cases.own_page(request.reader, words=words, start=(page - 1) * ON_A_PAGE, most=ON_A_PAGE)
    form = OwnCasesForm(
        request.POST if request.method == "POST" else None,
        is_primary=key == PRIMARY_KEY,
        shown=[case.id for case in shown],
        initial={"how": AS_USUAL},
    )
    here = f"{reverse('notice-cases', args=[key])}?"
    if form.is_valid():
        how = form.cleaned_data["how"]
        try:
            services.set_case_ways(
                user_id=user.id,
                address=address,
                case_ids=cases.own_of(request.reader, form.cleaned_data["case"]),
                how="" if how == AS_USUAL else how,
                by=request.reader.ref,
                at=request.arrived,
            )
            return HttpResponseRedirect(here + urlencode({"find": words, "page": page, "done": "saved"}))
        except Refusal as refusal:
            form.add_error("how", str(refusal.said))
    context = {
        "form": form,
        "key": key,
        "address": address or user.email,
        "words": words,
        "rows": _rows(user.id, address, shown, set(request.POST.getlist("case"))),
        "before": here + urlencode({"find": words, "page": page - 1}) if page > 1 else "",
        "after": here + urlencode({"find": words, "page": page + 1}) if more else "",
        "notice": _("Saved. Notices go out this way from now on.") if request.GET.get("done") == "saved" else "",
    }
    return render(request, "people/notice_cases.html", context)


def _rows(user_id: int, address: str, shown: list, ticked: set[str]) -> list[dict[str, object]]:
    usual = queries.ways_of(queries.user(user_id)).get(address, NoticeWay()).usual
    own = queries.hows_of_cases(user_id=user_id, address=address, case_ids=[case.id for case in shown])
    words = {**dict(How.choices), ways.NONE: _("No notices of this case")}
    return [
        {
            "id": case.id,
            "number": case.heading_number,
            "title": case.title,
            "how": words[own.get(case.id, usual)],
            "usual": case.id not in own,
            "ticked": str(case.id) in ticked,
        }
        for case in shown
    ]

"""Usage and payments: what an account looked at, and what that costs."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from openecf.central.accounts.context import PAYMENTS, USAGE, manage_frame
from openecf.central.billing import queries, rules
from openecf.central.billing.forms import UsageForm
from openecf.central.signon.access import ACCOUNT
from openecf.kernel.days import legal_day
from openecf.platform import access


def _form(request: HttpRequest) -> UsageForm:
    account = request.account.id
    return UsageForm(
        request.GET,
        today=legal_day(request.arrived, rules.ZONE),
        courts=queries.courts_used(account=account),
        client_codes=queries.client_codes_used(account=account),
    )


@access.rule(ACCOUNT)
@never_cache
@require_safe
def usage(request: HttpRequest) -> HttpResponse:
    """Detailed transactions of a range of days, with a picture and totals."""
    form = _form(request)
    page = {"form": form, **manage_frame(request, USAGE)}
    if form.is_valid():
        number = request.GET.get("page", "")
        asked = request.GET.copy()
        asked.pop("page", None)
        page |= {
            "usage": queries.usage(
                account=request.account.id,
                chosen=form.selection(),
                page=int(number) if number.isascii() and number.isdigit() and len(number) < 9 else 1,
            ),
            "chosen": form.selection(),
            "asked": asked.urlencode(),
        }
    return render(request, "billing/usage.html", page)


@access.rule(ACCOUNT)
@never_cache
@require_safe
def usage_file(request: HttpRequest) -> HttpResponseBase:
    """The same lines for a spreadsheet, all of them, sent as they are read."""
    form = _form(request)
    if not form.is_valid():
        return render(request, "billing/usage.html", {"form": form, **manage_frame(request, USAGE)}, status=400)
    chosen = form.selection()
    response = StreamingHttpResponse(
        _rows(queries.all_lines(account=request.account.id, chosen=chosen)), content_type="text/csv; charset=utf-8"
    )
    name = f"pacer-usage-{request.account.number}-{chosen.since:%Y%m%d}-{chosen.until:%Y%m%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


class _Echo:
    """What a csv writer writes to: hands each row back."""

    def write(self, row: str) -> str:
        return row


def _rows(lines: Iterator[queries.Line]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(
        [_("Date and time (Central)"), _("Court"), _("Client code"), _("Description"), _("Search criteria"), _("Pages"),
         _("Cost"), _("Exempt")]
    )  # fmt: skip
    for line in lines:
        texts = (line.court, line.client_code, line.description, line.criteria)
        yield writer.writerow(
            [f"{line.at:%Y-%m-%d %H:%M:%S}", *map(rules.safe_cell, texts), line.pages, line.cost,
             _("yes") if line.exempt else _("no")]
        )  # fmt: skip


@access.rule(ACCOUNT)
@never_cache
@require_safe
def payments(request: HttpRequest) -> HttpResponse:
    """What each quarter cost, and how bills come about."""
    page = {
        "quarters": queries.quarters(account=request.account.id, now=request.arrived),
        **manage_frame(request, PAYMENTS),
    }
    return render(request, "billing/payments.html", page)

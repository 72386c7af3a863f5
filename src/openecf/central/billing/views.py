"""Usage and payments: what an account looked at, and what that costs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from openecf.central.accounts.context import PAYMENTS, USAGE, manage_frame
from openecf.central.billing import bills, checks, context, exemptions, papers, queries, rules
from openecf.central.billing.forms import UsageForm
from openecf.central.billing.paying_views import to_pay
from openecf.central.billing.services.paying import PURPOSE
from openecf.central.signon.access import ACCOUNT
from openecf.kernel.days import legal_day
from openecf.platform import access
from openecf.platform.payments import queries as collected
from openecf.platform.store import services as store


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
    page = {
        "form": form,
        "exemptions": exemptions.exemptions(account=request.account.id),
        **manage_frame(request, USAGE),
    }
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
         _("Cost"), _("Exempt"), _("Exempt as")]
    )  # fmt: skip
    for line in lines:
        texts = (line.court, line.client_code, line.description, line.criteria)
        yield writer.writerow(
            [f"{line.at:%Y-%m-%d %H:%M:%S}", *map(rules.safe_cell, texts), line.pages, line.cost,
             _("yes") if line.exempt else _("no"), line.exempt_for]
        )  # fmt: skip


@access.rule(ACCOUNT)
@never_cache
@require_safe
def payments(request: HttpRequest) -> HttpResponse:
    """What is owed and what was paid, what each quarter cost, and how bills come about."""
    page = {
        "balance": bills.balance(payer=request.account.id),
        "made": collected.history(payer=request.account.id, purpose=PURPOSE),
        "checks": checks.came(request.account.id),
        "on_the_way": collected.on_the_way(payer=request.account.id, purpose=PURPOSE),
        "quarters": context.since_the_first_use(
            context.quarters(account=request.account.id, is_firm=request.account.is_administrative, now=request.arrived)
        ),
        **manage_frame(request, PAYMENTS),
    }
    return render(request, "billing/payments.html", page)


def _bill(request: HttpRequest, quarter: str) -> bills.Bill:
    """The caller's own bill of the quarter: nobody can name another's."""
    found = bills.statement(payer=request.account.id, quarter=quarter, now=request.arrived)
    if found is None:
        raise Http404
    return found


@access.rule(ACCOUNT)
@never_cache
@require_safe
def statements(request: HttpRequest) -> HttpResponse:
    """PACER's View Quarterly Invoice/Statement of Account: those of the past 24 months."""
    found = bills.statements(payer=request.account.id, now=request.arrived)
    return render(request, "billing/statements.html", {"bills": found, **manage_frame(request, USAGE)})


@access.rule(ACCOUNT)
@never_cache
@require_safe
def statement(request: HttpRequest, quarter: str) -> HttpResponse:
    """One invoice or statement of account."""
    bill = _bill(request, quarter)
    owed = to_pay(request.account.id)
    page = {"bill": bill, "owed": owed, "notes": papers.notes(bill), **manage_frame(request, USAGE)}
    return render(request, "billing/statement.html", page)


@access.rule(ACCOUNT)
@never_cache
@require_safe
def statement_file(request: HttpRequest, quarter: str) -> HttpResponseBase:
    """The same as it was mailed; printed now if its mail is still being written."""
    bill = _bill(request, quarter)
    file = store.open(bill.paper) if bill.paper else io.BytesIO(papers.printed(bill))
    return FileResponse(file, content_type="application/pdf", as_attachment=True, filename=papers.file_name(bill))

"""The operators' desk: messages and mail that need a person."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from openecf.kernel.refusal import Refusal
from openecf.platform import access
from openecf.platform.bus import queries, services
from openecf.platform.bus.access import DESK
from openecf.platform.mail import queries as mail_queries
from openecf.platform.mail import services as mail_services


class Decision(forms.Form):
    """What to do with one of them."""

    act = forms.ChoiceField(choices=[("retry", _("Try again")), ("discard", _("Give up"))])
    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)


@access.rule(DESK)
def desk(request: HttpRequest) -> HttpResponse:
    """What is stuck."""
    return render(request, "bus/desk.html", {"messages": queries.stuck(), "mails": mail_queries.stuck()})


@access.rule(DESK)
@require_POST
def decide(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Try one again, or give it up."""
    form = Decision(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        _act(kind, key, by=_who(request), request=request, **form.cleaned_data)
    except Refusal as refusal:
        rows = {"messages": queries.stuck(), "mails": mail_queries.stuck(), "refused": refusal.said}
        return render(request, "bus/desk.html", rows, status=409)
    return redirect("desk-messages")


def _act(kind: str, key: str, *, act: str, reason: str, by: str, request: HttpRequest) -> None:
    at = request.arrived
    try:
        if kind == "mail" and act == "retry":
            mail_services.retry(mail_id=int(key), by=by, at=at)
        elif kind == "mail":
            mail_services.discard(mail_id=int(key), reason=reason, by=by, at=at)
        elif act == "retry":
            services.retry(message_id=UUID(key), by=by, at=at)
        else:
            services.discard(message_id=UUID(key), reason=reason, by=by, at=at)
    except ValueError:
        raise Http404 from None


def _who(request: HttpRequest) -> str:
    reader = getattr(request, "reader", None)
    return reader.ref if reader is not None else "operator"

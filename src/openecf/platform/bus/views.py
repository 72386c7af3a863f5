"""The operators' desk: messages and mail that need a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from openecf.kernel.refusal import Refusal
from openecf.platform import access
from openecf.platform.bus import queries, services
from openecf.platform.bus.access import DECIDES, DESK
from openecf.platform.mail import queries as mail_queries
from openecf.platform.mail import services as mail_services
from openecf.platform.web import whole_number

PAGE = 50
KINDS = ("message", "mail")


class ReasonNeeded(Refusal):
    """Giving up stays on record, with why."""

    said = _("Giving up needs a reason: it stays on record.")
    code = "reason-needed"


class Decision(forms.Form):
    """What to do with one of them, or with several."""

    act = forms.ChoiceField(choices=[("retry", _("Try again")), ("discard", _("Give up"))])
    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)


class SeveralDecision(Decision):
    act = forms.ChoiceField(choices=[("retry", ""), ("retry-all", ""), ("discard", "")])
    kind = forms.ChoiceField(choices=[(kind, kind) for kind in KINDS])


@dataclass(frozen=True)
class Pile:
    """A page of what is stuck, of one kind."""

    kind: str
    rows: Sequence[object]
    count: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.count // PAGE))

    @property
    def before(self) -> int:
        return self.page - 1

    @property
    def after(self) -> int:
        return self.page + 1 if self.page < self.pages else 0


@access.rule(DESK)
@never_cache
def desk(request: HttpRequest) -> HttpResponse:
    """What is stuck, all of it, page by page."""
    return _page(request)


def _page(request: HttpRequest, *, refused: str = "", said: str = "", status: int = 200) -> HttpResponse:
    context = {
        "messages": _pile(request, "message", queries.how_many_stuck, queries.stuck),
        "mails": _pile(request, "mail", mail_queries.how_many_stuck, mail_queries.stuck),
        "decides": DECIDES.check(request) is None,
        "refused": refused,
        "said": said,
    }
    return render(request, "bus/desk.html", context, status=status)


def _pile(request: HttpRequest, kind: str, how_many: Callable[[], int], some: Callable[..., Sequence]) -> Pile:
    count = how_many()
    pages = max(1, -(-count // PAGE))
    page = min(max(1, whole_number(request.GET.get(kind, "")) or 1), pages)
    return Pile(kind, some(skip=(page - 1) * PAGE, most=PAGE), count, page)


@access.rule(DECIDES)
@require_POST
def decide(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Try one again, or give it up."""
    form = Decision(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        _act(kind, key, by=_who(request), request=request, **form.cleaned_data)
    except Refusal as refusal:
        return _page(request, refused=refusal.said, status=409)
    return redirect("desk-messages")


@access.rule(DECIDES)
@require_POST
def decide_several(request: HttpRequest) -> HttpResponse:
    """Try those again that were ticked, or all; or give the ticked ones up. One that fails holds up no other."""
    form = SeveralDecision(request.POST)
    if not form.is_valid():
        raise Http404
    kind, act, reason = (form.cleaned_data[name] for name in ("kind", "act", "reason"))
    if act == "retry-all":
        done, failed = _retry_all(kind, by=_who(request), request=request)
        return _page(request, said=_told(done, failed))
    keys = request.POST.getlist("key")[: 10 * PAGE]
    if not keys:
        return _page(request, refused=gettext("Tick at least one."), status=400)
    if act == "discard" and not reason.strip():
        return _page(request, refused=str(ReasonNeeded.said), status=400)
    done = failed = 0
    for key in keys:
        try:
            _act(kind, key, act=act, reason=reason, by=_who(request), request=request)
            done += 1
        except Refusal:
            failed += 1
    return _page(request, said=_told(done, failed))


def _retry_all(kind: str, *, by: str, request: HttpRequest) -> tuple[int, int]:
    if kind == "mail":
        return mail_services.retry_all(by=by, at=request.arrived), 0
    return services.retry_all(by=by, at=request.arrived)


def _told(done: int, failed: int) -> str:
    said = ngettext("Done for %(n)d.", "Done for %(n)d.", done) % {"n": done}
    if failed:
        said += " " + ngettext(
            "%(n)d could not be dealt with and is listed below if it still waits.",
            "%(n)d could not be dealt with and are listed below if they still wait.",
            failed,
        ) % {"n": failed}
    return said


def _act(kind: str, key: str, *, act: str, reason: str, by: str, request: HttpRequest) -> None:
    at = request.arrived
    if act == "discard" and not reason.strip():
        raise ReasonNeeded
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

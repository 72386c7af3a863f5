"""Maintain e-mail: a person's addresses, and how notices reach each of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from openecf.court.agents import queries as agents
from openecf.court.bench import bench
from openecf.court.cases import queries as cases
from openecf.court.people import access, queries, services, ways
from openecf.court.people.forms import CaseWayForm, NoticesForm, WayForm
from openecf.court.people.models import NoticeWay
from openecf.kernel.refusal import Refusal
from openecf.platform.access import rule
from openecf.platform.config import this_site
from openecf.platform.registering import frequency
from openecf.platform.web import whole_number

if TYPE_CHECKING:
    from openecf.court.people.models import CourtUser
    from openecf.court.people.rules import Reader

PRIMARY_KEY = "primary"


@dataclass(frozen=True)
class AddressRow:
    """An address of the person, and how notices reach it. ``cases``: how many have a way of their own."""

    key: str
    address: str
    is_primary: bool
    when: str
    form: str
    cases: int


def of_key(request: HttpRequest, key: str) -> tuple[CourtUser, str]:
    """Whose address it is, and which (``""``: the primary). Http404 if the caller has none of that key."""
    user = queries.user(request.reader.user)
    known = {_key(each): each.lower() for each in [ways.PRIMARY, *user.secondary_emails]}
    if key not in known or (key == PRIMARY_KEY and not user.email):
        raise Http404
    return user, known[key]


def _key(address: str) -> str:
    """Names an address in the address bar, where it is nobody's business. Of the primary one: ``primary``."""
    return hashlib.sha256(address.lower().encode()).hexdigest()[:12] if address else PRIMARY_KEY


@rule(access.OWN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def addresses(request: HttpRequest) -> HttpResponse:
    """Maintain e-mail: secondary addresses, the form of notices, announcements, and how each address is told."""
    user = queries.user(request.reader.user)
    _primary, secondary, wants_text = queries.notice_addresses(user)
    initial = {
        "secondary": "\n".join(secondary),
        "form": "text" if wants_text else "html",
        "announcements": user.wants_announcements,
    }
    form = NoticesForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            services.set_addresses(
                user_id=user.id,
                secondary=form.cleaned_data["secondary"].splitlines(),
                wants_text=form.cleaned_data["form"] == "text",
                announcements=form.cleaned_data["announcements"],
                by=request.reader.ref,
                at=request.arrived,
            )
            services.note_language(user_id=user.id, language=get_language() or "")
            return redirect(f"{reverse('notice-addresses')}?done=saved")
        except services.BadAddresses as refusal:
            form.add_error("secondary", f"{refusal.said} {', '.join(refusal.facts['addresses'])}".strip())
    central = this_site().config.central
    context = {
        "form": form,
        "primary": user.email,
        "rows": _rows(user),
        "manage": f"{central.base_url}/pscof/manage/efile/email" if central and not request.reader.own_login else "",
        "notice": _done(request),
        "copies": agents.copies_for([user.id], closed=False, now=request.arrived).get(user.id, []),
    }
    return render(request, "people/notices.html", context)


def _rows(user: CourtUser) -> list[AddressRow]:
    chosen, many = queries.ways_of(user), queries.how_many_case_ways(user)
    rows = []
    for address in ([ways.PRIMARY] if user.email else []) + user.secondary_emails:
        is_primary = address == ways.PRIMARY
        way = chosen.get(address.lower(), NoticeWay())
        when = _("Only of chosen cases") if way.usual == ways.NONE else way.get_usual_display()
        text = user.wants_text if way.wants_text is None else way.wants_text
        form = str(dict(frequency.FORMS)["text" if text else "html"])
        shown = user.email if is_primary else address
        rows.append(AddressRow(_key(address), shown, is_primary, when, form, many.get(address.lower(), 0)))
    return rows


def _done(request: HttpRequest) -> str:
    return str(_("Saved. Notices go out this way from now on.")) if request.GET.get("done") == "saved" else ""


@rule(access.OWN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def one_address(request: HttpRequest, key: str) -> HttpResponse:
    """How notices reach one address: in general, and for single cases."""
    user, address = of_key(request, key)
    act = request.POST.get("act", "")
    sent = {name: request.POST if act == name else None for name in ("way", "case")}
    asks_looks = bench().documents.confirms_free_look
    form = WayForm(sent["way"], is_primary=key == PRIMARY_KEY, asks_looks=asks_looks, initial=_usual(user, address))
    case_form = CaseWayForm(sent["case"], is_primary=key == PRIMARY_KEY)
    if _acted(request, user, address, form, case_form):
        return redirect(f"{reverse('notice-address', args=[key])}?done=saved")
    usual = _usual(user, address)
    context = {
        "form": form,
        "case_form": case_form,
        "hears_nothing": usual["usual"] == ways.NONE,
        "address": address or user.email,
        "key": key,
        "is_primary": key == PRIMARY_KEY,
        "rows": _case_rows(request.reader, user, address),
        "notice": _done(request),
    }
    return render(request, "people/notice_address.html", context)


def _usual(user: CourtUser, address: str) -> dict[str, object]:
    way = queries.ways_of(user).get(address, NoticeWay())
    text = user.wants_text if way.wants_text is None else way.wants_text
    return {
        "usual": way.usual,
        "tells_silence": way.tells_silence,
        "form": "text" if text else "html",
        "verifies_look": way.verifies_look,
    }


def _case_rows(reader: Reader, user: CourtUser, address: str) -> list[dict[str, object]]:
    """What was closed to the reader since is not named; nothing of it is told either."""
    chosen = queries.case_ways(user_id=user.id, address=address)
    own = cases.own_of(reader, [row.case_id for row in chosen])
    return [
        {
            "id": row.case_id,
            "number": row.case.number,
            "title": row.case.short_title or row.case.caption,
            "how": _("No notices of this case") if row.how == ways.NONE else row.get_how_display(),
            "own": row.case_id in own,
        }
        for row in chosen
        if cases.visible(reader, row.case)
    ]


def _acted(request: HttpRequest, user: CourtUser, address: str, form: WayForm, case_form: CaseWayForm) -> bool:
    """Do what the pressed button says; whether it was done. What was refused stands beside its field."""
    who = {"user_id": user.id, "address": address, "by": request.reader.ref, "at": request.arrived}
    act, case = request.POST.get("act"), whole_number(request.POST.get("case", ""))
    if act == "way" and form.is_valid():
        said = form.cleaned_data
        return _kept(
            form, "usual", services.set_way,
            usual=said["usual"], tells_silence=said["tells_silence"], wants_text=said["form"] == "text",
            verifies_look=said.get("verifies_look", True), **who,
        )  # fmt: skip
    if act == "case" and case_form.is_valid():
        try:
            found = cases.case_numbered(reader=request.reader, number=case_form.cleaned_data["number"])
        except Refusal:
            case_form.add_error("number", _("No case has this number, or more than one has: type it in full."))
            return False
        own = cases.participates(request.reader, found.id)
        return _kept(
            case_form, "how", services.set_case_way,
            case_id=found.id, own_case=own, how=case_form.cleaned_data["how"], **who,
        )  # fmt: skip
    if act == "usual" and case is not None:
        return _kept(form, None, services.set_case_way, case_id=case, own_case=True, how="", **who)
    return False


def _kept(form: WayForm | CaseWayForm, field: str | None, service: Callable[..., None], **said: object) -> bool:
    try:
        service(**said)
    except Refusal as refusal:
        if form.is_bound:
            form.add_error(field, str(refusal.said))
        return False
    return True

"""The clerk's office announces something by mail: written, looked at with the number of readers, then sent."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from openecf.court.notices import announcing, queries
from openecf.court.notices.forms import AnnouncementForm
from openecf.court.people import access
from openecf.court.people import queries as people
from openecf.kernel.refusal import Refusal
from openecf.platform.access import rule

if TYPE_CHECKING:
    from openecf.court.notices.models import Announcement


@rule(access.CLERK)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def announcements(request: HttpRequest) -> HttpResponse:
    """What was announced, and a new announcement: the first button shows it, the second one sends it."""
    act = request.POST.get("act", "")
    form = AnnouncementForm(request.POST if request.method == "POST" else None)
    context = {"form": form, "rows": [_row(one) for one in queries.announcements()]}
    if form.is_valid() and act in ("look", "send"):
        said = form.cleaned_data
        try:
            if act == "send":
                made = announcing.announce(**said, by=request.reader.ref, at=request.arrived)
                return redirect("announcement", announcement_id=made.pk)
            context["readers"] = announcing.how_many(groups=said["groups"], urgent=said["urgent"])
            context["said"] = said | {"to": _groups(said["groups"])}
            return render(request, "notices/announcement_look.html", context)
        except Refusal as refusal:
            form.add_error(None, str(refusal.said))
    return render(request, "notices/announcements.html", context)


@rule(access.CLERK)
@never_cache
@require_GET
def announcement(request: HttpRequest, announcement_id: int) -> HttpResponse:
    """One announcement, and how far its mails have come."""
    found = queries.announcement(announcement_id)
    if found is None:
        raise Http404
    return render(request, "notices/announcement.html", {"one": found, "row": _row(found)})


def _row(one: Announcement) -> dict[str, object]:
    return {
        "id": one.pk,
        "title": one.title,
        "at": _moment(one.sent_at),
        "to": _groups(one.groups),
        "urgent": one.urgent,
        "mails": one.mails,
        "finished": one.finished_at is not None,
    }


def _groups(groups: list[str]) -> str:
    names = people.group_names()
    return ", ".join(names.get(group, group) for group in groups) or _("everybody who files here")


def _moment(at: datetime) -> str:
    here = at.astimezone(ZoneInfo(settings.COURT.zone))
    return f"{here:%m/%d/%Y %I:%M %p} {here.tzname()}"

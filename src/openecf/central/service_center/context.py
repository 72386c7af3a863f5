"""What the pages of the Service Center have in common."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from openecf.central.accounts import queries as accounts
from openecf.central.billing import queries as billing
from openecf.central.service_center import help_reviews, queries
from openecf.platform.config import this_site


@dataclass(frozen=True)
class Tab:
    """A place of the desk."""

    key: str
    label: str
    url: str


def desk_frame(request: HttpRequest, here: str) -> dict[str, object]:
    """Template context: who sits at the desk, its places, and which of them this is."""
    waiting = queries.open_tickets()
    tickets = _("Tickets ({n})").format(n=waiting) if waiting else _("Tickets")
    unsent = accounts.letters_to_mail().count() + billing.bills_to_post()
    letters = _("Letters ({n})").format(n=unsent) if unsent else _("Letters")
    undecided = billing.how_many_wait()
    unread = help_reviews.due(now=request.arrived)
    return {
        "staff": request.staff,
        "here": here,
        "staff_tabs": [
            Tab("tickets", tickets, reverse("service-queue")),
            Tab("letters", letters, reverse("service-letters")),
            Tab("money", _("Money ({n})").format(n=undecided) if undecided else _("Money"), reverse("service-money")),
            Tab("help", _("Help ({n})").format(n=unread) if unread else _("Help"), reverse("service-help")),
            Tab("banners", _("Banners"), reverse("service-banners")),
        ],
    }


@dataclass(frozen=True)
class Reach:
    """How people reach the Service Center besides its pages, as the installation says; empty is not shown."""

    phone: str
    email: str
    hours: str


def reach() -> Reach:
    told = this_site().config.service_center
    hours = told.hours.get((get_language() or "en")[:2], "") or told.hours.get("en", "")
    return Reach(told.phone, told.email, hours)

"""What every page of the central site knows about who signed on, and the frame of Manage My Account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openecf.central.accounts.models import Account
from openecf.central.accounts.rules import LETTER, account_type_words
from openecf.central.billing import context as bill
from openecf.central.billing import queries as billing
from openecf.central.factors import queries as factors
from openecf.central.firms import queries as firms
from openecf.central.signon import rules as sign_ons
from openecf.kernel import courts as national
from openecf.platform.shell.menu import MenuItem

SETTINGS, MAINTENANCE, PAYMENTS, USAGE = "settings", "maintenance", "payments", "usage"


def head(request: HttpRequest) -> dict[str, object]:
    """Template context: ``person``, ``menu``, ``signed_on_here``, ``session_seconds``. Runs after the shell's context
    processor."""
    account, sso = getattr(request, "account", None), getattr(request, "sso", None)
    return {
        "person": f"{account.name.direct} ({account.number})" if account else "",
        "signed_on_here": account is not None,
        "session_seconds": sign_ons.seconds_left(ends=sso.expires_at, now=request.arrived) if sso else None,
        "menu": _menu(has_account=account is not None),
    }


@cache
def _menu(*, has_account: bool) -> tuple[MenuItem, ...]:
    own = (
        MenuItem(gettext_lazy("Manage My Account"), reverse("manage"))
        if has_account
        else MenuItem(gettext_lazy("Register for an account"), reverse("register"))
    )
    return (
        MenuItem(gettext_lazy("Find a court"), reverse("courts")),
        own,
        MenuItem(gettext_lazy("Developers"), reverse("developers")),
        MenuItem(gettext_lazy("Help"), reverse("help")),
    )


@dataclass(frozen=True)
class Tab:
    """One of the four tabs of Manage My Account."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class NeedShown:
    """From when the account needs a second factor that it does not have, and whether that day has come."""

    begins: date
    court: str
    is_due: bool


def need_shown(request: HttpRequest) -> NeedShown | None:
    """What the person who signed on has to know of two-step sign-in; None where nothing is asked."""
    need = factors.need_of(request.account, now=request.arrived)
    if need is None:
        return None
    court = national.court(need.court).full_name if need.court else ""
    return NeedShown(need.begins, court, need.is_due(factors.today(request.arrived)))


@dataclass(frozen=True)
class Frame:
    """What Manage My Account shows above every page: the account, how it stands, and the tabs."""

    account: Account
    account_type: str
    registered_as: str
    search_status: str
    status_advice: str
    quarter: billing.Quarter
    need: NeedShown | None
    tabs: Sequence[Tab]
    tab: str

    @property
    def awaits_letter(self) -> bool:
        """Whether to say on the first tab that the letter's token is to be typed."""
        return self.account.search_note == LETTER and self.tab == SETTINGS


def manage_frame(request: HttpRequest, tab: str) -> dict[str, Frame]:
    """Template context ``frame`` for a page of Manage My Account under ``tab``. Only for callers who signed on."""
    account = request.account
    tabs = (
        (SETTINGS, _("Settings"), "manage"),
        (MAINTENANCE, _("Maintenance"), "manage-maintenance"),
        (PAYMENTS, _("Payments"), "manage-payments"),
        (USAGE, _("Usage"), "manage-usage"),
    )
    status, advice = _search_status(account)
    need = need_shown(request)
    frame = Frame(
        account=account,
        account_type=account_type_words(upgraded=account.is_upgraded),
        registered_as=account.get_type_display(),
        search_status=status,
        status_advice=advice,
        quarter=_quarter(account, request.arrived),
        need=need,
        tabs=[Tab(label, reverse(name), key == tab) for key, label, name in tabs],
        tab=tab,
    )
    return {"frame": frame}


def _quarter(account: Account, now: datetime) -> billing.Quarter:
    """A person's own use; of a firm's account, its members'."""
    if account.is_administrative:
        return firms.quarter_to_date(firm=account.id, now=now)
    return bill.quarters(account=account.id, is_firm=False, now=now, count=1)[0]


def _search_status(account: Account) -> tuple[str, str]:
    """Case Search Status in words, and what to do about it; no advice where all is well."""
    if account.is_administrative:
        return _("None"), _("An administrative account manages a firm's billing; it neither searches nor files.")
    said = account.get_search_status_display()
    advice = {
        "active": "",
        "inactive": _("The PACER Service Center activates it once it knows that you have one account only."),
        "hold": _(
            "Your e-mail address differs from another account's by a +tag only. The Service Center looks into it."
        ),
    }
    if account.search_note == LETTER:
        return str(said), _("Waits for the activation token of the letter that we mail to you.")
    if account.search_note == "left-firm":
        return str(said), _(
            "You left the firm that paid for this account. Accept another firm's invitation, or write to the Service "
            "Center that you will pay yourself."
        )
    return str(said), advice[account.search_status]

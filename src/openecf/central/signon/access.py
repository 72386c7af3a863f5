"""Who may call the central site's pages."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from openecf.central.signon import rules
from openecf.platform.access import Rule

SIGN_ON = "/csologin/login.jsf"
UPGRADE = "/pscof/upgrade"
ENROL = "/pscof/manage/factors/add"
NEW_PASSWORD = "/csologin/new-password"  # noqa: S105  (an address)


def sign_on_and_back(request: HttpRequest) -> HttpResponse:
    """To the sign-on page, and from there back to the page that was asked for."""
    back_to = request.get_full_path() if request.method in {"GET", "HEAD"} else request.path
    return HttpResponseRedirect(f"{SIGN_ON}?{urlencode({'appurl': back_to})}")


def must_choose_password(request: HttpRequest) -> bool:
    """Whether the person signed on with a password that many people use, and goes nowhere before there is another."""
    return request.account.password_is_common and rules.by_password(request.sso.amr)


def to_new_password(back_to: str) -> HttpResponse:
    """To the page that asks for another password, and from there to where the person was going."""
    return HttpResponseRedirect(f"{NEW_PASSWORD}?{urlencode({'appurl': back_to})}")


def _signed_on(request: HttpRequest) -> HttpResponse | None:
    return None if request.account is not None else sign_on_and_back(request)


def _account(request: HttpRequest) -> HttpResponse | None:
    if request.account is None:
        return sign_on_and_back(request)
    if must_choose_password(request):
        return to_new_password(request.get_full_path() if request.method in {"GET", "HEAD"} else request.path)
    return None


def _upgraded(request: HttpRequest) -> HttpResponse | None:
    if (refused := _account(request)) is not None:
        return refused
    return HttpResponseRedirect(UPGRADE) if request.account.upgraded_at is None else None


SIGNED_ON = Rule("signed-on", _signed_on)
"""Any account that signed on, even with a password that must be changed first."""

ACCOUNT = Rule("account", _account)
"""Any account that signed on, legacy ones too."""

UPGRADED = Rule("upgraded", _upgraded)
"""An upgraded account; a legacy one is led to its upgrade."""

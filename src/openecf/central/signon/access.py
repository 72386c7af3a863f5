"""Who may call the central site's pages."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from openecf.platform.access import Rule

SIGN_ON = "/csologin/login.jsf"
UPGRADE = "/pscof/upgrade"
ENROL = "/pscof/manage/factors/add"


def sign_on_and_back(request: HttpRequest) -> HttpResponse:
    """To the sign-on page, and from there back to the page that was asked for."""
    back_to = request.get_full_path() if request.method in {"GET", "HEAD"} else request.path
    return HttpResponseRedirect(f"{SIGN_ON}?{urlencode({'appurl': back_to})}")


def _account(request: HttpRequest) -> HttpResponse | None:
    return None if request.account is not None else sign_on_and_back(request)


def _upgraded(request: HttpRequest) -> HttpResponse | None:
    if request.account is None:
        return sign_on_and_back(request)
    return HttpResponseRedirect(UPGRADE) if request.account.upgraded_at is None else None


ACCOUNT = Rule("account", _account)
"""Any account that signed on, legacy ones too."""

UPGRADED = Rule("upgraded", _upgraded)
"""An upgraded account; a legacy one is led to its upgrade."""

"""Who may call the factors room's pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from openecf.central.signon import rules, services
from openecf.central.signon.access import UPGRADED
from openecf.central.signon.context import ask_for_code
from openecf.platform.access import Rule


def _proved(request: HttpRequest) -> HttpResponse | None:
    refused = UPGRADED.check(request)
    if refused is not None:
        return refused
    if request.account.second_factor_since is None or request.sso.acr == rules.AAL2:
        return None
    return ask_for_code(services.step_up_asked(session=request.sso, at=request.arrived), request.path)


PROVED = Rule("proved", _proved)
"""An upgraded account that proved in this sign-on what it has: one with a second factor has shown it."""

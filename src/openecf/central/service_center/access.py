"""Who may sit at the Service Center's desk.

Everybody else is told that there is no such page. Whoever works there has proved two factors in this very sign-on: the
desk opens other people's accounts, so a stolen password alone opens nothing.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from openecf.central.service_center import queries
from openecf.central.signon import rules, services
from openecf.central.signon.access import ENROL, must_choose_password, sign_on_and_back, to_new_password
from openecf.central.signon.context import ask_for_code
from openecf.platform.access import Rule
from openecf.platform.shell.views import not_found


def _staff(request: HttpRequest) -> HttpResponse | None:
    if request.account is None:
        return sign_on_and_back(request)
    staff = queries.staff(request.account.id)
    if staff is None:
        return not_found(request, LookupError("desk"))
    if request.sso.acr != rules.AAL2:
        if request.account.second_factor_since is None:
            return HttpResponseRedirect(ENROL)
        return ask_for_code(services.step_up_asked(session=request.sso, at=request.arrived), request.get_full_path())
    if must_choose_password(request):
        return to_new_password(request.get_full_path())
    request.staff = staff
    return None


def _supervisor(request: HttpRequest) -> HttpResponse | None:
    refused = _staff(request)
    if refused is not None:
        return refused
    return None if request.staff.is_supervisor else not_found(request, LookupError("desk"))


STAFF = Rule("staff", _staff)
"""An agent or supervisor of the Service Center who proved two factors; the view finds ``request.staff`` (Staff)."""

SUPERVISOR = Rule("supervisor", _supervisor)
"""A supervisor of the Service Center who proved two factors."""

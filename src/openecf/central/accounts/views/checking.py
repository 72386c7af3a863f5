"""How strong a password is, told while it is chosen: the rules that refuse one, asked beforehand by a script."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from openecf.central.accounts import rules
from openecf.central.accounts.services import breaches
from openecf.central.accounts.views.registering import draft_of
from openecf.platform import access
from openecf.platform.short_body import short_form
from openecf.platform.throttle.pace import paced

_MOST = 240
"""Questions of one address in a minute: a person who types asks one in a second at most."""


@access.rule(access.ANYONE)
@never_cache
@require_POST
@short_form
@paced("password-strength", most=_MOST)
def strength(request: HttpRequest) -> HttpResponse:
    """What is to be said of a password that is long enough: nothing of it is kept. The same words refuse it later."""
    password, two_step = request.POST.get("password", ""), bool(request.POST.get("two_step"))
    own = _own_words(request)
    found = rules.strength(password, own_words=own, two_step=two_step)
    if found.level != "weak" and (faults := breaches.faults_of(password, own_words=own, two_step=two_step)):
        found = rules.Strength("weak", " ".join(faults))
    return JsonResponse({"level": found.level, "said": found.said})


def _own_words(request: HttpRequest) -> tuple[str, ...]:
    """What everybody knows of who is choosing: the account's, or the registration's, names; what the page has typed."""
    typed = request.POST.get("username", "")
    if (account := request.account) is not None:
        return (typed, account.username, account.first_name, account.last_name, account.email.partition("@")[0])
    draft = draft_of(request)
    person = draft.person.get("answers", {}) if draft else {}
    return (typed, person.get("first_name", ""), person.get("last_name", ""), person.get("email", "").partition("@")[0])

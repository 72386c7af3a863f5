"""Manage My Account: passkeys."""

from __future__ import annotations

import json
from functools import partial
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from openecf.central.accounts.context import SETTINGS, manage_frame
from openecf.central.factors import queries, rules, services
from openecf.central.factors.access import PROVED
from openecf.central.factors.context import by_name, passkey_site
from openecf.central.factors.forms import AddPasskeyForm
from openecf.central.factors.services import enrolling
from openecf.central.factors.views import asked_from, enrolled_page, removal, sent, tried, with_appurl
from openecf.kernel.refusal import Refusal
from openecf.platform import access
from openecf.platform.config import this_site

_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@access.rule(PROVED)
@never_cache
@_get_or_post
def add(request: HttpRequest) -> HttpResponse:
    """Name a new passkey, and give the password once more."""
    form, appurl, site = AddPasskeyForm(sent(request)), asked_from(request), passkey_site(request)
    begun = None
    if site is not None:
        begun = tried(
            form,
            lambda typed: enrolling.begin_passkey(
                account=request.account, password=typed["current"], name=typed["name"], session=request.sso.id,
                site=site, at=request.arrived,
            ),
        )  # fmt: skip
    if begun is not None:
        return HttpResponseRedirect(with_appurl(reverse("passkey-create", args=[begun]), appurl))
    page = {"form": form, "appurl": appurl, "site": site, "by_name": by_name(request)}
    return render(request, "factors/passkey_add.html", page | manage_frame(request, SETTINGS))


@access.rule(PROVED)
@never_cache
@_get_or_post
def create(request: HttpRequest, challenge: UUID) -> HttpResponse:
    """The browser is asked to make the passkey; what it answers is checked and kept."""
    account, appurl, site = request.account, asked_from(request), passkey_site(request)
    if site is None:
        raise Http404
    refusal = ""
    if request.method == "POST":
        try:
            answer = request.POST.get("answer", "")
            enrolled = enrolling.add_passkey(
                account=account, answer=answer, session=request.sso, site=site, at=request.arrived
            )
            return enrolled_page(request, enrolled, appurl, done_with="passkey-added")
        except Refusal as said:
            refusal = said.said
    row = queries.passkey_enrolment(
        challenge=challenge, account=account.id, session=request.sso.id, now=request.arrived
    )
    if row is None and not refusal:
        return HttpResponseRedirect(with_appurl(reverse("passkey-add"), appurl))
    asked = services.options_to_add(challenge=row, account=account, site=site) if row else None
    page = {"name": row.name if row else "", "asked": json.dumps(asked) if row else "", "refusal": refusal}
    return render(request, "factors/passkey_create.html", page | {"appurl": appurl} | manage_frame(request, SETTINGS))


@access.rule(PROVED)
@never_cache
@_get_or_post
def remove(request: HttpRequest, passkey: UUID) -> HttpResponse:
    """Remove a passkey; the last factor only knowingly."""
    factors = queries.factors_of(request.account.id)
    found = next((one for one in factors.passkeys if one.id == passkey), None)
    if found is None:
        raise Http404
    remove_it = partial(enrolling.remove_passkey, passkey=passkey)
    last = factors.count == 1
    return removal(request, found, last=last, remove=remove_it, said="passkey-removed", is_passkey=True)


@access.rule(access.ANYONE)
@require_safe
def related_origins(request: HttpRequest) -> HttpResponse:
    """From which of this site's names its passkeys may be used (W3C Web Authentication 3, 5.11)."""
    hosts = this_site().config.hosts
    if request.get_host() != rules.sign_on_host(hosts):
        raise Http404
    response = JsonResponse({"origins": [f"https://{host}" for host in hosts]})
    patch_cache_control(response, public=True, max_age=3600)
    return response

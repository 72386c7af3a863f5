"""Manage My Account: how the account stands, and what its owner may change."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from openecf.central.accounts import queries, services
from openecf.central.accounts.context import MAINTENANCE, SETTINGS, manage_frame
from openecf.central.accounts.forms_manage import (
    BillingForm,
    ChangeEmailForm,
    ChangePasswordForm,
    ChangeUsernameForm,
    OwnAddressForm,
    OwnNameForm,
    PasswordAgainForm,
    SecondEmailForm,
)
from openecf.central.accounts.models import AccountType
from openecf.central.accounts.rules import device_name
from openecf.central.accounts.services import securing
from openecf.central.accounts.views.steps import refuse
from openecf.central.courts import queries as courts
from openecf.central.registration import queries as registrations
from openecf.central.registration import services as asking
from openecf.central.service_center import queries as service_center
from openecf.central.signon import queries as sign_ons
from openecf.central.signon import services as signing
from openecf.central.signon.access import ACCOUNT, UPGRADED
from openecf.kernel.refusal import Refusal
from openecf.platform import access

_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def _notice(request: HttpRequest) -> str:
    """What was just done, said once on the tab that the person comes back to."""
    return {
        "activated": _("Case search is active. Courts that you have open know it at their next page."),
        "username": _("Your user name is changed. Use the new one from now on."),
        "password": _("Your password is changed. You are signed out everywhere else."),
        "email": _("We mailed a link to the new address. Until you open it, the address stays as it is."),
        "second-email": _("We mailed a link to the second address. It counts once you open that."),
        "second-removed": _("The second address is removed."),
        "billing": _("Your billing preferences are saved. They count from your next sign-in."),
        "person": _("Your personal information is saved."),
        "address": _("Your address information is saved."),
        "person-sent": _("Your personal information is saved, and sent to the courts that you chose."),
        "address-sent": _("Your address information is saved, and sent to the courts that you chose."),
    }.get(request.GET.get("done", ""), "")


@access.rule(access.ANYONE)
@require_safe
def old_address(request: HttpRequest) -> HttpResponse:
    """The address that courts' instructions print."""
    return redirect("manage")


@access.rule(ACCOUNT)
@never_cache
@require_safe
def settings(request: HttpRequest) -> HttpResponse:
    """The first tab: what the person signs in with and how the account is used."""
    page = {
        "sessions": len(sign_ons.live_sessions(account=request.account.id, now=request.arrived)),
        "notice": _notice(request),
        "is_staff": service_center.staff(request.account.id) is not None,
        **manage_frame(request, SETTINGS),
    }
    return render(request, "accounts/settings.html", page)


@access.rule(ACCOUNT)
@never_cache
@require_safe
def maintenance(request: HttpRequest) -> HttpResponse:
    """Who the person is, where, and at which courts."""
    page = {
        "courts": len(courts.registered_courts(request.account.id)),
        "requests_open": registrations.waiting(request.account.id) + registrations.changes_waiting(request.account.id),
        "notice": _notice(request),
        **manage_frame(request, MAINTENANCE),
    }
    return render(request, "accounts/maintenance.html", page)


def _change(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[dict], object],
    *,
    tab: str,
    title: str,
    done: str,
    said: str = "",
    remove: str = "",
) -> HttpResponse:
    """A page with one form: show it, do what it asks, or say why not."""
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            back = "manage" if tab == SETTINGS else "manage-maintenance"
            return HttpResponseRedirect(f"{reverse(back)}?done={done}")
    page = {"form": form, "title": title, "said": said, "back": tab, "remove": remove, **manage_frame(request, tab)}
    return render(request, "accounts/change.html", page)


def _filing_at(request: HttpRequest) -> list[tuple[str, str]]:
    """The courts that can be asked for the same change, as choices."""
    return [(row.court.id, row.court.full_name) for row in registrations.changeable_courts(request.account)]


def _sent(request: HttpRequest) -> dict | None:
    return request.POST if request.method == "POST" else None


@access.rule(UPGRADED)
@never_cache
@_get_or_post
def change_username(request: HttpRequest) -> HttpResponse:
    """A new name to sign in with."""
    return _change(
        request,
        ChangeUsernameForm(_sent(request)),
        lambda typed: securing.change_username(
            account=request.account, password=typed["current"], username=typed["username"], at=request.arrived,
            address=request.META["REMOTE_ADDR"],
        ),
        tab=SETTINGS, title=_("Change user name"), done="username",
        said=_("Your user name now is {username}.").format(username=request.account.username),
    )  # fmt: skip


@access.rule(UPGRADED)
@never_cache
@_get_or_post
def change_password(request: HttpRequest) -> HttpResponse:
    """A new password; signs out everywhere else."""
    response = _change(
        request,
        ChangePasswordForm(_sent(request), two_step=request.account.second_factor_since is not None),
        lambda typed: securing.change_password(
            account=request.account, current=typed["current"], new=typed["password"], session=request.sso.id,
            at=request.arrived, address=request.META["REMOTE_ADDR"],
        ),
        tab=SETTINGS, title=_("Change password"), done="password",
        said=_("You stay signed in here, and are signed out everywhere else."),
    )  # fmt: skip
    if response.status_code == 302:
        response.delete_cookie(services.DEVICE_COOKIE, samesite="Lax")
    return response


@access.rule(UPGRADED)
@never_cache
@_get_or_post
def change_email(request: HttpRequest) -> HttpResponse:
    """Another address, once its mailbox is proved."""
    return _change(
        request,
        ChangeEmailForm(_sent(request)),
        lambda typed: services.ask_for_email(
            account=request.account, password=typed["current"], email=typed["email"], at=request.arrived,
            address=request.META["REMOTE_ADDR"],
        ),
        tab=SETTINGS, title=_("Change e-mail address"), done="email",
        said=_("Mail goes to {email} now. We mail a link to the new address, and tell the old one.").format(
            email=request.account.email
        ),
    )  # fmt: skip


@access.rule(UPGRADED)
@never_cache
@_get_or_post
def second_email(request: HttpRequest) -> HttpResponse:
    """Where news of the account's security go, too: another address, once its mailbox is proved; or none again."""
    account, removes = request.account, "remove" in request.POST or "remove" in request.GET
    who = {"account": account, "at": request.arrived, "address": request.META["REMOTE_ADDR"]}
    if removes and account.second_email:
        return _change(
            request, PasswordAgainForm(_sent(request)),
            lambda typed: services.remove_second_email(password=typed["current"], **who),
            tab=SETTINGS, title=_("Remove the second e-mail address"), done="second-removed",
            said=_("News of your account's security then go to {email} alone.").format(email=account.email),
        )  # fmt: skip
    said = _(
        "We write to your e-mail address of every sign-in in a new browser, and of every change to your password, your "
        "two-step sign-in and your addresses. With a second address we write there, too. Links and codes that open the "
        "account go to the first alone."
    )
    if account.second_email:
        said = f"{_('The second address now is {email}.').format(email=account.second_email)} {said}"
    return _change(
        request, SecondEmailForm(_sent(request)),
        lambda typed: services.ask_for_second_email(password=typed["current"], email=typed["email"], **who),
        tab=SETTINGS, title=_("Second e-mail address"), done="second-email", said=said,
        remove=f"{reverse('manage-second-email')}?remove=1" if account.second_email else "",
    )  # fmt: skip


@access.rule(UPGRADED)
@never_cache
@_get_or_post
def billing_preferences(request: HttpRequest) -> HttpResponse:
    """Whether each charge must name a client."""
    initial = {"client_code_required": request.account.client_code_required}
    return _change(
        request,
        BillingForm(_sent(request), initial=initial),
        lambda typed: securing.require_client_code(
            account=request.account, required=typed["client_code_required"], at=request.arrived
        ),
        tab=SETTINGS, title=_("PACER billing preferences"), done="billing",
    )  # fmt: skip


@access.rule(UPGRADED)
@never_cache
@_get_or_post
def person(request: HttpRequest) -> HttpResponse:
    """The name. The birth date is shown and stays."""
    account, courts_here = request.account, _filing_at(request)
    names = ("prefix", "first_name", "middle_name", "last_name", "generation")
    form = OwnNameForm(_sent(request), initial={name: getattr(account, name) for name in names}, courts=courts_here)
    said = (
        _("Courts keep names of their own: choose below which of those where you file are asked to change it.")
        if courts_here
        else _("Courts keep names of their own: tell each court where you file, too.")
    )
    return _change(
        request, form,
        lambda typed: asking.change_name(
            account=account, answers=typed, courts=typed.get("courts", ()), at=request.arrived
        ),
        tab=MAINTENANCE, title=_("Update personal information"), said=said,
        done="person-sent" if request.POST.get("courts") else "person",
    )  # fmt: skip


@access.rule(UPGRADED)
@never_cache
@_get_or_post
def address(request: HttpRequest) -> HttpResponse:
    """The postal address and telephone numbers."""
    account, sent, courts_here = request.account, _sent(request), _filing_at(request)
    initial = {name: getattr(account, name) for name in OwnAddressForm.base_fields}
    if sent is not None and "show-counties" in sent:
        sent, initial = None, {name: value for name, value in sent.items() if value}
        initial["courts"] = request.POST.getlist("courts")
    form = OwnAddressForm(
        sent, initial=initial, courts=courts_here, firm_needed=account.type == AccountType.ADMINISTRATIVE
    )
    said = (
        _(
            "Courts keep addresses of their own: choose below which of those where you file are asked to change it. File a "
            "notice of change of address in your pending cases, too."
        )
        if courts_here
        else _("Courts keep addresses of their own: file a notice of change of address in your pending cases, too.")
    )
    return _change(
        request, form,
        lambda typed: asking.change_address(
            account=account, answers=typed, courts=typed.get("courts", ()), at=request.arrived
        ),
        tab=MAINTENANCE, title=_("Update address information"), said=said,
        done="address-sent" if request.POST.get("courts") else "address",
    )  # fmt: skip


@access.rule(ACCOUNT)
@never_cache
@require_safe
def registered_courts(request: HttpRequest) -> HttpResponse:
    """Where the account is linked, and where it could be."""
    linked = {row.court: row for row in courts.registered_courts(request.account.id)}
    asked = registrations.latest_by_court(request.account.id)
    here = courts.all_courts_here()
    page = {
        "linked": [(row, linked[row.court.id]) for row in here if row.court.id in linked],
        "others": [(row, asked.get(row.court.id)) for row in here if row.court.id not in linked],
        **manage_frame(request, MAINTENANCE),
    }
    return render(request, "accounts/courts.html", page)


@access.rule(ACCOUNT)
@never_cache
@_get_or_post
def sessions(request: HttpRequest) -> HttpResponse:
    """Where the account is signed in; POST ends one sign-on, the others, or all, or forgets where it was before."""
    account, mine = request.account, request.sso
    if request.POST.get("forget"):
        services.forget_known(account=account, at=request.arrived)
        return HttpResponseRedirect(f"{reverse('manage-sessions')}?forgotten=1")
    browsers, programs = queries.known_places(account.id, now=request.arrived)
    live = sign_ons.live_sessions(account=account.id, now=request.arrived)
    if request.method == "POST":
        return _end(request, {str(one.id): one.id for one in live})
    page = {
        "sessions": [
            {
                "id": str(one.id),
                "what": device_name(one.device) or _("Unknown program"),
                "is_program": one.kind == "api",
                "is_this": one.id == mine.id,
                "address": one.address,
                "begun": one.created_at,
                "seen": one.last_seen_at,
                "courts": [visit.court_id.upper() for visit in one.courts.all()],
            }
            for one in live
        ],
        "ended": request.GET.get("ended", ""),
        "forgotten": request.GET.get("forgotten", ""),
        "browsers": browsers,
        "programs": programs,
        **manage_frame(request, SETTINGS),
    }
    return render(request, "accounts/sessions.html", page)


def _end(request: HttpRequest, live: dict[str, UUID]) -> HttpResponse:
    account, mine, which = request.account, request.sso, request.POST.get("end", "")
    by = str(account.id)
    if which == "all":
        signing.end_all(account=account.id, why="owner-ended", by=by, at=request.arrived)
        return redirect("sign-off")
    if which == "others":
        signing.end_all(account=account.id, why="owner-ended", by=by, at=request.arrived, but=mine.id)
    elif which in live:
        signing.end_sessions(ids=[live[which]], why="owner-ended", by=by, at=request.arrived)
        if live[which] == mine.id:
            return redirect("sign-off")
    elif not which:
        raise Http404
    return HttpResponseRedirect(f"{reverse('manage-sessions')}?ended=1")

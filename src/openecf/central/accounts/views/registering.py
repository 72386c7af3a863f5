"""Registering, page by page, and the mailed link that ends it."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_safe

from openecf.central.accounts import places, queries, services
from openecf.central.accounts.forms import TypeForm, UsernameForm
from openecf.central.accounts.models import Draft
from openecf.central.accounts.views import steps
from openecf.central.courts import queries as courts
from openecf.kernel.refusal import Refusal
from openecf.platform import access
from openecf.platform.short_body import short_form

COOKIE = settings.SESSION_COOKIE_NAME.replace("session", "registration")
_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def _road() -> steps.Road:
    return steps.Road(
        title=_("Register for a PACER account"),
        urls={step: reverse("register-step", args=[step]) for step in ("person", "address", "security")},
        before=[(_("Account type"), reverse("register"))],
        after=[_("Confirm e-mail")],
    )


def draft_of(request: HttpRequest) -> Draft | None:
    """The registration that this browser is in the middle of."""
    secret = request.COOKIES.get(COOKIE, "")
    return queries.draft(secret, now=request.arrived) if secret else None


@access.rule(access.ANYONE)
@never_cache
@_get_or_post
@short_form
def register(request: HttpRequest) -> HttpResponse:
    """Choose the type of account. Whoever comes back finds what was typed already."""
    draft = draft_of(request)
    form = TypeForm(request.POST if request.method == "POST" else None, initial={"type": draft.type if draft else ""})
    if form.is_valid():
        type = form.cleaned_data["type"]
        response = redirect("register-step", step="person")
        if draft is not None:
            services.choose_type(draft=draft, type=type, at=request.arrived)
            return response
        try:
            secret = services.begin(type=type, at=request.arrived, address=request.META["REMOTE_ADDR"])
        except Refusal as refusal:
            form.add_error(None, refusal.said)
        else:
            _set_cookie(response, secret)
            return response
    page = {"form": form, "kinds": _kinds(form), "steps": _road().shown("type")}
    return render(request, "accounts/register.html", page)


def _set_cookie(response: HttpResponse, secret: str) -> None:
    life = int(services.DRAFT_LIFE.total_seconds())
    response.set_cookie(COOKIE, secret, httponly=True, samesite="Lax", secure=settings.SECURE, max_age=life)


def _kinds(form: TypeForm) -> list[tuple[object, str, str]]:
    """Each choice with whom it is for and what comes after."""
    explained = {
        "search": (
            _("You look up cases and documents, and file nothing."),
            _("a letter with a token comes by mail in seven to ten business days. Type it, and you can search."),
        ),
        "attorney": (
            _("You are an attorney and file for clients in federal courts."),
            _(
                "link the login that a court gave you, or ask a court that is new to you to let you file. Some courts have "
                "a form of their own for that."
            ),
        ),
        "non-attorney": (
            _(
                "You file, but not as an attorney: in your own case without one (pro se), as a creditor, trustee, filing "
                "agent or court reporter."
            ),
            _(
                "link the login that a court gave you, or ask the court to let you file. Each court decides whom it lets."
            ),
        ),
        "paa": (
            _("You pay for the people of a firm, a school or an agency, with one bill."),
            _("invite their accounts. This one neither searches nor files: each person does that with their own."),
        ),
    }
    return [(choice, *explained[str(choice.data["value"])]) for choice in form["type"]]


@access.rule(access.ANYONE)
@never_cache
@_get_or_post
@short_form
def register_step(request: HttpRequest, step: steps.Step) -> HttpResponse:
    """Person, address, security: each keeps what was typed when one goes back."""
    draft = draft_of(request)
    if draft is None:
        return redirect("register")
    form = steps.form_of(request, draft, step)
    if not form.is_valid():
        return steps.page(request, _road(), step, form)
    if step != "security":
        if steps.keep(request, draft, step, form):
            return redirect("register-step", step=steps.AFTER[step])
        return steps.page(request, _road(), step, form, twin=not form.errors)
    try:
        services.submit(
            draft=draft,
            username=form.cleaned_data["username"],
            password=form.cleaned_data["password"],
            at=request.arrived,
            address=request.META["REMOTE_ADDR"],
        )
    except services.StepsMissing:
        return redirect("register-step", step="person" if "answers" not in draft.person else "address")
    except Refusal as refusal:
        steps.refuse(form, refusal)
        return steps.page(request, _road(), step, form)
    return redirect("register-sent")


@access.rule(access.ANYONE)
@never_cache
@_get_or_post
@short_form
def sent(request: HttpRequest) -> HttpResponse:
    """The link is on its way; once more, if it was lost."""
    draft = draft_of(request)
    if draft is None or not draft.password:
        return redirect("register")
    page = {
        "email": draft.person["answers"]["email"],
        "steps": _road().shown("confirm"),
        "road": _road(),
        "again": False,
    }
    if request.method == "POST":
        try:
            services.send_again(draft=draft, at=request.arrived, address=request.META["REMOTE_ADDR"])
            page["again"] = True
        except Refusal as refusal:
            page["refusal"] = refusal.said
    return render(request, "accounts/sent.html", page)


@access.rule(access.ANYONE)
@never_cache
@_get_or_post
@short_form
def confirm(request: HttpRequest, secret: str) -> HttpResponse:
    """The mailed link: opening it shows a button, pressing that makes the account."""
    try:
        link = services.look_at_link(purpose=services.Purpose.REGISTER, secret=secret, at=request.arrived)
    except Refusal as refusal:
        return spent(request, refusal, again=reverse("register"))
    form = UsernameForm(request.POST) if "username" in request.POST else None
    page = {"email": link.email, "username": link.draft.username, "form": form, "twins": services.twins_of(link.draft)}
    if request.method != "POST" or (form and not form.is_valid()):
        return own_page(render(request, "accounts/confirm.html", page))
    try:
        account = services.confirm(
            secret=secret, at=request.arrived, username=form.cleaned_data["username"] if form else ""
        )
    except services.UsernameTaken as refusal:
        page["form"] = form or UsernameForm({"username": link.draft.username})
        page["form"].add_error("username", refusal.said)
        return own_page(render(request, "accounts/confirm.html", page))
    except Refusal as refusal:
        return spent(request, refusal, again=reverse("register"))
    response = render(
        request, "accounts/ready.html", {"new": account, "courts": courts.all_courts_here(), "road": _road()}
    )
    response.delete_cookie(COOKIE, samesite="Lax")
    return own_page(response)


def spent(request: HttpRequest, refusal: Refusal, *, again: str) -> HttpResponse:
    """A mailed link that is no good, and where to get a new one."""
    return own_page(render(request, "accounts/spent.html", {"said": refusal.said, "again": again}, status=410))


def own_page(response: HttpResponse) -> HttpResponse:
    """A page whose address is a secret: no other site learns it from a link (the browser's Referer)."""
    response.headers["Referrer-Policy"] = "same-origin"
    return response


@access.rule(access.ANYONE)
@cache_control(public=True, max_age=86400)
@require_safe
def counties(request: HttpRequest, state: str) -> HttpResponse:
    """The counties of a state, for the list on the address page. Unknown states have none."""
    return JsonResponse({"counties": places.counties_of(state.upper())})


@access.rule(access.ANYONE)
@require_safe
def old_address(request: HttpRequest) -> HttpResponse:
    """The address that courts' instructions print."""
    return HttpResponseRedirect(reverse("register"))

"""The language switch, and error pages that say what happened and what to do next."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from openecf.platform import access
from openecf.platform.shell import languages


@access.rule(access.ANYONE)
@csrf_exempt  # changes one reader's language, nothing else; report pages must not carry a hidden field
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the reader's language and go back to the page that asked."""
    back = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "/"
    parts = urlsplit(back)
    # Two slashes at the start of a path would name another host.
    path = f"/{parts.path.lstrip('/')}"
    response = HttpResponseRedirect(path + (f"?{parts.query}" if parts.query else ""))
    languages.remember(response, request.POST.get("language", ""))
    return response


def _said(request: HttpRequest, *, status: int, title: str, what: str, then: str) -> HttpResponse:
    return render(request, "shell/said.html", {"title": title, "what": what, "then": then}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return _said(
        request,
        status=400,
        title=_("This request could not be understood"),
        what=_("Something in the address or in what was sent is not as this site expects it. Nothing was changed."),
        then=_("Go back, check what you entered, and try once more."),
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403. A refusal's own words, when there are some."""
    said = getattr(exception, "said", "") or str(exception)
    return _said(
        request,
        status=403,
        title=_("You may not open this page"),
        what=said or _("The account that you are signed on with has no access to this page."),
        then=_("Sign on with another account, if you have one, or ask the clerk's office."),
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: the same bytes for what does not exist and for what this reader may not know of."""
    return _said(
        request,
        status=404,
        title=_("There is no such page"),
        what=_("Nothing that you may see is kept under this address."),
        then=_("Check the address for a slip of the pen, or start from the menu."),
    )


def too_large(request: HttpRequest) -> HttpResponse:
    """413: more than this page takes, or than this caller may send."""
    return _said(
        request,
        status=413,
        title=_("That is more than this page takes"),
        what=_("The files together are larger than the court accepts at once. Nothing of them was kept."),
        then=_("Send them one by one, or split a large PDF into parts. The court's information page names the limit."),
    )


def too_many(request: HttpRequest) -> HttpResponse:
    """429: more in a short time than this page can do for one caller."""
    response = _said(
        request,
        status=429,
        title=_("That was a lot in a short time"),
        what=_("This page does work that costs the court something, so it does only so much of it for each of us."),
        then=_("Wait a minute, then go on."),
    )
    response["Retry-After"] = "60"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500. Runs no query and keeps to what cannot fail."""
    return _said(
        request,
        status=500,
        title=_("Something went wrong on our side"),
        what=_("Your request was not completed, and nothing was half done. The operators can see the error."),
        then=_("Wait a minute and try once more. If you were filing, your draft is kept."),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of a form without a valid token: mostly a page that stayed open over a new sign-on."""
    return _said(
        request,
        status=403,
        title=_("This page was open too long"),
        what=_("Nothing was lost, and nothing was sent."),
        then=_("Go back, reload the page, and press the button again."),
    )

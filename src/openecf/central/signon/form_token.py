"""The form token of the sign-on page, for browsers and for programs that fill the page in as they found it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.decorators import decorator_from_middleware

VIEW_STATE = "javax.faces.ViewState"


class FormToken(CsrfViewMiddleware):
    """Django's token, with two differences that programs written for PACER's own page need (pacer-cli is one).

    They send back the page's ViewState and no field that they do not know: so the ViewState is the token. They send
    neither Origin nor Referer, and over TLS Django then refuses: its fear is a cookie planted by another host of the
    domain. Ours has the prefix ``__Host-``, which browsers let no other host set; every browser sends Origin with a
    POST; and one that names another site is refused as ever.
    """

    def process_view(
        self, request: HttpRequest, callback: Callable[..., HttpResponse], args: tuple, kwargs: dict
    ) -> HttpResponse | None:
        if request.method == "POST" and not request.POST.get("csrfmiddlewaretoken"):
            request.META["HTTP_X_CSRFTOKEN"] = request.POST.get(VIEW_STATE, "")
        return super().process_view(request, callback, args, kwargs)

    def _check_referer(self, request: HttpRequest) -> None:
        if request.headers.get("Referer") or request.headers.get("Sec-Fetch-Site"):
            super()._check_referer(request)


with_form_token = decorator_from_middleware(FormToken)

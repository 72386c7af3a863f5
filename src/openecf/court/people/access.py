"""Who may call a court's pages, and what the others are told.

A caller without a sign-on gets a page that leads a browser to Central Sign-On and that a program recognises as "not
logged in": no log-out link, no receipt, and the address of the sign-on in the one line that programs look for. The
status is 200, as the courts' own systems answer and as their clients expect.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote, urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from openecf.court.fees import queries as fees
from openecf.court.people import queries, rules
from openecf.court.people.models import CourtUser
from openecf.court.people.rules import NOBODY, Reader, Standing
from openecf.court.transition import queries as transition
from openecf.court.transition.rules import is_live
from openecf.kernel import courts
from openecf.platform.access import Rule
from openecf.platform.config import this_site
from openecf.platform.web import came_by

OWN_LOGIN_HELPS = frozenset({Standing.NOT_SIGNED_ON, Standing.NOT_LINKED})
SIGN_ON_HOST = "pacer.login.uscourts.gov"

WORDS = {
    Standing.LEGACY: (
        _("Your PACER account has to be upgraded"),
        _(
            "It was made before August 11, 2014 and works only in Manage My Account. Upgrade it there once for all "
            "courts, then come back."
        ),
    ),
    Standing.BILLING_ONLY: (
        _("This account manages billing only"),
        _(
            "A PACER Administrative Account pays for the accounts of a firm. It can neither search nor file. Log out, "
            "then log in with your own account."
        ),
    ),
    Standing.MAY_NOT_SEARCH: (
        _("Your account cannot search cases at present"),
        _("Manage My Account says why, and what to do about it."),
    ),
    Standing.NOT_LINKED: (
        _("Link your court-issued account first"),
        _(
            "This page is for people who have an account with this court. You link the two accounts once, under "
            "Utilities."
        ),
    ),
    Standing.NOT_A_FILER: (_("You may not file here"), _("Your account with this court does not include filing.")),
    Standing.SHARED: (
        _("Several people use this PACER account"),
        _(
            "A shared account may search, but it can neither be linked nor file: the record must say which person "
            "filed. Register an account of your own, free of charge, and link that one. If you are the only one who "
            "uses this account, Manage My Account says how to set it right."
        ),
    ),
    Standing.CHOOSE_PRINCIPAL: (
        _("Choose whom you act for"),
        _("You are the filing agent of several people. Choose one of them, then go on. Nothing was filed."),
    ),
    Standing.NO_PRINCIPAL: (
        _("You act for nobody at this court"),
        _(
            "You are a filing agent. An attorney or trustee lets you act for them under Utilities, “Filing agents”: "
            "tell them your court login or your PACER account number. If somebody has removed you, the drafts that "
            "you began for them are kept, and they can go on with them."
        ),
    ),
    Standing.NOT_FOR_AGENTS: (
        _("Only the account's owner can do this"),
        _("You act for somebody else at the moment. Their addresses, password and filing agents are theirs alone."),
    ),
    Standing.MAY_NOT_FILE_FOR: (
        _("You may not file for this person"),
        _("The person you act for has not given you the permission to file. Ask them, or choose somebody else."),
    ),
    Standing.NOT_A_PRINCIPAL: (
        _("For attorneys and trustees"),
        _("Only attorneys, trustees and the U.S. trustee have filing agents."),
    ),
    Standing.NOT_AN_AGENT: (
        _("For filing agents"),
        _(
            "Your account with this court is not that of a filing agent. To register as one, use the Non-Attorney "
            "E-File Registration in Manage My Account."
        ),
    ),
    Standing.NOT_COURT: (_("For the court's own people"), _("Only the clerk's office and chambers use this page.")),
    Standing.NOT_CLERK: (_("For the clerk's office"), _("Only the clerk's office uses this page.")),
}


SUSPENDED = (
    _("Your filing at this court is suspended"),
    _(
        "Cases and documents you can read as before. To file again, apply anew in Manage My Account, or ask the clerk's "
        "office. The court's reason:"
    ),
)
"""Beside WORDS: whoever is suspended stands like somebody who is not linked, and is told more."""
SETTLED_AT_PACER = frozenset({Standing.LEGACY, Standing.MAY_NOT_SEARCH, Standing.SHARED})
CHOOSING = frozenset({Standing.CHOOSE_PRINCIPAL, Standing.MAY_NOT_FILE_FOR, Standing.NO_PRINCIPAL})


def _rule(name: str, stands: Callable[[Reader], Standing], *, own_login: bool = False) -> Rule:
    """``own_login``: until the court is live on NextGen, its own login is what opens the page."""

    def check(request: HttpRequest) -> HttpResponse | None:
        standing = stands(getattr(request, "reader", NOBODY))
        if standing is Standing.WELCOME:
            return None
        if own_login and standing in OWN_LOGIN_HELPS and not is_live(transition.profile(), request.arrived):
            back = request.get_full_path() if request.method in ("GET", "HEAD") else "/"
            return redirect(f"/login/court?next={quote(back, safe='')}")
        if standing is Standing.NOT_SIGNED_ON:
            return not_logged_in(request)
        if standing is Standing.CHOOSE_PRINCIPAL and request.method in ("GET", "HEAD"):
            return redirect(choose_principal(request))
        return refused(request, standing)

    return Rule(name, check)


def not_logged_in(request: HttpRequest) -> HttpResponse:
    """The page for a caller without a sign-on: leads people on, tells programs to log in."""
    back_to = request.get_full_path() if request.method in ("GET", "HEAD") else "/"
    site = this_site().config
    appurl = came_by(request) + back_to
    marker = f"https://{SIGN_ON_HOST}/csologin/login.jsf?" + urlencode(
        {"pscCourtId": courts.court(site.id).sign_on_id, "appurl": appurl}
    )
    response = render(
        request,
        "people/not_logged_in.html",
        {"sign_on": f"/login?next={quote(back_to, safe='')}", "marker": marker, "at_once": request.method == "GET"},
    )
    response["Cache-Control"] = "no-store"
    return response


def choose_principal(request: HttpRequest) -> str:
    """Where a filing agent of several people says for whom; it leads back to here."""
    return f"/utilities/acting?next={quote(request.get_full_path(), safe='')}"


def sign_on_again(request: HttpRequest) -> str:
    """Where a person whose sign-on is too old for this page proves anew who it is."""
    return f"/login?next={quote(request.get_full_path(), safe='')}&fresh=1"


def _suspended(request: HttpRequest) -> CourtUser | None:
    reader = getattr(request, "reader", NOBODY)
    return queries.suspended(reader.account) if reader.account else None


def refused(request: HttpRequest, standing: Standing) -> HttpResponse:
    """The page that says why not, and what to do."""
    title, text = WORDS[standing]
    suspended = _suspended(request) if standing is Standing.NOT_LINKED else None
    if suspended is not None:
        title, text = SUSPENDED[0], f"{SUSPENDED[1]} {suspended.suspended_why}"
    central = this_site().config.central
    manage = f"{central.base_url}/pscof/manage" if central else ""
    if suspended is not None and manage:
        manage += "/efile"  # where the person applies anew
    context = {
        "title": title,
        "text": text,
        "manage_account": manage if standing in SETTLED_AT_PACER or suspended is not None else "",
        "register": f"{central.base_url}/pscof/register" if central and standing is Standing.SHARED else "",
        "link_page": standing is Standing.NOT_LINKED and suspended is None,
        "choose_page": standing in CHOOSING,
        "owes": fees.open_fees(suspended.pk) if suspended is not None else [],
        "ask_court": transition.profile() if suspended is not None else None,
        "back": request.path if request.method in ("GET", "HEAD") else "/",
    }
    response = render(request, "people/refused.html", context, status=403)
    response["Cache-Control"] = "no-store"
    return response


def _xml_check(request: HttpRequest) -> HttpResponse | None:
    standing = rules.as_reader(getattr(request, "reader", NOBODY))
    if standing is Standing.WELCOME:
        return None
    said = "Not logged in.  Please refresh this page." if standing is Standing.NOT_SIGNED_ON else WORDS[standing][0]
    return HttpResponse(f"<request><message text='{escape(str(said))}'/></request>", content_type="text/xml")


SIGNED_ON = _rule("signed-on", rules.as_signed_on)
READER = _rule("reader", rules.as_reader)
PERSON = _rule("person", rules.as_person)
LINKED = _rule("linked", rules.as_linked, own_login=True)
FILER = _rule("filer", rules.as_filer, own_login=True)
OWN = _rule("own", rules.as_own, own_login=True)
PRINCIPAL = _rule("principal", rules.as_principal, own_login=True)
AGENT = _rule("agent", rules.as_agent, own_login=True)
COURT = _rule("court", rules.as_court, own_login=True)
CLERK = _rule("clerk", rules.as_clerk, own_login=True)
READER_XML = Rule("reader-xml", _xml_check)
"""As READER, for the small XML answers that scripts on query pages ask for."""

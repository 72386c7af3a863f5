"""What every page's frame knows. A site's own context processor, which runs later, overrides what it knows better."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openecf.kernel import courts
from openecf.platform.banners import queries as banners
from openecf.platform.config import this_site
from openecf.platform.shell.menu import MenuItem


def shell(request: HttpRequest) -> dict[str, object]:
    """Template context: the site and its name, the languages, the links of head and foot.

    ``person`` (display name), ``menu`` and ``help_links`` (lists of MenuItem), ``signed_on_here`` and
    ``session_seconds`` (how long a browser that asks nothing more stays signed on) come from the site; here are their
    empty values.
    """
    config = this_site().config
    return {
        "site": config,
        "site_name": site_name(),
        "demonstration": config.demonstration,
        "person": "",
        "signed_on_here": False,
        "session_seconds": None,
        "menu": [],
        "help_links": _help_links(),
        "banners": lambda: banners.shown(now=request.arrived),
        "login_url": settings.OPENECF_LOGIN_URL,
        "logout_url": settings.OPENECF_LOGOUT_URL,
    }


def site_name() -> str:
    """The court's full name; at the central site, what the site is for."""
    config = this_site().config
    if config.central is None:
        return _("PACER and Central Sign-On")
    return courts.court(config.id).full_name


@cache
def _help_links() -> tuple[MenuItem, ...]:
    config = this_site().config
    central = config.central.base_url if config.central else ""
    return (
        MenuItem(gettext_lazy("NextGen CM/ECF information"), f"{central}/nextgen"),
        MenuItem(gettext_lazy("Help and contact"), f"{central}/help"),
        MenuItem(gettext_lazy("Does everything work?"), f"{central}/status"),
        MenuItem(gettext_lazy("Accessibility"), f"{central}/accessibility"),
    )

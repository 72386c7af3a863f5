"""The district bench's answers: the menu bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openecf.court.people.menus import QUERY, SEARCH, STAFF, UTILITIES
from openecf.court.people.rules import Reader
from openecf.platform.shell.menu import MenuItem

FILING = (
    MenuItem(_("Civil"), "/filing/?menu=civil"),
    MenuItem(_("Criminal"), "/filing/?menu=criminal"),
)
REPORTS = MenuItem(
    _("Reports"),
    children=(
        MenuItem(_("Docket sheet"), "/cgi-bin/DktRpt.pl"),
        MenuItem(_("History and documents"), "/cgi-bin/HistDocQry.pl"),
        MenuItem(_("Court information"), "/cgi-bin/CourtInfo.pl"),
    ),
)


class Menus:
    """See court.people.menus.Menus."""

    link_label = _("Link a CM/ECF account to my PACER account")

    def for_linked(self, reader: Reader) -> tuple[MenuItem, ...]:
        staff = (STAFF,) if reader.is_court else ()
        return (*FILING, QUERY, REPORTS, UTILITIES, SEARCH, *staff)

    def for_public(self, reader: Reader) -> tuple[MenuItem, ...]:
        return (QUERY, REPORTS, UTILITIES)

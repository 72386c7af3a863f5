"""The appellate bench's answers: the menu bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openecf.court.people.menus import QUERY, STAFF, UTILITIES
from openecf.court.people.rules import Reader
from openecf.platform.shell.menu import MenuItem

FILING = (MenuItem(_("Filing"), "/filing/"),)
REPORTS = MenuItem(
    _("Reports"),
    children=(
        MenuItem(_("Docket report"), "/cgi-bin/DktRpt.pl"),
        MenuItem(_("Court information"), "/cgi-bin/CourtInfo.pl"),
    ),
)


class Menus:
    """See court.people.menus.Menus."""

    link_label = _("Link my filer account to my PACER account")

    def for_linked(self, reader: Reader) -> tuple[MenuItem, ...]:
        staff = (STAFF,) if reader.is_court else ()
        return (*FILING, UTILITIES, REPORTS, QUERY, *staff)

    def for_public(self, reader: Reader) -> tuple[MenuItem, ...]:
        return (QUERY, REPORTS, UTILITIES)

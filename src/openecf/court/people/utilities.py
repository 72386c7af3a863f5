"""What the Utilities page offers, by group."""

from __future__ import annotations

from django.utils.translation import gettext as _

from openecf.court.people.menus import existing
from openecf.court.people.rules import PRINCIPAL_GROUPS, Reader, Standing, as_filer
from openecf.platform.shell.menu import MenuItem


def _billed(reader: Reader) -> tuple[MenuItem, ...]:
    """What only who reads with a PACER account has: who came with the court's own login is billed nothing."""
    return () if reader.own_login else (MenuItem(_("Change client code"), "/utilities/client-code"),)


def groups(reader: Reader, link_label: str, *, stopped: bool) -> tuple[MenuItem, ...]:
    """The groups with their entries, those that lead somewhere for this reader. ``stopped``: filed here until the court ended
    it, and may owe something."""
    own = [
        MenuItem(_("View your transaction log"), "/utilities/log"),
        *_billed(reader),
        *((MenuItem(_("Filing fees"), "/utilities/fees"),) if stopped or as_filer(reader) is Standing.WELCOME else ()),
        MenuItem(_("Review billing history"), "/utilities/billing-history"),
        MenuItem(_("Change PACER exemption status"), "/utilities/exemption"),
    ]
    if reader.agent is not None:
        own.insert(0, MenuItem(_("Whom you act for"), "/utilities/acting"))
    elif reader.linked:
        own.insert(0, MenuItem(_("Maintain your e-mail and notices"), "/utilities/email"))
        if reader.group in PRINCIPAL_GROUPS:
            own.insert(1, MenuItem(_("Filing agents"), "/utilities/agents"))
    elif not stopped:
        own.insert(0, MenuItem(link_label, "/utilities/link"))
    other = (
        MenuItem(_("Verify a document"), "/cgi-bin/DocVerify.pl"),
        MenuItem(_("Check a PDF document"), "/utilities/check-pdf"),
        MenuItem(_("Court information"), "/cgi-bin/CourtInfo.pl"),
        MenuItem(_("NextGen CM/ECF information"), "/nextgen"),
    )
    if reader.linked or reader.own_login:
        other = (MenuItem(_("Mailings"), "/utilities/mailings"), *other)
    if reader.agent is None and reader.linked:
        other = (MenuItem(_("Transcripts"), "/utilities/transcripts"), *other)
    court = (MenuItem(_("Edit a case"), "/cases/"),) if reader.group == "clerk" else ()
    return existing(
        (
            MenuItem(_("Your Account"), children=tuple(own)),
            MenuItem(_("Miscellaneous"), children=other),
            MenuItem(_("Court"), children=court),
        )
    )

"""What an inspection of a PDF finds, and what is said about it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Findings:
    """What the inspection of a PDF found."""

    wrong: str = ""
    pages: int = 0
    forms: bool = False
    external_links: bool = False


REASONS = {
    "empty": _("The file is empty (0 bytes). Choose the PDF again."),
    "not-pdf": _("The file is not a PDF. Only PDF documents can be filed."),
    "too-large": _("The file is larger than this court accepts. Split it into parts and file them as attachments."),
    "encrypted": _(
        "The PDF has security measures such as a password or access restriction. Remove them and try again."
    ),
    "malformed": _("The PDF is not well formed. Print it to PDF again and use the new file."),
    "action": _(
        "The PDF is malformed or contains code which may cause an external action. Print it to PDF and use the new file."
    ),
    "script": _(
        "The PDF contains JavaScript, code which may cause an external action. Print it to PDF and use the new file."
    ),
    "embedded": _("The PDF contains other files. File them as attachments of their own."),
    "elsewhere": _(
        "The PDF takes part of what it shows from a file outside it, which would not be on the record. Print it to PDF and "
        "use the new file."
    ),
    "media": _(
        "The PDF contains audio, video or other media, which cannot be filed. Take them out and use the new file."
    ),
    "form": _(
        "The PDF has fillable form fields. Fillable forms must be flattened before filing: print the form to PDF."
    ),
    "links": _(
        "The PDF contains links to places outside it, which this court does not accept. Take them out and use the new "
        "file."
    ),
    "too-many-pages": _("The PDF has more than 20,000 pages. Split it into parts and file them as attachments."),
    "busy": _("The court is checking many PDFs at the moment. Nothing was stored. Try again in a minute."),
    "too-complex": _("The PDF could not be checked: it is too complex. Print it to PDF again and use the new file."),
}


def wrong_with(findings: Findings, *, forms_allowed: bool, links_allowed: bool) -> str:
    """The reason (a key of REASONS) to refuse an inspected PDF at a court with these rules; empty when it is good."""
    if findings.wrong:
        return findings.wrong
    if findings.forms and not forms_allowed:
        return "form"
    if findings.external_links and not links_allowed:
        return "links"
    return ""

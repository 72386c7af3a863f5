"""Docket text in templates."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from openecf.court.docket.rules import EntryFacts, safe

register = template.Library()


@register.filter
def harmless(text: str) -> SafeString:
    """Text as HTML that programs cannot take for the page's own wording."""
    return mark_safe(safe(text))  # noqa: S308  (escaped there)


@register.filter
def short_text(entry: EntryFacts) -> SafeString:
    """What an entry is, in short: its event's title, or the first words of its text."""
    short = entry.title or entry.text.split(". ")[0][:80]
    return mark_safe(safe(short))  # noqa: S308


@register.filter
def history_number(entry: EntryFacts) -> SafeString:
    """The entry's number, linked to its document where the reader may open one."""
    if not (entry.number and entry.doc_id):
        return mark_safe(safe(entry.number))  # noqa: S308
    path = f"/doc1/{entry.doc_id}"
    seq = entry.seq if entry.has_pacer_seq else ""
    call = f"goDLS('{path}','{entry.case_id}','{seq}','','','1','','','');return(false);"
    return mark_safe(f'<a href="{path}" onClick="{call}">{safe(entry.number)}</a>')  # noqa: S308


@register.filter
def history_dates(entry: EntryFacts) -> SafeString:
    """When the entry was filed and entered, in one row if that was one day."""
    entered = entry.entered.astimezone(ZoneInfo(settings.COURT.zone)).date() if entry.entered else None
    if entered == entry.filed:
        rows = [("Filed & Entered:", entry.filed)]
    else:
        rows = [("Filed:", entry.filed), ("Entered:", entered)]
    return mark_safe(  # noqa: S308
        "".join(
            # Readers want a space between a label and its day.
            f"<tr><td><i>{label.replace('&', '&amp;')}</i>&nbsp;</td><td>{day:%m/%d/%Y}</td></tr>"
            for label, day in rows
            if day
        )
    )

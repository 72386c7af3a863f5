"""The letters that tell both sides who may act for whom."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _

from openecf.court.agents.models import Agency
from openecf.court.cases.services import name_of
from openecf.kernel.days import us_date
from openecf.platform.config import this_site


def what_changed(agency: Agency, what: str) -> tuple[str, str]:
    """Subject and text of the letter to both; ``what`` is added, changed, removed, left or ended (the
    link of the principal's account was)."""
    names = {"agent": name_of(agency.agent), "principal": name_of(agency.principal)}
    court = settings.COURT.full_name
    first = {
        "added": _("{agent} may act for {principal} at the {court}."),
        "changed": _("What {agent} may do for {principal} at the {court} was changed."),
        "removed": _("{principal} has removed {agent} as filing agent at the {court}."),
        "left": _("{agent} no longer acts for {principal} at the {court}: {agent} has left."),
        "ended": _(
            "{agent} no longer acts for {principal} at the {court}: the court's account of {principal} is no longer "
            "linked to PACER."
        ),
    }[what].format(**names, court=court)
    subject = {
        "added": _("Filing agent added: {agent} for {principal} ({court})"),
        "changed": _("Filing agent changed: {agent} for {principal} ({court})"),
        "removed": _("Filing agent removed: {agent} for {principal} ({court})"),
        "left": _("Filing agent left: {agent} for {principal} ({court})"),
        "ended": _("Filing agent removed: {agent} for {principal} ({court})"),
    }[what].format(**names, court=court)
    parts = [first]
    if what in ("added", "changed"):
        parts.append("\n".join(_permissions(agency)))
        parts.append(
            _(
                "Everything that {agent} files is on the docket as filed by {principal}; the court's log says that "
                "{agent} submitted it. Either of you can end this at any time under Utilities."
            ).format(**names)
        )
    else:
        parts.append(_("This holds at once. Drafts that {agent} began are kept for {principal}.").format(**names))
    parts.append(_("If you know nothing of this, tell the clerk's office at once."))
    parts.append(_("The court: {site}").format(site=this_site().config.base_url))
    return subject, "\n\n".join(parts) + "\n"


def _permissions(agency: Agency) -> list[str]:
    yes, no = _("yes"), _("no")
    return [
        _("Role: {role}").format(role=agency.get_role_display()),
        _("File: {answer}").format(answer=yes if agency.may_file else no),
        _("See documents that are closed to others and open to the principal: {answer}").format(
            answer=yes if agency.sees_restricted else no
        ),
        _("Pay filing fees on line: {answer}").format(answer=yes if agency.may_pay else no),
        _("Get copies of the principal's notices: {answer}").format(answer=yes if agency.gets_notices else no),
        _("From {first} to {last}").format(first=us_date(agency.starts), last=_last(agency.ends)),
    ]


def _last(day: date | None) -> str:
    return us_date(day) if day else _("no set day")

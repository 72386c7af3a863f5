"""Announcements: what the clerk's office tells by mail to the people who file at the court.

Written once, mailed by a job, a hundred people at a time: how far it came is written with the mails, so that a killed
worker's successor goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openecf.court.notices.models import Announcement
from openecf.court.people import queries as people
from openecf.court.people.rules import COURT_GROUPS
from openecf.court.transition import queries as transition
from openecf.kernel.refusal import Refusal
from openecf.platform.audit.services import record
from openecf.platform.config import this_site
from openecf.platform.jobs import services as jobs
from openecf.platform.mail import services as mail

JOB = "openecf.notices.announce"
BATCH = 100
SAME_WITHIN = timedelta(minutes=10)


class NobodyToTell(Refusal):
    """Nobody of the chosen groups would get it."""

    said = _("Nobody would get this announcement. Choose other groups.")
    code = "nobody-to-tell"


class JustAnnounced(Refusal):
    """The same words went out minutes ago: a second click, or a page sent again."""

    said = _("The same announcement was sent in the last ten minutes.")
    code = "just-announced"


def how_many(*, groups: Sequence[str], urgent: bool) -> int:
    """How many people an announcement would reach now."""
    return people.announced_to(groups=groups, urgent=urgent).count()


def announce(*, title: str, text: str, groups: Sequence[str], urgent: bool, by: str, at: datetime) -> Announcement:
    """Announce something; the mails follow by a job. ``urgent`` reaches those as well who want no announcements.

    NobodyToTell, JustAnnounced.
    """
    wanted = [group for group in dict.fromkeys(groups) if group not in COURT_GROUPS]
    if (groups and not wanted) or not how_many(groups=wanted, urgent=urgent):
        raise NobodyToTell
    with transaction.atomic():
        with connection.cursor() as cursor:  # two clerks, or two clicks, one after the other
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('openecf.announcements'))")
        said = {"title": " ".join(title.split()), "text": text.strip()}
        if Announcement.objects.filter(**said, sent_at__gt=at - SAME_WITHIN).exists():
            raise JustAnnounced
        made = Announcement.objects.create(**said, groups=wanted, urgent=urgent, by=by, sent_at=at)
        record(act="court.announced", by=by, at=at, subject=f"announcement:{made.pk}", groups=wanted, urgent=urgent)
        jobs.defer(JOB, queue="mail", announcement_id=made.pk)
    return made


def carry_on(*, announcement_id: int, at: datetime) -> int:
    """Write the mails that are not written yet; how many. Each person's once, whoever did it before."""
    written = 0
    while told := _some(announcement_id, at):
        written += told
    return written


def _some(announcement_id: int, at: datetime) -> int:
    with transaction.atomic():
        row = Announcement.objects.select_for_update().get(pk=announcement_id)
        if row.finished_at:
            return 0
        found = people.announced_to(groups=row.groups, urgent=row.urgent).filter(id__gt=row.reached)
        some = list(found.order_by("id").values_list("id", "email", "language")[:BATCH])
        for _user, email, language in some:
            with translation.override(language or settings.LANGUAGE_CODE):
                _mail(row, email, at)
        if some:
            row.reached, row.mails = some[-1][0], row.mails + len(some)
        else:
            row.finished_at = at
        row.save(update_fields=["reached", "mails", "finished_at"])
    return len(some)


def _mail(row: Announcement, email: str, at: datetime) -> None:
    profile, site = transition.profile(), this_site().config
    court = settings.COURT.full_name
    said = gettext("Urgent, {court}: {title}") if row.urgent else "{court}: {title}"
    parts = [row.text]
    if site.demonstration:
        parts.insert(0, gettext("This mail comes from a demonstration of OpenECF. People and cases are invented."))
    asked = ", ".join(part for part in (profile.help_phone, profile.help_email) if part)
    foot = [gettext("You get this because you file at the {court}.").format(court=court)]
    if asked:
        foot.append(gettext("Questions? Ask the clerk's office: {whom}").format(whom=asked))
    foot.append(
        gettext("It is urgent and went to everybody who files here.")
        if row.urgent
        else gettext("If you want no announcements: {link}").format(link=f"{site.base_url}/utilities/email")
    )
    mail.send(
        to=[email],
        subject=said.format(court=court, title=row.title),
        text="\n\n".join(parts) + "\n\n-- \n" + "\n".join(foot) + "\n",
        sender=profile.from_address,
        headers={} if row.urgent else {"List-Unsubscribe": f"<{site.base_url}/utilities/email>"},
        at=at,
        reference=f"announcement:{row.pk}",
    )

"""From which day accounts of a kind need a second factor to sign on: set ahead, told ahead, never a surprise."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_lazy

from openecf.central.accounts import queries as accounts
from openecf.central.accounts.services import in_words_of
from openecf.central.factors import rules
from openecf.central.factors.models import Plan
from openecf.central.factors.queries import forget_plans, today
from openecf.kernel.refusal import Refusal
from openecf.platform.audit import services as audit
from openecf.platform.config import this_site
from openecf.platform.mail import services as mail

if TYPE_CHECKING:
    from openecf.central.accounts.models import Account

SHORTEST_NOTICE = timedelta(days=30)
_BATCH = 500

# One statement finds those who are due to be told, and notes that they are: of two runs at once, one mails.
_DUE = """
INSERT INTO factor_reminder (account_id, begins, days, sent_at)
SELECT a.id, need.begins, %(days)s, %(now)s
FROM account a JOIN LATERAL (
  SELECT min(begins) AS begins FROM (
    SELECT p.begins FROM factor_plan p WHERE p.whom = a.type AND p.withdrawn_at IS NULL
    UNION ALL
    SELECT c.filing_needs_mfa FROM registered_court r JOIN court_site c ON c.id = r.court
    WHERE r.account_id = a.id AND c.filing_needs_mfa IS NOT NULL
  ) AS asked WHERE begins > %(today)s
) AS need ON need.begins <= %(until)s
WHERE a.is_active AND a.second_factor_since IS NULL AND a.upgraded_at IS NOT NULL
  AND NOT EXISTS (
    SELECT FROM factor_reminder r WHERE r.account_id = a.id AND r.begins = need.begins AND r.days <= %(days)s
  )
LIMIT %(batch)s
ON CONFLICT DO NOTHING
RETURNING account_id, begins
"""


class PlanTooSoon(Refusal):
    """People need time: the day is nearer than the shortest notice."""

    said = gettext_lazy("Choose a day that is at least 30 days ahead: people are told 60, 30 and 7 days before.")
    code = "plan-too-soon"


class NoSuchPlan(Refusal):
    """No plan of that kind is in force."""

    said = gettext_lazy("There is no plan for accounts of this type.")
    code = "no-such-plan"


def plan(*, whom: str, begins: date, by: str, at: datetime) -> None:
    """From ``begins`` on, accounts of type ``whom`` need a second factor to sign on. Instead of a plan there was.
    PlanTooSoon."""
    if begins < today(at) + SHORTEST_NOTICE:
        raise PlanTooSoon
    with transaction.atomic():
        Plan.objects.filter(whom=whom, withdrawn_at=None).update(withdrawn_at=at)
        Plan.objects.create(whom=whom, begins=begins, by=by, announced_at=at)
        audit.record(act="factors.planned", by=by, at=at, subject=f"accounts:{whom}", begins=begins.isoformat())
    forget_plans()


def withdraw(*, whom: str, by: str, at: datetime) -> None:
    """Accounts of that type need no second factor after all. NoSuchPlan."""
    with transaction.atomic():
        if not Plan.objects.filter(whom=whom, withdrawn_at=None).update(withdrawn_at=at):
            raise NoSuchPlan
        audit.record(act="factors.plan-withdrawn", by=by, at=at, subject=f"accounts:{whom}")
    forget_plans()


def remind(*, at: datetime) -> int:
    """Mail those without a second factor who will need one within 60, 30 or 7 days; how many mails. Each is sent once,
    and whoever hears of a day late gets the nearest of them only."""
    sent = 0
    for days in sorted(rules.REMINDERS):
        while due := _take_due(days, at):
            sent += len(due)
    return sent


def _take_due(days: int, at: datetime) -> list[tuple]:
    with transaction.atomic():
        day = today(at)
        asked = {"days": days, "now": at, "today": day, "until": day + timedelta(days=days), "batch": _BATCH}
        with connection.cursor() as cursor:
            cursor.execute(_DUE, asked)
            due = cursor.fetchall()
        whom = {account.id: account for account in accounts.several(account for account, _ in due)}
        for account, begins in due:
            _tell(whom[account], begins, at)
        if due:
            audit.record(act="factors.reminded", by="system", at=at, days=days, accounts=len(due))
    return due


def _tell(account: Account, begins: date, at: datetime) -> None:
    with in_words_of(account):
        day = date_format(begins, "DATE_FORMAT")
        mail.send(
            to=[account.email],
            subject=gettext("PACER: two-step sign-in is needed from {day}").format(day=day),
            text=gettext(
                "From {day} on, PACER account {number} needs a second step to sign in or to file: a code from an "
                "authenticator app, or a passkey.\n\nSet it up before, in five minutes: {address}\n\nUntil then "
                "everything works as before, and nothing is switched off without notice. Programs that sign in for you "
                "must be able to send the code (otpCode)."
            ).format(day=day, number=account.number, address=f"{this_site().config.base_url}/pscof/manage/factors"),
            at=at,
            reference=f"account:{account.number}",
        )

"""Who works at the Service Center. Only an operator says so, at the command line: no page makes anybody an agent."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext, gettext_lazy

from openecf.central.accounts import queries as accounts
from openecf.central.accounts.rules import login_name
from openecf.central.accounts.services.languages import in_words_of
from openecf.central.service_center.models import Agent, Role
from openecf.central.signon import services as sign_ons
from openecf.kernel.refusal import Refusal
from openecf.platform.audit import services as audit
from openecf.platform.mail import services as mail


class NoSuchAgent(Refusal):
    """Nobody with that user name has an account, or works at the Service Center."""

    said = gettext_lazy("Nobody of that user name has an account here, or works at the Service Center.")
    code = "no-such-agent"


class NotForStaff(Refusal):
    """The account cannot be one of staff: a firm's, a legacy one, one that several people use, or closed."""

    said = gettext_lazy("Only an upgraded account of one person can work at the Service Center.")
    code = "not-for-staff"


def appoint(*, username: str, role: str, by: str, at: datetime) -> Agent:
    """Let the owner of the account work at the desk as ``role``, or change what the owner does there.

    NoSuchAgent, NotForStaff. The owner is told by mail.
    """
    account = accounts.named(username)
    if account is None:
        raise NoSuchAgent
    if account.is_administrative or account.is_shared or not account.is_upgraded or not account.is_active:
        raise NotForStaff
    with transaction.atomic():
        agent, _made = Agent.objects.update_or_create(
            account=account,
            defaults={"role": Role(role), "ended_at": None},
            create_defaults={"role": role, "since": at},
        )
        audit.record(act="service.agent-appointed", by=by, at=at, subject=str(account.id), role=role)
        with in_words_of(account):
            mail.send(
                to=[account.email],
                subject=gettext("You work at the PACER Service Center"),
                text=gettext(
                    "Your PACER account {number} may now open the Service Center's desk, as {role}. Signing in to it asks "
                    "for a code of your authenticator app.\n\nIf you do not know why, write to the Service Center at once."
                ).format(number=account.number, role=Role(role).label),
                at=at,
                reference=f"account:{account.number}",
            )
    return agent


def dismiss(*, username: str, by: str, at: datetime) -> None:
    """The desk is closed to the owner of the account from now on; every sign-on of it is over. NoSuchAgent."""
    with transaction.atomic():
        rows = Agent.objects.alias(name=Lower("account__username"))
        agent = rows.filter(name=login_name(username), ended_at=None).first()
        if agent is None:
            raise NoSuchAgent
        Agent.objects.filter(pk=agent.pk).update(ended_at=at)
        audit.record(act="service.agent-dismissed", by=by, at=at, subject=str(agent.account_id))
        sign_ons.end_all(account=agent.account_id, why="left-service-center", by=by, at=at)

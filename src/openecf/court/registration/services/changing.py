"""Changes of name and address, and ends of filing, that people ask for in Manage My Account: taken from the bus, decided.

Every message may come many times and in any order. Who changes a request holds the court user first and then the request,
so that one that arrives and one that is decided wait for each other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from openecf.court.people import queries as people_queries
from openecf.court.people import services as people
from openecf.court.people.rules import COURT_GROUPS
from openecf.court.registration.models import ChangeRequest, ChangeStatus
from openecf.court.registration.services.deciding import LONGEST_WORDS, CannotDecide, Decided, WordsMissing
from openecf.court.registration.services.spreading import Which, plan
from openecf.platform.audit.services import record
from openecf.platform.bus import services as bus
from openecf.platform.bus.handlers import CannotApply
from openecf.platform.bus.messages import ChangeAnswered, ChangeRequested
from openecf.platform.config import this_site
from openecf.platform.registering.particulars import SAID, Why

CENTRAL = "central"
SHORT_WORDS = 500


class NotHereNow(CannotDecide):
    """The person's account is not linked here any more, or was suspended meanwhile."""

    said = _("This person does not file here now: the link was ended, or filing was suspended. Reject it and say so.")
    code = "not-here-now"


def take_change(*, message: ChangeRequested, sender: str, at: datetime) -> None:
    """Somebody asks the court to change what it holds. An older wish of the same kind that waits is replaced by it."""
    if sender != CENTRAL:
        raise CannotApply(f"{sender} sends no changes.")
    if not isinstance(message.said, SAID[message.kind]):
        raise CannotApply("What is said is not of the kind of change.")
    with transaction.atomic():
        user_id, why = _who(message.account)
        if ChangeRequest.objects.filter(id=message.request).exists():
            return
        same = ChangeRequest.objects.filter(account=message.account, kind=message.kind)
        if why:
            status = ChangeStatus.REFUSED
        elif same.filter(asked_at__gt=message.at).exists():
            status = ChangeStatus.REPLACED
        else:
            status = ChangeStatus.PENDING
            same.filter(status=ChangeStatus.PENDING).update(status=ChangeStatus.REPLACED, decided_at=at)
        row = ChangeRequest.objects.create(
            id=message.request, account=message.account, account_number=message.number, kind=message.kind,
            said=message.said.model_dump(mode="json"), user_id=user_id, status=status, why=why, asked_at=message.at,
            received_at=at,
        )  # fmt: skip
        record(act="registration.change-received", by=sender, at=at, subject=f"change:{row.id}", kind=row.kind, why=why)
        if status != ChangeStatus.REPLACED:
            _answer(row, "refused" if why else "received", at=at)


def accept_change(
    *, change_id: UUID, by: str, at: datetime, which: Which = "none", chosen: Collection[int] = (), docketed: bool = False
) -> None:  # fmt: skip
    """What the person said holds at this court, or the person files here no more. Once. CannotDecide.

    ``which`` of the person's cases print it from now on (``chosen``: those); ``docketed``: with an entry in each.
    """
    with _deciding(change_id) as row:
        user_id, why = _who(row.account)
        if user_id is None or why:
            raise NotHereNow
        row.user_id, row.before = user_id, people_queries.particulars_of(people_queries.user(user_id), row.kind)
        if row.kind == "deactivation":
            _end(row, user_id, by=by, at=at)
        else:
            people.change_particulars(user_id=user_id, said=row.said, by=by, at=at, request=f"change:{row.id}")
        n = plan(row, user_id=user_id, which=which, chosen=chosen, docketed=docketed)
        _decide(row, ChangeStatus.ACCEPTED, said=_in_cases(user_id, n, row.docketed), by=by, at=at)


def reject_change(*, change_id: UUID, said: str, by: str, at: datetime) -> None:
    """Nothing changes; the person reads why. Once. CannotDecide."""
    said = said.strip()[:LONGEST_WORDS]
    if not said:
        raise WordsMissing
    with _deciding(change_id) as row:
        _decide(row, ChangeStatus.REJECTED, said=said, by=by, at=at)


def changes_follow_merger(*, account: UUID, into: UUID, number: str, at: datetime) -> None:
    """A duplicate account was closed: what it asked for is the other's wish, unless that one asked, too. Inside the
    bus's transaction."""
    waiting = ChangeRequest.objects.filter(status=ChangeStatus.PENDING)
    both = waiting.filter(account=into).values("kind")
    waiting.filter(account=account, kind__in=list(both.values_list("kind", flat=True))).update(
        status=ChangeStatus.REPLACED, decided_at=at
    )
    ChangeRequest.objects.filter(account=account).update(account=into, account_number=number)


def _who(account: UUID) -> tuple[int | None, Why]:
    """The court user of an account, held until the transaction ends, and why nothing is changed at its wish."""
    user = people_queries.user_of_account(account)
    if user is None:
        return None, "not-linked"
    people.hold(user_id=user.id)
    user = people_queries.user(user.id)
    if user.account != account:
        return None, "not-linked"
    if user.group in COURT_GROUPS:
        return user.id, "own-people"
    return user.id, "" if user.active else "suspended"


@contextmanager
def _deciding(change_id: UUID) -> Iterator[ChangeRequest]:
    """The locked request, for the one who decides."""
    with transaction.atomic():
        account = ChangeRequest.objects.filter(id=change_id).values_list("account", flat=True).first()
        if account is not None:
            _who(account)
        row = ChangeRequest.objects.select_for_update().filter(id=change_id).first()
        if row is None or row.status != ChangeStatus.PENDING:
            raise Decided
        yield row


def _end(row: ChangeRequest, user_id: int, *, by: str, at: datetime) -> None:
    """Suspended as anybody, with the person's own reason, in the language of the mail that tells of it."""
    said = row.said.get("reason", "").strip()
    with people_queries.in_words_of(people_queries.user(user_id)):
        words = gettext("At your own request: {said}").format(said=said) if said else gettext("At your own request.")
    people.suspend(user_id=user_id, said=words[:SHORT_WORDS], by=by, at=at)


def _in_cases(user_id: int, n: int, docketed: bool) -> str:
    """For the person, who otherwise files a notice in each case: where the docket prints it now."""
    if not n:
        return ""
    with people_queries.in_words_of(people_queries.user(user_id)):
        said = ngettext(
            "The docket of {n} case of yours prints it, too.", "The dockets of {n} cases of yours print it, too.", n
        ).format(n=n)
        told = gettext("An entry there tells it to everybody in the case.") if docketed else ""
    return f"{said} {told}".strip()


def _decide(row: ChangeRequest, status: ChangeStatus, *, said: str, by: str, at: datetime) -> None:
    row.status, row.words, row.decided_by, row.decided_at = status, said, by, at
    row.save()
    record(act=f"registration.change-{status}", by=by, at=at, subject=f"change:{row.id}", kind=row.kind,
           user=f"user:{row.user_id}")  # fmt: skip
    _answer(row, "accepted" if status == ChangeStatus.ACCEPTED else "rejected", at=at)


def _answer(row: ChangeRequest, status: str, *, at: datetime) -> None:
    told = ChangeAnswered(request=row.id, court=this_site().id, at=at, status=status, said=row.words, why=row.why)
    bus.put(to=CENTRAL, message=told, at=at)

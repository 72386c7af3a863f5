"""Admitting courts, and what they say of themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

from openecf.central.accounts import queries as accounts
from openecf.central.courts.models import CourtSite, RegisteredCourt
from openecf.kernel import courts
from openecf.platform.audit import services as audit
from openecf.platform.bus import services as bus
from openecf.platform.bus.messages import AccountLinked, AccountMerged, AccountStanding, CourtStatus
from openecf.platform.bus.models import Peer


def admit_court(*, court_id: str, base_url: str, hosts: Sequence[str], public_key: str, at: datetime) -> CourtSite:
    """Let a court's site exchange messages and sign-ons with this one; again when its address or key changed.

    ``public_key`` is PEM. kernel.courts.NoSuchCourt if the national directory has no such court.
    """
    courts.court(court_id)
    facts = {"base_url": base_url, "hosts": list(hosts), "public_key": public_key}
    with transaction.atomic():
        site, made = CourtSite.objects.select_for_update().get_or_create(
            id=court_id, defaults=facts | {"admitted_at": at}
        )
        changed = sorted(name for name, value in facts.items() if getattr(site, name) != value)
        if changed:
            CourtSite.objects.filter(id=court_id).update(**facts)
            site.refresh_from_db()
        Peer.objects.update_or_create(id=court_id, defaults={"base_url": base_url, "public_key": public_key})
        if made or changed:
            audit.record(act="court.admitted", by="operator", at=at, subject=f"court:{court_id}", changed=changed)
    return site


def note_status(*, status: CourtStatus, sender: str, at: datetime) -> None:
    """What a court says of itself. An older message that comes late changes nothing. Inside the bus's transaction."""
    if status.court != sender:
        raise ValueError(f"{sender} speaks for {status.court}")
    known = CourtSite.objects.select_for_update().filter(id=sender)
    for site in known:
        if site.seen_at is None or site.seen_at < status.at:
            known.update(
                era=status.era,
                live_on=status.live_on,
                cases=status.cases,
                software=status.software[:40],
                seen_at=status.at,
                filing_needs_mfa=status.filing_needs_mfa,
                registration=status.registration.model_dump(mode="json", exclude_defaults=True),
                help_email=status.help_email,
                help_phone=status.help_phone,
                filing_closes_at=status.filing_closes_at,
                live_at=status.live_at,
                resets_end_at=status.resets_end_at,
            )


def go_live(*, at: datetime) -> list[str]:
    """Courts whose announced hour of going live has come are on NextGen, before they say so; which these were.

    A court tells how it stands once an hour: in between, its people would be told to wait for what they have already.
    What it said at or after that hour (a rehearsal, another day) counts as it said it.
    """
    with transaction.atomic():
        waiting = CourtSite.objects.select_for_update().exclude(era="nextgen")
        come = list(waiting.filter(live_at__lte=at, seen_at__lt=F("live_at")).order_by("id"))
        for site in come:
            CourtSite.objects.filter(id=site.id).update(era="nextgen")
            audit.record(act="court.live", by="system", at=at, subject=f"court:{site.id}")
    return [site.id for site in come]


def move_links(*, from_account: UUID, to_account: UUID, number: str, at: datetime) -> list[str]:
    """Every court lets what was linked to the one account go on with the other; the courts at which that is so.

    Inside the caller's transaction. All courts are told: one may have linked a moment ago and not said so yet.
    """
    # An ended link of the other's at the same court makes room.
    mine = RegisteredCourt.objects.filter(account_id=from_account)
    RegisteredCourt.objects.filter(account_id=to_account, ended=True, court__in=mine.values("court")).delete()
    here = RegisteredCourt.objects.filter(account_id=to_account).values_list("court", flat=True)
    mine.filter(ended=True, court__in=list(here)).delete()
    moved = list(mine.filter(ended=False).values_list("court", flat=True))
    mine.update(account_id=to_account)
    message = AccountMerged(account=from_account, into=to_account, number=number, at=at)
    for court in CourtSite.objects.values_list("id", flat=True):
        bus.put(to=court, message=message, at=at)
    return sorted(moved)


def note_link(*, link: AccountLinked, sender: str) -> None:
    """A court says that an account now owns one of its logins. Inside the bus's transaction.

    Told twice it changes nothing, and of two links the later one counts, in whatever order they come.
    """
    if link.court != sender:
        raise ValueError(f"{sender} speaks for {link.court}")
    linked = accounts.account(link.account)
    facts = {"role": link.role, "linked_at": link.at}
    row, new = RegisteredCourt.objects.get_or_create(
        account_id=linked.merged_into_id or linked.id, court=sender, defaults=facts
    )
    if new or (row.role and row.linked_at >= link.at):
        return
    if row.stood_at is None or row.stood_at < link.at:
        facts |= {"ended": False, "suspended": False, "said": ""}
    RegisteredCourt.objects.filter(pk=row.pk).update(**facts)


def note_standing(*, standing: AccountStanding, sender: str, at: datetime) -> None:
    """A court suspended an account's filing, gave it back, or ended the link. Inside the bus's transaction.

    The latest word counts, in whatever order they come; one that came before a later link says nothing any more.
    """
    if standing.court != sender:
        raise ValueError(f"{sender} speaks for {standing.court}")
    linked = accounts.account(standing.account)
    row, _new = RegisteredCourt.objects.select_for_update().get_or_create(
        account_id=linked.merged_into_id or linked.id, court=sender,
        defaults={"role": "", "linked_at": standing.at, "ended": not standing.linked},
    )  # fmt: skip
    if row.stood_at is not None and row.stood_at >= standing.at:
        return
    facts: dict[str, object] = {"stood_at": standing.at}
    if row.linked_at <= standing.at:
        facts |= {"ended": not standing.linked, "suspended": standing.suspended, "said": standing.said[:500]}
    RegisteredCourt.objects.filter(pk=row.pk).update(**facts)
    audit.record(act="court.account-stands", by=sender, at=at, subject=str(row.account_id), suspended=standing.suspended,
                 linked=standing.linked)  # fmt: skip


_HEARD_EVERY = timedelta(minutes=1)
_heard: dict[str, datetime] = {}
"""When this process last wrote down that it heard of a court: they ask every two seconds."""


def note_heard(*, court: str, at: datetime) -> None:
    """The court's programs are alive. Written once a minute."""
    last = _heard.get(court)
    if last is None or at - last >= _HEARD_EVERY or at < last:
        _heard[court] = at
        CourtSite.objects.filter(id=court).update(heard_at=at)

"""Reading the court's users."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Lower
from django.utils import translation

from openecf.court.people.models import CaseWay, CourtUser, Group, LinkOffer, NoticeWay
from openecf.court.people.particulars import ADDRESS, NAME, held
from openecf.court.people.rules import AGENT_GROUP, COURT_GROUPS, NOBODY, Reader, user_named
from openecf.court.people.ways import NONE as NONE
from openecf.court.people.ways import PRIMARY, Way, Ways
from openecf.court.people.ways import SUMMARY as SUMMARY
from openecf.platform.postgres import prepared
from openecf.platform.relying_party.rules import SignedOn

_LINKED = 'SELECT id, "group" FROM court_user WHERE account = %s AND active LIMIT 1'


def reader_of(signed_on: SignedOn | None, *, terminal: bool = False) -> Reader:
    """The caller as this court sees it. One statement at most: the session mostly brought what it would answer.

    ``terminal``: the request comes from a public terminal in the clerk's office. An account whose court user was
    made inactive, or that several people use, reads like any PACER account.
    """
    if signed_on is None:
        return Reader(terminal=True) if terminal else NOBODY
    own = signed_on.upgraded and not signed_on.shared
    user, group = _linked(signed_on) if own else (None, "")
    return Reader(
        account=signed_on.account,
        number=signed_on.number,
        username=signed_on.username,
        name=signed_on.name,
        user=user,
        group=group,
        sid=signed_on.sid,
        kind=signed_on.kind,
        may_search=signed_on.may_search,
        upgraded=signed_on.upgraded,
        account_type=signed_on.account_type,
        shared=signed_on.shared,
        email=signed_on.email,
        client_code=signed_on.client_code,
        client_code_required=signed_on.client_code_required,
        receipts_hidden=signed_on.receipts_hidden,
        exempt=signed_on.exempt,
        exempt_for=signed_on.exempt_for,
        exempt_case=signed_on.exempt_case,
        terminal=terminal,
        auth_time=signed_on.auth_time,
        acr=signed_on.acr,
        two_step=signed_on.two_step,
    )


def _linked(signed_on: SignedOn) -> tuple[int | None, str]:
    """Id and group of the active court user of an account."""
    found = prepared.row(_LINKED, [signed_on.account]) if signed_on.beside is None else signed_on.beside
    return found or (None, "")


def user(user_id: int) -> CourtUser:
    """The court user of that id; CourtUser.DoesNotExist if there is none."""
    return CourtUser.objects.get(id=user_id)


def names_of(user_ids: Iterable[int]) -> dict[int, str]:
    """Names of court users as one speaks of them, by id."""
    rows = CourtUser.objects.filter(id__in=set(user_ids)).values_list("id", "first_name", "last_name")
    return {user: f"{first} {last}".strip() for user, first, last in rows}


def named(ref: str) -> str:
    """The name of whom the record of acts calls ``user:7``; everybody else as the record has it."""
    return all_named({ref})[ref]


def all_named(refs: Collection[str]) -> dict[str, str]:
    """The names of several, read at once."""
    ids = {ref: user for ref in refs if (user := user_named(ref)) is not None}
    names = names_of(ids.values()) if ids else {}
    return {ref: names.get(ids.get(ref, 0), ref) for ref in refs}


def group_name(user: CourtUser) -> str:
    """What a court user's group is called in the record, which is English whatever its filer reads."""
    return _english_group_names().get(user.group, user.group)


@cache
def _english_group_names() -> dict[str, str]:
    with translation.override("en"):
        return group_names()


def notice_addresses(user: CourtUser) -> tuple[str, list[str], bool]:
    """Where notices go: primary address ("" if the court holds none), secondary addresses, whether in plain text."""
    return user.email, list(user.secondary_emails), user.wants_text


# With each filing, hence by hand. Whoever said for this very case that notices should come is found, too.
_WAYS = """
SELECT w.user_id, coalesce(nullif(w.address, ''), lower(u.email)), coalesce(c.how, w.usual), w.wants_text,
  c.how IS NOT NULL, w.verifies_look
FROM (SELECT id FROM notice_way WHERE user_id = ANY(%(users)s::bigint[])
      UNION SELECT way_id FROM notice_case_way WHERE case_id = %(case)s) AS asked
JOIN notice_way w ON w.id = asked.id JOIN court_user u ON u.id = w.user_id
LEFT JOIN notice_case_way c ON c.way_id = w.id AND c.case_id = %(case)s
WHERE u.active AND (w.address = '' OR w.address <> lower(u.email))
"""


def notice_ways(*, case_id: int, user_ids: Iterable[int]) -> Ways:
    """How notices of a case reach the addresses of these people, and of those who asked for that case."""
    found = prepared.rows(_WAYS, {"case": case_id, "users": sorted(set(user_ids))})
    return Ways({(user, address): Way(*way) for user, address, *way in found})


def agents_at(addresses: Iterable[str]) -> dict[str, int]:
    """The filing agents who have these primary addresses (in small letters): their court users."""
    wanted = {address.lower() for address in addresses}
    if not wanted:
        return {}
    rows = CourtUser.objects.alias(at=Lower("email")).filter(group=AGENT_GROUP, active=True, at__in=wanted)
    return {email.lower(): user for user, email in rows.order_by("-id").values_list("id", "email")}


def silent_ways() -> list[tuple[int, str]]:
    """Court users with an address of theirs that is told, once a day, also of a day without filings."""
    rows = NoticeWay.objects.filter(usual=SUMMARY, tells_silence=True, user__active=True).select_related("user")
    kept = []
    for row in rows.order_by("id"):
        address = row.user.email if row.address == PRIMARY else row.address
        secondary = {each.lower() for each in row.user.secondary_emails}
        if address and (row.address == PRIMARY or row.address in secondary):
            kept.append((row.user_id, address))
    return kept


def usual_way(user: CourtUser, address: str) -> NoticeWay:
    """What the person chose for an address, whatever the case; with a form that is said (``wants_text``)."""
    key = PRIMARY if address.lower() == user.email.lower() else address.lower()
    way = user.ways.filter(address=key).first() or NoticeWay(user=user, address=key)
    if way.wants_text is None:
        way.wants_text = user.wants_text
    return way


def users(user_ids: Iterable[int]) -> list[CourtUser]:
    """The court users of these ids, in the order of their ids."""
    return list(CourtUser.objects.filter(id__in=list(user_ids)).order_by("id"))


def announced_to(*, groups: Iterable[str], urgent: bool) -> QuerySet[CourtUser]:
    """Whom an announcement reaches: the active people of these groups who have an address and, unless it is urgent,
    want announcements. No groups: everybody but the court's own people."""
    found = CourtUser.objects.filter(active=True).exclude(email="").exclude(group__in=COURT_GROUPS)
    if wanted := list(groups):
        found = found.filter(group__in=wanted)
    return found if urgent else found.filter(wants_announcements=True)


def ways_of(user: CourtUser) -> dict[str, NoticeWay]:
    """What a person chose for each address (``""``: the primary), where anything was chosen."""
    return {row.address: row for row in user.ways.all()}


def case_ways(*, user_id: int, address: str) -> list[CaseWay]:
    """The cases that are told to an address in a way of their own, the newest choice first."""
    rows = CaseWay.objects.filter(way__user=user_id, way__address=address)
    return list(rows.select_related("case").order_by("-id"))


def hows_of_cases(*, user_id: int, address: str, case_ids: Iterable[int]) -> dict[int, str]:
    """Those of these cases that are told to an address in a way of their own, and which."""
    rows = CaseWay.objects.filter(way__user=user_id, way__address=address, case__in=list(case_ids))
    return dict(rows.values_list("case_id", "how"))


def how_many_case_ways(user: CourtUser) -> dict[str, int]:
    """For each address the number of cases with a way of their own."""
    rows = user.ways.annotate(many=Count("cases")).values_list("address", "many")
    return dict(rows)


def addresses_of_groups(groups: Iterable[str], *, but: int | None = None) -> dict[str, list[str]]:
    """The primary addresses of the active people of these groups, without one of them, by the language they read."""
    users = CourtUser.objects.filter(group__in=list(groups), active=True).exclude(email="").exclude(id=but)
    found: dict[str, list[str]] = {}
    for language, email in users.order_by("id").values_list("language", "email"):
        found.setdefault(language or settings.LANGUAGE_CODE, []).append(email)
    return found


@contextmanager
def in_words_of(user: CourtUser, *, or_as_asked: bool = False) -> Iterator[None]:
    """What is translated in here is in the person's language. Where it is not known: the site's, or ``or_as_asked`` that
    of whoever asks, because that is probably the same person."""
    with translation.override(user.language or (or_as_asked and translation.get_language()) or settings.LANGUAGE_CODE):
        yield


def suspended(account: UUID) -> CourtUser | None:
    """The court user of a PACER account whom the clerk's office suspended."""
    return CourtUser.objects.filter(account=account, active=False).exclude(suspended_at=None).first()


def suspended_among(accounts: Iterable[UUID]) -> set[UUID]:
    """Those of these PACER accounts whom the clerk's office suspended."""
    rows = CourtUser.objects.filter(account__in=list(accounts), active=False).exclude(suspended_at=None)
    return set(rows.values_list("account", flat=True))


def particulars_of(user: CourtUser, kind: str) -> dict[str, object]:
    """What the court holds that a change of that kind (``name``, ``address``) replaces; nothing for another kind."""
    return held(user, {"name": NAME, "address": ADDRESS}.get(kind, ()))


def user_of_account(account: UUID) -> CourtUser | None:
    """The court user linked to a PACER account, active or not."""
    return CourtUser.objects.filter(account=account).first()


def attorneys_called(text: str, *, limit: int = 20) -> list[CourtUser]:
    """Active filers whose last name, login or bar id begins with ``text``."""
    users = CourtUser.objects.filter(active=True).exclude(group__in=("clerk", "judge", "chambers"))
    found = users.filter(last_name__istartswith=text) | users.filter(login__istartswith=text)
    return list((found | users.filter(bar_id__istartswith=text)).order_by("last_name", "first_name", "id")[:limit])


def offered_to(*, account: UUID, offer_id: UUID, now: datetime) -> CourtUser | None:
    """The court user that an open offer would link to the account; None when the offer is no longer good."""
    offer = LinkOffer.objects.filter(id=offer_id, account=account, used_at=None, expires_at__gt=now)
    found = offer.select_related("user").first()
    return found.user if found else None


def agent_called(text: str, *, last_name: str) -> CourtUser | None:
    """The filing agent with that court login or PACER account number and that last name, linked and active."""
    asked = text.strip()
    if not asked:
        return None
    named = Q(login__iexact=asked) | (Q(account_number=asked) if asked.isdecimal() else Q())
    agents = CourtUser.objects.filter(named, group=AGENT_GROUP, active=True, last_name__iexact=last_name.strip())
    return agents.exclude(account=None).order_by("id").first()


def user_called(login: str) -> CourtUser | None:
    """The active court user with that login, whatever its case."""
    return CourtUser.objects.filter(login__iexact=login.strip(), active=True).first()


def alike(
    *, emails: Iterable[str], bar_ids: Iterable[str], last_names: Iterable[str], limit: int = 200
) -> list[CourtUser]:
    """Filers' accounts that have one of these addresses, bar ids or last names, active or not, in no order."""
    found = Q(id__in=[])
    for email in {email.lower() for email in emails if email}:
        found |= Q(email__iexact=email)
    for bar in {bar for bar in bar_ids if bar}:
        found |= Q(bar_id__iendswith=bar)
    for name in {name.strip().lower() for name in last_names if name.strip()}:
        found |= Q(last_name__iexact=name)
    return list(CourtUser.objects.filter(found).exclude(group__in=COURT_GROUPS).order_by("id")[:limit])


def logins_called(text: str, *, limit: int = 50) -> list[CourtUser]:
    """Court-issued accounts, the court's own people's too, whose last name, login, bar id or e-mail address begins so."""
    known_by = Q()
    for name in ("last_name", "login", "bar_id", "email"):
        known_by |= Q(**{f"{name}__istartswith": text.strip()})
    return list(CourtUser.objects.filter(known_by).order_by("last_name", "first_name", "id")[:limit])


def group_names() -> dict[str, str]:
    """How each group of court users is called, in the reader's language."""
    return {value: str(label) for value, label in Group.choices}

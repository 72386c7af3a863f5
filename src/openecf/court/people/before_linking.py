"""Where notices went before an account was linked, kept so that an ended link gives it back.

Whoever links an account can change where its mail goes. If that was the wrong person, a new court password must not be
mailed there: what the linker set is taken off, and what the court knew before stands again.
"""

from __future__ import annotations

from openecf.court.people.models import CaseWay, CourtUser, NoticeWay

FIELDS = ("email", "secondary_emails", "wants_text", "wants_announcements", "language")
WAY_FIELDS = ("address", "usual", "tells_silence", "wants_text", "verifies_look")


def as_held(user: CourtUser) -> dict[str, object]:
    """The addresses of a person and the ways of notices to them, as ``CourtUser.before_link`` keeps them."""
    ways = [
        {name: getattr(way, name) for name in WAY_FIELDS} | {"cases": list(way.cases.values_list("case_id", "how"))}
        for way in user.ways.prefetch_related("cases").order_by("id")
    ]
    return {name: getattr(user, name) for name in FIELDS} | {"ways": ways}


def put_back(user: CourtUser) -> None:
    """Give a locked account, whose link ends, the addresses and ways of before; none where the court knew nothing of it
    before. Inside the caller's transaction, which says why."""
    held = user.before_link or {}
    user.email, user.secondary_emails = held.get("email", ""), held.get("secondary_emails", [])
    for name in ("wants_text", "wants_announcements", "language"):
        setattr(user, name, held.get(name, CourtUser._meta.get_field(name).default))
    user.before_link = None
    user.save(update_fields=[*FIELDS, "before_link"])
    user.ways.all().delete()
    for kept in held.get("ways", ()):
        way = NoticeWay.objects.create(user=user, **{name: kept[name] for name in WAY_FIELDS})
        CaseWay.objects.bulk_create(CaseWay(way=way, case_id=case, how=how) for case, how in kept["cases"])

"""Where a person's notices go, when, and in what form: for each address, and for single cases."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from openecf.court.people import ways
from openecf.court.people.letters import contact_letters
from openecf.court.people.models import CaseWay, CourtUser, NoticeWay
from openecf.court.transition import queries as transition
from openecf.kernel.names import looks_like_address
from openecf.kernel.refusal import Refusal
from openecf.platform.audit.services import record
from openecf.platform.mail import services as mail

MOST_SECONDARY = 10
MOST_CASES = 500


class BadAddresses(Refusal):
    """Something in the list of secondary addresses is not an e-mail address; ``facts["addresses"]`` lists them."""

    said = _("These are not e-mail addresses:")
    code = "bad-addresses"


class TooManyAddresses(BadAddresses):
    said = _("There are more than ten addresses.")
    code = "too-many-addresses"


class NotThatWay(Refusal):
    """Notices cannot go to that address in that way."""

    said = _("The primary address gets every notice, at once or once a day: documents are served on you there.")
    code = "not-that-way"


class NoSuchAddress(Refusal):
    """The person has no such address here (any more)."""

    said = _("This address is not on your list any more.")
    code = "no-such-address"


class TooManyCases(Refusal):
    said = _("There are too many cases on this list. Take some off, or choose another way for the address itself.")
    code = "too-many-cases"


def set_addresses(
    *, user_id: int, secondary: Sequence[str], wants_text: bool, announcements: bool, by: str, at: datetime
) -> CourtUser:
    """Where copies of the person's notices go, in what form, and whether announcements are welcome. BadAddresses.

    What was chosen for an address is forgotten with it.
    """
    kept = {address.strip().lower(): address.strip() for address in secondary if address.strip()}
    bad = [address for address in kept.values() if not looks_like_address(address)]
    if bad:
        raise BadAddresses(addresses=bad)
    if len(kept) > MOST_SECONDARY:
        raise TooManyAddresses(addresses=[])
    with transaction.atomic():
        user = CourtUser.objects.select_for_update(no_key=True).get(id=user_id)
        user.secondary_emails, user.wants_text = list(kept.values()), wants_text
        user.wants_announcements = announcements
        user.save(update_fields=["secondary_emails", "wants_text", "wants_announcements"])
        user.ways.exclude(address__in=[ways.PRIMARY, *kept]).delete()
        record(act="account.notice-addresses", by=by, at=at, subject=f"user:{user.id}", addresses=len(kept),
               announcements=announcements)  # fmt: skip
    return user


def set_way(
    *,
    user_id: int,
    address: str,
    usual: str,
    tells_silence: bool,
    wants_text: bool,
    verifies_look: bool = True,
    by: str,
    at: datetime,
) -> None:
    """How notices go to one of the person's addresses (``""``: the primary), and whether their links ask once more
    before a free look is used up. NoSuchAddress, NotThatWay."""
    with transaction.atomic():
        user = _owner(user_id, address)
        if usual not in ways.offered(is_primary=address == ways.PRIMARY):
            raise NotThatWay
        _write(user, address, usual, tells_silence, wants_text, verifies_look=verifies_look)
        record(act="account.notice-way", by=by, at=at, subject=f"user:{user_id}", primary=address == ways.PRIMARY,
               usual=usual, tells_silence=tells_silence, wants_text=wants_text, verifies_look=verifies_look)  # fmt: skip


def set_case_way(*, user_id: int, address: str, case_id: int, own_case: bool, how: str, by: str, at: datetime) -> None:
    """How notices of one case go to one of the person's addresses; ``how`` empty: as is usual there.

    ``own_case``: the person appears in it; of another, a notice brings no free look. NoSuchAddress, NotThatWay,
    TooManyCases.
    """
    with transaction.atomic():
        user = _owner(user_id, address)
        if how and how not in ways.offered(is_primary=address == ways.PRIMARY, own_case=own_case):
            raise NotThatWay
        way, _made = NoticeWay.objects.get_or_create(user=user, address=address)
        if how:
            CaseWay.objects.update_or_create(way=way, case_id=case_id, defaults={"how": how})
            if way.cases.count() > MOST_CASES:
                raise TooManyCases
        else:
            way.cases.filter(case_id=case_id).delete()
        record(act="account.notice-way", by=by, at=at, subject=f"user:{user_id}", primary=address == ways.PRIMARY,
               case=case_id, how=how)  # fmt: skip


def set_case_ways(*, user_id: int, address: str, case_ids: Collection[int], how: str, by: str, at: datetime) -> None:
    """The same of several cases in which the person appears. NoSuchAddress, NotThatWay, TooManyCases."""
    with transaction.atomic():
        user = _owner(user_id, address)
        if how and how not in ways.offered(is_primary=address == ways.PRIMARY):
            raise NotThatWay
        way, _made = NoticeWay.objects.get_or_create(user=user, address=address)
        way.cases.filter(case_id__in=case_ids).delete()
        if how:
            CaseWay.objects.bulk_create(CaseWay(way=way, case_id=case, how=how) for case in sorted(case_ids))
            if way.cases.count() > MOST_CASES:
                raise TooManyCases
        record(act="account.notice-way", by=by, at=at, subject=f"user:{user_id}", primary=address == ways.PRIMARY,
               cases=len(case_ids), how=how)  # fmt: skip


def _owner(user_id: int, address: str) -> CourtUser:
    user = CourtUser.objects.select_for_update(no_key=True).get(id=user_id)
    if address != ways.PRIMARY and address not in {each.lower() for each in user.secondary_emails}:
        raise NoSuchAddress
    return user


def _write(
    user: CourtUser,
    address: str,
    usual: str,
    tells_silence: bool,
    wants_text: bool,
    *,
    verifies_look: bool | None = None,
) -> None:
    """``verifies_look``: None leaves it as it was chosen."""
    primary = address == ways.PRIMARY
    if primary and user.wants_text != wants_text:
        # Secondary addresses that have no form of their own follow, as people were told when they chose it.
        user.wants_text = wants_text
        user.save(update_fields=["wants_text"])
    chosen = {
        "usual": usual,
        "tells_silence": tells_silence and usual == ways.SUMMARY,
        "wants_text": None if primary else wants_text,
    }
    if verifies_look is not None:
        chosen["verifies_look"] = verifies_look
    NoticeWay.objects.update_or_create(user=user, address=address, defaults=chosen)


def set_contact(
    *, account: UUID, email: str, wants_text: bool, summary: bool, tells_silence: bool, language: str, at: datetime
) -> None:
    """The person said at the central site where notices go, and how; the address that the court held so far is told of
    another one, too."""
    with transaction.atomic():
        user = CourtUser.objects.select_for_update(no_key=True).filter(account=account).first()
        if user is None:
            return
        note_language(user_id=user.id, language=language)
        usual = ways.SUMMARY if summary else ways.FILING
        before = NoticeWay.objects.filter(user=user, address=ways.PRIMARY).first() or NoticeWay()
        same = (before.usual, before.tells_silence) == (usual, tells_silence and summary)
        if user.email == email and user.wants_text == wants_text and same:
            return
        with translation.override(language or user.language or settings.LANGUAGE_CODE):
            letters = contact_letters(user=user, email=email, profile=transition.profile())
        user.email = email
        user.save(update_fields=["email"])
        _write(user, ways.PRIMARY, usual, tells_silence, wants_text)
        record(act="account.contact-changed", by=f"account:{account}", at=at, subject=f"user:{user.id}", usual=usual)
        for letter in letters:
            mail.send(to=[letter.to], subject=letter.subject, text=letter.text, at=at)


def give_address(*, user_id: int, email: str, by: str, at: datetime) -> None:
    """The clerk's office writes down the address of somebody of whom the court has none, for an account that is not
    linked. One that is there already stays: its owner changes it, or the clerk's office in the person's record."""
    with transaction.atomic():
        if CourtUser.objects.filter(id=user_id, email="", account=None).update(email=email):
            record(act="account.address-given", by=by, at=at, subject=f"user:{user_id}")


def begin_with(*, user: CourtUser, summary: bool, tells_silence: bool) -> None:
    """What a newcomer chose when registering. Inside the caller's transaction, which says why."""
    if summary:
        _write(user, ways.PRIMARY, ways.SUMMARY, tells_silence, user.wants_text)


def note_language(*, user_id: int, language: str) -> None:
    """What the person reads, as mails will be written from now on. Inside the caller's act, or none: it is no secret."""
    if language in dict(settings.LANGUAGES):
        CourtUser.objects.filter(id=user_id).exclude(language=language).update(language=language)

"""Giving a person whose registration was approved an account of this court, or the one that the person has already."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from openecf.court.cases import queries as cases
from openecf.court.people.before_linking import as_held
from openecf.court.people.letters import link_letters
from openecf.court.people.models import CourtUser, Group, LinkOffer
from openecf.court.people.noticing import begin_with
from openecf.court.people.rules import COURT_GROUPS, OWN_CASES_ONLY, PRO_HAC_VICE, Reader
from openecf.court.transition import queries as transition
from openecf.kernel.refusal import Refusal
from openecf.platform.audit.services import record
from openecf.platform.bus import services as bus
from openecf.platform.bus.messages import AccountLinked, AccountStanding
from openecf.platform.config import this_site
from openecf.platform.mail import services as mail
from openecf.platform.registering.application import Application

MOST_NAMESAKES = 500


class CannotAdmit(Refusal):
    """Nobody got an account."""

    said = _("No account was made.")
    code = "cannot-admit"


class LinkedElsewhere(CannotAdmit):
    """The court's account belongs to another PACER account."""

    said = _("That account of the court is linked to another PACER account. Choose another, or end that link first.")
    code = "linked-elsewhere"


class HasAccount(CannotAdmit):
    """The PACER account is linked here already."""

    said = _("This PACER account is linked to an account of this court already; there is nothing to approve.")
    code = "has-account"


class IsCounsel(CannotAdmit):
    """The account appears for others; as a party's own it would file for them."""

    said = _(
        "That account appears as counsel on dockets of this court, so it cannot become that of somebody without an attorney. "
        "End those appearances first, or choose another account or group."
    )
    code = "is-counsel"


class NoSuchUser(CannotAdmit):
    """The court has no such account, or it is one of the court's own people."""

    said = _("This court has no such filer's account.")
    code = "no-such-user"


def check_admission(*, account: UUID, group: str, user_id: int | None) -> None:
    """Whether ``admit`` would do it now, for one that is put off. Inside the caller's transaction. CannotAdmit."""
    if group not in Group.values or group in COURT_GROUPS:
        raise CannotAdmit(_("Choose a group of filers."))
    mine = CourtUser.objects.filter(account=account).first()
    if mine is not None:
        if mine.pk != user_id or not comes_again(mine, group):
            raise HasAccount
        _require_fit(mine, group)
        return
    if user_id is not None:
        _require_fit(_free(user_id), group)


def comes_again(user: CourtUser, group: str) -> bool:
    """Whether somebody with an account here may be approved once more: who was suspended comes back, who files in single cases
    asks for another case, and an attorney who was admitted for single cases is admitted in full."""
    if user.group in COURT_GROUPS:
        return False
    return not user.active or (user.group in OWN_CASES_ONLY and group == user.group) or _rises(user, group)


def _require_fit(user: CourtUser, group: str) -> None:
    if group == Group.PRO_SE and user.group != group and cases.is_counsel(user.pk):
        raise IsCounsel


def _rises(user: CourtUser, group: str) -> bool:
    return user.group == PRO_HAC_VICE and group == Group.ATTORNEY


def admit(
    *, account: UUID, number: str, username: str, group: str, application: Application, user_id: int | None,
    language: str, by: str, at: datetime,
) -> CourtUser:  # fmt: skip
    """The court user of an approved applicant, linked to the PACER account; menus follow at the next page.

    ``user_id``: the account that the court has of this person already; it is linked as the person would have done it,
    and its dead password with it. None: a new account, whose login nobody ever types. Who has an account here, and was
    suspended, gets the access back under the same account; an attorney admitted for single cases is now admitted in full. Inside the caller's transaction. CannotAdmit.
    """
    mine = CourtUser.objects.select_for_update(no_key=True).filter(account=account).first()
    if mine is not None and mine.pk == user_id and comes_again(mine, group):
        _require_fit(mine, group)
        if mine.active and mine.group == group:
            return mine
        return (_admit_in_full if mine.active else _let_back)(mine, group, application, language, by=by, at=at)
    check_admission(account=account, group=group, user_id=None)
    try:
        with transaction.atomic():
            user = _new(application) if user_id is None else _known(user_id, group)
            was = user.suspended_why
            if user_id is not None:
                who = Reader(account=account, number=number, username=username, email=application.email)
                with translation.override(language or settings.LANGUAGE_CODE):
                    letters = link_letters(reader=who, user=user, profile=transition.profile(), at=at)
                for letter in letters:
                    mail.send(to=[letter.to], subject=letter.subject, text=letter.text, at=at)
            _fill(user, application, group)
            user.account, user.account_number, user.linked_at = account, number, at
            user.language = language
            user.save()
            begin_with(user=user, summary=application.summary, tells_silence=application.tells_silence)
            record(act="account.admitted", by=by, at=at, subject=f"user:{user.id}", group=group, new=user_id is None,
                   was=was)  # fmt: skip
            told = AccountLinked(account=account, court=this_site().id, role=group, at=at)
            bus.put(to="central", message=told, at=at)
    except IntegrityError:
        raise HasAccount from None
    return user


def _let_back(
    user: CourtUser, group: str, application: Application, language: str, *, by: str, at: datetime
) -> CourtUser:  # fmt: skip
    """Filing is given back to the locked account, with what the person says of herself now."""
    why = user.suspended_why
    _renew(user, group, application, language, at=at)
    record(act="people.reinstated", by=by, at=at, subject=f"user:{user.id}", account=str(user.account), group=group,
           was=why)  # fmt: skip
    back = AccountStanding(account=user.account, court=this_site().id, at=at, linked=True, suspended=False)
    bus.put(to="central", message=back, at=at)
    return user


def _admit_in_full(
    user: CourtUser, group: str, application: Application, language: str, *, by: str, at: datetime
) -> CourtUser:  # fmt: skip
    """The locked account of an attorney who filed in single cases files in all of them."""
    _renew(user, group, application, language, at=at)
    record(act="people.admitted-in-full", by=by, at=at, subject=f"user:{user.id}", account=str(user.account))
    return user


def _renew(user: CourtUser, group: str, application: Application, language: str, *, at: datetime) -> None:
    _fill(user, application, group)
    user.language = language
    user.save()
    begin_with(user=user, summary=application.summary, tells_silence=application.tells_silence)
    told = AccountLinked(account=user.account, court=this_site().id, role=group, at=at)
    bus.put(to="central", message=told, at=at)


def _free(user_id: int) -> CourtUser:
    """The filer's account of that id, locked, which belongs to no PACER account yet."""
    user = CourtUser.objects.select_for_update(no_key=True).filter(id=user_id).exclude(group__in=COURT_GROUPS).first()
    if user is None:
        raise NoSuchUser
    if user.account is not None:
        raise LinkedElsewhere
    return user


def _known(user_id: int, group: str) -> CourtUser:
    user = _free(user_id)
    _require_fit(user, group)
    user.spent_password, user.password = user.password or user.spent_password, ""
    user.before_link = as_held(user)
    LinkOffer.objects.filter(user=user, used_at=None).delete()
    return user


def _new(application: Application) -> CourtUser:
    """An account under a login made of the name: ``acounsel``, ``acounsel2``. Two approvals at once get two logins."""
    stem = login_stem(application.first_name, application.last_name)
    for n in range(1, MOST_NAMESAKES):
        login = stem if n == 1 else f"{stem}{n}"
        if CourtUser.objects.filter(login__iexact=login).exists():
            continue
        try:
            with transaction.atomic():
                return CourtUser.objects.create(login=login, group=Group.LIMITED, last_name=application.last_name)
        except IntegrityError:
            continue
    raise CannotAdmit(_("No login is free for this name."))


def login_stem(first: str, last: str) -> str:
    """First initial and last name in plain letters, as courts issue logins: ``acounsel``."""
    plain = unicodedata.normalize("NFKD", f"{first[:1]}{last}").encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", plain.lower())[:40] or "filer"


def _fill(user: CourtUser, application: Application, group: str) -> None:
    """What the clerk's office verified of the person becomes what the court knows."""
    user.group, user.active, user.suspended_at, user.suspended_why = group, True, None, ""
    for name in ("prefix", "first_name", "middle_name", "last_name", "generation", "firm", "phone", "fax", "email"):
        setattr(user, name, getattr(application, name))
    user.address_lines = list(application.address_lines)
    user.wants_text = application.wants_text
    user.secondary_emails = list(dict.fromkeys([*user.secondary_emails, *application.extra_emails]))[:10]
    user.initials = user.initials or f"{application.first_name[:1]}{application.last_name[:1]}"
    if application.bars and not user.bar_id:
        bar = application.bars[0]
        user.bar_id = f"{bar.where}{bar.number}"[:40] if bar.kind == "state" else bar.number[:40]

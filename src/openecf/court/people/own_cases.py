"""The cases in which somebody may file who files in single cases: a party without an attorney, or an attorney admitted pro
hac vice. The clerk's office ties them to the account, one by one.

The permission is a judge's, for one case, and may be taken back, as courts' rules on electronic filing without an attorney
and on admission pro hac vice have it: each act has its reason, which the person reads.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from openecf.court.cases import services as cases
from openecf.court.people import standing
from openecf.court.people.models import CourtUser
from openecf.court.people.rules import OWN_CASES_ONLY, PRO_HAC_VICE
from openecf.platform.audit.services import record


class NotBoundToCases(standing.CannotChange):
    """Others file in any case of the court that their group allows."""

    said = _(
        "Only people who file without an attorney, and attorneys admitted pro hac vice, file in single cases; this account is "
        "of another group."
    )
    code = "not-bound-to-cases"


def let_file_in(*, user_id: int, case_id: int, party_id: int, said: str, by: str, at: datetime) -> None:
    """The person is that party, or the attorney its counsel, and files in the case from now on. CannotChange,
    cases.services.HasCounsel, NotInThisCase."""
    said = standing.reason(said)
    with transaction.atomic():
        user = _bound(user_id)
        if not user.active:
            raise standing.CannotChange
        speak = cases.speak_for if user.group == PRO_HAC_VICE else cases.speak_for_oneself
        case = speak(case_id=case_id, party_id=party_id, user=user, at=at, by=by)
        if case is None:
            raise standing.CannotChange
        record(act="people.case-added", by=by, at=at, subject=f"user:{user.id}", case=case.id, why=said)
        standing.tell(
            user,
            gettext_noop("You may file in case {number} at the {court}"),
            gettext_noop(
                "The {court} added case {number} to your account {login}: you may file in it on line, and notices of it "
                "come to you by e-mail.\n\n{said}\n\nIt is a permission for this case alone, and the court may take it "
                "back. Questions? Ask the clerk's office: {phone}, {help}."
            ),
            said, at, number=case.number,
        )  # fmt: skip


def end_filing_in(*, user_id: int, case_id: int, said: str, by: str, at: datetime) -> None:
    """The person files in that case no more, from now on. CannotChange."""
    said = standing.reason(said)
    with transaction.atomic():
        user = _bound(user_id)
        number = cases.speak_no_more(case_id=case_id, user=user, at=at, by=by)
        if not number:
            raise standing.CannotChange
        record(act="people.case-removed", by=by, at=at, subject=f"user:{user.id}", case=case_id, why=said)
        standing.tell(
            user,
            gettext_noop("You may no longer file in case {number} at the {court}"),
            gettext_noop(
                "The {court} took case {number} off your account {login}, for this reason:\n\n{said}\n\n"
                "Your admission in it is over: have counsel who is admitted there file for your client. Questions? Ask the "
                "clerk's office: {phone}, {help}."
            )
            if user.group == PRO_HAC_VICE
            else gettext_noop(
                "The {court} took case {number} off your account {login}, for this reason:\n\n{said}\n\n"
                "You stay a party in the case. Bring or mail your papers to the clerk's office, which serves you on paper "
                "from now on. Questions? Ask there: {phone}, {help}."
            ),
            said, at, number=number,
        )  # fmt: skip


def _bound(user_id: int) -> CourtUser:
    user = standing.locked(user_id)
    if user.group not in OWN_CASES_ONLY:
        raise NotBoundToCases
    return user

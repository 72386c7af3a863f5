"""What an approval does, at once or when the fee that comes before it is settled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openecf.court.cases import queries as cases_of_parties
from openecf.court.cases import services as cases
from openecf.court.people import queries as people_queries
from openecf.court.people import services as people
from openecf.court.people.rules import OWN_CASES_ONLY, PRO_HAC_VICE
from openecf.court.people.services import CannotChange
from openecf.court.registration import queries
from openecf.court.registration.models import FilingRequest, HeldApproval, RequestAct, Status
from openecf.court.registration.rules import Reason, is_as_compared
from openecf.court.registration.services.answering import answer
from openecf.kernel.refusal import Refusal
from openecf.platform.audit.services import record


class NoSuchParty(Refusal):
    """The applicant is not (any more) somebody who can speak for that party."""

    said = _("That party is not in the case any more. Look at the case, and choose again.")
    code = "no-such-party"


class NoLongerAlike(Refusal):
    """The account that a clerk chose differs more from the applicant than when she compared them."""

    said = _("The name or the e-mail address of the account was changed after the approval. Compare them again.")
    code = "no-longer-alike"


class SuspendedSince(Refusal):
    """Nobody decided to give filing back to somebody who was suspended after the approval."""

    said = _("The filing of this person was suspended after the approval. Decide whether it is given back.")
    code = "suspended-since"


def hold(
    row: FilingRequest, *, group: str, user_id: int | None, appearances: bool, party: int | None,
    in_common: Sequence[str], by: str, at: datetime,
) -> None:  # fmt: skip
    """Keep what the clerk chose, and what she saw in common, until the fee is settled. The row locked.

    people.services.CannotAdmit.
    """
    people.check_admission(account=row.account, group=group, user_id=user_id)
    chosen = {"group": group, "user_id": user_id, "appearances": appearances, "party": party}
    chosen |= {"in_common": " ".join(in_common), "by": by, "at": at}
    HeldApproval.objects.update_or_create(request=row, defaults=chosen)
    row.status = Status.FEE_DUE


def let_in(
    row: FilingRequest, *, group: str, user_id: int | None, appearances: bool, party: int | None, by: str, at: datetime
) -> None:  # fmt: skip
    """Link the applicant's PACER account to an account of this court, or give filing back to the one that is linked. The
    row locked. people.services.CannotAdmit, NoSuchParty.

    ``appearances``: those on dockets that belong to no account, under her proved address and last name, become hers; not of
    somebody whom each case lets file by itself. ``party``: who she is, or whom she represents, in the one that does.
    """
    application = queries.application_of(row)
    row.user = people.admit(
        account=row.account,
        number=row.account_number,
        username=row.username,
        group=group,
        application=application,
        user_id=user_id,
        language=row.language,
        by=by,
        at=at,
    )
    bound = row.user.group in OWN_CASES_ONLY
    if appearances and application.email_proved and not bound:
        cases.claim(user=row.user, email=application.email, last_name=application.last_name, at=at, by=by)
    if party is not None and bound:
        _add_case(row, party, by=by, at=at)
    row.status = Status.APPROVED


def _add_case(row: FilingRequest, party: int, *, by: str, at: datetime) -> None:
    case_id = cases_of_parties.case_of_party(party)
    if case_id is None:
        raise NoSuchParty
    with people_queries.in_words_of(row.user):
        said = (
            gettext("Your admission pro hac vice in this case was approved.")
            if row.user.group == PRO_HAC_VICE
            else gettext("Your request to file without an attorney was approved.")
        )
    try:
        people.let_file_in(user_id=row.user.id, case_id=case_id, party_id=party, said=said, by=by, at=at)
    except (cases.HasCounsel, cases.NotInThisCase) as refusal:
        raise NoSuchParty(refusal.said) from None
    except CannotChange:
        raise NoSuchParty(_("This person files in that case as that party already. Nothing was changed.")) from None


def fee_settled(row: FilingRequest, *, at: datetime) -> None:
    """The fee is paid or waived: who was approved before is let in. In the settling transaction, the row locked.

    What the clerk chose may have become impossible meanwhile (the applicant linked that account herself), or the account
    has another name or address than the one that she compared: the money stays on record all the same, and the request
    is back on the desk, with the reason.
    """
    if row.status != Status.FEE_DUE:
        return
    held = row.held
    try:
        with transaction.atomic():
            if queries.suspended_after(held.at, account=row.account, user_id=held.user_id):
                raise SuspendedSince
            in_common = _require_alike(row, held)
            let_in(
                row, group=held.group, user_id=held.user_id, appearances=held.appearances, party=held.party,
                by=held.by, at=at,
            )  # fmt: skip
    except (people.CannotAdmit, NoLongerAlike, NoSuchParty, SuspendedSince) as refusal:
        row.user, row.status = None, Status.PENDING
        with translation.override("en"):
            _write(row, "not-let-in", said=str(refusal.said), at=at)
        answer(row, "received", at=at)
    else:
        chosen = {"user": f"user:{row.user.id}", "approved_by": held.by, "in_common": " ".join(in_common)}
        _write(row, "let-in", said="", at=at, **chosen)
        answer(row, "approved", at=at)


def _require_alike(row: FilingRequest, held: HeldApproval) -> Sequence[Reason]:
    """What applicant and account have in common now; nothing of a new account. NoLongerAlike."""
    if held.user_id is None or _is_linked(row, held.user_id):
        return ()
    now = queries.in_common(queries.application_of(row), user_id=held.user_id)
    if not is_as_compared(then=held.in_common.split(), now=now):
        raise NoLongerAlike
    return now


def _is_linked(row: FilingRequest, user_id: int) -> bool:
    """Whether the account is the one to which the applicant's PACER account is linked already."""
    linked = queries.linked_here(row.account)
    return linked is not None and linked.pk == user_id


def _write(row: FilingRequest, what: str, *, said: str, at: datetime, **chosen: str) -> None:
    RequestAct.objects.create(request=row, at=at, by="system", what=what, said=said)
    record(act=f"registration.{what}", by="system", at=at, subject=f"request:{row.id}", version=row.version, **chosen)

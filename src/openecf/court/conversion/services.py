"""The acts of a conversion: check, load, verify, switch, roll back; and the clerk's office's decisions about people."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext_lazy as _

from openecf.court.conversion import checking, loading, queries, rules
from openecf.court.conversion.checking import Progress, Report
from openecf.court.conversion.inventing import Export
from openecf.court.conversion.loading import Helpers, Loaded
from openecf.court.conversion.models import Conversion, Finding
from openecf.court.conversion.reading import Manifest, Told
from openecf.court.currentgen import services as own_logins
from openecf.court.importing import comparing, removing
from openecf.court.people import services as accounts
from openecf.court.transition import queries as transition
from openecf.court.transition import services as transitions
from openecf.court.transition.rules import Era, as_if, era, is_live
from openecf.kernel.days import legal_day
from openecf.kernel.refusal import Refusal
from openecf.platform.audit.services import record

BY = "system:conversion"
_LOCK = 0x0ECF_C0DE


class CannotConvert(Refusal):
    """The act cannot be done now; ``said`` says why, and what can be done."""

    code = "cannot-convert"


class FindingDecided(Refusal):
    """Somebody else decided it first, or the outcome is none of those that the finding can have."""

    said = _("This finding was decided meanwhile. Look at it again.")
    code = "finding-decided"


class CannotDecide(Refusal):
    """The decision cannot be carried out; ``said`` says why."""

    code = "cannot-decide"


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """No two processes convert at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            raise CannotConvert("Another process is converting this court at this moment.")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def invent(folder: Path, *, at: datetime) -> Export:
    """Write an invented export of this court into a new folder, made at the hour that the court's move goes by.

    Small, with everything in it that a conversion has to do with. CannotConvert where something is there already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CannotConvert(
            f"{folder} is there already. Name a folder that is not: an invented export is written there."
        )
    made = as_if(transition.profile(), at).astimezone(ZoneInfo(settings.COURT.zone))
    export = Export(
        folder, court=settings.COURT.id, cases=300, users=80, files=7, findings=10, agents=1,
        taken_at=made.isoformat(timespec="seconds"),
    )  # fmt: skip
    try:
        export.write()
    except OSError as error:
        raise CannotConvert(f"{folder} cannot be written: {error.strerror}.") from None
    return export


def check(folder: Path, *, progress: Progress, told: Told) -> Report:
    """The dry run: what fits, what does not, who seems to be there twice. Writes nothing. NoExport."""
    return checking.check(folder, progress=progress, told=told)


def load(folder: Path, *, at: datetime, progress: Progress, shares: int = 1, helpers: Helpers | None = None) -> Loaded:
    """Load an export, or go on where an earlier run of the same export stopped; what this run wrote.

    ``shares``: processes among which the cases are dealt out; ``helpers`` start all but this one. An earlier run's
    number stays. CannotConvert, NoExport, loading.DoesNotFit. What is loaded is seen by the court's own people only until the switch.
    """
    manifest = checking.export_of(folder)
    with _alone():
        conversion = _begun(manifest, at, shares if helpers else 1)
        if conversion.loaded_at is not None:
            return Loaded()
        checking.whole_files(folder, manifest, Told(most=1, also=loading.refuse), progress)
        done = loading.load(conversion, folder, progress=progress, helpers=helpers)
        with transaction.atomic():
            conversion.loaded_at = at
            conversion.save(update_fields=["loaded_at"])
            record(
                act="conversion.loaded", by=BY, at=at, subject=f"conversion:{conversion.id}", counts=conversion.counts
            )
    return done


def load_share(folder: Path, *, share: int, progress: Progress) -> None:
    """One share of the cases, in a process that a load started. CannotConvert, loading.DoesNotFit."""
    manifest, known = checking.export_of(folder), queries.current()
    if known is None or known.manifest != manifest.digest or not 0 < share < known.shares:
        raise CannotConvert("No load of this export is going on that would have this share.")
    loading.load_share(known, folder, share=share, progress=progress)


def _begun(manifest: Manifest, at: datetime, shares: int) -> Conversion:
    if is_live(transition.profile(), at):
        raise CannotConvert("This court is live on NextGen: nothing can be converted into its record any more.")
    known = queries.current()
    if known is not None:
        if known.manifest != manifest.digest:
            raise CannotConvert("Another export was loaded. Take it out first: openecf court convert … --roll-back")
        if known.roll_back_begun_at is not None:
            raise CannotConvert("A roll-back was begun. Bring it to its end first: openecf court convert … --roll-back")
        return known
    with transaction.atomic():
        made = Conversion.objects.create(
            manifest=manifest.digest,
            taken_at=manifest.taken_at,
            counts={name: facts.rows for name, facts in manifest.files.items()},
            shares=shares,
            begun_at=at,
        )
        record(act="conversion.begun", by=BY, at=at, subject=f"conversion:{made.id}", manifest=manifest.digest)
    return made


def _loaded(folder: Path, at: datetime) -> Conversion:
    manifest, known = checking.export_of(folder), queries.current()
    if known is None or known.loaded_at is None:
        raise CannotConvert("The export is not loaded to its end yet: openecf court convert … --load")
    if known.manifest != manifest.digest:
        raise CannotConvert("What is loaded is another export than the one in this folder.")
    return known


def verify(folder: Path, *, at: datetime, progress: Progress, told: Told) -> Conversion:
    """Compare every row and every document here with the export. ``verified_at`` is set only if nothing differs."""
    with _alone():
        conversion = _loaded(folder, at)
        checking.whole_files(folder, checking.export_of(folder), told, progress)
        digests = comparing.compare(conversion, folder, progress=progress, told=told)
        with transaction.atomic():
            conversion.verified_at = None if told.grave else at
            conversion.digests = digests
            conversion.save(update_fields=["verified_at", "digests"])
            record(
                act="conversion.verified", by=BY, at=at, subject=f"conversion:{conversion.id}",
                differences=told.grave, digests=digests,
            )  # fmt: skip
    return conversion


def switch(folder: Path, *, at: datetime, despite_findings: bool = False) -> Conversion:
    """The court goes on with the converted record: cases open to their readers, logins work, until the hour of going live.

    CannotConvert while something differs, the hours of the move are not set, the old system still takes filings, or
    people were not looked at (unless ``despite_findings``).
    """
    with _alone():
        conversion, profile = _loaded(folder, at), transition.profile()
        if conversion.switched_at is not None:
            return conversion
        if conversion.verified_at is None:
            raise CannotConvert("It is not verified, or something differs: openecf court convert … --verify")
        if profile.live_at is None or profile.filing_closes_at is None:
            raise CannotConvert(
                f"Set the hours of the move first: openecf court profile {settings.COURT.id} "
                "filing_closes_at=2027-04-02T08:30 live_at=2027-04-05T08:30"
            )
        if era(profile, at) not in (Era.FILING_CLOSED, Era.NEXTGEN):
            raise CannotConvert(
                f"The old system takes filings until {profile.filing_closes_at.isoformat()}: an export that was made "
                "before is not the whole record. Switch after that hour."
            )
        if conversion.taken_at is not None and conversion.taken_at < profile.filing_closes_at:
            raise CannotConvert(
                f"The export was made at {conversion.taken_at.isoformat()}, before filing closed: it may lack filings. "
                "Take it out (--roll-back) and load one that was made after."
            )
        if (left := queries.open_findings(conversion)) and not despite_findings:
            raise CannotConvert(
                f"{left} findings about people are not decided yet (the court's page Conversion lists them). To switch "
                "all the same and decide them later: --despite-findings"
            )
        with transaction.atomic():
            acting = comparing.open_up(conversion.id, on=legal_day(at, settings.COURT.zone), at=at)
            transitions.move_deadlines_again()
            conversion.switched_at = at
            conversion.save(update_fields=["switched_at"])
            record(
                act="conversion.switched", by=BY, at=at, subject=f"conversion:{conversion.id}", left=left, agents=acting
            )
        transitions.tell_status(at=at)
    return conversion


def roll_back(*, at: datetime, progress: Progress) -> Conversion:
    """Take out everything that was converted. CannotConvert after go-live, or where work was done on it since.

    Goes on where it stopped when it was killed.
    """
    with _alone():
        conversion = queries.current()
        if conversion is None:
            raise CannotConvert("Nothing is converted that could be taken out.")
        profile = transition.profile()
        if is_live(profile, at) and conversion.switched_at is not None:
            raise CannotConvert("This court is live on NextGen: its converted record stays.")
        cases, people = removing.worked_on(conversion.id)
        if cases or people:
            raise CannotConvert(
                f"Work was done on what was converted ({cases} cases, {people} accounts). Taking it out "
                "would lose that work; it stays."
            )
        _take_out(conversion, at, progress)
    return conversion


def _take_out(conversion: Conversion, at: datetime, progress: Progress) -> None:
    total = conversion.counts.get("cases.csv", 0)
    with transaction.atomic():
        Conversion.objects.filter(id=conversion.id).update(
            verified_at=None, loaded_at=None, switched_at=None, roll_back_begun_at=at
        )
        removing.loosen_leads(conversion.id)
    done = 0
    try:
        while True:
            with transaction.atomic():
                cases, files = removing.remove_cases(conversion.id)
            removing.drop_bytes(files)
            if not cases:
                break
            done += cases
            progress("taken out", min(done, total), total)
        with transaction.atomic():
            Finding.objects.filter(conversion=conversion).delete()
            for _users in removing.remove_users(conversion.id):
                pass
            conversion.people.all()._raw_delete(using="default")
            conversion.rolled_back_at = at
            conversion.save(update_fields=["rolled_back_at"])
            record(act="conversion.rolled-back", by=BY, at=at, subject=f"conversion:{conversion.id}")
    except DatabaseError as error:
        raise CannotConvert(f"Something here points at what was converted: {str(error).splitlines()[0]}") from None
    progress("taken out", total, total)


def decide(
    *, finding_id: int, outcome: str, kept: int | None = None, note: str = "", by: str, at: datetime
) -> list[tuple[str, str]]:
    """The clerk's office decides a finding. ``kept``: the row of the person whose account stays (same, split).

    The logins with new passwords, to be told once (split): the one that is kept, and those issued for people who had none.
    FindingDecided, CannotDecide.
    """
    with transaction.atomic():
        finding = Finding.objects.select_for_update().filter(id=finding_id, outcome="").first()
        if finding is None or outcome not in rules.choices(finding.kind):
            raise FindingDecided
        known = queries.people_of(finding)
        stays = next((one for one in known if one.row == kept), None)
        if outcome != rules.DIFFERENT and (stays is None or stays.user is None):
            raise CannotDecide(_("Choose the person whose account stays; somebody with an account here."))
        issued: list[tuple[str, str]] = []
        if outcome == rules.SAME:
            comparing.join(known=known, stays=stays)
        elif outcome == rules.SPLIT:
            issued = _split(finding, known, stays, by, at)
        finding.outcome, finding.kept_id, finding.note = outcome, stays.row if stays else None, note[:400]
        finding.by, finding.at = by, at
        finding.save(update_fields=["outcome", "kept", "note", "by", "at"])
        record(
            act="conversion.decided", by=by, at=at, subject=f"finding:{finding.id}", outcome=outcome, kept=kept,
            issued=[login for login, _password in issued],
        )  # fmt: skip
    return issued


def _split(
    finding: Finding, known: list[rules.Known], stays: rules.Known, by: str, at: datetime
) -> list[tuple[str, str]]:
    """A login of one's own for each who used another's; appearances go with them. Everybody of them knows the password of
    the login that one keeps: it gets a new one, too."""
    issued = []
    if password := own_logins.part_login(user_id=stays.user, by=by, at=at):
        issued.append((stays.login, password))
    for one in known:
        if one.row == stays.row or (one.user is not None and one.user != stays.user):
            continue
        if not one.email:
            raise CannotDecide(
                _("%(name)s has no e-mail address in the record; the account cannot be issued.") % {"name": one.name}
            )
        person = finding.people.get(id=one.row)
        login = rules.login_for(
            first=person.first_name,
            last=person.last_name,
            taken=comparing.logins_like(person.first_name, person.last_name),
        )
        password = accounts.issue_account(
            login=login, group=comparing.group_of(stays.user), first_name=person.first_name, last_name=person.last_name,
            email=person.email, bar_id=person.bar_id, firm=person.firm, by=by, at=at,
        )  # fmt: skip
        comparing.give_account(person=person.id, login=login)
        issued.append((login, password))
    for login, _password in issued:
        accounts.tell_of_own_login(login=login, at=at)
    return issued

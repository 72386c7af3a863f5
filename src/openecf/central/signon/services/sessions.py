"""Beginning and ending sign-ons."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy

from openecf.central.accounts import services as accounts
from openecf.central.factors import queries as factor_queries
from openecf.central.factors import rules as factor_rules
from openecf.central.factors import services as factors
from openecf.central.signon import rules
from openecf.central.signon.models import SsoSession
from openecf.central.signon.services.logout import DELIVER
from openecf.kernel import client_codes
from openecf.kernel.refusal import Refusal
from openecf.kernel.tokens import base62, digest
from openecf.platform.audit import services as audit
from openecf.platform.jobs import services as jobs
from openecf.platform.postgres import prepared

if TYPE_CHECKING:
    from openecf.central.accounts.models import Account

_END = """
WITH ended AS (
  UPDATE signon_session SET ended_at = %(now)s, ended_why = %(why)s
  WHERE id = ANY(%(ids)s) AND ended_at IS NULL RETURNING id, account_id
), courts AS (
  SELECT c.court_id, c.rp_sid, e.account_id FROM signon_court_session c JOIN ended e ON e.id = c.sso_id
), revoked AS (
  INSERT INTO signon_revocation (court_id, rp_sid) SELECT court_id, rp_sid FROM courts
), queued AS (
  INSERT INTO signon_logout_delivery (court_id, rp_sid, subject, attempts, next_at)
  SELECT court_id, rp_sid, account_id, 0, %(now)s FROM courts
)
SELECT (SELECT count(*) FROM ended), (SELECT count(*) FROM courts)
"""

PASSWORD = ("pwd",)
"""What alone an account without a second factor is proved by."""

_FIELDS = SsoSession._meta.concrete_fields
_PROVED = ("digest", "auth_time", "acr", "amr", "client_code", "address", "device", "last_seen_at", "expires_at")
"""What a new proof of the same person changes in a session that goes on."""

# Who changes the password waits for whoever holds the account here, and the other way round: no session that begins
# with the old password misses its end. The last select sees the table as it was before the insert: the new session is
# not among those that may be too many.
_BEGIN = f"""
WITH held AS (
  SELECT FROM account
  WHERE id = %(account_id)s AND is_active AND password_changed_at IS NOT DISTINCT FROM %(password_changed_at)s
    AND second_factor_since IS NOT DISTINCT FROM %(second_factor_since)s FOR SHARE
), begun AS (
  INSERT INTO signon_session ({", ".join(f.column for f in _FIELDS)})
  SELECT {", ".join(f"%({f.column})s" for f in _FIELDS)} FROM held
  RETURNING id
)
SELECT (SELECT count(*) FROM begun), ARRAY(
  SELECT id FROM signon_session
  WHERE account_id = %(account_id)s AND kind = %(kind)s AND ended_at IS NULL AND expires_at > %(created_at)s
  ORDER BY created_at DESC OFFSET %(keep_besides)s
)
"""  # noqa: S608  (column names of our own model)


class ClientCodeMissing(Refusal):
    """The account may not search without a client code; the token works for everything else."""

    said = gettext_lazy(
        "A required Client Code was not entered. You may continue to log in and perform other activities "
        "(e.g. filing), but you may not search."
    )
    code = "client-code-missing"


class BadClientCode(Refusal):
    """What was given cannot be a client code, and would spoil the bill."""

    said = gettext_lazy("A client code has up to 32 characters, without spaces and commas.")
    code = "bad-client-code"


class RedactionNotConfirmed(Refusal):
    """A filer must confirm the duty to redact at every sign-on."""

    said = gettext_lazy(
        "All filers must redact: Social Security or taxpayer-identification numbers; dates of birth; names of minor "
        "children; financial account numbers; and in criminal cases, home addresses, in compliance with Fed. R. App. P. "
        "25(a)(5), Fed. R. Civ. P. 5.2, Fed. R. Crim. P. 49.1, or Fed. R. Bankr. P. 9037. This requirement applies to "
        "all documents, including attachments. Send redactFlag 1 to confirm that you have read this."
    )
    code = "redaction-not-confirmed"


class SecondFactorNeeded(Refusal):
    """The day came from which accounts of this type sign on with a second factor, and this one has none."""

    said = gettext_lazy(
        "This account needs two-step sign-in. Set up an authenticator app in Manage My Account, then send its one-time "
        "code as otpCode."
    )
    code = "second-factor-needed"


@dataclass(frozen=True)
class Begun:
    """A new sign-on. ``secret`` is the cookie or the 128-character token; it is shown once and not kept.

    ``goes_on``: the browser was signed on as the same person already.
    """

    session: SsoSession
    secret: str
    warning: str = ""
    goes_on: bool = False


@dataclass(frozen=True)
class CodeAsked:
    """The password was right; the account's second factor, or its mailbox, is still to be proved. ``secret`` is for a
    cookie."""

    secret: str


def sign_on(
    *,
    username: str,
    password: str,
    client_code: str = "",
    address: str,
    user_agent: str = "",
    known_device: str = "",
    replaces: SsoSession | None = None,
    at: datetime,
) -> Begun | CodeAsked:
    """Begin a browser's sign-on. NotSignedOn if the password is wrong, BadClientCode. CodeAsked if the account has a
    second factor, or a code was mailed because guessing goes on all over the site (``accounts.services.alarm``):
    ``sign_on_by_code`` goes on from there.

    ``replaces`` is the sign-on that the browser had. The same person's goes on under a new cookie, so that signing off
    still reaches every court that it opened; anybody else's ends. A cookie planted before the sign-on opens nothing
    (ASVS 7.2.4).
    """
    _check_client_code(client_code)
    by_mail = False

    def challenge(account: Account) -> bool:
        nonlocal by_mail
        by_mail = factors.may_mail_code(account=account, at=at)
        return by_mail

    account = accounts.check_password(
        username=username, password=password, now=at, address=address, device=known_device, user_agent=user_agent,
        challenge=challenge,
    )  # fmt: skip
    accounts.note_common_password(account=account, password=password, at=at, by_program=False)
    if by_mail:
        return CodeAsked(factors.wait_for_code(account=account, client_code=client_code, at=at, mailed=True))
    if account.second_factor_since is not None:
        return CodeAsked(factors.wait_for_code(account=account, client_code=client_code, at=at))
    return _in_browser(account, PASSWORD, client_code, address, user_agent, replaces, at)


def sign_on_by_code(
    *,
    waiting: str,
    code: str,
    address: str,
    user_agent: str = "",
    known_device: str = "",
    replaces: SsoSession | None = None,
    at: datetime,
) -> Begun:
    """The second step of a browser's sign-on, after ``sign_on`` or ``step_up_asked``; ``replaces`` as there.

    WrongCode, WaitingOver (factors.services); NotSignedOn if the account was changed meanwhile.
    """
    proved = factors.try_code(secret=waiting, code=code, device=known_device, at=at)
    accounts.forget_failures(account=proved.account, now=at, address=address, device=known_device)
    return _in_browser(proved.account, proved.amr, proved.client_code, address, user_agent, replaces, at)


def sign_on_by_passkey(
    *,
    answer: str,
    site: factor_rules.PasskeySite,
    client_code: str = "",
    address: str,
    user_agent: str = "",
    replaces: SsoSession | None = None,
    at: datetime,
) -> Begun:
    """Begin a browser's sign-on with a passkey alone: two factors in one. ``answer`` is what the browser gave, as JSON;
    ``replaces`` as in ``sign_on``. WrongPasskey (factors.services), BadClientCode; NotSignedOn if the account was
    changed meanwhile.

    Guesses at passwords do not count against it: this is how an owner gets in whose name others are trying.
    """
    _check_client_code(client_code)
    account = factors.try_passkey(answer=answer, site=site, at=at)
    return _in_browser(account, factor_rules.PASSKEY, client_code, address, user_agent, replaces, at)


def sign_on_by_second_passkey(
    *,
    waiting: str,
    answer: str,
    site: factor_rules.PasskeySite,
    address: str,
    user_agent: str = "",
    known_device: str = "",
    replaces: SsoSession | None = None,
    at: datetime,
) -> Begun:
    """The second step of a browser's sign-on, as ``sign_on_by_code``, with a passkey. WrongPasskey, NotSignedOn."""
    proved = factors.try_passkey_after_password(answer=answer, waiting=waiting, site=site, at=at)
    accounts.forget_failures(account=proved.account, now=at, address=address, device=known_device)
    return _in_browser(proved.account, proved.amr, proved.client_code, address, user_agent, replaces, at)


def step_up_asked(*, session: SsoSession, at: datetime) -> CodeAsked:
    """Ask the person of a sign-on that has no second factor yet for its code: the password was proved with it."""
    return CodeAsked(factors.wait_for_code(account=session.account, client_code=session.client_code, at=at))


def step_up(*, session: SsoSession, amr: Sequence[str], at: datetime) -> Begun:
    """A second factor was proved in a running sign-on: it goes on, as AAL2, under a new cookie. Inside the caller's
    transaction. NotSignedOn if it ended meanwhile."""
    proved, secret = copy(session), base62(43)
    proved.digest, proved.auth_time, proved.acr, proved.amr = digest(secret), at, rules.acr_of(amr), list(amr)
    changed = SsoSession.objects.filter(id=session.id, ended_at=None).update(
        digest=proved.digest, auth_time=at, acr=proved.acr, amr=proved.amr
    )
    if not changed:
        raise accounts.NotSignedOn
    audit.record(act="signon.stepped-up", by=str(session.account_id), at=at, subject=f"session:{session.id}")
    return Begun(proved, secret)


def _in_browser(
    account: Account,
    amr: Sequence[str],
    client_code: str,
    address: str,
    user_agent: str,
    replaces: SsoSession | None,
    at: datetime,
) -> Begun:
    secret = base62(43)
    session = _session_of(account, SsoSession.Kind.BROWSER, client_code, address, user_agent, at)
    session.digest, session.acr, session.amr = digest(secret), rules.acr_of(amr), list(amr)
    with transaction.atomic():
        if replaces is not None and replaces.account_id == account.id and _renew(replaces, session):
            return Begun(session, secret, goes_on=True)
        if replaces is not None:
            _end([replaces.id], "replaced", at)
        _begin(session)
    return Begun(session, secret)


def sign_on_program(
    *,
    username: str,
    password: str,
    client_code: str = "",
    redaction_confirmed: bool,
    address: str,
    user_agent: str = "",
    one_time_code: str = "",
    at: datetime,
) -> Begun:
    """Begin a program's sign-on (PACER Authentication API). NotSignedOn, BadClientCode, RedactionNotConfirmed,
    SecondFactorNeeded.

    ``one_time_code`` is asked of an account with a second factor, and is used up by the attempt.
    """
    _check_client_code(client_code)
    amr = PASSWORD

    def second(account: Account) -> bool:
        nonlocal amr
        amr = factors.prove(account=account, code=one_time_code, at=at) or ()
        return bool(amr)

    account = accounts.check_password(
        username=username, password=password, now=at, address=address, user_agent=user_agent, second=second
    )
    accounts.note_common_password(account=account, password=password, at=at, by_program=True)
    if factor_queries.must_enrol(account, now=at):
        raise SecondFactorNeeded
    if account.type in rules.FILERS and not redaction_confirmed:
        raise RedactionNotConfirmed
    selector, secret = base62(22), base62(106)
    session = _session_of(account, SsoSession.Kind.API, client_code, address, user_agent, at)
    session.selector, session.digest, session.told_at = selector, digest(secret), at
    session.acr, session.amr = rules.acr_of(amr), list(amr)
    with transaction.atomic():
        _begin(session)
        accounts.meet_program(account=account, came=accounts.Visit(address, user_agent), at=at)
    return Begun(session, selector + secret, _warning(account, client_code) or _announced(account, at))


def _check_client_code(code: str) -> None:
    if rules.client_code_faults(code):
        raise BadClientCode


def _warning(account: Account, client_code: str) -> str:
    """What limits this sign-on, in the API's words; "" if nothing does."""
    if account.type == "paa":
        return "A PACER Administrative Account (PAA) cannot be used to search or view case information."
    if account.upgraded_at is None:
        return "Your PACER account must be upgraded before it can be used with a NextGen court."
    if account.search_status != "active":
        return "Your search privileges are disabled. Contact the PACER Service Center."
    if account.client_code_required and not client_code:
        return str(ClientCodeMissing.said)
    if client_code and not client_codes.fits(client_code, account.client_code_format):
        return f"Your firm asks for client codes like {account.client_code_format}. Searching is disabled without one."
    return ""


def _announced(account: Account, at: datetime) -> str:
    """The day from which this account will need a second factor; "" if it has one or none is asked."""
    need = factor_queries.need_of(account, now=at)
    if need is None:
        return ""
    return (
        f"From {need.begins:%B} {need.begins.day}, {need.begins.year}, this account needs two-step sign-in (otpCode)."
    )


def _session_of(
    account: Account, kind: str, client_code: str, address: str, user_agent: str, at: datetime
) -> SsoSession:
    return SsoSession(
        account=account,
        kind=kind,
        auth_time=at,
        acr=rules.AAL1,
        amr=list(PASSWORD),
        client_code=client_code,
        address=address or None,
        device=user_agent[:200],
        created_at=at,
        last_seen_at=at,
        expires_at=at + rules.ABSOLUTE,
    )


def _begin(session: SsoSession) -> None:
    """Write a new session; the account's oldest of its kind end when there are too many.

    NotSignedOn if the password or the second factor was changed, or the account disabled, since it was proved.
    """
    # Before the account is held for reading: two sign-ons at once that both held it so could not both write.
    accounts.touch(account=session.account, at=session.created_at)
    values = {f.column: f.get_db_prep_save(getattr(session, f.attname), connection) for f in _FIELDS}
    values |= {name: getattr(session.account, name) for name in ("password_changed_at", "second_factor_since")}
    begun, surplus = prepared.row(_BEGIN, values | {"keep_besides": rules.SESSIONS_OF_A_KIND - 1})
    if not begun:
        raise accounts.NotSignedOn
    if surplus:
        _end(surplus, "too-many", session.created_at)
    _record("signon.signed-on", session)


def _renew(old: SsoSession, new: SsoSession) -> bool:
    """Let the same person's session go on with a new cookie and the new proof. False if it ended meanwhile."""
    renewed = SsoSession.objects.filter(id=old.id, ended_at=None).update(
        **{name: getattr(new, name) for name in _PROVED}
    )
    if renewed:
        new.id, new.created_at, new.told_at, new.reads_as = old.id, old.created_at, old.told_at, old.reads_as
        _record("signon.signed-on-again", new)
    return bool(renewed)


def _record(act: str, session: SsoSession) -> None:
    audit.record(
        act=act,
        by=str(session.account_id),
        at=session.auth_time,
        subject=f"session:{session.id}",
        address=session.address,
        kind=session.kind,
    )


def confirm_told(*, session: SsoSession, at: datetime, reads_as: str = "") -> None:
    """The person read what had to be read (redaction, the account's limits) and chose as what to read until the sign-on
    ends: for a purpose for which courts exempt, or paying (""). Of two tabs the first."""
    with transaction.atomic():
        if SsoSession.objects.filter(id=session.id, told_at=None).update(told_at=at, reads_as=reads_as):
            audit.record(
                act="signon.told", by=str(session.account_id), at=at, subject=f"session:{session.id}", reads_as=reads_as
            )


def sign_off(*, session: SsoSession, at: datetime) -> None:
    """End this sign-on at every court."""
    end_sessions(ids=[session.id], why="signed-off", by=str(session.account_id), at=at)


def sign_off_program(*, token: str, at: datetime) -> bool:
    """End the sign-on behind a program's token. Whether it was live."""
    ids = list(
        SsoSession.objects.filter(selector=token[:22], digest=digest(token[22:]), ended_at=None).values_list(
            "id", flat=True
        )
    )
    if ids:
        end_sessions(ids=ids, why="signed-off", by="program", at=at)
    return bool(ids)


def end_sessions(*, ids: Sequence[UUID], why: str, by: str, at: datetime) -> int:
    """End these sign-ons everywhere; how many were live. Courts learn it at once, and again from the feed."""
    with transaction.atomic():
        ended = _end(ids, why, at)
        if ended:
            audit.record(act="signon.ended", by=by, at=at, why=why, sessions=[str(one) for one in ids])
    return ended


def end_all(*, account: UUID, why: str, by: str, at: datetime, but: UUID | None = None) -> int:
    """End every sign-on of an account (password changed, account disabled, owner's wish), all but one if asked."""
    live = SsoSession.objects.filter(account_id=account, ended_at=None, expires_at__gt=at).exclude(id=but)
    return end_sessions(ids=list(live.values_list("id", flat=True)), why=why, by=by, at=at)


def _end(ids: Sequence[UUID], why: str, at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_END, {"ids": list(ids), "why": why, "now": at})
        ended, courts = cursor.fetchone()
    if courts:
        jobs.defer(DELIVER)
    return ended

"""Another client code in the middle of a sign-on: what is read from now on is billed to another client."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext_lazy

from openecf.central.signon import rules
from openecf.central.signon.models import SsoSession
from openecf.central.signon.services.logout import DELIVER
from openecf.central.signon.services.sessions import BadClientCode
from openecf.kernel import client_codes
from openecf.kernel.refusal import Refusal
from openecf.platform.audit import services as audit
from openecf.platform.jobs import services as jobs

# The courts keep what they were told when the person came: each asks anew at its next page, without a question to the
# person. What was read and chosen at the sign-on (redaction, as what one reads) goes on.
_CHANGE = """
WITH changed AS (
  UPDATE signon_session SET client_code = %(code)s WHERE id = %(session)s AND ended_at IS NULL RETURNING id, account_id
), forgotten AS (
  DELETE FROM signon_court_session c USING changed s WHERE s.id = c.sso_id
  RETURNING c.court_id, c.rp_sid, s.account_id
), revoked AS (
  INSERT INTO signon_revocation (court_id, rp_sid) SELECT court_id, rp_sid FROM forgotten
), queued AS (
  INSERT INTO signon_logout_delivery (court_id, rp_sid, subject, attempts, next_at)
  SELECT court_id, rp_sid, account_id, 0, %(now)s FROM forgotten
)
SELECT (SELECT count(*) FROM changed), (SELECT count(*) FROM forgotten)
"""


class CodeNeeded(Refusal):
    """The account, or the firm that pays for it, asks for a client code with every charge."""

    said = gettext_lazy("Your account needs a client code: type one.")
    code = "client-code-needed"


class NotThatForm(Refusal):
    """The firm that pays asks for client codes of a form; ``facts["form"]`` is it."""

    said = gettext_lazy("Your firm asks for client codes of another form:")
    code = "client-code-form"


def change_client_code(*, session: SsoSession, code: str, at: datetime) -> None:
    """Bill from now on to this client code, at every court, until the sign-on ends; "" for none. BadClientCode,
    CodeNeeded, NotThatForm."""
    account = session.account
    if rules.client_code_faults(code):
        raise BadClientCode
    if not code and account.client_code_required:
        raise CodeNeeded
    if code and not client_codes.fits(code, account.client_code_format):
        raise NotThatForm(form=account.client_code_format)
    if code == session.client_code:
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_CHANGE, {"code": code, "session": session.id, "now": at})
            changed, courts = cursor.fetchone()
        if courts:
            jobs.defer(DELIVER)
        if changed:
            audit.record(
                act="signon.client-code", by=str(account.id), at=at, subject=f"session:{session.id}", courts=courts
            )

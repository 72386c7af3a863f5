"""A firm of hundreds: its rules reach every member, and every court where one of them is, by as many statements as
they reach one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openecf.central.accounts.models import Account
from openecf.central.courts.models import CourtSite
from openecf.central.firms import services
from openecf.central.firms.models import Membership
from openecf.central.signon.models import CourtSession, LogoutDelivery, SsoSession
from openecf.platform.audit.models import AuditLine
from tests.central.relying import account, court, other_court  # noqa: F401  (fixtures)

pytestmark = pytest.mark.django_db
AT = datetime(2026, 8, 3, 15, tzinfo=UTC)


def member(firm: Account, n: int, courts: list[CourtSite]) -> Account:
    """A member who is signed on, and has been at these courts."""
    who = account(f"member-{n}", number=f"{7500000 + n}")
    Membership.objects.create(firm=firm, account=who, joined_at=AT, billed_from=AT)
    sso = SsoSession.objects.create(
        account=who, kind="browser", digest=f"{n:064d}", auth_time=AT, acr="1", created_at=AT, last_seen_at=AT,
        expires_at=AT + timedelta(days=1), told_at=AT,
    )  # fmt: skip
    for site in courts:
        CourtSession.objects.create(
            sso=sso, court=site, rp_sid=f"{n}-{site.pk}", first_used_at=AT, last_used_at=AT
        )  # fmt: skip
    return who


def set_rules(firm: Account, *, required: bool) -> int:
    """How many statements it took."""
    with CaptureQueriesContext(connection) as asked:
        services.set_rules(
            firm=firm.id, code_required=required, code_format="AA-9999" if required else "", receipts_hidden=required,
            at=AT,
        )  # fmt: skip
    return len(asked)


def test_rules_reach_three_hundred_members_and_their_courts_in_one_pass(court, other_court):  # noqa: F811
    firm = account("keel-firm", type="paa", firm="Keel LLP")
    sites = list(CourtSite.objects.all()[:2])
    first = member(firm, 0, sites)
    for_one = set_rules(firm, required=True)
    everybody = [first, *(member(firm, n, sites[: n % 3]) for n in range(1, 300))]
    stranger = account("stranger")
    suspended = everybody[7]
    Account.objects.filter(id=suspended.id).update(search_status="inactive", search_note="left-firm")
    others = everybody[8]
    Account.objects.filter(id=others.id).update(search_status="inactive", search_note="shared")
    CourtSession.objects.filter(sso__account=first).delete()
    untold = CourtSession.objects.count()
    before = LogoutDelivery.objects.count()

    assert set_rules(firm, required=False) <= for_one, "as many statements as for one member"

    members = Account.objects.filter(id__in=Membership.objects.filter(firm=firm).values("account"))
    obeying = members.filter(client_code_required=False, client_code_format="", receipts_hidden=False)
    assert members.count() == obeying.count() == 300
    assert untold == 300 and LogoutDelivery.objects.count() - before == untold and not CourtSession.objects.exists()
    assert SsoSession.objects.filter(ended_at=None).count() == 300, "nobody is signed off"
    assert not SsoSession.objects.exclude(told_at=None).exists(), "what a court needs read first is read anew"
    lines = AuditLine.objects.filter(act="account.firm-rules", facts__code_required=False)
    assert lines.count() == 300 and set(lines.values_list("subject", flat=True)) == {str(one.id) for one in everybody}
    asked = AuditLine.objects.filter(act="signon.courts-ask-again", by=str(firm.id), facts__why="firm-rules")
    assert sum(line.facts["courts"] for line in asked.exclude(subject=str(first.id))) == untold
    assert Account.objects.get(id=suspended.id).search_status == "active"
    assert Account.objects.get(id=others.id).search_status == "inactive", "another reason is not the firm's to settle"
    assert not AuditLine.objects.filter(subject=str(stranger.id), act="account.firm-rules").exists()


def test_a_firm_without_members_sets_its_rules():
    firm = account("keel-firm", type="paa", firm="Keel LLP")
    set_rules(firm, required=True)
    assert not AuditLine.objects.filter(act="account.firm-rules").exists()

"""What load balancers and operators are told, and who may sit at the desk."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from openecf.platform.audit.models import AuditLine
from openecf.platform.bus.models import OutboxMessage
from openecf.platform.config import this_site
from openecf.platform.health import checks
from openecf.platform.mail import services as mail
from openecf.platform.mail.models import OutgoingMail
from tests.court import callers

pytestmark = pytest.mark.django_db


def ready() -> tuple[int, dict]:
    answer = Client().get("/readyz")
    return answer.status_code, json.loads(answer.content)


def test_a_site_in_order_is_alive_and_ready():
    assert Client().get("/healthz").content == b"ok\n"
    assert ready() == (200, {"ready": True, "checks": dict.fromkeys(checks.CHECKS, True)})


def test_a_process_is_alive_without_its_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert Client().get("/healthz").status_code == 200


BREAK = {
    "database": lambda patch: patch.setattr(connection, "cursor", _raise),
    "jobs": lambda _patch: connection.cursor().execute("ALTER TABLE procrastinate_jobs RENAME TO lost"),
    "store": lambda patch: patch.setattr(checks.tempfile, "TemporaryFile", _raise),
    "migrations": lambda patch: patch.setattr(checks, "_pending", lambda: "cases.0099_new"),
}


def _raise(*_args: object, **_more: object) -> None:
    raise OSError("cannot reach db.internal.example as ecf with password hunter2")


@pytest.mark.parametrize("name", BREAK)
def test_what_fails_is_named_and_its_details_stay_in_the_log(name, monkeypatch, caplog):
    with monkeypatch.context() as patch:
        BREAK[name](patch)
        answer = Client().get("/readyz")
    told = json.loads(answer.content)
    assert answer.status_code == 503 and told["ready"] is False and told["checks"][name] is False
    assert set(told) == {"ready", "checks"} and b"hunter2" not in answer.content
    assert any(r.msg.get("check") == name for r in caplog.records if isinstance(r.msg, dict))


# The desk


@pytest.fixture
def stuck() -> tuple[OutboxMessage, OutgoingMail]:
    now = timezone.now()
    message = OutboxMessage.objects.create(
        id=uuid4(), to="central", type="court.status", body={}, at=now, next_at=now, attempts=14, dead_at=now,
        last_error="422: no part of this site handles it",
    )  # fmt: skip
    mail.send(to=["ada@counsel.example"], subject="A notice that bounced", text="…", at=now)
    letter = OutgoingMail.objects.get()
    OutgoingMail.objects.update(dead_at=now, last_error="550 no such mailbox")
    return message, letter


@pytest.mark.parametrize("kind", ["nobody", "legacy", "searcher", "attorney", "trustee", "clerk", "judge"])
def test_the_desk_is_the_courts_own(kind, stuck):
    browser = callers.client(callers.kinds_of_person()[kind])
    page = browser.get(reverse("desk-messages"))
    assert (b"A notice that bounced" in page.content) is (kind in ("clerk", "judge"))
    assert (b'value="discard"' in page.content) is (kind == "clerk")
    browser.post(reverse("desk-decide", args=["message", stuck[0].id]), {"act": "discard", "reason": "tidy"})
    browser.post(reverse("desk-decide-several"), {"act": "retry-all", "kind": "mail"})
    stuck[0].refresh_from_db()
    stuck[1].refresh_from_db()
    assert (stuck[0].delivered_at is not None) is (kind == "clerk"), "a judge looks; the clerk's office decides"
    assert (stuck[1].dead_at is None) is (kind == "clerk")


@pytest.mark.parametrize("act", ["retry", "discard"])
@pytest.mark.parametrize("which", [0, 1], ids=["message", "mail"])
def test_a_decision_at_the_desk_is_done_once_and_written_down(which, act, stuck):
    who = callers.linked("clerk")
    browser = callers.client(who)
    address = reverse("desk-decide", args=[("message", "mail")[which], stuck[which].pk])
    assert browser.post(address, {"act": act, "reason": "the court closed"}).status_code == 302
    again = browser.post(address, {"act": act, "reason": "the court closed"})
    assert again.status_code == 409 and b"not waiting for a decision any more" in again.content
    kinds = {"retry": "retried", "discard": "discarded"}
    line = AuditLine.objects.get(act=f"{('bus', 'mail')[which]}.{kinds[act]}")
    assert line.by == callers.reader(who).ref


def many_stuck(n: int) -> None:
    now = timezone.now()
    OutboxMessage.objects.bulk_create(
        OutboxMessage(
            to=("central", "nysb")[k % 2], type="court.status", body={}, at=now, next_at=now, attempts=14,
            dead_at=now - timedelta(minutes=n - k), last_error=f"422: number {k}",
        )
        for k in range(n)
    )  # fmt: skip
    OutgoingMail.objects.bulk_create(
        OutgoingMail(
            created_at=now, next_at=now, sender="x@court.example", recipients=["ada@counsel.example"],
            subject=f"Bounced {k}", text="…", dead_at=now - timedelta(minutes=n - k), last_error="550",
        )
        for k in range(n)
    )  # fmt: skip


def test_every_one_of_many_is_counted_and_on_some_page():
    many_stuck(230)
    browser = callers.client(callers.linked("clerk"))
    page = browser.get(reverse("desk-messages")).content.decode()
    assert "230 messages wait." in page and "230 mails wait." in page and "Page 1 of 5" in page
    seen = set()
    for n in range(1, 6):
        page = browser.get(reverse("desk-messages"), {"message": n, "mail": n}).content.decode()
        seen |= set(re.findall(r"number \d+|Bounced \d+", page))
    assert len(seen) == 460
    for odd in ("0", "-1", "99", "x", "²", "9" * 30):
        assert browser.get(reverse("desk-messages"), {"message": odd}).status_code == 200


def test_all_of_them_are_tried_again_at_once_with_one_audit_line():
    many_stuck(120)
    browser = callers.client(callers.linked("clerk"))
    for kind in ("message", "mail"):
        page = browser.post(reverse("desk-decide-several"), {"act": "retry-all", "kind": kind}).content.decode()
        assert "Done for 120." in page
    assert not OutboxMessage.objects.exclude(dead_at=None).exists()
    assert not OutgoingMail.objects.exclude(dead_at=None).exists()
    assert sorted(AuditLine.objects.values_list("act", "facts__count")) == [("bus.retried", 120), ("mail.retried", 120)]


@pytest.mark.parametrize("kind", ["message", "mail"])
def test_the_ticked_ones_are_given_up_with_a_reason_and_no_others(kind):
    many_stuck(5)
    table = {"message": OutboxMessage, "mail": OutgoingMail}[kind]
    keys = [str(row.pk) for row in table.objects.order_by("dead_at")[:2]]
    browser = callers.client(callers.linked("clerk"))
    address = reverse("desk-decide-several")
    assert browser.post(address, {"act": "discard", "kind": kind, "reason": "x"}).status_code == 400, "none is ticked"
    said = {"act": "discard", "kind": kind, "key": keys}
    assert b"Giving up needs a reason" in browser.post(address, said).content
    assert table.objects.exclude(last_error__startswith="discarded").count() == 5
    assert b"Done for 2." in browser.post(address, said | {"reason": "the court closed"}).content
    assert {str(row.pk) for row in table.objects.filter(last_error="discarded: the court closed")} == set(keys)
    page = browser.post(address, said | {"reason": "again"}).content
    assert b"Done for 0." in page and b"2 could not be dealt with" in page


def test_of_the_ticked_ones_the_bad_hold_up_no_good():
    many_stuck(3)
    keys = [str(row.pk) for row in OutboxMessage.objects.all()]
    OutboxMessage.objects.filter(pk=keys[0]).update(dead_at=None)
    browser = callers.client(callers.linked("clerk"))
    page = browser.post(reverse("desk-decide-several"), {"act": "retry", "kind": "message", "key": keys}).content
    assert b"Done for 2." in page and b"1 could not be dealt with" in page


@pytest.mark.parametrize(
    ("kind", "key", "said"),
    [
        ("message", "not-an-id", {"act": "retry"}),
        ("mail", "x", {"act": "retry"}),
        ("mail", "1", {"act": "burn"}),
        ("mail", "1", {}),
    ],
)
def test_what_no_page_of_ours_sends_finds_nothing(kind, key, said, stuck):
    browser = callers.client(callers.linked("clerk"))
    assert browser.post(reverse("desk-decide", args=[kind, key]), said).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_restart_of_the_database_costs_no_visitor_a_page():
    """What lies in the pool is dead afterwards; nobody should be handed it."""
    connections.close_all()
    connection.close_pool()  # a fresh one: threads of tests before kept connections for good
    assert ready()[0] == 200
    connections.close_all()  # back into the pool
    with psycopg.connect(this_site().config.database_url, dbname=connection.settings_dict["NAME"]) as other:
        ended = other.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchone()[0]
    assert ended >= 1
    assert ready()[0] == 200

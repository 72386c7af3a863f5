"""People and passwords of a conversion: old hashes work and vanish; who is there twice, and logins of several people."""

from __future__ import annotations

import base64
import csv
import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from openecf.court.cases.models import Representation
from openecf.court.conversion import queries, rules, services
from openecf.court.conversion.inventing import Export
from openecf.court.conversion.models import ConvertedUser, Finding
from openecf.court.conversion.reading import Told
from openecf.court.currentgen.middleware import COOKIE
from openecf.court.people import services as people
from openecf.court.people.models import CourtUser
from openecf.court.transition import queries as transition
from openecf.court.transition import services as transitions
from openecf.platform import legacy_passwords
from openecf.platform.mail.models import OutgoingMail
from tests.court import callers

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
PASSWORD = "Hello world!"
ACCENTED = "Zo\u00eb's harbor"
B64 = base64.b64encode
SHA1 = hashlib.sha1
OLD = {
    "md5-crypt": ("crypt", "$1$abcdefgh$fzmjzFdo5nMtBG8gtud5e0", PASSWORD),
    "sha256-crypt": ("crypt", "$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5", PASSWORD),
    "sha512-crypt": (
        "crypt",
        "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1",
        PASSWORD,
    ),
    "bcrypt": ("crypt", "$2b$05$abcdefghijklmnopqrstuu7nFISH/8YdwlXD3lw69A4iBUf6fvWAW", PASSWORD),
    "plain md5": ("md5", hashlib.md5(PASSWORD.encode()).hexdigest().upper(), PASSWORD),
    "sha1, salt first": ("sha1-salt-first", "ab:" + SHA1(b"ab" + PASSWORD.encode()).hexdigest(), PASSWORD),
    "sha256, salt last": (
        "sha256-salt-last",
        "x:y:" + hashlib.sha256(PASSWORD.encode() + b"x:y").hexdigest(),
        PASSWORD,
    ),
    "LDAP": ("ldap", "{SSHA}" + B64(SHA1(PASSWORD.encode() + b"salt").digest() + b"salt").decode(), PASSWORD),
    "Latin-1": ("sha1", SHA1(ACCENTED.encode("latin-1")).hexdigest(), ACCENTED),
    "UTF-8": ("sha1", SHA1(ACCENTED.encode()).hexdigest(), ACCENTED),
}


def silent(*_: object) -> None:
    pass


def written(folder: Path, people_rows: list[dict[str, str]], users: list[dict[str, str]]) -> Path:
    """A small export with these people and logins; each of them appears in the one case."""
    export = Export(folder, court="flsb", cases=1, users=len(people_rows), passwords=0)
    export.write()
    for name, rows in (("people.csv", people_rows), ("users.csv", users)):
        heading = list(dict.fromkeys(key for row in rows for key in row))
        with (folder / name).open("w", newline="", encoding="utf-8") as out:
            table = csv.DictWriter(out, heading, lineterminator="\n")
            table.writeheader()
            table.writerows(rows)
    with (folder / "attorneys.csv").open("w", newline="", encoding="utf-8") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(("case_id", "party", "person", "name"))
        table.writerows((400_001, 1, row["person"], row["last_name"]) for row in people_rows)
    export.manifest()
    return folder


def loaded(folder: Path, people_rows: list[dict[str, str]], users: list[dict[str, str]]) -> None:
    transitions.set_up(at=NOW, filing_closes_at=NOW - timedelta(hours=1), live_at=NOW + timedelta(days=2))
    transition.forget()
    written(folder, people_rows, users)
    services.load(folder, at=NOW, progress=silent)


def open_to_all(folder: Path) -> None:
    told = Told()
    services.verify(folder, at=NOW, progress=silent, told=told)
    assert not told.problems, [str(one) for one in told.problems]
    queries.Conversion.objects.update(taken_at=NOW)
    services.switch(folder, at=NOW, despite_findings=True)


@pytest.mark.parametrize(("scheme", "kept", "password"), OLD.values(), ids=OLD)
def test_an_old_password_opens_its_login_once_more_and_is_hashed_anew(tmp_path, scheme, kept, password):
    user = {"login": "acounsel", "person": "P1", "group": "attorney", "scheme": scheme, "password": kept}
    loaded(tmp_path, [{"person": "P1", "last_name": "Counsel"}], [user])
    before = CourtUser.objects.get(login="acounsel").password
    assert legacy_passwords.is_wrapped(before) and "argon2id" in before
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM court_user WHERE position(%s IN password) > 0", [kept.rpartition(":")[2]])
        assert cursor.fetchone() == (0,)
    open_to_all(tmp_path)
    for typed, opens in (("wrong" + password, False), (password, True), (password, True)):
        browser = Client()
        browser.post("/login/court", {"login": "ACounsel", "password": typed})
        assert (COOKIE in browser.cookies) is opens
    assert not legacy_passwords.is_wrapped(CourtUser.objects.get(login="acounsel").password)


def test_an_old_password_links_a_pacer_account_after_going_live(tmp_path):
    user = {"login": "acounsel", "person": "P1", "group": "attorney", "scheme": "md5", "password": OLD["plain md5"][1]}
    loaded(tmp_path, [{"person": "P1", "last_name": "Counsel", "email": "a@counsel.example"}], [user])
    open_to_all(tmp_path)
    live = NOW + timedelta(days=3)
    reader = callers.reader(callers.person(now=live))
    with pytest.raises(people.WrongPassword):
        people.prove_login(reader=reader, login="acounsel", password="nonsense", now=live)
    offer = people.prove_login(reader=reader, login="acounsel", password=PASSWORD, now=live)
    assert people.confirm_link(reader=reader, offer_id=offer.id, now=live).account == reader.account


BAD = {
    "rounds without end": ("crypt", "$6$rounds=99999999$salt$" + "a" * 86),
    "DES": ("crypt", "abJnggxhB/yWI"),
    "cut short": ("crypt", "$6$saltstring$svn8"),
    "a password in the clear": ("sha1", "Harbor lantern 7"),
    "no salt": ("sha1-salt-first", "a" * 40),
    "broken base64": ("ldap", "{SSHA}a$b"),
    "unsalted as salted": ("ldap", "{SSHA}" + B64(b"x" * 20).decode()),
}


@pytest.mark.parametrize(("scheme", "kept"), BAD.values(), ids=BAD)
def test_a_hash_that_cannot_be_checked_is_refused_and_never_repeated(scheme, kept):
    with pytest.raises(legacy_passwords.UnknownHash) as refused:
        legacy_passwords.parsed(scheme=scheme, written=kept)
    assert kept not in str(refused.value.said)


def person(number: int, last: str = "Counsel", **more: str) -> dict[str, str]:
    facts = {"first_name": "Ada", "bar_id": "", "firm": "", "phone": "", "email": f"p{number}@counsel.example"}
    return {"person": f"P{number}", "last_name": last} | facts | more


def user(number: int, **more: str) -> dict[str, str]:
    return {"login": f"login{number}", "person": f"P{number}", "others": "", "group": "attorney"} | more


FOUND = {
    "same bar number and name": ([person(1, bar_id="FL-77"), person(2, bar_id="fl77")], [user(1)], ("twice", "bar-id")),
    "same name and address": ([person(1, email="a@x.example"), person(2, email="A@x.example")], [], ("twice", "name")),
    "same name and telephone": (
        [person(1, email="", phone="305 555 0100"), person(2, email="", phone="305 555 0100")],
        [],
        ("twice", "name"),
    ),
    "a login of two": (
        [person(1), person(2, "Birch", first_name="Bo")],
        [user(1, others="P2")],
        ("shared-login", "login"),
    ),
    "one bar number, two names": ([person(1, bar_id="7"), person(2, "Birch", bar_id="7")], [], ("shared", "bar-id")),
    "one address, two logins": (
        [person(1, email="office@x.example"), person(2, "Birch", email="office@x.example")],
        [user(1), user(2)],
        ("shared", "email"),
    ),
    "one telephone, two firms": (
        [person(1, phone="305-555-0100", firm="A"), person(2, "Birch", phone="(305) 555-0100", firm="B")],
        [user(1), user(2)],
        ("shared", "phone"),
    ),
}
QUIET = {
    "a firm's switchboard": ([person(1, phone="3055550100", firm="A"), person(2, "Birch", phone="3055550100", firm="A")],
                             [user(1), user(2)]),
    "a namesake elsewhere": ([person(1), person(2)], [user(1), user(2)]),
    "an address of people without logins": ([person(1, email="o@x.example"), person(2, "Birch", email="o@x.example")], []),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "users", "finding"), FOUND.values(), ids=FOUND)
def test_people_who_may_be_one_and_logins_of_several_are_found_before_and_after_loading(tmp_path, rows, users, finding):
    loaded(tmp_path, rows, users or [user(1)])
    found = Finding.objects.get()
    assert (found.kind, found.why, found.people.count()) == (*finding, 2)
    services.roll_back(at=NOW, progress=silent)
    report = services.check(tmp_path, progress=silent, told=Told())
    assert [(kind, why, sorted(ids)) for kind, why, _what, ids in report.findings] == [(*finding, ["P1", "P2"])]


@pytest.mark.parametrize(("rows", "users"), QUIET.values(), ids=QUIET)
def test_what_is_usual_is_no_finding(tmp_path, rows, users):
    loaded(tmp_path, rows, users or [user(1)])
    assert not Finding.objects.exists()


def decided(finding: Finding, outcome: str, kept: int | None = None) -> list[tuple[str, str]]:
    return services.decide(finding_id=finding.id, outcome=outcome, kept=kept, by="user:1", at=NOW)


def test_the_same_person_keeps_one_account_with_all_appearances(tmp_path):
    loaded(tmp_path, [person(1, bar_id="7"), person(2, bar_id="7")], [user(1), user(2)])
    stays, goes = (CourtUser.objects.get(login=f"login{n}") for n in (1, 2))
    found = Finding.objects.get()
    decided(found, rules.SAME, found.people.get(person="P1").id)
    assert {one.user_id for one in Representation.objects.all()} == {stays.id}
    open_to_all(tmp_path)
    stays.refresh_from_db()
    goes.refresh_from_db()
    assert stays.active and not goes.active and ConvertedUser.objects.get(user=goes).closed


def test_of_several_people_on_one_login_each_gets_one_and_the_own_appearances(tmp_path):
    rows = [person(1), person(2, "Birch", first_name="Bo")]
    loaded(tmp_path, rows, [user(1, others="P2"), user(9, login="bbirch", person="P1")])
    found = Finding.objects.get(kind="shared-login")
    (kept, new), (login, password) = decided(found, rules.SPLIT, found.people.get(person="P1").id)
    own = CourtUser.objects.get(login=login)
    assert (login, own.last_name, own.email) == ("bbirch2", "Birch", "p2@counsel.example") and len(password) == 16
    assert (kept, len(new)) == ("login1", 16) and new != password
    assert Representation.objects.get(name="Birch").user_id == own.id
    assert Representation.objects.get(name="Counsel").user.login == "login1"


def test_the_password_that_several_shared_opens_nothing_after_they_were_parted(tmp_path):
    """Neither its sign-on nor its link, whether the record is loaded again or the court goes live."""
    shared = user(1, others="P2", scheme="sha256", password=hashlib.sha256(b"Office lantern 7").hexdigest())
    loaded(tmp_path, [person(1), person(2, "Birch", first_name="Bo")], [shared])
    found = Finding.objects.get(kind="shared-login")
    made = dict(decided(found, rules.SPLIT, found.people.get(person="P1").id))
    told = {mail.recipients[0]: mail.text for mail in OutgoingMail.objects.all()}
    assert set(told) == {"p1@counsel.example", "p2@counsel.example"} and "login1" in told["p1@counsel.example"]
    assert not any(password in text for password in made.values() for text in told.values())
    services.load(tmp_path, at=NOW, progress=silent)
    open_to_all(tmp_path)
    for password, opens in (("Office lantern 7", False), (made["login1"], True), (made["bbirch"], False)):
        browser = Client()
        browser.post("/login/court", {"login": "login1", "password": password})
        assert (COOKIE in browser.cookies) is opens
    live = NOW + timedelta(days=3)
    reader = callers.reader(callers.person(now=live))
    with pytest.raises(people.WrongPassword):
        people.prove_login(reader=reader, login="login1", password="Office lantern 7", now=live)
    offer = people.prove_login(reader=reader, login="bbirch", password=made["bbirch"], now=live)
    assert people.confirm_link(reader=reader, offer_id=offer.id, now=live).login == "bbirch"


def test_different_persons_stay_as_they_are(tmp_path):
    loaded(tmp_path, [person(1, bar_id="7"), person(2, bar_id="7")], [user(1), user(2)])
    before = list(Representation.objects.values_list("id", "user"))
    decided(Finding.objects.get(), rules.DIFFERENT)
    assert list(Representation.objects.values_list("id", "user")) == before
    open_to_all(tmp_path)
    assert CourtUser.objects.filter(active=True, login__startswith="login").count() == 2


def test_a_finding_is_decided_once_and_only_by_somebody_of_it(tmp_path):
    loaded(tmp_path, [person(1, bar_id="7"), person(2, bar_id="7")], [user(1)])
    found = Finding.objects.get()
    without = found.people.get(person="P2")
    for outcome, kept, refusal in (
        (rules.SAME, None, services.CannotDecide),
        (rules.SAME, without.id, services.CannotDecide),
        (rules.SPLIT, without.id, services.FindingDecided),
    ):
        with pytest.raises(refusal):
            decided(found, outcome, kept)
    decided(found, rules.DIFFERENT)
    with pytest.raises(services.FindingDecided):
        decided(found, rules.DIFFERENT)


def test_open_findings_hold_the_switch_unless_the_court_says_otherwise(tmp_path):
    loaded(tmp_path, [person(1, bar_id="7"), person(2, bar_id="7")], [user(1)])
    services.verify(tmp_path, at=NOW, progress=silent, told=Told())
    queries.Conversion.objects.update(taken_at=NOW)
    with pytest.raises(services.CannotConvert, match="1 findings about people"):
        services.switch(tmp_path, at=NOW)
    decided(Finding.objects.get(), rules.DIFFERENT)
    assert services.switch(tmp_path, at=NOW).switched_at == NOW


def test_the_clerk_works_through_the_findings_on_pages(tmp_path):
    rows = [person(1), person(2, "Birch", first_name="Bo"), person(3, bar_id="7"), person(4, bar_id="7")]
    loaded(tmp_path, rows, [user(1, others="P2"), user(3), user(4)])
    clerk = callers.client(callers.linked("clerk"))
    page = clerk.get("/court/conversion").content.decode()
    assert "One login, several people" in page and "Same bar number, same last name" in page
    shared, twice = Finding.objects.get(kind="shared-login"), Finding.objects.get(kind="twice")
    assert f"/court/conversion/{shared.id}" in page
    nobody = clerk.post(f"/court/conversion/{shared.id}", {"outcome": "split"}).content.decode()
    assert "Choose whose account stays" in nobody
    keeps = shared.people.get(person="P1").id
    done = clerk.post(f"/court/conversion/{shared.id}", {"outcome": "split", "kept": keeps, "note": "Asked"})
    assert "bbirch" in done.content.decode() and "shown once" in done.content.decode()
    again = clerk.get(f"/court/conversion/{shared.id}").content.decode()
    assert "shown once" not in again and "Asked" in again and f"/court/conversion/{twice.id}" in again
    assert f"/court/logins/{CourtUser.objects.get(login='login1').id}" in again
    clerk.post(f"/court/conversion/{twice.id}", {"outcome": "different"})
    assert "Nothing is open" in clerk.get("/court/conversion").content.decode()
    assert clerk.get("/court/conversion/999999").status_code == 404

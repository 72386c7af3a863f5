"""Registering to file at a court, at the central site: who may, each step, what is sent, what comes back."""

from __future__ import annotations

import random
import re
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from openecf.central import demo
from openecf.central.accounts.models import Account
from openecf.central.courts import services as courts
from openecf.central.courts.models import RegisteredCourt
from openecf.central.registration import queries, services
from openecf.central.registration.forms import RoleForm
from openecf.central.registration.models import EfileRequest, RequestNews
from openecf.central.signon import services as signon
from openecf.platform.audit.models import AuditLine
from openecf.platform.bus.handlers import CannotApply
from openecf.platform.bus.messages import CourtStatus, RegistrationAnswered
from openecf.platform.bus.models import OutboxMessage
from openecf.platform.demo_cast import ACCOUNTS, PASSWORD
from openecf.platform.mail.models import OutgoingMail
from openecf.platform.registering.profile import RegistrationProfile
from openecf.platform.throttle import services as throttle
from tests.central.standing import standing
from tests.registering import ANSWERS, FULL, profile

pytestmark = pytest.mark.django_db
AT = datetime(2026, 8, 3, 15, tzinfo=UTC)
CAST = {one.username: one for one in ACCOUNTS}
WHO = "mquimby-law"
ROLE = {"role": "e-file", "here_already": "no", "case_number": ""}
FILER = {"firm": "Quimby PA", "address": "1 Lantern Street\nMiami, FL 33101", "phone": "305-555-0100"}
BARS = {"bar0": "state:FL", "number0": "0044021", "admitted0": "2011-05-06"}
NOTICES = {
    "email": "marisol@counsel.example",
    "extra_emails": "assistant@counsel.example",
    "form": "html",
    "often": "filing",
}
FORM = {"form-training": "2026-02-03", "form-member": "yes", "form-chapters": ["seven"], "form-oath": "on"}
TERMS = {"e_service": "on"}
STEPS = {"role": ROLE, "filer": FILER, "bars": BARS, "notices": NOTICES, "form": FORM, "terms": TERMS}


def people() -> None:
    """The cast's accounts, and four courts."""
    demo.load(at=AT)
    admit("flsb")
    admit("nysb", era="currentgen", live_on=date(2027, 4, 5))
    admit("flsd", said={"accepts": {"e-file": {}}, "bars": "none"})
    admit("ca11", said={})


def admit(
    court: str, *, era: str = "nextgen", live_on: date | None = date(2025, 1, 6), said: dict | None = None
) -> None:
    courts.admit_court(court_id=court, base_url=f"http://{court}.test", hosts=[], public_key="none yet", at=AT)
    tell(court, FULL if said is None else said, era=era, live_on=live_on)


def tell(court: str, said: dict, *, era: str = "nextgen", live_on: date | None = date(2025, 1, 6)) -> None:
    rules_ = RegistrationProfile.model_validate(said)
    status = CourtStatus(
        court=court, at=timezone.now(), era=era, live_on=live_on, cases=1, software="OpenECF", registration=rules_,
        help_phone="555-0100", help_email=f"help@{court}.example",
    )  # fmt: skip
    courts.note_status(status=status, sender=court, at=AT)


stands, begins = standing(people)


def browser_of(username: str = WHO) -> Client:
    browser = Client()
    begun = signon.sign_on(username=username, password=PASSWORD, address="203.0.113.9", at=datetime.now(UTC))
    browser.cookies[settings.SESSION_COOKIE_NAME] = begun.secret
    return browser


def account(username: str = WHO) -> Account:
    return Account.objects.get(username=username)


def filled(browser: Client, *, court: str = "flsb", kind: str = "attorney", **changes: dict) -> EfileRequest:
    """A request with every step answered."""
    begun = browser.post(f"/pscof/manage/efile/{kind}/{court}")
    assert begun.status_code == 302
    place = begun.url
    for _n in range(12):
        step = place.rpartition("/")[2]
        if step == "summary":
            break
        answer = browser.post(place, changes.get(step, STEPS.get(step)))
        assert answer.status_code == 302, (step, answer.content.decode()[-6000:])
        place = answer.url
    return EfileRequest.objects.get(id=place.split("/")[-2])


def sent(browser: Client, **how: dict) -> EfileRequest:
    request = filled(browser, **how)
    answer = browser.post(f"/pscof/manage/efile/{request.id}/summary")
    assert answer.status_code == 302 and answer.url.endswith("?done=sent")
    request.refresh_from_db()
    return request


def text(response) -> str:
    return response.content.decode()


# Who may, and where.


@pytest.mark.parametrize(
    ("username", "says"),
    [
        ("oldone", "Upgrade your account first"),
        ("quimby-billing", "A billing account cannot register to file"),
        ("frontdesk-shared", "A shared account cannot register to file"),
    ],
)
def test_who_may_not_register_reads_why_and_the_way_on(username, says):
    browser = browser_of(username)
    for path in ("efile", "efile/attorney", "efile/non-attorney", "efile/attorney/flsb"):
        assert says in text(browser.get(f"/pscof/manage/{path}")), path
    refused = browser.post("/pscof/manage/efile/attorney/flsb")
    assert refused.status_code == 409 and says in text(refused)
    assert not EfileRequest.objects.exists()


@pytest.mark.parametrize(
    ("court", "kind", "says"),
    [
        ("nysb", "attorney", "This court moves to NextGen on April 5, 2027"),
        ("ca11", "attorney", "takes no registration of this kind online"),
        ("flsd", "non-attorney", "It takes registrations of attorneys"),
        ("akd", "attorney", "This court is not on this network"),
    ],
)
def test_courts_that_take_no_request_say_so(court, kind, says):
    browser = browser_of()
    assert says in text(browser.get(f"/pscof/manage/efile/{kind}/{court}"))
    assert browser.post(f"/pscof/manage/efile/{kind}/{court}").status_code == 409
    assert not EfileRequest.objects.exists()


def test_the_list_of_courts_of_a_type():
    said = text(browser_of().get("/pscof/manage/efile/attorney?type=bankruptcy"))
    assert "/pscof/manage/efile/attorney/flsb" in said and "Not on NextGen until April 5, 2027" in said
    assert "/pscof/manage/efile/attorney/nysb" not in said and "other courts of this type" in said


@pytest.mark.parametrize("path", ["efile/attorney/none", "efile/judges", "efile/judges/flsb", f"efile/{uuid4()}"])
def test_what_is_not_there_is_not_found(path):
    assert browser_of().get(f"/pscof/manage/{path}").status_code == 404


def test_a_linked_account_has_nothing_to_register():
    RegisteredCourt.objects.create(account=account(), court="flsb", role="attorney", linked_at=AT)
    browser = browser_of()
    assert "you can file there now" in text(browser.get("/pscof/manage/efile/attorney/flsb"))
    assert browser.post("/pscof/manage/efile/attorney/flsb").status_code == 409


def test_what_the_court_asks_is_said_before_anything_is_typed():
    said = text(browser_of().get("/pscof/manage/efile/attorney/flsb"))
    for words in ("fee $200.00", "LF-95", "Certificate of good standing", "I consent to electronic service.",
                  "within 3 business days", "people who do not file at this court yet",
                  "Only if you register as: Attorney admission and e-filing"):  # fmt: skip
        assert words in said, words
    assert "Creditor" not in said


# The steps.


def test_a_request_goes_out_with_everything():
    request = sent(browser_of())
    assert (request.status, request.version, request.role) == ("submitted", 1, "e-file")
    body = OutboxMessage.objects.get(type="registration.requested").body
    said = body["application"]
    assert (body["number"], body["username"], said["last_name"]) == ("7100001", WHO, "Quimby")
    assert said["bars"] == [{"kind": "state", "where": "FL", "number": "0044021", "admitted": "2011-05-06"}]
    assert said["answers"] == ANSWERS and said["form"]["code"] == "LF-95"
    assert said["extra_emails"] == ["assistant@counsel.example"] and said["acknowledged"] == ["e-service"]
    assert AuditLine.objects.filter(act="registration.sent").count() == 1


def test_a_second_click_sends_nothing_twice():
    browser = browser_of()
    request = sent(browser)
    again = browser.post(f"/pscof/manage/efile/{request.id}/summary")
    assert again.status_code == 302 and again.url == f"/pscof/manage/efile/{request.id}"
    assert OutboxMessage.objects.filter(type="registration.requested").count() == 1


def test_one_request_at_a_time_and_the_draft_is_found_again():
    browser = browser_of()
    first = filled(browser)
    assert browser.post("/pscof/manage/efile/attorney/flsb").url.startswith(f"/pscof/manage/efile/{first.id}/")
    browser.post(f"/pscof/manage/efile/{first.id}/summary")
    refused = browser.post("/pscof/manage/efile/attorney/flsb")
    assert refused.status_code == 409 and "There is one at a time" in text(refused)
    assert EfileRequest.objects.count() == 1


def test_nobody_opens_somebody_elses_request():
    request = filled(browser_of())
    other = browser_of("pvandermeer")
    for path in ("", "/summary", "/role"):
        assert other.get(f"/pscof/manage/efile/{request.id}{path}").status_code == 404
    assert other.post(f"/pscof/manage/efile/{request.id}/withdraw").status_code == 404


@pytest.mark.parametrize(
    ("step", "typed", "says"),
    [
        ("role", {"here_already": "no"}, "Choose one."),
        ("role", ROLE | {"role": "trustee"}, "This court does not offer that."),
        ("filer", FILER | {"address": ""}, "Type your address."),
        ("filer", FILER | {"phone": "call me"}, "Use digits"),
        ("filer", FILER | {"address": "x" * 130}, "At most eight lines"),
        ("bars", {}, "Choose a state or a federal court."),
        ("bars", {"bar0": "state:FL"}, "Type your number at this bar."),
        ("bars", {"bar0": "state:XX", "number0": "1"}, "Select a valid choice"),
        ("bars", BARS | {"bar1": "state:FL", "number1": "2"}, "This bar stands above already."),
        ("notices", NOTICES | {"email": "nobody"}, "This is no e-mail address"),
        ("notices", NOTICES | {"extra_emails": "a@b.example\nnobody"}, "These are no e-mail addresses: nobody"),
        ("notices", NOTICES | {"extra_emails": "\n".join(f"a{n}@b.example" for n in range(6))}, "At most five"),
        ("form", {}, "This has to be filled in."),
        ("form", FORM | {"form-chapters": ["eleven"]}, "Choose one of these."),
        ("form", FORM | {"form-training": "yesterday"}, "Type the day as"),
        ("form", FORM | {"form-sponsor": "x" * 61}, "at most 60"),
        ("terms", {}, "Acknowledge this to go on."),
    ],
)  # fmt: skip
def test_a_step_says_what_is_wrong_beside_the_field(step, typed, says):
    browser = browser_of()
    request = filled(browser)
    answer = browser.post(f"/pscof/manage/efile/{request.id}/{step}", typed)
    assert answer.status_code == 200 and says in text(answer)
    kept = EfileRequest.objects.get(id=request.id)
    assert kept.answers == request.answers, "nothing wrong is kept"


def test_who_asks_to_be_admitted_pro_hac_vice_names_the_case():
    offers = profile(accepts={"pro-hac-vice": {}, "admission": {}})

    def asked(role: str, number: str) -> RoleForm:
        typed = ROLE | {"role": role, "case_number": number}
        return RoleForm(typed, profile=offers, kind="attorney", linked=False, initial={})

    assert "number of the case" in str(asked("pro-hac-vice", " ").errors["case_number"])
    assert asked("pro-hac-vice", "24-10001").is_valid() and asked("admission", "").is_valid()


def test_a_request_cannot_be_sent_while_a_step_is_missing():
    browser = browser_of()
    begun = browser.post("/pscof/manage/efile/attorney/flsb").url
    browser.post(begun, ROLE)
    request = EfileRequest.objects.get()
    answer = browser.post(f"/pscof/manage/efile/{request.id}/summary")
    assert answer.url == f"/pscof/manage/efile/{request.id}/filer"
    assert "Complete the step" in text(browser.get(f"/pscof/manage/efile/{request.id}/summary"))


def test_what_the_court_asks_meanwhile_is_asked_before_sending():
    browser = browser_of()
    request = filled(browser)
    more = {**FULL["form"], "questions": [*FULL["form"]["questions"], {"name": "new", "type": "line", "label": "New?"}]}
    tell("flsb", {**FULL, "form": more})
    assert browser.post(f"/pscof/manage/efile/{request.id}/summary").url.endswith("/form")
    tell("flsb", {**FULL, "accepts": {"creditor": {}}})
    assert browser.post(f"/pscof/manage/efile/{request.id}/summary").status_code in (302, 409)
    assert not OutboxMessage.objects.filter(type="registration.requested").exists()


def test_who_files_there_already_is_not_asked_for_the_form_of_the_new():
    request = sent(browser_of(), role=ROLE | {"here_already": "yes"})
    said = OutboxMessage.objects.get(type="registration.requested").body["application"]
    assert said["files_here_already"] and said["form"] is None and "form" not in request.answers


def test_others_register_for_a_role_of_theirs():
    browser = browser_of("hlindqvist")
    request = sent(browser, kind="non-attorney", role={"role": "creditor", "here_already": "no", "case_number": "24-1"})
    said = OutboxMessage.objects.get(type="registration.requested").body["application"]
    assert (said["role"], said["bars"], said["case_number"]) == ("creditor", [], "24-1")
    assert "Creditor" in text(browser.get(f"/pscof/manage/efile/{request.id}"))


@pytest.mark.parametrize("own", [True, False])
def test_the_court_is_told_whether_the_address_for_notices_is_the_proved_one(own):
    """By it the desk finds whom it knows already; an address that was only typed is anybody's."""
    typed = NOTICES | {"email": Account.objects.get(username=WHO).email.upper()} if own else NOTICES
    sent(browser_of(), notices=typed)
    said = OutboxMessage.objects.get(type="registration.requested").body["application"]
    assert said["email_proved"] is own


# What comes back.


def hear(request: EfileRequest, status: str, step: int, *, sender: str = "flsb", **facts: object) -> None:
    base = {
        "request": request.id,
        "version": request.version,
        "step": step,
        "at": AT,
        "court": sender,
        "status": status,
    }
    services.hear(message=RegistrationAnswered(**(base | facts)), sender=sender, at=timezone.now())
    request.refresh_from_db()


def test_the_whole_conversation_once_however_often_it_is_told():
    browser = browser_of()
    request = sent(browser)
    for _n in range(10):
        hear(request, "received", 1)
        hear(request, "more", 2, said="Which bar?")
    assert request.status == "more"
    assert "Which bar?" in text(browser.get(f"/pscof/manage/efile/{request.id}"))
    assert len([m for m in OutgoingMail.objects.all() if "asks for more" in m.subject]) == 1
    browser.post(f"/pscof/manage/efile/{request.id}/bars", BARS | {"number0": "0055123"})
    browser.post(f"/pscof/manage/efile/{request.id}/summary")
    request.refresh_from_db()
    assert (request.status, request.version) == ("submitted", 2)
    hear(request, "approved", 4, login="mquimby", group="attorney", fee_cents=20000, said="Welcome.")
    hear(request, "received", 3)
    assert (request.status, request.login) == ("approved", "mquimby")
    mail = OutgoingMail.objects.filter(subject__startswith="You may file").get()
    assert mail.recipients == [account().email]
    assert "A fee of $200.00 is due" in mail.text and "Welcome." in mail.text and "555-0100" in mail.text
    said = text(browser.get("/pscof/manage/efile"))
    assert "Approved" in said and "Fee due: $200.00" in said
    hear(request, "fee-paid", 5)
    assert request.fee_paid and "Fee due" not in text(browser.get("/pscof/manage/efile"))


@pytest.mark.parametrize(
    ("group", "says", "not_says"),
    [
        ("filing-agent", "lets you act", "You can file there now"),
        ("pro-se", "and in no other", "You can file there now"),
        ("pro-hac-vice", "admitted pro hac vice, in the case or cases", "You can file there now"),
        ("limited", "You can file there now", "lets you act"),
    ],
)
def test_the_mail_of_an_approval_says_what_is_left_to_do(group, says, not_says):
    hear(sent(browser_of()), "approved", 1, login="x", group=group)
    mail = OutgoingMail.objects.filter(subject__startswith="You may file").get()
    assert says in mail.text and not_says not in mail.text
    EfileRequest.objects.update(role=group if group == "filing-agent" else "party")
    page = text(browser_of().get(f"/pscof/manage/efile/{EfileRequest.objects.get().id}"))
    assert ("tell them your account number" in page) is (group == "filing-agent")


@pytest.mark.parametrize("seed", range(5))
def test_answers_in_any_order_and_many_times(seed):
    request = sent(browser_of())
    told = [("received", 1), ("more", 2), ("rejected", 3)] * 3
    random.Random(seed).shuffle(told)
    for status, step in told:
        hear(request, status, step, said="Reason")
    assert request.status == "rejected"
    assert RequestNews.objects.filter(request=request, step__gt=0).count() == 3


def test_the_mail_is_in_the_applicants_language():
    browser = browser_of()
    request = filled(browser)
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "es"
    browser.post(f"/pscof/manage/efile/{request.id}/summary")
    request.refresh_from_db()
    assert request.language == "es"
    assert "Trece" in text(browser.get(f"/pscof/manage/efile/{request.id}/form")) or request.status == "submitted"


def test_only_the_court_that_was_asked_answers():
    request = sent(browser_of())
    with pytest.raises(CannotApply):
        hear(request, "approved", 1, sender="flsd")
    with pytest.raises(CannotApply):
        services.hear(
            message=RegistrationAnswered(request=uuid4(), version=1, step=1, at=AT, court="flsb", status="approved"),
            sender="flsb",
            at=AT,
        )
    request.refresh_from_db()
    assert request.status == "submitted"


def test_taken_back_and_asked_again():
    browser = browser_of()
    request = sent(browser)
    browser.post(f"/pscof/manage/efile/{request.id}/withdraw")
    browser.post(f"/pscof/manage/efile/{request.id}/withdraw")
    request.refresh_from_db()
    assert request.status == "withdrawn"
    assert OutboxMessage.objects.filter(type="registration.withdrawn").count() == 1
    assert sent(browser).id != request.id


def test_sending_again_and_again_is_slow():
    browser = browser_of()
    request = filled(browser)
    for _n in range(20):
        throttle.count(key=f"registration:{account().id}", window=timedelta(hours=1), now=timezone.now())
    refused = browser.post(f"/pscof/manage/efile/{request.id}/summary")
    assert refused.status_code == 409 and "Try again in an hour" in text(refused)
    request.refresh_from_db()
    assert request.status == "draft"


def test_a_draft_that_is_discarded_was_never_there():
    browser = browser_of()
    request = filled(browser)
    assert browser.post(f"/pscof/manage/efile/{request.id}/withdraw").url.endswith("?done=discarded")
    assert not EfileRequest.objects.exists() and not OutboxMessage.objects.filter(type__startswith="reg").exists()


def test_a_duplicate_accounts_requests_go_on_with_the_other():
    old, new = browser_of(), account("pvandermeer")
    request, twice = sent(old), sent(old, court="flsd", kind="attorney")
    EfileRequest.objects.create(account=new, court="flsd", kind="attorney", begun_at=AT, changed_at=AT)
    for _n in range(2):
        services.follow(account=account().id, into=new.id, by="test", at=timezone.now())
    request.refresh_from_db()
    twice.refresh_from_db()
    assert (request.account_id, request.status) == (new.id, "submitted")
    assert (twice.account_id, twice.status) == (new.id, "withdrawn")
    assert OutboxMessage.objects.filter(type="registration.withdrawn", to="flsd").count() == 1


# Where notices go.


def test_an_older_status_of_a_court_does_not_bring_old_rules_back():
    site = next(one for one in courts_here() if one.id == "flsb")
    old = CourtStatus(
        court="flsb", at=site.seen_at - timedelta(hours=1), era="nextgen", live_on=None, cases=1, software=""
    )
    courts.note_status(status=old, sender="flsb", at=AT)
    assert queries.offer_of("flsb", kind="attorney").is_open


def courts_here():
    from openecf.central.courts import queries as found

    return found.courts()


def test_a_day_without_filings_is_told_with_summaries_only():
    RegisteredCourt.objects.create(account=account(), court="flsb", role="attorney", linked_at=AT)
    browser = browser_of()
    form = {"email": account().email, "form": "html", "often": "filing", "silence": "on", "current": PASSWORD}
    assert browser.post("/pscof/manage/efile/email", form).status_code == 302
    told = OutboxMessage.objects.get(type="filer.contact").body
    assert (told["summary"], told["tells_silence"]) == (False, False)
    page = browser.get("/pscof/manage/efile/email").content.decode()
    assert re.search(r'name="often" value="filing"[^>]*checked', page)
    assert browser.post("/pscof/manage/efile/email", form | {"often": "weekly"}).status_code == 200


def test_how_often_is_asked_at_registration_and_told_to_the_court():
    browser = browser_of()
    request = filled(browser, notices=NOTICES | {"often": "summary", "silence": "on"})
    summary = browser.get(f"/pscof/manage/efile/{request.id}/summary")
    assert "Once a day, a summary of all filings; a day without filings is told, too" in text(summary)
    browser.post(f"/pscof/manage/efile/{request.id}/summary")
    said = OutboxMessage.objects.get(type="registration.requested").body["application"]
    assert said["summary"] and said["tells_silence"]

"""The event dictionaries of the three kinds of court: whole, sound, and worded as the courts word them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import openecf.benches
from openecf.court.events import dictionary
from openecf.court.events.rules import COURT, FILERS, Dictionary, offered, put_together
from openecf.court.filing.rules import NamedParty, RelatedEntry, TextFacts, docket_text

BENCHES = ("appellate", "bankruptcy", "district")
HOME = Path(openecf.benches.__file__).parent


def of(bench: str) -> Dictionary:
    """The dictionary of a bench from its files, without settings of a site."""
    read = [
        dictionary.read(path.name, path.read_text("utf-8")) for path in sorted((HOME / bench / "events").glob("*.toml"))
    ]
    return put_together(
        [category for category, _events in read], [event for _category, events in read for event in events]
    )


@pytest.mark.parametrize("bench", BENCHES)
def test_an_ordinary_day_can_be_filed(bench):
    known = of(bench)
    assert len(known.events) >= 40
    assert len([e for e in known.events.values() if e.category == "motions"]) >= 10
    titles = " ".join(event.title.casefold() for event in known.events.values())
    for kind in ("appearance", "withdrawal", "response", "reply", "objection", "letter", "stipulation", "status report",
                 "certificate of service", "order", "judgment", "deficien", "reopen"):  # fmt: skip
        assert kind in titles, kind


@pytest.mark.parametrize("bench", BENCHES)
def test_every_category_has_events_and_every_group_a_menu(bench):
    known = of(bench)
    assert {e.category for e in known.events.values()} == {c.code for c in known.categories}
    for group in (*FILERS, *COURT):
        assert offered(known, group=group), group


@pytest.mark.parametrize("bench", BENCHES)
def test_the_courts_own_events_are_not_for_filers(bench):
    for event in of(bench).events.values():
        if event.category in ("orders", "judgments", "clerk"):
            assert not set(event.filed_by) & set(FILERS), event.code


FOR_CREDITORS = {
    "notice:request-for-notice", "notice:change-of-address", "notice:transfer-of-claim",
    "notice:mortgage-payment-change", "notice:postpetition-fees", "notice:response-final-cure",
    "papers:reaffirmation", "papers:certificate-of-service",
}  # fmt: skip
"""All that a limited filer may file at a bankruptcy court."""


def test_a_limited_filer_files_what_creditors_file_and_nothing_else():
    may = {event.code for event in of("bankruptcy").events.values() if event.may_be_filed_by("limited")}
    assert may == FOR_CREDITORS


TRUSTEES = {
    "trustee:no-distribution", "trustee:meeting-held", "trustee:meeting-continued", "trustee:meeting-not-held",
    "trustee:statement", "trustee:final-report", "trustee:notice-of-assets", "trustee:objection-claim",
    "trustee:objection-exemption", "trustee:motion-dismiss",
}  # fmt: skip
UST_ONLY = {"ust:appointment", "ust:committee", "ust:presumed-abuse", "ust:motion-dismiss-abuse"}


@pytest.mark.parametrize(
    ("group", "may", "may_not"),
    [
        ("trustee", TRUSTEES, UST_ONLY),
        ("us-trustee", TRUSTEES | UST_ONLY, set()),
        ("clerk", TRUSTEES | UST_ONLY, set()),
        ("attorney", set(), TRUSTEES | UST_ONLY),
        ("pro-se", set(), TRUSTEES | UST_ONLY),
        ("limited", set(), TRUSTEES | UST_ONLY),
        ("filing-agent", set(), set(of("bankruptcy").events)),
    ],
)
def test_who_files_the_trustees_events(group, may, may_not):
    events = of("bankruptcy").events
    files = {code for code, event in events.items() if event.may_be_filed_by(group)}
    assert may <= files and not files & may_not, group


REPORTERS = {
    "bankruptcy": {"transcript:official", "transcript:redacted", "transcript:notice"},
    "district": {"transcript:official", "transcript:redacted", "transcript:notice"},
    "appellate": {"form:reporter-acknowledgment", "form:reporter-filed"},
}
AUDITORS = {"auditor:no-misstatement", "auditor:misstatement", "auditor:not-completed"}


@pytest.mark.parametrize("bench", BENCHES)
def test_a_court_reporter_files_transcripts_and_an_auditor_reports_and_neither_anything_else(bench):
    def files(group: str) -> set[str]:
        return {code for code, event in of(bench).events.items() if event.may_be_filed_by(group)}

    assert files("court-reporter") == REPORTERS[bench]
    assert files("auditor") == (AUDITORS if bench == "bankruptcy" else set())
    for group in ("attorney", "pro-se", "limited", "trustee"):
        assert not files(group) & (REPORTERS[bench] | AUDITORS), group


@pytest.mark.parametrize("bench", ["bankruptcy", "district"])
def test_a_transcript_is_read_at_the_courthouse_until_it_is_released_and_no_others_documents_are_transcripts(bench):
    events = of(bench).events.values()
    transcripts = {event.code for event in events if event.transcript}
    assert transcripts == {"transcript:official", "transcript:redacted"}
    assert all(event.restriction == 1 and event.line_open for event in events if event.transcript)


@pytest.mark.parametrize("bench", BENCHES)
def test_sealed_events_start_sealed_and_warn(bench):
    sealed = [event for event in of(bench).events.values() if "Sealed Document" in event.title]
    assert sealed
    assert all(event.restriction >= 4 and event.help and 0 not in event.restrictions for event in sealed)


@pytest.mark.parametrize("bench", BENCHES)
def test_every_text_can_be_filled(bench):
    """With everything answered, no template leaves a hole, a brace or two spaces."""
    for event in of(bench).events.values():
        answers = {
            q.name: {"date": "2024-03-04", "time": "09:30", "money": "12", "number": "2"}.get(q.kind, "x")
            for q in event.questions
        }
        facts = TextFacts(
            event=event, case_number="24-10001", filers=[NamedParty("Ada Roe", "Debtor")],
             against=[NamedParty("Bo Poe", "Defendant")],
            related=[RelatedEntry("7", "MOTION to Dismiss", event.rules_on[0] if event.rules_on else "")],
             attachments=["Exhibit A"],
            prefix=event.prefixes[0] if event.prefixes else "", free="Words" if event.free else "", answers=answers,
            judge="Judge Lenora Ashgrove", submitter="Ann Counsel", signature="Counsel, Ann", initials="AC",
            filed=date(2024, 3, 4), due=date(2024, 3, 18),
        )  # fmt: skip
        text = docket_text(facts)
        assert not set("{}") & set(text), (event.code, text)
        assert "  " not in text and " ." not in text and ".." not in text, (event.code, text)


ADA, BO = NamedParty("Ada Roe", "Plaintiff"), NamedParty("Bo Poe", "Defendant")
COUNSEL = {"submitter": "Ann Counsel", "signature": "Counsel, Ann", "initials": "AC"}
STAFF = {"signature": "jbh", "initials": "JBH", "judge": "Judge Lenora Ashgrove"}
MOTION = RelatedEntry("20", "MOTION to Dismiss", "granted")


@pytest.mark.parametrize(("bench", "code", "facts", "says"), [
    ("district", "motion:dismiss", {"filers": [ADA], "attachments": ["Exhibit A"], **COUNSEL},
     "MOTION to Dismiss by Ada Roe. (Attachments: # (1) Exhibit A)(Counsel, Ann)"),
    ("district", "motion:compel", {"filers": [ADA, BO], "prefix": "Second", "due": date(2024, 3, 18), **COUNSEL},
     "Second MOTION to Compel by Ada Roe, Bo Poe. Responses due by 3/18/2024. (Counsel, Ann)"),
    ("district", "response:opposition", {"filers": [BO], "related": [RelatedEntry("20", "MOTION to Dismiss")],
     **COUNSEL},
     "RESPONSE in Opposition re 20 MOTION to Dismiss filed by Bo Poe. (Counsel, Ann)"),
    ("district", "notice:appearance", {"filers": [ADA], **COUNSEL},
     "NOTICE of Attorney Appearance by Ann Counsel on behalf of Ada Roe. (Counsel, Ann)"),
    ("district", "order:motion", {"related": [MOTION], "answers": {"signed_on": "2021-06-10"}, **STAFF},
     "ORDER granting 20 MOTION to Dismiss. Signed by Judge Lenora Ashgrove on 6/10/2021. (jbh)"),
    ("district", "order:motion", {"answers": {"signed_on": "2021-06-10"}, **STAFF,
     "related": [MOTION, RelatedEntry("21", "MOTION to Strike", "denied")]},
     "ORDER granting 20 MOTION to Dismiss; denying 21 MOTION to Strike. Signed by Judge Lenora Ashgrove on 6/10/2021. (jbh)"),
    ("district", "order:text", {"free": "The parties shall confer.", "answers": {"signed_on": "2021-06-10"}, **STAFF},
     "PAPERLESS ORDER: The parties shall confer. Signed by Judge Lenora Ashgrove on 6/10/2021. (jbh)"),
    ("district", "clerk:notice-of-hearing", {**STAFF, "answers":
     {"hearing_date": "2024-04-30", "hearing_time": "10:00", "hearing_place": "Courtroom 4"}},
     "NOTICE of Hearing: Hearing set for 4/30/2024 at 10:00 AM in Courtroom 4 before Judge Lenora Ashgrove. (jbh)"),
    ("bankruptcy", "motion:dismiss-case", {"filers": [NamedParty("Ada Roe", "Debtor")], "attachments": ["Exhibit A",
     "Exhibit B"], **COUNSEL},
     "Motion to Dismiss Case Filed by Debtor Ada Roe. (Attachments: # 1 Exhibit A # 2 Exhibit B) (Counsel, Ann)"),
    ("bankruptcy", "application:compensation", {"filers": [NamedParty("Ada Roe", "Debtor")],
     "free": "Ann Counsel, Debtor's Attorney",
     "answers": {"fee": "4500.00", "expenses": "313.5"}, "due": date(2024, 3, 25), **COUNSEL},
     "Application for Compensation for Ann Counsel, Debtor's Attorney, Fee: $4,500.00, Expenses: $313.50. "
     "Filed by Debtor Ada Roe. Objections due by 3/25/2024. (Counsel, Ann)"),
    ("bankruptcy", "response:objection", {"filers": [NamedParty("Bo Poe", "Creditor")], "related": [RelatedEntry("7",
     "Motion to Dismiss Case")], **COUNSEL},
     "Objection to (Re: 7 Motion to Dismiss Case) Filed by Creditor Bo Poe. (Counsel, Ann)"),
    ("bankruptcy", "clerk:close-case", STAFF, "Bankruptcy Case Closed. (jbh)"),
    ("appellate", "motion:extend-brief", {"filers": [NamedParty("Ada Roe", "Appellant")],
     "related": [RelatedEntry("12", "Briefing order")],
     "answers": {"until": "2024-05-03"}, "case_number": "24-1234", **COUNSEL},
     "MOTION filed by Appellant Ada Roe to extend time to file brief to 5/3/2024 [12]. [24-1234] (AC)"),
    ("appellate", "brief:reply", {"filers": [NamedParty("Ada Roe", "Appellant")], "case_number": "24-1234", **COUNSEL},
     "Reply brief filed by Appellant Ada Roe. [24-1234] (AC)"),
    ("appellate", "form:letter", {"filers": [NamedParty("Bo Poe", "Appellee")], "free": "about oral argument.",
     "case_number": "24-1234", **COUNSEL},
     "LETTER filed by Appellee Bo Poe about oral argument. [24-1234] (AC)"),
    ("appellate", "order:text-motion", {"related": [RelatedEntry("12", "MOTION", "granted")],
     "case_number": "24-1234", **STAFF},
     "Clerk order: granting 12 MOTION. [24-1234] (JBH)"),
])  # fmt: skip
def test_docket_text(bench, code, facts, says):
    assert docket_text(TextFacts(event=of(bench).event(code), **{"case_number": "", **facts})) == says

"""What a court decides for itself: checked, recorded, told to the central site."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from openecf.court.transition import queries, rules, services
from openecf.platform.audit.models import AuditLine
from openecf.platform.bus.models import OutboxMessage

AT = datetime(2027, 3, 1, 15, tzinfo=UTC)
ZONE = "America/New_York"


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ({"live_at": "2027-04-05T08:30"}, {"live_at": datetime(2027, 4, 5, 12, 30, tzinfo=UTC)}),
        ({"live_at": "2027-04-05T08:30Z"}, {"live_at": datetime(2027, 4, 5, 8, 30, tzinfo=UTC)}),
        ({"live_at": ""}, {"live_at": None}),
        ({"closed_days": '["2027-04-02"]'}, {"closed_days": [date(2027, 4, 2)]}),
        ({"offices": '{"1": "Miami"}', "pdf_megabytes": "50"}, {"offices": {"1": "Miami"}, "pdf_megabytes": 50}),
        ({"pdf_forms": "yes", "pool_address": ""}, {"pdf_forms": True, "pool_address": ""}),
    ],
)
def test_settings_are_read_in_the_courts_own_time(words, read):
    assert rules.read_settings(words, zone=ZONE) == read


@pytest.mark.parametrize(
    ("words", "refusal", "says"),
    [
        ({"doc_prefix": "999"}, rules.NoSuchSetting, "no setting doc_prefix"),
        ({"live_at": "next Monday"}, rules.BadSetting, "live_at"),
        ({"pdf_megabytes": "0"}, rules.BadSetting, "pdf_megabytes"),
        ({"closed_days": "Good Friday"}, rules.BadSetting, "not JSON"),
        ({"closed_days": '["tomorrow"]'}, rules.BadSetting, "closed_days"),
        ({"help_email": "the clerk"}, rules.BadSetting, "not an e-mail address"),
        ({"from_address": ""}, rules.BadSetting, "not an e-mail address"),
    ],
)
def test_what_cannot_be_a_setting_is_refused_by_its_name(words, refusal, says):
    with pytest.raises(refusal, match=says):
        rules.read_settings(words, zone=ZONE)


WEEKEND = SimpleNamespace(
    announced_at=datetime(2027, 1, 11, 14, tzinfo=UTC),
    resets_end_at=datetime(2027, 3, 27, 3, 59, tzinfo=UTC),
    filing_closes_at=datetime(2027, 4, 2, 12, 30, tzinfo=UTC),
    live_at=datetime(2027, 4, 5, 12, 30, tzinfo=UTC),
)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("now", "stands"),
    [
        (WEEKEND.announced_at - SECOND, rules.Era.CURRENTGEN),
        (WEEKEND.announced_at, rules.Era.ANNOUNCED),
        (WEEKEND.resets_end_at - SECOND, rules.Era.ANNOUNCED),
        (WEEKEND.resets_end_at, rules.Era.RESETS_OVER),
        (WEEKEND.filing_closes_at - SECOND, rules.Era.RESETS_OVER),
        (WEEKEND.filing_closes_at, rules.Era.FILING_CLOSED),
        (WEEKEND.live_at - SECOND, rules.Era.FILING_CLOSED),
        (WEEKEND.live_at, rules.Era.NEXTGEN),
    ],
)
def test_the_hours_of_the_move_decide_where_a_court_stands(now, stands):
    assert rules.era(WEEKEND, now) is stands
    assert rules.is_live(WEEKEND, now) is (stands is rules.Era.NEXTGEN)


def test_a_court_without_a_day_stays_as_it_is():
    none = SimpleNamespace(announced_at=None, resets_end_at=None, filing_closes_at=None, live_at=None)
    assert rules.era(none, AT) is rules.Era.CURRENTGEN
    assert rules.missed_days(none, ZONE) == frozenset()


def test_days_without_filing_count_until_the_day_on_which_it_opens():
    assert sorted(rules.missed_days(WEEKEND, ZONE)) == [date(2027, 4, 2), date(2027, 4, 3), date(2027, 4, 4)]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"announced_at": WEEKEND.live_at + SECOND}, "announced_at must not be later"),
        ({"filing_closes_at": WEEKEND.live_at + SECOND}, "filing_closes_at must not be later than live_at"),
        ({"live_at": None}, "filing must open again"),
    ],
)
def test_hours_out_of_order_are_refused(changed, says):
    with pytest.raises(rules.BadSetting, match=says):
        rules.require_order(SimpleNamespace(**(vars(WEEKEND) | changed)))


@pytest.mark.django_db
def test_a_change_is_recorded_and_told_to_the_central_site():
    services.set_up(at=AT, live_at=AT)
    OutboxMessage.objects.all().delete()
    services.change_profile(words={"live_at": "2027-04-05T08:30", "help_phone": "555-0199"}, by="operator", at=AT)
    assert queries.profile().help_phone == "555-0199"
    told = OutboxMessage.objects.get()
    assert (told.to, told.type) == ("central", "court.status")
    assert (told.body["era"], told.body["live_on"]) == ("currentgen", "2027-04-05")
    line = AuditLine.objects.get(act="court.profile-changed")
    assert line.facts["settings"] == ["help_phone", "live_at"]


@pytest.mark.django_db
def test_a_refused_change_changes_nothing():
    services.set_up(at=AT, live_at=AT)
    with pytest.raises(rules.BadSetting):
        services.change_profile(words={"help_phone": "555-0199", "pdf_megabytes": "-1"}, by="operator", at=AT)
    assert queries.profile().help_phone == ""


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("filing_closes_at", "2031-04-04T08:30"),
        ("live_at", "2031-11-03T08:30:15"),
        ("resets_end_at", ""),
        ("filing_needs_mfa", "2027-02-01"),
        ("summaries_at", "00:30"),
        ("pdf_forms", "true"),
        ("pdf_megabytes", "35"),
        ("help_phone", "555-0100"),
        ("offices", '{"1": "Cañón City"}'),
        ("closed_days", '["2027-04-02"]'),
        ("terminal_networks", '["192.0.2.16/28"]'),
        ("nextgen_links", '[{"label": {"en": "A guide"}, "url": "https://court.example/guide"}]'),
    ],
)
def test_a_setting_is_shown_as_it_is_typed(name, typed):
    kept = rules.read_settings({name: typed}, zone=ZONE)[name]
    assert rules.as_typed(kept, zone=ZONE) == typed

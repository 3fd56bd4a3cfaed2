"""Close dates and probability follow the stage in ONLYOFFICE as they do for a person at the browser."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from sync.crm.onlyoffice.moment import day_of, echo_of, minutes_of
from sync.domain.model import ACTUAL_CLOSE, EXPECTED_CLOSE, PROBABILITY, STAGE, TITLE, Value
from sync.errors import RecordRefused, WrongShape
from sync.sandbox.onlyoffice.app import build
from sync.sandbox.server import start
from sync.sandbox.world import make_world
from tests.crm.contract import STAMP, new_values, read
from tests.crm.onlyoffice_bench import DoubleBench, Watch, a_record, double_bench
from tests.crm.onlyoffice_portal import SandboxBench, crm_at, now, options_of
from tests.crm.respx_onlyoffice import STAGES, UNSET

OPEN, OTHER_OPEN, WON, LOST = "41", "42", "44", "45"
TODAY = date(2026, 11, 22)
EARLIER = date(2026, 3, 1)
EARLIER_WIRE = "2026-03-01T15:42:07.0000000+01:00"


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def at_double(watch: Watch) -> Iterator[DoubleBench]:
    with double_bench(watch) as bench:
        yield bench


@pytest.fixture
def at_portal() -> Iterator[SandboxBench]:
    portal = build(make_world(companies=4, sales=4, seed=11), clock=now, password="sandbox")
    server = start(portal.app)
    crm = crm_at(options_of(portal, server.base_url))
    yield SandboxBench(crm, portal, server.base_url)
    crm.close()
    server.stop()


def in_stage(key: str) -> dict[str, object]:
    return next(stage for stage in STAGES if stage["id"] == int(key))


@pytest.mark.parametrize(
    ("stage", "held", "changes", "closed_on"),
    [
        (OPEN, UNSET, {STAGE: WON}, TODAY),
        (OPEN, UNSET, {STAGE: LOST}, TODAY),
        (OPEN, EARLIER_WIRE, {STAGE: WON}, TODAY),
        (OPEN, UNSET, {STAGE: WON, ACTUAL_CLOSE: EARLIER}, EARLIER),
        (OPEN, UNSET, {STAGE: OTHER_OPEN}, None),
        (OPEN, EARLIER_WIRE, {STAGE: OTHER_OPEN}, EARLIER),
        (WON, EARLIER_WIRE, {STAGE: OPEN}, None),
        (WON, EARLIER_WIRE, {STAGE: OPEN, ACTUAL_CLOSE: EARLIER}, EARLIER),
        (WON, EARLIER_WIRE, {STAGE: LOST}, EARLIER),
        (WON, UNSET, {STAGE: LOST}, TODAY),
        (WON, UNSET, {STAGE: WON}, None),
        (WON, UNSET, {TITLE: "Ours"}, None),
        (WON, EARLIER_WIRE, {ACTUAL_CLOSE: None}, None),
    ],
)
def test_close_date_follows_the_stage(
    at_double: DoubleBench, stage: str, held: str, changes: dict[str, Value], closed_on: date | None
) -> None:
    """Closing dates the record today, reopening clears the date, a date that is given or stays is kept."""
    record = a_record(at_double, stage=in_stage(stage), actualCloseDate=held, successProbability=35)
    after = at_double.crm.update_record(record.id, {}, changes)

    assert after.values[ACTUAL_CLOSE] == closed_on
    assert after.values[PROBABILITY] == 35
    assert at_double.portal.writes == 1


@pytest.mark.parametrize(
    ("offset", "day"), [("00:00:00", 22), ("01:00:00", 23), ("13:00:00", 23), ("-08:00:00", 22)]
)
def test_today_is_the_portals_day(at_double: DoubleBench, watch: Watch, offset: str, day: int) -> None:
    """A record closed late in the evening is dated as the portal's users would date it."""
    watch.at = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    at_double.portal.utc_offset = offset
    record = a_record(at_double)

    closed = at_double.crm.update_record(record.id, {}, {STAGE: WON})
    assert closed.values[ACTUAL_CLOSE] == date(2026, 11, day)


def test_unreadable_offset_closes_nothing(at_double: DoubleBench) -> None:
    """Without the portal's offset nobody knows its day, and nothing is written."""
    at_double.portal.utc_offset = "one hour"
    record = a_record(at_double)

    with pytest.raises(WrongShape):
        at_double.crm.update_record(record.id, {}, {STAGE: WON})
    assert at_double.portal.writes == 0


@pytest.mark.parametrize(
    ("given", "closed_on", "probability"),
    [
        ({STAGE: WON}, TODAY, 60),
        ({STAGE: WON, ACTUAL_CLOSE: EARLIER}, EARLIER, 60),
        ({STAGE: WON, PROBABILITY: None}, TODAY, 100),
        ({STAGE: OPEN, PROBABILITY: None}, None, 50),
        ({STAGE: OPEN, PROBABILITY: 0}, None, 0),
    ],
)
def test_new_records_are_complete(
    at_double: DoubleBench, given: dict[str, Value], closed_on: date | None, probability: int
) -> None:
    """A record made closed has a close date, and one made without a probability has that of its stage."""
    record = at_double.crm.create_record(new_values(at_double) | given, STAMP)

    assert (record.values[ACTUAL_CLOSE], record.values[PROBABILITY]) == (closed_on, probability)


def test_a_stage_that_is_gone_is_refused_before_writing(at_double: DoubleBench) -> None:
    """A stage deleted meanwhile is named before anything is sent."""
    record = a_record(at_double)

    with pytest.raises(RecordRefused, match="stage"):
        at_double.crm.update_record(record.id, {}, {STAGE: "99"})
    with pytest.raises(RecordRefused, match="stage"):
        at_double.crm.create_record(new_values(at_double, stage="99"), STAMP)
    assert at_double.portal.writes == 0


def test_times_of_day_survive(at_double: DoubleBench) -> None:
    """An update that leaves a close date on its day leaves its time too, in whole seconds."""
    fine = "2026-06-30T23:59:59.1200000+02:00"
    record = a_record(at_double, actualCloseDate=EARLIER_WIRE, expectedCloseDate=fine)
    at_double.crm.update_record(record.id, {}, {TITLE: "Ours"})
    at_double.crm.update_record(record.id, {}, {ACTUAL_CLOSE: EARLIER, EXPECTED_CLOSE: date(2026, 7, 1)})
    first, second = at_double.portal.sent("PUT", "301.json")

    assert first["actualCloseDate"] == "2026-03-01T15:42:07+01:00"
    assert first["expectedCloseDate"] == "2026-06-30T23:59:59+02:00"
    assert (second["actualCloseDate"], second["expectedCloseDate"]) == (
        "2026-03-01T15:42:07+01:00",
        "2026-07-01",
    )


@pytest.mark.parametrize("zone", ["UTC", "Europe/Oslo", "Pacific/Auckland", "America/Los_Angeles"])
def test_exact_close_times_survive_at_a_portal(at_portal: SandboxBench, zone: str) -> None:
    """In any portal zone, summer and winter, stored instants are the same after ten updates."""
    at_portal.portal.switches.set("timezone", zone)
    record_id = at_portal.user_creates(**new_values(at_portal))
    wire = {"actualCloseDate": "2026-07-01T21:30:05Z", "expectedCloseDate": "2026-12-31T22:59:59Z"}
    at_portal.portal.control.edit(int(record_id), wire, None)
    before = at_portal.portal.state.opportunities[int(record_id)]
    for n in range(10):
        at_portal.crm.update_record(record_id, {}, {TITLE: f"Ours {n}"})
    after = at_portal.portal.state.opportunities[int(record_id)]

    assert (after.actual_close, after.expected_close) == (before.actual_close, before.expected_close)
    assert after.actual_close == datetime(2026, 7, 1, 21, 30, 5, tzinfo=UTC)


def test_closing_at_a_portal_reads_like_a_person_did_it(at_portal: SandboxBench) -> None:
    """Adapter and browser leave the same day behind when they close and reopen."""
    stages = at_portal.portal.state.ordered_stages()
    won = next(str(stage.id) for stage in stages if stage.kind == 1)
    ours, theirs = (at_portal.user_creates(**new_values(at_portal)) for _ in range(2))
    at_portal.crm.update_record(ours, {}, {STAGE: won})
    at_portal.user_edits(theirs, stage=won)

    assert read(at_portal, ours).values[ACTUAL_CLOSE] == read(at_portal, theirs).values[ACTUAL_CLOSE]
    at_portal.crm.update_record(ours, {}, {STAGE: at_portal.a_stage()})
    assert read(at_portal, ours).values[ACTUAL_CLOSE] is None


@pytest.mark.parametrize(
    ("text", "echo"),
    [
        ("2026-06-30T00:00:00.0000000Z", "2026-06-30T00:00:00Z"),
        ("2026-06-30T10:00:00.12Z", "2026-06-30T10:00:00Z"),
        ("2026-06-30T10:00:00-09:30", "2026-06-30T10:00:00-09:30"),
        ("2026-06-30T10:00:00", "2026-06-30"),
        ("2026-06-30", "2026-06-30"),
    ],
)
def test_echo_keeps_the_day(text: str, echo: str) -> None:
    """What is sent back is whole seconds with an offset, or at least the day."""
    assert echo_of(text) == echo
    assert day_of(echo) == day_of(text)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("02:00:00", 120), ("-05:30:00", -330), ("00:00:00", 0), ("-00:30:00", -30), ("12:45", 765)],
)
def test_offset_of_a_portal(text: str, minutes: int) -> None:
    """A sign counts for the minutes too."""
    assert minutes_of(text) == minutes

"""A sale date keeps its day through any read and write, whatever the server does with zones."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sync.crm.superoffice.moment import (
    is_ambiguous,
    parse_instant,
    parse_moment,
    parse_sale_date,
    tells_shifting,
    to_sale_date,
    version_of,
)
from sync.domain.model import Record
from tests.crm.contract import new_values
from tests.crm.superoffice_bench import RespxBench, a_bench

ZONES = (
    "Europe/Oslo",
    "Europe/London",
    "Pacific/Auckland",
    "Pacific/Honolulu",
    "Pacific/Kiritimati",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/New_York",
    "America/St_Johns",
    "UTC",
)
DAYS = st.dates(date(1971, 1, 2), date(2037, 12, 30)) | st.sampled_from(
    [
        *(date(2026, 3, day) for day in (28, 29, 30)),  # spring in Europe
        *(date(2026, 10, day) for day in (24, 25, 26)),  # autumn in Europe
        *(date(2026, 4, day) for day in (4, 5, 6)),  # autumn in New Zealand
        *(date(2026, 9, day) for day in (26, 27, 28)),  # spring in New Zealand
    ]
)
CLOCK_TIMES = st.sampled_from([time(0), time(23, 30), time(12), time(0, 30), time(3, 15), time(18, 15)])


@dataclass(frozen=True)
class Server:
    """Keeps local times of its base zone; with SO-TimeZone it shifts sale dates, or only puts a suffix on."""

    base_zone: ZoneInfo
    shifts: bool

    def in_utc(self, stored: datetime) -> str:
        at = stored.replace(tzinfo=self.base_zone).astimezone(UTC) if self.shifts else stored
        return f"{at:%Y-%m-%dT%H:%M:%S}Z"

    def bare(self, stored: datetime) -> str:
        return f"{stored:%Y-%m-%dT%H:%M:%S}"


@st.composite
def servers(draw: st.DrawFn) -> Server:
    return Server(ZoneInfo(draw(st.sampled_from(ZONES))), draw(st.booleans()))


def exists(stored: datetime, zone: ZoneInfo) -> bool:
    there = stored.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    return there.replace(tzinfo=None) == stored


def day_read(server: Server, stored: datetime) -> date | None:
    """As the adapter reads: with the header, and once bare where that leaves the day open."""
    text, shifts = server.in_utc(stored), None
    if is_ambiguous(text, UTC, server.base_zone):
        shifts = tells_shifting(text, server.bare(stored), server.base_zone)
        assert shifts is server.shifts
    return parse_sale_date(text, UTC, server.base_zone, shifts=shifts)


@given(server=servers(), day=DAYS, at=CLOCK_TIMES)
@example(Server(ZoneInfo("Europe/Oslo"), False), date(2026, 11, 30), time(23, 30))
@example(Server(ZoneInfo("Pacific/Auckland"), True), date(2026, 9, 27), time(23, 30))
@example(Server(ZoneInfo("Pacific/Honolulu"), True), date(2026, 6, 30), time(14, 0))
def test_a_day_never_moves(server: Server, day: date, at: time) -> None:
    """Read, written and read again: any zone, clock time, form and group of dates."""
    stored = datetime.combine(day, at)
    if not exists(stored, server.base_zone):
        stored = datetime.combine(day, time(12))

    assert day_read(server, stored) == day
    assert parse_sale_date(server.bare(stored), server.base_zone, server.base_zone) == day
    written = datetime.fromisoformat(to_sale_date(day))
    assert day_read(server, written) == day


@given(server=servers(), day=DAYS, at=CLOCK_TIMES, other=DAYS)
def test_what_was_learned_once_holds_for_every_date(server: Server, day: date, at: time, other: date) -> None:
    """The group of sale dates is a property of the server, so one ambiguous date decides for all."""
    stored = datetime.combine(other, at)
    text = server.in_utc(stored)

    if exists(stored, server.base_zone):
        assert parse_sale_date(text, UTC, server.base_zone, shifts=server.shifts) == other
    assert parse_sale_date(server.in_utc(datetime.combine(day, time(12))), UTC, server.base_zone) is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0001-01-01T00:00:00",
        "0001-01-01T01:00:00+01:00",
        "0001-01-01T00:00:00Z",
        "0000-12-31T23:00:00Z",
        "0000-00-00",
        "[D:01/01/0001]",
        "[DT:01/01/0001 00:00:00.0000000]",
    ],
)
def test_no_date(text: str) -> None:
    """Year 1 and before stand for nothing, in every form."""
    assert parse_moment(text) is None
    assert parse_sale_date(text, UTC, ZoneInfo("Pacific/Auckland")) is None
    assert parse_instant(text, UTC) is None


@pytest.mark.parametrize("suffix", ["", "Z", "+13:00", "-10:00"])
@pytest.mark.parametrize("shifts", [None, True, False])
def test_the_last_day_there_is(suffix: str, shifts: bool | None) -> None:
    """Forever is a day like any other, although no zone can shift it."""
    text = f"9999-12-31T23:59:59.9999999{suffix}"

    assert parse_sale_date(text, UTC, ZoneInfo("Pacific/Auckland"), shifts=shifts) == date(9999, 12, 31)
    assert version_of(text, UTC) is None


def test_an_edit_between_the_two_reads_teaches_nothing() -> None:
    """Two texts that fit neither reading leave the question open."""
    oslo = ZoneInfo("Europe/Oslo")

    assert tells_shifting("2026-11-29T23:00:00Z", "2026-12-05T00:00:00", oslo) is None
    assert tells_shifting("", "2026-12-05T00:00:00", oslo) is None


@pytest.mark.parametrize("shifts", [True, False])
@pytest.mark.parametrize("clock_time", ["00:00:00", "23:30:00"])
def test_the_adapter_asks_once_and_then_knows(shifts: bool, clock_time: str) -> None:
    """Sales near midnight keep their day in listings, direct reads and after a write."""
    with a_bench() as bench:
        bench.server.shifts_sale_dates = shifts
        ids = [bench.user_creates(**new_values(bench)) for _ in range(3)]
        for record_id in ids:
            bench.server.sales[int(record_id)]["Saledate"] = f"2026-11-30T{clock_time}"

        rows = [row for row in bench.crm.fetch_census() if isinstance(row, Record)]
        days = {row.values["expected_close_on"] for row in rows}
        assert days == {date(2026, 11, 30)}
        assert _bare_reads(bench) <= 1
        changed = bench.crm.update_record(ids[0], {}, {"expected_close_on": date(2026, 3, 29)})
        assert changed.values["expected_close_on"] == date(2026, 3, 29)
        assert bench.crm.fetch_record(ids[0]) == changed


def _bare_reads(bench: RespxBench) -> int:
    reads = [row for row in bench.server.requests if row.method == "GET" and "/Sale/10" in row.url.path]
    return sum("so-timezone" not in row.headers for row in reads)

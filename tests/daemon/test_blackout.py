"""Blackouts by the clock on the wall in Oslo, on plain days and in the two nights when it is moved."""

from datetime import UTC, datetime, timedelta

import pytest

from sync.daemon.blackout import build_blackouts

# Oslo: +01:00, in summer +02:00. Clocks go from 02:00 to 03:00 on 2027-03-28 at 01:00 UTC, and from 03:00
# back to 02:00 on 2026-10-25 at 01:00 UTC: iana.org/time-zones, file europe, rule EU (seen 2026-11-22).
SPRING, AUTUMN = datetime(2027, 3, 28, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)


def covered(text: str, midnight: datetime, *, zone: str = "Europe/Oslo") -> list[tuple[str, str]]:
    """What the window covers from two hours before `midnight` to ten after it, as stretches of UTC."""
    blackouts = build_blackouts([text], zone)
    minutes = [midnight + timedelta(minutes=minute) for minute in range(-120, 600)]
    dark = [bool(blackouts.covers(at)) for at in minutes]
    edges = [at for at, was, now in zip(minutes, [False, *dark], [*dark, False], strict=False) if was != now]
    return [(f"{begin:%H:%M}", f"{end:%H:%M}") for begin, end in zip(edges[::2], edges[1::2], strict=True)]


def test_a_plain_morning() -> None:
    """Winter and summer: the same hours on the wall, other hours in UTC."""
    winter, summer = datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 7, 6, tzinfo=UTC)

    assert covered("Mon-Fri 08:00-09:30", winter) == [("07:00", "08:30")]
    assert covered("Mon-Fri 08:00-09:30", summer) == [("06:00", "07:30")]
    assert covered("Mon-Fri 08:00-09:30", winter, zone="UTC") == [("08:00", "09:30")]
    assert covered("Tue-Sun 08:00-09:30", winter) == []


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("Sun 02:00-04:00", ("01:00", "02:00")),  # one hour of it does not exist
        ("Sun 02:15-02:45", ("01:15", "01:45")),  # none of it exists: right afterwards, as long as ever
        ("Sun 01:30-02:30", ("00:30", "01:30")),  # it is an hour long, as always
        ("Sun 02:30-04:00", ("01:00", "02:00")),  # what the clock shows counts, from the first moment
        ("Sun 03:00-03:30", ("01:00", "01:30")),
        ("Sun 01:00-05:00", ("00:00", "03:00")),
        ("Sat 22:30-02:15", ("22:00", "01:15")),
        ("Sun 04:00-05:00", ("02:00", "03:00")),
    ],
)
def test_the_night_when_an_hour_is_skipped(text: str, utc: tuple[str, str]) -> None:
    """No window is lost, none has a hole, and none is longer than on any other day."""
    (stretch,) = covered(text, SPRING)

    assert stretch == utc


def test_the_next_sunday_is_a_plain_one() -> None:
    """What would have been counts only right after the clocks were put forward."""
    assert covered("Sun 02:15-02:45", SPRING + timedelta(days=7)) == [("00:15", "00:45")]


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("Sun 02:00-04:00", [("00:00", "03:00")]),  # three hours long
        ("Sun 02:30-02:45", [("00:30", "00:45"), ("01:30", "01:45")]),  # shown twice, dark twice
        ("Sun 02:30-03:00", [("00:30", "01:00"), ("01:30", "02:00")]),
        ("Sun 01:30-02:30", [("23:30", "00:30"), ("01:00", "01:30")]),
        ("Sun 03:00-04:00", [("02:00", "03:00")]),
        ("Sat 23:30-05:00", [("22:00", "04:00")]),
    ],
)
def test_the_night_when_an_hour_comes_twice(text: str, utc: list[tuple[str, str]]) -> None:
    """Whatever the clock shows twice counts twice: nobody is surprised by a write."""
    assert covered(text, AUTUMN) == utc


def test_a_zone_with_half_an_hour_of_summer_time() -> None:
    """Lord Howe moves its clocks from 02:00 to 02:30 on 2026-10-04, at 15:30 UTC of the day before."""
    midnight = datetime(2026, 10, 3, 14, 0, tzinfo=UTC)

    assert covered("Sun 02:00-02:30", midnight, zone="Australia/Lord_Howe") == [("15:30", "16:00")]
    assert covered("Sun 02:10-02:20", midnight, zone="Australia/Lord_Howe") == [("15:40", "15:50")]


def test_the_window_is_named() -> None:
    """For the log and the pages; the first that covers the moment."""
    blackouts = build_blackouts(["Mon 08:00-09:00", "08:30-10:00"], "UTC")
    monday = datetime(2026, 11, 23, tzinfo=UTC)

    found = [blackouts.covers(monday.replace(hour=hour, minute=45)) for hour in (7, 8, 9, 10)]

    assert [window and window.text for window in found] == [None, "Mon 08:00-09:00", "08:30-10:00", None]


def test_any_aware_instant_will_do() -> None:
    """The zone it is told in does not matter."""
    at = datetime.fromisoformat("2026-11-23T17:30+10:30")

    assert build_blackouts(["08:00-08:01"], "Europe/Oslo").covers(at) is not None


def test_without_windows_nothing_is_dark() -> None:
    """The default."""
    assert build_blackouts([], "UTC").covers(SPRING) is None

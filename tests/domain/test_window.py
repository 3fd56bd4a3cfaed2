"""Windows of the week: how they are written, and when a clock on the wall is inside."""

from datetime import date, datetime, time

import pytest

from sync.domain.window import Window, parse_window

MONDAY = 2  # of November 2026


def wall(day: int, clock: str) -> datetime:
    """A moment of the week that begins on Monday: 0 is that day."""
    return datetime.combine(date(2026, 11, MONDAY + day), time.fromisoformat(clock))


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Mon 08:00-09:30", {0}),
        ("Mon-Fri 08:00-09:30", {0, 1, 2, 3, 4}),
        ("sat,SUN 08:00 - 09:30", {5, 6}),
        ("Fri-Mon 08:00-09:30", {4, 5, 6, 0}),
        ("Mon-Tue, Thu 08:00-09:30", {0, 1, 3}),
        ("08:00-09:30", set(range(7))),
        ("  Sun-Sun  08:00-09:30 ", {6}),
    ],
)
def test_days_are_named_listed_and_spanned(text: str, days: set[int]) -> None:
    """In any case; without days, every day."""
    window = parse_window(text)

    assert window.days == days
    assert (window.start, window.end) == (time(8), time(9, 30))
    assert window.text == text


@pytest.mark.parametrize(
    ("clock", "inside"),
    [("07:59", False), ("08:00", True), ("09:29", True), ("09:30", False), ("23:00", False)],
)
def test_a_window_has_its_beginning_and_not_its_end(clock: str, inside: bool) -> None:
    """So that two windows can follow each other."""
    window = parse_window("Mon-Fri 08:00-09:30")

    assert window.shows(wall(0, clock)) is inside
    assert not window.shows(wall(5, clock))


@pytest.mark.parametrize(
    ("day", "clock", "inside"),
    [
        (4, "21:59", False),
        (4, "22:00", True),
        (5, "04:59", True),
        (5, "05:00", False),
        (5, "22:00", False),
        (4, "04:59", False),
        (6, "04:59", False),
    ],
)
def test_a_window_across_midnight_belongs_to_the_day_it_begins(day: int, clock: str, inside: bool) -> None:
    """Friday night ends on Saturday morning, and Friday morning is not part of it."""
    assert parse_window("Fri 22:00-05:00").shows(wall(day, clock)) is inside


def test_sunday_night_ends_on_monday() -> None:
    """The week is round."""
    window = parse_window("Sun 22:00-05:00")

    assert [window.shows(wall(day, "04:00")) for day in range(7)] == [True, *[False] * 6]


def test_an_end_that_is_not_later_is_on_the_next_day() -> None:
    """Also the same time of day: such a window is a day long."""
    window = Window("", frozenset({5}), time(8), time(8))

    at = ((5, "07:59"), (5, "08:00"), (6, "07:59"), (6, "08:00"))
    assert [window.shows(wall(day, clock)) for day, clock in at] == [False, True, True, False]


def test_a_whole_day_and_an_evening_end_at_midnight() -> None:
    """24:00 is written for the end of the day."""
    day, evening = parse_window("Sun 00:00-24:00"), parse_window("Sun 22:00-24:00")

    assert [day.shows(wall(at, clock)) for at, clock in ((5, "23:59"), (6, "00:00"), (6, "23:59"))] == [
        False,
        True,
        True,
    ]
    assert [evening.shows(wall(6, clock)) for clock in ("21:59", "22:00", "23:59")] == [False, True, True]
    assert not evening.shows(wall(0, "00:00"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no window"),
        ("Mon", "no window"),
        ("8:00-9:30", "no window"),
        ("Mon-Fri", "no window"),
        ("08:00-09:30 Mon", "no window"),
        ("Mon 08:00-09:30; Tue 08:00-09:30", "no window"),
        ("Monday 08:00-09:30", "monday is no day"),
        ("Mon-Wed-Fri 08:00-09:30", "mon-wed-fri is no day"),
        ("Mon, 08:00-09:30", "is no day"),
        ("Mon 08:00-25:00", "25:00 is no time of day"),
        ("Mon 24:00-05:00", "24:00 is no time of day"),
        ("Mon 08:60-09:30", "08:60 is no time of day"),
        ("Mon 08:00-08:00", 'begins when it ends: a whole day is "00:00-24:00"'),
    ],
)
def test_what_is_no_window_is_told(text: str, said: str) -> None:
    """With the part that is wrong, and as it was written."""
    with pytest.raises(ValueError, match=said) as caught:
        parse_window(text)

    assert str(caught.value).startswith(repr(text))

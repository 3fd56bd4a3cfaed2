"""A stretch of the week by the clock on the wall, such as `Mon-Fri 08:00-09:30`. Pure, and without a zone."""

import re
from dataclasses import dataclass
from datetime import datetime, time

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SHAPE = re.compile(r"(?:(?P<days>[a-z, -]+?)\s+)?(?P<start>\d\d:\d\d)\s*-\s*(?P<end>\d\d:\d\d)")
_HINT = 'write "Mon-Fri 08:00-09:30", "Sat,Sun 02:00-04:00" or "22:00-05:00"'


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` up to, but without, `end` (None: midnight); an end that is not later is on the next day.
    `days` (0 is Monday) are those on which it begins; `text` is how a person wrote it."""

    text: str
    days: frozenset[int]
    start: time
    end: time | None

    def shows(self, wall: datetime) -> bool:
        """Whether a clock that shows `wall` (naive) is inside."""
        today, yesterday = wall.weekday() in self.days, (wall.weekday() - 1) % 7 in self.days
        if self.end is None:
            return today and wall.time() >= self.start
        if self.start < self.end:
            return today and self.start <= wall.time() < self.end
        return (today and wall.time() >= self.start) or (yesterday and wall.time() < self.end)


def parse_window(text: str) -> Window:
    """`ValueError` says what is wrong and how it is written."""
    found = _SHAPE.fullmatch(text.strip().lower())
    if found is None:
        raise ValueError(f"{text!r} is no window: {_HINT}")
    start, end = _time(found["start"], text), _end(found["end"], text)
    if start == end:
        raise ValueError(f'{text!r} begins when it ends: a whole day is "00:00-24:00"')
    return Window(text, _days(found["days"], text), start, end)


def _time(text: str, whole: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{whole!r}: {text} is no time of day") from None


def _end(text: str, whole: str) -> time | None:
    return None if text == "24:00" else _time(text, whole)


def _days(text: str | None, whole: str) -> frozenset[int]:
    if text is None:
        return frozenset(range(7))
    return frozenset(day for part in text.split(",") for day in _stretch(part, whole))


def _stretch(text: str, whole: str) -> list[int]:
    """`mon`, or `fri-mon`, both ends included."""
    names = [name.strip() for name in text.split("-")]
    if len(names) > 2 or not set(names) <= set(DAYS):
        raise ValueError(f"{whole!r}: {text.strip()} is no day or stretch of days; {_HINT}")
    first, last = DAYS.index(names[0]), DAYS.index(names[-1])
    return [(first + step) % 7 for step in range((last - first) % 7 + 1)]

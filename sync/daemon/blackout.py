"""Times in which no cycle begins, by the clock on a wall somewhere. Pure: it waits for nothing itself."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sync.domain.window import Window, parse_window

_A_DAY = timedelta(days=1)


class Blackouts:
    """Windows of the week in one time zone.

    When the clocks are put back, what they show twice counts twice. When they are put forward, the skipped
    time counts right afterwards: a window from 02:15 to 02:45 is not left out, it is from 03:15 to 03:45."""

    def __init__(self, windows: Sequence[Window], zone: ZoneInfo) -> None:
        self._windows = tuple(windows)
        self._zone = zone

    def covers(self, at: datetime) -> Window | None:
        """The first window that the instant (aware) falls into."""
        walls = self._walls(at)
        return next((window for window in self._windows if any(map(window.shows, walls))), None)

    def _walls(self, at: datetime) -> tuple[datetime, ...]:
        """What the clock shows; right after it was put forward, also what it would have shown otherwise."""
        local = at.astimezone(self._zone)
        shown = local.replace(tzinfo=None)
        before = (at.astimezone(UTC) - _A_DAY).astimezone(self._zone).utcoffset()
        unmoved = (at.astimezone(UTC) + (before or timedelta())).replace(tzinfo=None)
        return (shown, unmoved) if self._is_skipped(unmoved) else (shown,)

    def _is_skipped(self, wall: datetime) -> bool:
        """Whether the clock never shows this: there and back again gives another time."""
        there = wall.replace(tzinfo=self._zone).astimezone(UTC)
        return there.astimezone(self._zone).replace(tzinfo=None) != wall


def build_blackouts(texts: Sequence[str], time_zone: str) -> Blackouts:
    """Of settings that were checked; `ValueError` for others."""
    return Blackouts([parse_window(text) for text in texts], ZoneInfo(time_zone))

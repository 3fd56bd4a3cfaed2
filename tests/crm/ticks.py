"""A clock for tests that stands still until somebody waits for it; it tests nothing."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

BEGAN_AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@dataclass
class Ticks:
    """Seconds of a monotonic clock, and the wall clock that goes with it; `waits` are those asked for."""

    now: float = 1000.0
    waits: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def clock(self) -> datetime:
        return BEGAN_AT + timedelta(seconds=self.now - 1000.0)

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds

"""Leaves a host alone that has not answered many times in a row; it sends nothing and never waits."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Caution:
    """After `failures` calls in a row without a proper answer a host is left alone for `cooldown_s`; then one
    call tries it."""

    failures: int = 10
    cooldown_s: float = 15.0


class Breaker:
    """Not safe between threads: its lane holds a lock. `clock` only tells people since when."""

    def __init__(self, caution: Caution, clock: Clock | None, ticks: Callable[[], float]) -> None:
        self._caution = caution
        self._clock = clock
        self._ticks = ticks
        self._failures = 0
        self._failed_at = 0.0
        self._since: datetime | None = None

    @property
    def is_open(self) -> bool:
        """The host is left alone, or tried by one call at a time."""
        return self._failures >= self._caution.failures

    def refusal(self) -> str:
        """Why no call may be made now, for people; empty when one may."""
        left_s = self._failed_at + self._caution.cooldown_s - self._ticks()
        if not self.is_open or left_s <= 0:
            return ""
        since = f" since {self._since:%Y-%m-%d %H:%M:%S} UTC" if self._since else ""
        failed = f"{self._failures} calls in a row failed"
        return f"not called: no answer{since} ({failed}), the next try is in {left_s:.0f} s"

    def answer(self) -> None:
        """The host answers: all is well again."""
        self._failures, self._since = 0, None

    def fail(self) -> None:
        if self._failures == 0 and self._clock:
            self._since = self._clock()
        self._failures += 1
        self._failed_at = self._ticks()

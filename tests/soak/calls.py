"""What both servers were asked for, by their own logs, against the budget that opsync was given."""

from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.daemon.process import Stage
from tests.soak.weather import SIDES

PER_MINUTE = 1200
PER_TEN_SECONDS = 300
_TEN_SECONDS = timedelta(seconds=10)
_ON_THE_WAY = 1.05
"""The limit holds where calls are sent; they arrive closer to each other now and then."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One call as the server noted it."""

    at: datetime
    status: int
    fault: str


class Tally:
    """`take` is called now and then, as a server's log has an end."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._seen = dict.fromkeys(SIDES, 0)
        self.calls: dict[str, list[Asked]] = {side: [] for side in SIDES}

    def take(self) -> None:
        for side in SIDES:
            rows = self._stage.look(side, f"log?since={self._seen[side]}")
            if rows:
                self._seen[side] = rows[-1]["seq"]
            self.calls[side] += [
                Asked(datetime.fromisoformat(row["at"]), row["status"], row["fault"] or "") for row in rows
            ]

    def counts(self) -> Mapping[str, int]:
        return {side: len(calls) for side, calls in self.calls.items()}

    def struck(self) -> Counter[str]:
        """Calls that a fault hit, by its kind."""
        return Counter(call.fault for calls in self.calls.values() for call in calls if call.fault)

    def busiest(self) -> int:
        """Most calls to one side in any ten seconds."""
        return max((most for calls in self.calls.values() for _, most in _windows(calls)), default=0)


def over_budget(tally: Tally, handovers: Sequence[datetime]) -> Iterator[str]:
    """Each process keeps the limits; one that takes over begins with an empty page."""
    for side, calls in tally.calls.items():
        for end, count in _windows(calls):
            starts = sum(1 for at in handovers if end - _TEN_SECONDS <= at <= end)
            if count > PER_TEN_SECONDS * (_ON_THE_WAY + starts):
                yield f"{side} had {count} calls in the ten seconds before {end:%H:%M:%S}"
                break
        minutes = (calls[-1].at - calls[0].at).total_seconds() / 60 if calls else 0.0
        allowed = PER_MINUTE * (1 + len(handovers) + minutes)
        if len(calls) > allowed:
            yield f"{side} had {len(calls)} calls in {minutes:.1f} minutes, {allowed:.0f} are allowed"


def _windows(calls: Sequence[Asked]) -> Iterator[tuple[datetime, int]]:
    """The calls in the ten seconds that end with each of them."""
    window: deque[datetime] = deque()
    for call in calls:
        window.append(call.at)
        while call.at - window[0] >= _TEN_SECONDS:
            window.popleft()
        yield call.at, len(window)

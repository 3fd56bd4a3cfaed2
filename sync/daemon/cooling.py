"""Gives a record that fails again and again longer and longer rests, so that it costs the others nothing."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sync.domain.actions import LinkPlan
from sync.domain.link import LinkState
from sync.engine.waiting import Wait

FIRST = timedelta(minutes=1)
LONGEST = timedelta(hours=1)
_MOST_DOUBLINGS = 6

ROOM = 10_000
"""Records remembered at most; the one that failed longest ago is forgotten first, and simply tried again."""


@dataclass(frozen=True, slots=True)
class _Record:
    """A record that failed `failures` times in a row, and what was said then."""

    failures: int
    failed_at: datetime
    said: str

    @property
    def rest(self) -> timedelta:
        return min(FIRST * (1 << min(self.failures - 1, _MOST_DOUBLINGS)), LONGEST)

    def rests_at(self, now: datetime) -> bool:
        """Not before its failure either: then the clock was set back."""
        return timedelta(0) <= now - self.failed_at < self.rest


class Cooling:
    """A `Waits` for the daemon's runs, fed and asked from any thread."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._records: OrderedDict[str, _Record] = OrderedDict()

    def note(self, link_id: str, ok: bool, said: str = "") -> None:
        """Call once for each plan that was carried out, or tried to; `said` is the error. Of a record at
        rest a failure is its rest, and does not count."""
        now = self._clock()
        with self._lock:
            known = self._records.pop(link_id, None)
            if ok:
                return
            if known is None or not known.rests_at(now):
                known = _Record((known.failures if known else 0) + 1, now, said)
            self._records[link_id] = known
            if len(self._records) > ROOM:
                self._records.popitem(last=False)

    def __call__(self, plan: LinkPlan) -> Wait | None:
        link = plan.link
        with self._lock:
            known = self._records.get(link.id)
            if known is None or not known.rests_at(self._clock()):
                return None
            if link.state is LinkState.PENDING and not link.reason:
                del self._records[link.id]  # a person gave it another chance, as with `links retry`
                return None
            if not known.said:
                known = self._records[link.id] = replace(known, said=link.reason or "failed")
        next_at = known.failed_at + known.rest
        return Wait(LinkState.RETRYING, f"{known.said}; next try at {next_at:%H:%M} UTC")

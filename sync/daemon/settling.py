"""Lets half-typed edits settle: an edit is carried over once it has stayed the same for a while."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sync.domain.actions import LinkPlan, Update
from sync.domain.link import LinkState
from sync.engine.waiting import Wait

LONGEST = 10
"""So many delays after the first edit of a bout, or after so many bouts that came to nothing, a record goes
through, though somebody still types."""

ROOM = 10_000
"""Records remembered at most; one that finds no room goes through at once."""

KEPT = timedelta(minutes=10)
"""Without a question for so long, and for `LONGEST` delays, a bout of editing is over: the next edit begins
another, and the record is forgotten when room is needed."""


@dataclass(frozen=True, slots=True)
class _Edit:
    """`first_at`: when this bout of editing began; `since`: how long the edit is what it is now; `bouts`: how
    many before this one came to nothing."""

    fingerprint: str
    first_at: datetime
    since: datetime
    asked_at: datetime
    bouts: int = 0
    passed: bool = False


class Settling:
    """A `Waits` for the daemon's runs, asked from any thread; with a delay of 0 nothing waits."""

    def __init__(self, delay_s: float, clock: Callable[[], datetime]) -> None:
        self._delay = timedelta(seconds=delay_s)
        self._clock = clock
        self._lock = threading.Lock()
        self._edits: OrderedDict[str, _Edit] = OrderedDict()
        self._kept = max(KEPT, LONGEST * self._delay)
        self._wait = Wait(LinkState.PENDING, f"edited a moment ago; waits {delay_s:g} s for more")

    def __call__(self, plan: LinkPlan) -> Wait | None:
        if not self._delay or not any(isinstance(action, Update) for action in plan.actions):
            return None
        with self._lock:
            return self._wait if self._is_fresh(plan.link.id, plan.fingerprint, self._clock()) else None

    def _is_fresh(self, link_id: str, fingerprint: str, now: datetime) -> bool:
        edit = self._noted(self._edits.pop(link_id, None), fingerprint, now)
        if not self._has_room(now):
            return False
        overdue = edit.bouts >= LONGEST or now - edit.first_at >= LONGEST * self._delay
        passed = overdue or now - edit.since >= self._delay
        self._edits[link_id] = replace(edit, passed=passed, asked_at=now)
        return not passed

    def _noted(self, known: _Edit | None, fingerprint: str, now: datetime) -> _Edit:
        """A clock that was set back begins anew."""
        if known is not None and known.fingerprint == fingerprint and now >= known.asked_at:
            return known
        if known is None or known.passed or now < known.asked_at:
            return _Edit(fingerprint, now, now, now)
        if now - known.asked_at >= self._kept:
            return _Edit(fingerprint, now, now, now, known.bouts + 1)
        return _Edit(fingerprint, known.first_at, now, now, known.bouts)

    def _has_room(self, now: datetime) -> bool:
        """Makes some, if need be, where nobody asked for long: those edits are carried over, or gone."""
        while len(self._edits) >= ROOM:
            longest_ago = next(iter(self._edits.values()))
            if now - longest_ago.asked_at < self._kept:
                return False
            self._edits.popitem(last=False)
        return True

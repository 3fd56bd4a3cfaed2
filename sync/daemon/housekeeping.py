"""Once a day what is old is pruned from the state database, in small steps; it touches no link and no CRM."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from sync.engine.lease import Fence, held_lease
from sync.engine.pairing import Pairing
from sync.errors import LeaseHeld, Stopped
from sync.store import meta, retention, space
from sync.store.retention import Keep, Step

EVERY = timedelta(days=1)
TRUSTED = timedelta(days=7)
"""After a longer gap the clock may have leapt: what it calls old is left until the next day confirms it."""

PATIENCE_S = 20.0
"""So long cycles may have to wait; the rest is done after the next one."""

_KEY = "daemon.tidied_at"


@dataclass(frozen=True, slots=True)
class Tidied:
    """What one turn did; `size` is in bytes, `complete` False when more is left for the next turn."""

    pruned: int
    entries: int
    runs: int
    pages: int
    size: int
    complete: bool


class Housekeeping:
    """Used by the worker alone, between two cycles."""

    def __init__(self, pairing: Pairing, keep: Keep) -> None:
        self._pairing = pairing
        self._keep = keep
        self._log = structlog.get_logger()

    def due(self) -> bool:
        """Due when never done, done a day ago, or done in the future (a clock was set back)."""
        age = self._age()
        return age is None or not timedelta(0) <= age < EVERY

    def run(self) -> Tidied | None:
        """Does what is due, and logs one line; None when somebody else works with the database, or when it is
        put off for a day because the clock moved too far since the last time."""
        at = self._pairing.clock()
        age = self._age()
        if age is None or not timedelta(0) <= age <= TRUSTED:
            self._remember(at)
            return None
        try:
            with held_lease(self._pairing) as fence:
                tidied = self._tidy(at, fence)
        except (LeaseHeld, Stopped):
            return None
        if tidied.complete:
            self._remember(at)
        self._tell(tidied, at)
        return tidied

    def size(self) -> int:
        """Bytes that the state takes now."""
        with self._pairing.database.read() as connection:
            return space.load_size(connection)

    def _age(self) -> timedelta | None:
        with self._pairing.database.read() as connection:
            text = meta.get(connection, _KEY)
        return None if text is None else self._pairing.clock() - datetime.fromisoformat(text)

    def _remember(self, at: datetime) -> None:
        with self._pairing.database.begin() as connection:
            meta.put(connection, _KEY, at.isoformat())

    def _tidy(self, at: datetime, fence: Fence) -> Tidied:
        done: Counter[str] = Counter()
        steps = retention.steps(self._keep, at)
        complete = all(self._repeat(name, step, at, fence, done) for name, step in steps.items())
        counts = (done["pruned"], done["entries"], done["runs"], done["pages"])
        return Tidied(*counts, self.size(), complete)

    def _repeat(self, name: str, step: Step, at: datetime, fence: Fence, done: Counter[str]) -> bool:
        """One short transaction after the other until nothing is left; False when the time is up."""
        while True:
            if self._is_late(at):
                return False
            fence.check()
            with self._pairing.database.begin() as connection:
                count = step(connection)
            done[name] += count
            self._pairing.progress("tidied", done.total(), None)
            if not count:
                return True

    def _is_late(self, at: datetime) -> bool:
        late = self._pairing.clock() - at >= timedelta(seconds=PATIENCE_S)
        return late or self._pairing.stop.is_set()

    def _tell(self, tidied: Tidied, at: datetime) -> None:
        self._log.info(
            "state.tidied",
            pruned=tidied.pruned,
            entries=tidied.entries,
            runs=tidied.runs,
            pages=tidied.pages,
            bytes=tidied.size,
            complete=tidied.complete,
            seconds=round((self._pairing.clock() - at).total_seconds(), 3),
        )

"""Knows since when no cycle has gone well, across restarts and whoever ran it; it judges nothing."""

import threading
from datetime import datetime

from sync.engine.pairing import Clock
from sync.errors import StateTrouble
from sync.store import runs as run_store
from sync.store.database import Database


class Pulse:
    """Good cycles of any process are read from the state database; those of this one are kept in mind too.
    Safe from any thread."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._begun_at = clock()
        self._good_at: datetime | None = None
        self._rested_at: datetime | None = None

    def beat(self, at: datetime) -> None:
        """A cycle ended well."""
        with self._lock:
            self._good_at = at

    def rest(self) -> None:
        """No cycle is wanted now: the silence is counted from here."""
        with self._lock:
            self._rested_at = self._clock()

    def last_at(self) -> datetime:
        """The end of the last good cycle or rest; the start of this process where there was neither."""
        stored = self._stored_at()
        with self._lock:
            self._forget_the_future()
            known = [at for at in (stored, self._good_at, self._rested_at) if at is not None]
            return max(known, default=self._begun_at)

    def _stored_at(self) -> datetime | None:
        """None for a moment that is still to come as well: then the clock was set back."""
        try:
            with self._database.read() as connection:
                at = run_store.last_good_at(connection)
        except StateTrouble:
            return None
        return at if at is not None and at <= self._clock() else None

    def _forget_the_future(self) -> None:
        """A clock that was set back must not make us wait for what it showed before."""
        now = self._clock()
        self._begun_at = min(self._begun_at, now)
        self._good_at = self._good_at and min(self._good_at, now)
        self._rested_at = self._rested_at and min(self._rested_at, now)

"""The right to write: one process at a time per state database, checked before every remote write."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import uuid4

from sync.engine.pairing import Pairing
from sync.errors import LeaseHeld
from sync.store import lease as store

NAME = "writer"


class Fence:
    """A lease that renews itself while it is used, and refuses once it was lost."""

    def __init__(self, pairing: Pairing) -> None:
        self._pairing = pairing
        self._claim = store.Claim(NAME, f"{socket.gethostname()}:{os.getpid()}", uuid4().hex)
        self._lock = threading.Lock()
        self._renewed_at: datetime | None = None

    def take(self) -> None:
        now = self._pairing.clock()
        with self._pairing.database.begin() as connection:
            taken = store.acquire(connection, self._claim, now, self._pairing.options.lease_s)
            holder = store.holder_of(connection, NAME)
        if not taken:
            raise LeaseHeld(_who(holder))
        self._renewed_at = now

    def check(self) -> None:
        """Call before every remote write; `LeaseHeld` when another process took over meanwhile."""
        with self._lock:
            now = self._pairing.clock()
            third = timedelta(seconds=self._pairing.options.lease_s / 3)
            if self._renewed_at is None or not timedelta(0) <= now - self._renewed_at < third:
                self._renew(now)

    def _renew(self, now: datetime) -> None:
        with self._pairing.database.begin() as connection:
            kept = store.renew(connection, self._claim, now, self._pairing.options.lease_s)
            holder = store.holder_of(connection, NAME)
        if not kept:
            raise LeaseHeld(_who(holder))
        self._renewed_at = now

    def give_back(self) -> None:
        with self._pairing.database.begin() as connection:
            store.release(connection, self._claim)


def _who(holder: store.Lease | None) -> str:
    if holder is None:
        return "the lease on the state database was lost; nothing more is written, run again"
    return (
        f"another opsync ({holder.claim.holder}) is working with this state database until "
        f"{holder.expires_at:%Y-%m-%d %H:%M:%S} UTC: stop it, or wait"
    )


@contextmanager
def held_lease(pairing: Pairing) -> Iterator[Fence]:
    fence = Fence(pairing)
    fence.take()
    try:
        yield fence
    finally:
        fence.give_back()

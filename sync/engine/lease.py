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

WRITER = "writer"
"""Held by each run, while it runs."""

DUTY = "duty"
"""Held by the one daemon that works, between its runs too; the others stand by."""


class Fence:
    """A lease of `ttl_s` seconds that renews itself while it is used, and refuses once it was lost."""

    def __init__(self, pairing: Pairing, name: str = WRITER, ttl_s: float | None = None) -> None:
        self._pairing = pairing
        self._claim = store.Claim(name, f"{socket.gethostname()}:{os.getpid()}", uuid4().hex)
        self._ttl_s = ttl_s or pairing.options.lease_s
        self._lock = threading.Lock()
        self._renewed_at: datetime | None = None

    def take(self) -> None:
        """Takes it, or prolongs what is ours already; `LeaseHeld` names who has it."""
        now = self._pairing.clock()
        with self._pairing.database.begin() as connection:
            taken = store.acquire(connection, self._claim, now, self._ttl_s)
            holder = store.holder_of(connection, self._claim.name)
        if not taken:
            raise LeaseHeld(_who(holder))
        self._renewed_at = now

    def check(self) -> None:
        """Call before every remote write; `LeaseHeld` when another process took over meanwhile."""
        with self._lock:
            now = self._pairing.clock()
            third = timedelta(seconds=self._ttl_s / 3)
            if self._renewed_at is None or not timedelta(0) <= now - self._renewed_at < third:
                self._renew(now)

    def _renew(self, now: datetime) -> None:
        with self._pairing.database.begin() as connection:
            kept = store.renew(connection, self._claim, now, self._ttl_s)
            holder = store.holder_of(connection, self._claim.name)
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

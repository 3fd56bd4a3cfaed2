"""A lease has one holder at a time, and a holder that lost it finds out before it writes."""

import threading
from datetime import timedelta

from sync.store import lease
from sync.store.database import Database
from sync.store.lease import Claim, Lease
from tests.store.build import NOW

OURS = Claim("writer", "host-1:100", "token-1")
THEIRS = Claim("writer", "host-2:200", "token-2")
TTL_S = 60.0
END = NOW + timedelta(seconds=TTL_S)


def test_one_holder_at_a_time(database: Database) -> None:
    """While we hold it nobody else gets it; we may ask again; another name is another lease."""
    with database.begin() as connection:
        assert lease.holder_of(connection, "writer") is None
        assert lease.acquire(connection, OURS, NOW, TTL_S) is True
        assert lease.acquire(connection, THEIRS, END - timedelta(microseconds=1), TTL_S) is False
        assert lease.acquire(connection, OURS, NOW, TTL_S) is True
        assert lease.acquire(connection, Claim("other", "x", "token-3"), NOW, TTL_S) is True

        assert lease.holder_of(connection, "writer") == Lease(OURS, END)


def test_an_expired_lease_is_taken(database: Database) -> None:
    """From the end on another may take it; the old holder can neither renew, pass the fence nor release."""
    with database.begin() as connection:
        lease.acquire(connection, OURS, NOW, TTL_S)
        assert lease.acquire(connection, THEIRS, END, TTL_S) is True

        assert lease.renew(connection, OURS, END, TTL_S) is False
        assert lease.holds(connection, OURS, END) is False
        assert lease.release(connection, OURS) is False
        assert lease.holds(connection, THEIRS, END) is True


def test_renewing_prolongs(database: Database) -> None:
    """A renewed lease lasts from now on; the fence closes at its end even if nobody else came."""
    with database.begin() as connection:
        lease.acquire(connection, OURS, NOW, TTL_S)
        assert lease.renew(connection, OURS, NOW + timedelta(seconds=30), TTL_S) is True

        assert lease.holds(connection, OURS, END) is True
        assert lease.holds(connection, OURS, NOW + timedelta(seconds=90)) is False
        assert lease.renew(connection, OURS, NOW + timedelta(seconds=95), TTL_S) is True


def test_a_released_lease_is_free(database: Database) -> None:
    """After a release anybody may take it at once, and we cannot renew it."""
    with database.begin() as connection:
        lease.acquire(connection, OURS, NOW, TTL_S)
        assert lease.release(connection, OURS) is True
        assert lease.release(connection, OURS) is False
        assert lease.renew(connection, OURS, NOW, TTL_S) is False

        assert lease.acquire(connection, THEIRS, NOW, TTL_S) is True


def test_of_many_at_once_one_wins(database: Database) -> None:
    """Processes that start together do not all believe that they hold the lease."""
    won: list[str] = []
    together = threading.Barrier(6)

    def start(token: str) -> None:
        together.wait()
        with database.begin() as connection:
            if lease.acquire(connection, Claim("writer", "host", token), NOW, TTL_S):
                won.append(token)

    threads = [threading.Thread(target=start, args=(f"token-{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with database.read() as connection:
        held = lease.holder_of(connection, "writer")
    assert held is not None
    assert won == [held.claim.token]

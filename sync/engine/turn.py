"""A person's turn at the state database: waits while a run is writing, and keeps runs out meanwhile."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from sqlalchemy.engine import Connection

from sync.engine.lease import held_lease
from sync.engine.pairing import Pairing
from sync.errors import LeaseHeld

PATIENCE_S = 30.0
_POLL_S = 0.5


@contextmanager
def own_turn(pairing: Pairing, patience_s: float = PATIENCE_S) -> Iterator[None]:
    """Without it, a run that loaded a link before would store its old version over the person's change.

    `LeaseHeld` when the other process is still writing after `patience_s`."""
    waited_s = 0.0
    with ExitStack() as stack:
        while True:
            try:
                stack.enter_context(held_lease(pairing))
                break
            except LeaseHeld:
                if waited_s >= patience_s or pairing.stop.wait(_POLL_S):
                    raise
                waited_s += _POLL_S
        yield


@contextmanager
def changing(pairing: Pairing) -> Iterator[Connection]:
    """One write transaction in a person's turn."""
    with own_turn(pairing), pairing.database.begin() as connection:
        yield connection

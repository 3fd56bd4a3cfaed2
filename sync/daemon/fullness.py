"""When a cycle has to read everything, remembered in the state database across restarts."""

from datetime import datetime, timedelta

from sync.engine.pairing import Pairing
from sync.store import meta

_KEY = "daemon.full_cycle_at"


def is_due(pairing: Pairing, every_s: float) -> bool:
    """Due when never done, done too long ago, or done in the future (a clock was set back)."""
    with pairing.database.read() as connection:
        text = meta.get(connection, _KEY)
    if text is None:
        return True
    age = pairing.clock() - datetime.fromisoformat(text)
    return not timedelta(0) <= age < timedelta(seconds=every_s)


def remember(pairing: Pairing, at: datetime) -> None:
    with pairing.database.begin() as connection:
        meta.put(connection, _KEY, at.isoformat())

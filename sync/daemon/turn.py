"""What became of one tick, as a value; it does nothing."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sync.engine.run import Report


class Outcome(StrEnum):
    """The first four are those of a run; with the others no run came about."""

    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"
    HELD = "held"
    SIDE_DOWN = "side_down"
    STATE_DOWN = "state_down"
    LEASE_HELD = "lease_held"
    MISCONFIGURED = "misconfigured"
    RESTING = "resting"
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True)
class Turn:
    """One tick that was not skipped. `report` is None where no run came about."""

    outcome: Outcome
    at: datetime
    seconds: float
    error: str = ""
    report: Report | None = None

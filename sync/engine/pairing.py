"""The configured bond of two systems: everything a run works with, and nothing it decides."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sync.crm.port import Crm
from sync.domain.brakes import Brakes
from sync.domain.model import Side
from sync.domain.policy import Policy
from sync.domain.resolve import MappingSpec
from sync.engine.waiting import Waits, nobody_waits
from sync.store.database import Database

Clock = Callable[[], datetime]
"""Gives the current instant, aware UTC."""

Progress = Callable[[str, int, int | None], None]
"""Called with (what, done, total or None) from any thread."""


@dataclass(frozen=True, slots=True)
class Options:
    """`gone_after_s`: how far apart two "not there" answers must be. `settle_s`: how long a write with a lost
    answer may still come through. `flip_window_s`: within this time, a field written the same way again and
    again is parked. `creates_companies[side]`: may companies be made there."""

    workers: int = 8
    gone_after_s: float = 600.0
    settle_s: float = 90.0
    clock_slack_s: float = 600.0
    lease_s: float = 120.0
    flip_window_s: float = 3600.0
    brakes: Brakes = field(default_factory=Brakes)
    creates_companies: Mapping[Side, bool] = field(
        default_factory=lambda: {Side.LEFT: False, Side.RIGHT: False}
    )


Heard = Callable[[str, bool, str], None]
"""Called with (link id, whether it went well, what was said) after each plan that was carried out."""


def _unheard(_link_id: str, _well: bool, _said: str) -> None:
    """Nobody keeps count."""


def _silent(_what: str, _done: int, _total: int | None) -> None:
    """No progress display."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """`stop` asks a run to finish the records in flight and leave; `waits` may put a plan off."""

    crms: Mapping[Side, Crm]
    database: Database
    clock: Clock
    spec: MappingSpec
    policy: Policy
    options: Options = field(default_factory=Options)
    progress: Progress = _silent
    stop: threading.Event = field(default_factory=threading.Event)
    waits: Waits = nobody_waits
    heard: Heard = _unheard

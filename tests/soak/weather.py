"""Faults of both servers that come and go; it notes when which one blew and knows no opsync."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sync.wiring import real_clock
from tests.daemon.process import Stage

SIDES = ("superoffice", "onlyoffice")
SPELL_S = (1.0, 4.0)
CALM_S = (1.0, 6.0)
SLOW_S = 0.4
FAULTS: Mapping[str, Mapping[str, object]] = {
    "busy": {"kind": "status", "status": 503, "times": -1},
    "retry after": {"kind": "status", "status": 503, "headers": {"Retry-After": "1"}, "times": -1},
    "dropped": {"kind": "drop_before", "times": -1},
    "answer lost": {"kind": "drop_after", "times": 4},
    "cut short": {"kind": "truncate", "times": 4},
    "html": {"kind": "html", "times": -1},
    "slow": {"kind": "delay", "delay_s": SLOW_S, "times": -1},
    "log-in refused": {"kind": "status", "status": 401, "times": -1},
}
REVOKED = "token revoked"
"""Every log-in of ONLYOFFICE ends at once; SuperOffice's log-in here has no token, its fault is a 401."""
KINDS = (*FAULTS, REVOKED)


@dataclass(frozen=True, slots=True)
class Spell:
    """A fault on one side for a while; `until` is None while it lasts."""

    side: str
    kind: str
    since: datetime
    until: datetime | None = None


class Weather:
    """`step` is called again and again, and changes the weather when its time has come."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.spells: list[Spell] = []
        self._stage = stage
        self._chance = random.Random(seed)
        self._due = real_clock() + timedelta(seconds=self._chance.uniform(*CALM_S))
        self._bag: list[str] = []

    def step(self) -> None:
        if real_clock() < self._due:
            return
        if self._lasting():
            self.clear()
        else:
            self._begin()

    def clear(self) -> None:
        """Both servers are well again; calls under way still suffer theirs."""
        self._stage.heal()
        now = real_clock()
        self.spells = [replace(spell, until=spell.until or now) for spell in self.spells]
        self._due = now + timedelta(seconds=self._chance.uniform(*CALM_S))

    def _lasting(self) -> bool:
        return bool(self.spells) and self.spells[-1].until is None

    def _begin(self) -> None:
        """Each kind once before any of them comes again; now and then on both sides."""
        self._bag = self._bag or self._chance.sample(KINDS, len(KINDS))
        kind = self._bag.pop()
        both = self._chance.random() < 0.25
        sides = SIDES if both else (self._chance.choice(SIDES),)
        now = real_clock()
        for side in ("onlyoffice",) if kind == REVOKED else sides:
            self.spells.append(Spell(side, kind, now))
            self._blow(side, kind)
        self._due = now + timedelta(seconds=self._chance.uniform(*SPELL_S))

    def _blow(self, side: str, kind: str) -> None:
        if kind == REVOKED:
            self._stage.control(side, "switches", {"session_reset": len(self.spells)})
        else:
            self._stage.control(side, "faults", FAULTS[kind])

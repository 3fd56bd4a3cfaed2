"""Every step of a run, and of the run that recovers, disturbed in every way; equal worlds only once."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.simulation.arena import Arena, Saved
from tests.simulation.faults import WRITES, Fault, Script, possible
from tests.simulation.portrait import Portrait, portrait
from tests.simulation.scenarios import Scenario

FIRST = frozenset(Fault) - {Fault.REFUSED}
"""A refusal parks a record on purpose; everything else must leave no trace."""

REFUSING = frozenset({Fault.REFUSED})
KILLS = frozenset({Fault.KILLED, Fault.KILLED_AFTER, Fault.KILLED_LATE})
RESTART_S = 40.0
"""Longer than the lease of the dead, shorter than a late write may take."""

Path = tuple[str, ...]


@dataclass
class Matrix:
    """Walks one scenario; `worlds` maps what a world consists of to how it ends when left alone."""

    arena: Arena
    scenario: Scenario

    def __post_init__(self) -> None:
        self.start = self.arena.save()
        self.worlds: dict[str, Portrait] = {}
        self.cells = 0
        self.arena.sync(full=self.scenario.full)
        self.scenario.after(self.arena)
        self.arena.settle()
        self.wanted = portrait(self.arena)

    def broken(self, *, twice: bool) -> list[str]:
        """The paths of faults that end in another world than no fault at all, with what differs."""
        paths = self._twice() if twice else self._once()
        return [
            f"{' then '.join(path)}: {self._difference(found)}"
            for path, found in paths
            if found != self.wanted
        ]

    def refused(self) -> list[str]:
        """The writes whose single refusal still shows after a person has said `retry`."""
        wanted = self._retried(self.start, Script())
        return [
            f"{number} {step}: {self._difference(found)}"
            for number, step, fault in self._faults(self.start, REFUSING, full=self.scenario.full)
            if (found := self._retried(self.start, Script({number: fault}))) != wanted
        ]

    def _retried(self, world: Saved, script: Script) -> Portrait:
        self.arena.restore(world)
        self.arena.sync(script, full=self.scenario.full)
        self.scenario.after(self.arena)
        self.arena.settle()
        self.arena.retry_by_hand()
        self.arena.settle()
        return portrait(self.arena)

    def _once(self) -> Iterator[tuple[Path, Portrait]]:
        for path, _world in self._first(FIRST):
            yield path, self._end()

    def _twice(self) -> Iterator[tuple[Path, Portrait]]:
        seen: set[str] = set()
        for path, world in self._first(KILLS):
            key = self._key()
            if key in seen:
                continue
            seen.add(key)
            for second in self._second(world):
                yield (*path, second), self._end()

    def _first(self, kinds: frozenset[Fault]) -> Iterator[tuple[Path, Saved]]:
        """Disturbed once, people have done their part, the next start is due."""
        for number, step, fault in self._faults(self.start, kinds, full=self.scenario.full):
            self.arena.restore(self.start)
            self.arena.sync(Script({number: fault}), full=self.scenario.full)
            self.scenario.after(self.arena)
            self.arena.wait(RESTART_S)
            yield (f"{number} {step} {fault}",), self.arena.save()

    def _second(self, world: Saved) -> Iterator[str]:
        """The recovering run is killed too, at every step that changes something somewhere."""
        for number, step, fault in self._faults(world, KILLS, full=False):
            if step != "commit" and step.partition(".")[2] not in WRITES:
                continue
            self.arena.restore(world)
            self.arena.sync(Script({number: fault}))
            self.arena.wait(RESTART_S)
            yield f"{number} {step} {fault}"

    def _faults(self, world: Saved, kinds: frozenset[Fault], *, full: bool) -> list[tuple[int, str, Fault]]:
        dry = Script()
        self.arena.restore(world)
        self.arena.sync(dry, full=full)
        return [
            (number, step, fault)
            for number, step in enumerate(dry.steps)
            for fault in sorted(possible(step) & kinds)
        ]

    def _end(self) -> Portrait:
        """How the present world ends: one run soon, then until rest."""
        self.cells += 1
        key = self._key()
        if key not in self.worlds:
            self.arena.sync()
            self.arena.settle()
            self.worlds[key] = portrait(self.arena)
        return self.worlds[key]

    def _key(self) -> str:
        arena = self.arena
        state = arena.database.dump(without=frozenset({"runs", "lease", "journal"}))
        sides = [
            (vars(crm)["records"], vars(crm)["_companies"], len(crm.late)) for crm in arena.sides.values()
        ]
        return repr((state, sides, arena.clock.now, arena.ledger.violations))

    def _difference(self, found: Portrait) -> str:
        parts = {key: value for key, value in found.items() if value != self.wanted[key]}
        return "; ".join(f"{key} is {value}, not {self.wanted[key]}" for key, value in parts.items())

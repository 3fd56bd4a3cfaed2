"""A random history: people work on both sides, opsync runs on bad lines, all of it drawn from one seed."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

from sync.domain.model import Record, Side
from sync.domain.policy import Policy, Removal, Revival, Winner
from sync.engine.run import plan_only
from sync.errors import RunHeld
from tests.simulation.arena import Arena
from tests.simulation.faults import WRITES, Fault, possible
from tests.simulation.ledger import deal_of
from tests.simulation.state import FaultyDatabase
from tests.simulation.steady import Numbers

Item = TypeVar("Item")
DEALS = 6
WAITS = (1.0, 35.0, 60.0, 100.0, 700.0)
FAULTS = sorted(set(Fault) - {Fault.REFUSED})


@dataclass
class History:
    """`draw` is asked for numbers from 0 up to 1; the nearer to 1, the less happens, so that a history
    shrinks by replacing its draws with 1. `told` is the story so far."""

    database: FaultyDatabase
    numbers: Numbers
    draw: Callable[[], float]
    told: list[str] = field(default_factory=list)
    actions: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        removal = self.pick(list(Removal)[::-1])
        revival = self.pick(list(Revival))
        policy = Policy(Winner.LEFT, removals=dict.fromkeys(Side, removal), revival=revival)
        winner = self.pick(list(Winner))
        delta = self.happens(0.5)
        self.intensity = self.pick([0.8, 0.4, 0.15, 0.0])
        self.meddling = self.pick([0.2, 0.0])
        self.arena = Arena(self.database, self.numbers, delta=delta, policy=policy, winner=winner)
        ledger = self.arena.ledger
        ledger.winner, ledger.revives, ledger.destroys = (
            winner,
            revival is Revival.RECREATE,
            removal is Removal.DELETE,
        )
        self.deals = 0
        self.told.append(f"{removal=!s} {revival=!s} {winner=!s} {delta=} {self.intensity=} {self.meddling=}")

    def play(self, events: int) -> None:
        for _ in range(events):
            self._event()
        self.arena.process.restart()

    def happens(self, probability: float) -> bool:
        return self.draw() < probability

    def pick(self, items: Sequence[Item]) -> Item:
        """The last one is the quietest."""
        return items[min(int(self.draw() * len(items)), len(items) - 1)]

    # events

    def _event(self) -> None:
        people = [self._create, self._create, *[self._edit] * 3, self._same_edit, self._delete]
        self.pick([*people, self._trouble, self._plan, self._wait, *[self._sync] * 3])()

    def _tell(self, action: str, told: str = "") -> None:
        self.actions[action] += 1
        self.told.append(f"{action} {told}")

    def _create(self) -> None:
        if self.deals >= DEALS:
            return
        self.deals += 1
        name, where = f"deal {self.deals}", self.pick(["both", *Side])
        if where == "both":
            self.arena.a_pair(name)
            self.arena.ledger.pairs.add(name)
        else:
            self.arena.a_deal(Side(where), name)
        self._tell("create", f"{name} on {where}")

    def _edit(self) -> None:
        found = self._any_record()
        if found is not None:
            names = self.pick([("title", "amount"), ("expected_close_on",), ("amount",), ("title",)])
            self.arena.person_edits(found.side, found.id, *names)
            self._tell("edit", f"{deal_of(found.values)} on {found.side}: {names}")

    def _same_edit(self) -> None:
        """Two people type the same on both sides."""
        found = self._any_record()
        twin = None if found is None else self._twin(found)
        if found is not None and twin is not None:
            value = self.arena.fresh("title")
            for record in (found, twin):
                self.arena.person_edits(record.side, record.id, title=value)
            self.arena.ledger.alike.add((deal_of(found.values), "title"))
            self._tell("same edit", deal_of(found.values))

    def _delete(self) -> None:
        found = self._any_record()
        if found is not None:
            self.arena.person_deletes(found.side, found.id)
            self._tell("delete", f"{deal_of(found.values)} on {found.side}")

    def _wait(self) -> None:
        seconds = self.pick(WAITS[::-1])
        self.arena.wait(seconds)
        self._tell("wait", f"{seconds}")

    def _plan(self) -> None:
        """I12: planning changes nothing anywhere."""
        arena = self.arena
        before = (arena.database.dump(), {side: dict(crm.records) for side, crm in arena.sides.items()})
        late = [crm.late for crm in arena.sides.values()]
        if not any(late):
            with suppress(RunHeld):
                plan_only(arena.pairing, full=self.happens(0.5))
            after = (arena.database.dump(), {side: dict(crm.records) for side, crm in arena.sides.items()})
            if after != before:
                arena.ledger.violations.append("I12 planning changed something")
        self._tell("plan")

    def _trouble(self) -> None:
        """For the next run only: what a listing may do wrong, to records that were known before."""
        crm = self.arena.sides[self.pick(list(Side))]
        kind = self.pick(["truncate", "doubled", "unlisted", "stale"])
        records = sorted(link.record_id(crm.side) or "" for link in self.arena.links() if link.whole)
        records = [record_id for record_id in records if record_id in crm.records]
        if kind in ("truncate", "doubled"):
            setattr(crm, kind, True)
        elif records:
            record_id = self.pick(records)
            if kind == "unlisted":
                crm.unlisted.add(record_id)
            else:
                crm.go_stale(record_id)
        self._tell(kind, str(crm.side))

    def _sync(self) -> None:
        full = self.happens(0.5)
        report = self.arena.sync(self._fate, full=full)
        for crm in self.arena.sides.values():
            crm.calm_down()
        if report is not None and report.outcome == "done" and not report.retrying:
            self.arena.ledger.alike.clear()
        self.arena.wait(self.pick([35.0, 60.0]))
        outcome = "died" if report is None else f"{report.outcome} {dict(report.writes)} {report.error}"
        self._tell("sync", f"{full=} {outcome}")

    def _fate(self, step: str) -> Fault | None:
        writing = step.partition(".")[2] in WRITES
        if self.happens(self.meddling if writing else self.meddling / 5):
            self.pick([self._delete, self._edit, self._edit, self._edit])()
        if not self.happens(self.intensity if writing else self.intensity / 8):
            return None
        fault = self.pick(sorted(possible(step) & set(FAULTS)))
        self.told.append(f"  {step}: {fault}")
        return fault

    # records

    def _any_record(self) -> Record | None:
        """Pairs that opsync has not linked yet are left alone: edited, they would be two deals."""
        arena = self.arena
        linked = {(side, link.record_id(side)) for link in arena.links() if link.whole for side in Side}
        records = [
            record
            for side, crm in arena.sides.items()
            for record in crm.records.values()
            if deal_of(record.values) not in arena.ledger.pairs or (side, record.id) in linked
        ]
        return self.pick(records) if records else None

    def _twin(self, record: Record) -> Record | None:
        records = self.arena.sides[record.side.other].records.values()
        return next((other for other in records if deal_of(other.values) == deal_of(record.values)), None)


def seeded(seed: int) -> Callable[[], float]:
    return Random(seed).random

"""Two CRMs on bad lines, one state database and one process that may die; it plays, others judge."""

from copy import copy, deepcopy
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any  # state of any CRM

from sync.domain import model
from sync.domain.brakes import Brakes, Limit
from sync.domain.link import Link
from sync.domain.model import Side, Value
from sync.domain.policy import Policy, Winner
from sync.domain.resolve import MappingSpec
from sync.engine.by_hand import retry_parked
from sync.engine.pairing import Options, Pairing
from sync.engine.reach import EVERYTHING, Reach, Scope
from sync.engine.run import Report, run
from sync.errors import LeaseHeld
from sync.store import links as link_store
from sync.store.database import Database
from tests.engine.world import COMPANIES, LEFT_LISTS, RIGHT_LISTS, STAGES, FakeClock, _fit_left, _fit_right
from tests.simulation.faults import Fate, Killed, calm
from tests.simulation.ledger import Ledger
from tests.simulation.side import FaultySide
from tests.simulation.state import PASSING, DiskFull, Dump, FaultyDatabase
from tests.simulation.steady import Numbers

LEASE_S = 30.0
MAKING_COMPANIES = Options(workers=1, lease_s=LEASE_S, creates_companies=dict.fromkeys(Side, True))
STRICT = Brakes(gone=Limit(0, 0.0), reverted=Limit(0, 0.0))
"""One linked record that is missing, or shows an older state, holds the run until a person has looked."""

CANARIES = {Side.LEFT: "1000", Side.RIGHT: "1"}
"""In a grown world, the first records; nobody works on them."""


@dataclass(frozen=True, slots=True)
class Saved:
    """Everything an arena consists of at one moment."""

    dump: Dump
    sides: dict[Side, dict[str, Any]]
    ledger: dict[str, Any]
    now: datetime
    typed: int
    ids: int


@dataclass
class Arena:
    """`sync` gives None when the process died or could not use its state database."""

    database: FaultyDatabase
    numbers: Numbers
    delta: bool = True
    policy: Policy = field(default_factory=Policy)
    winner: Winner = Winner.ASK
    options: Options = MAKING_COMPANIES
    ledger: Ledger = field(default_factory=Ledger)
    clock: FakeClock = field(default_factory=FakeClock)
    typed: int = 0

    def __post_init__(self) -> None:
        self.process = self.database.process
        self.process.restart()
        self.database.restore({})
        self.sides = {
            side: FaultySide(
                side,
                lists,
                COMPANIES[side],
                self.clock,
                delta=self.delta and side is Side.LEFT,
                first_id=first_id,
                fit=fit,
                process=self.process,
                ledger=self.ledger,
            )
            for side, lists, first_id, fit in (
                (Side.LEFT, LEFT_LISTS, 1000, _fit_left),
                (Side.RIGHT, RIGHT_LISTS, 1, _fit_right),
            )
        }
        spec = MappingSpec(stages=STAGES)
        spec = replace(spec, default=replace(spec.default, winner=self.winner))
        self.pairing = Pairing(dict(self.sides), self.database, self.clock, spec, self.policy, self.options)

    # opsync

    def sync(
        self, fate: Fate = calm, *, full: bool = False, reach: Reach = Reach.CHANGED, release: str = ""
    ) -> Report | None:
        """A `full` run looks at everything, whatever its `reach`."""
        self.process.restart()
        self.process.asked.clear()
        self.process.fate = fate
        try:
            return run(self.pairing, "sync", EVERYTHING if full else Scope(reach), release=release)
        except (Killed, LeaseHeld, DiskFull):
            return None
        finally:
            self.process.restart()

    def wait(self, seconds: float) -> None:
        """Late writes land at their time, not when somebody looks at the clock."""
        self.clock.wait(seconds)
        for side in self.sides.values():
            side.land(self.clock())

    def settle(self, rounds: int = 10) -> Report | None:
        """All faults end, time goes by, opsync runs until nothing moves; gives its last report. Nothing is
        wrong any more, so a person lets pass what a brake holds."""
        for side in self.sides.values():
            side.calm_down()
        report = None
        for _ in range(rounds):
            before, release = self.state(), "looked at" if is_braked(report) else ""
            self.wait(700)
            report = self.sync(full=True, release=release)
            if report is not None and not report.writes and self.state() == before and not is_braked(report):
                break
        return report

    def state(self) -> Dump:
        """What opsync remembers, without what every run writes anew."""
        return self.database.dump(without=PASSING)

    # people

    def a_deal(self, side: Side, name: str, **values: Value) -> str:
        own: dict[str, Value] = _OWN[side]
        return self.sides[side].user_creates(**{**self._new(name), **own, **values})

    def a_pair(self, name: str) -> tuple[str, str]:
        """The same deal, typed into both systems before opsync ever saw it."""
        new = self._new(name)
        left = self.sides[Side.LEFT].user_creates(**new, **_OWN[Side.LEFT])
        return left, self.sides[Side.RIGHT].user_creates(**new, **_OWN[Side.RIGHT])

    def fresh(self, name: str) -> Value:
        """A value of a tracked field that nobody ever typed."""
        self.typed += 1
        if name == model.AMOUNT:
            return Decimal(self.typed) + Decimal("0.5")
        if name == model.EXPECTED_CLOSE:
            return date(2027, 1, 1) + timedelta(days=self.typed)
        return f"{name} {self.typed}"

    def _new(self, name: str) -> dict[str, Value]:
        fresh = {key: self.fresh(key) for key in (model.TITLE, model.AMOUNT, model.EXPECTED_CLOSE)}
        return {model.DESCRIPTION: name, model.PROBABILITY: 50, model.ACTUAL_CLOSE: None, **fresh}

    def person_edits(self, side: Side, record_id: str, *names: str, **values: Value) -> None:
        fresh = {name: self.fresh(name) for name in names}
        self.sides[side].person_edits(record_id, **fresh, **values)

    def person_deletes(self, side: Side, record_id: str) -> None:
        crm = self.sides[side]
        linked = any(link.whole and link.record_id(side) == record_id for link in self.links())
        self.ledger.person_deleted(side, crm.records[record_id].values, linked=linked)
        crm.user_deletes(record_id)

    def grow(self, deals: int) -> None:
        """Deals that were linked long before the story begins."""
        for number in range(deals):
            self.a_deal(Side.LEFT, f"old {number}")
        self.sync(release="the canaries come with this run")

    def retry_by_hand(self) -> None:
        """No side refuses anything any more, and a person says so to opsync once its lease is free."""
        for crm in self.sides.values():
            crm.refused.clear()
        self.wait(LEASE_S + 5)
        retry_parked(self.pairing)

    # what there is

    def links(self) -> list[Link]:
        with Database.read(self.database) as connection:
            return link_store.load_links(connection)

    def link_of(self, side: Side, record_id: str) -> Link:
        return next(link for link in self.links() if link.record_id(side) == record_id)

    def save(self) -> Saved:
        sides = {side: {key: copy(vars(crm)[key]) for key in _KEPT} for side, crm in self.sides.items()}
        return Saved(
            self.database.dump(),
            sides,
            deepcopy(vars(self.ledger)),
            self.clock.now,
            self.typed,
            self.numbers.last,
        )

    def restore(self, saved: Saved) -> None:
        self.process.restart()
        self.database.restore(saved.dump)
        self.clock.now, self.typed, self.numbers.last = saved.now, saved.typed, saved.ids
        vars(self.ledger).update(deepcopy(saved.ledger))
        for side, crm in self.sides.items():
            vars(crm).update({key: copy(value) for key, value in saved.sides[side].items()})


def is_braked(report: Report | None) -> bool:
    """Whether a person has to look before the next run."""
    return report is not None and report.outcome == "held" and "held by a brake" in report.error


_KEPT = ("records", "calls", "writes", "late", "refused", "_companies", "_next_id", "_change", "_changed")
"""What a CRM remembers; the rest of it are switches."""

_OWN: dict[Side, dict[str, Value]] = {
    Side.LEFT: {model.CURRENCY: "3", model.STAGE: "open/12", model.OWNER: "7", model.COMPANY: "501"},
    Side.RIGHT: {model.CURRENCY: "NOK", model.STAGE: "42", model.OWNER: "aaaa", model.COMPANY: "61"},
}

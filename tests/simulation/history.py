"""A random history: people work on both sides, opsync runs on bad lines, all of it drawn from one seed."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace

from sync.domain.brakes import Brakes
from sync.domain.model import Side
from sync.domain.policy import Policy, Removal, Revival, Winner
from sync.engine.reach import CHANGES, EVERYTHING
from sync.engine.run import plan_only
from sync.errors import RunHeld
from tests.simulation.arena import CANARIES, MAKING_COMPANIES, STRICT, Arena
from tests.simulation.caretaker import Caretaker
from tests.simulation.chance import Chance
from tests.simulation.faults import WRITES, Fault, possible
from tests.simulation.people import People
from tests.simulation.state import FaultyDatabase
from tests.simulation.steady import Numbers
from tests.simulation.trouble import Trouble

WAITS = (1.0, 35.0, 60.0, 100.0, 700.0)
OLD_DEALS = 6
HELD, RESTORED = "held by a brake", "restored"
GROWN = 0.12
"""The share of histories in a grown world: they cost twice the time of the others."""


@dataclass
class History:
    """`told` is the story so far; `actions` and `troubles` count what is in it by kind. A `grown` world has
    old deals, strict brakes and backups."""

    database: FaultyDatabase
    numbers: Numbers
    chance: Chance
    told: list[str] = field(default_factory=list)
    actions: Counter[str] = field(default_factory=Counter)
    troubles: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        pick = self.chance.pick
        removal, revival, winner = pick(list(Removal)[::-1]), pick(list(Revival)), pick(list(Winner))
        policy = Policy(Winner.LEFT, removals=dict.fromkeys(Side, removal), revival=revival)
        delta, self.grown = self.chance.happens(0.5), self.chance.happens(GROWN)
        makes = {side: not self.chance.happens(0.2) for side in Side}
        brakes = self._strict() if self.grown else Brakes()
        options = replace(MAKING_COMPANIES, creates_companies=makes, brakes=brakes)
        self.intensity = pick([0.8, 0.4, 0.15, 0.0])
        self.meddling = pick([0.2, 0.0])
        self.arena = Arena(self.database, self.numbers, delta, policy, winner, options)
        ledger = self.arena.ledger
        ledger.winner, ledger.revives = winner, revival is Revival.RECREATE
        ledger.destroys = removal is Removal.DELETE
        self._begin()
        rules = f"{removal=!s} {revival=!s} {winner=!s} {delta=} {makes=} {brakes.canaries=}"
        self.told.append(f"{rules} {self.grown=} {self.intensity=} {self.meddling=}")

    def _strict(self) -> Brakes:
        return replace(STRICT, canaries=CANARIES if self.chance.happens(0.5) else {})

    def _begin(self) -> None:
        self.caretaker = Caretaker(self.arena, self.chance)
        self.people = People(self.arena, self.chance, lambda: self.caretaker.backups.restored)
        self.trouble = Trouble(self.arena, self.chance, self.grown)
        if self.grown:
            self.arena.grow(OLD_DEALS)
            for side in Side:
                self.caretaker.backups.back_up(side)

    def play(self, events: int) -> None:
        for _ in range(events):
            name, event = self.chance.pick(self._events())
            self._tell(name, event())
        self.caretaker.go_home()
        self.arena.process.restart()

    def _events(self) -> list[tuple[str, Callable[[], str]]]:
        people, caretaker = self.people, self.caretaker
        rare: list[tuple[str, Callable[[], str]]] = []
        if self.grown:
            rare = [
                ("restore", self._restore),
                ("back up", caretaker.back_up),
                ("bring forward", caretaker.bring_forward),
            ]
        return [
            *rare,
            *[("create", people.create)] * 2,
            *[("edit", people.edit)] * 3,
            ("same edit", people.edit_alike),
            ("delete", people.delete),
            ("found company", people.found),
            ("look after", caretaker.retry),
            ("trouble", self._spoil),
            ("plan", self._plan),
            ("wait", self._wait),
            *[("sync", self._sync)] * 4,
        ]

    def _tell(self, action: str, told: str) -> None:
        self.actions[action] += told != "nothing"
        self.told.append(f"{action} {told}")

    def _spoil(self) -> str:
        if self.caretaker.backups.restored is not None:
            return "nothing"
        kind, side = self.trouble.begin()
        self.troubles[kind] += 1
        return f"{kind} {side}"

    def _sync(self) -> str:
        told = self.caretaker.sync(self._fate)
        self.troubles += Counter({HELD: int(self.caretaker.held)})
        return told

    def _restore(self) -> str:
        told = self.caretaker.restore()
        self.troubles += Counter({RESTORED: int(told != "nothing")})
        return told

    def _wait(self) -> str:
        seconds = self.chance.pick(WAITS[::-1])
        self.arena.wait(seconds)
        return f"{seconds}"

    def _plan(self) -> str:
        """I12: planning changes nothing anywhere."""
        arena = self.arena
        if any(crm.late for crm in arena.sides.values()):
            return "nothing"
        before = self._world()
        with suppress(RunHeld):
            plan_only(arena.pairing, EVERYTHING if self.chance.happens(0.5) else CHANGES)
        if self._world() != before:
            arena.ledger.violations.append("I12 planning changed something")
        return ""

    def _world(self) -> object:
        return self.database.dump(), {side: dict(crm.records) for side, crm in self.arena.sides.items()}

    def _fate(self, step: str) -> Fault | None:
        writing = step.partition(".")[2] in WRITES
        if self.chance.happens(self.meddling if writing else self.meddling / 5):
            edit = self.people.edit
            self._tell("  meanwhile", self.chance.pick([self.people.delete, edit, edit, edit])())
        if not self.chance.happens(self.intensity if writing else self.intensity / 20):
            return None
        fault = self.chance.pick(sorted(possible(step)))
        self.told.append(f"  {step}: {fault}")
        return fault

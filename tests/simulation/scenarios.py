"""One small world for each kind of action, prepared up to the run that will be disturbed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sync.domain.model import AMOUNT, COMPANY, CURRENCY, EXPECTED_CLOSE, TITLE, Side
from sync.domain.policy import Policy, Removal, Revival, Winner
from tests.simulation.arena import Arena
from tests.simulation.state import FaultyDatabase
from tests.simulation.steady import Numbers

LEFT, RIGHT = Side.LEFT, Side.RIGHT
Step = Callable[[Arena], None]


def _nothing(_arena: Arena) -> None:
    """Nobody does anything."""


@dataclass(frozen=True)
class Scenario:
    """`before`: what happened until the disturbed run; `after`: what people do right after it."""

    before: Step
    after: Step = _nothing
    policy: Policy = field(default_factory=Policy)
    winner: Winner = Winner.ASK
    full: bool = False

    def build(self, database: FaultyDatabase, numbers: Numbers) -> Arena:
        arena = Arena(database, numbers, policy=self.policy, winner=self.winner)
        arena.ledger.winner = self.winner
        arena.ledger.revives = self.policy.revival is Revival.RECREATE
        arena.ledger.destroys = Removal.DELETE in self.policy.removals.values()
        self.before(arena)
        return arena


def _two_linked(arena: Arena) -> None:
    """`sale 1000` ↔ `opportunity 1`, and a bystander."""
    arena.a_deal(LEFT, "one")
    arena.a_deal(LEFT, "bystander")
    arena.sync()


def _then(*steps: Step) -> Step:
    def all_of_them(arena: Arena) -> None:
        for step in steps:
            step(arena)
            arena.wait(60)

    return all_of_them


def _edits(side: Side, *names: str) -> Step:
    record_id = {LEFT: "1000", RIGHT: "1"}[side]
    return lambda arena: arena.person_edits(side, record_id, *names)


def _deletes(side: Side) -> Step:
    record_id = {LEFT: "1000", RIGHT: "1"}[side]
    return lambda arena: arena.person_deletes(side, record_id)


def _creates(side: Side, **values: str) -> Step:
    def create(arena: Arena) -> None:
        arena.a_deal(side, "one", **values)
        arena.a_deal(side.other, "bystander")

    return create


def _also(side: Side) -> Step:
    """A second deal that nobody objects to, behind the first."""

    def create(arena: Arena) -> None:
        arena.a_deal(side, "two")

    return create


def _bystander_edited(side: Side) -> Step:
    record_id = {LEFT: "1001", RIGHT: "2"}[side]
    return lambda arena: arena.person_edits(side, record_id, AMOUNT)


def _pair(arena: Arena) -> None:
    arena.a_pair("one")
    arena.a_deal(LEFT, "bystander")


def _two_of_one_company(arena: Arena) -> None:
    arena.a_deal(LEFT, "one", **{COMPANY: "502"})
    arena.a_deal(LEFT, "two", **{COMPANY: "502"})


def _one_refused(side: Side) -> Step:
    """`side` takes nothing that belongs to the first deal; the others are as good as ever."""
    return lambda arena: arena.sides[side].refused.add("one")


def _healed(arena: Arena) -> None:
    """The vendor's rule is gone, and a person says `retry`."""
    arena.retry_by_hand()


def _seen_gone(arena: Arena) -> None:
    """The first look at a missing record: marked, not yet believed."""
    arena.sync(full=True)
    arena.wait(700)


def _removing(removal: Removal) -> Policy:
    return Policy(removals=dict.fromkeys(Side, removal))


RECREATING = Policy(revival=Revival.RECREATE)

SCENARIOS: Mapping[str, Scenario] = {
    "create right": Scenario(_creates(LEFT)),
    "create right, typed again": Scenario(_creates(LEFT), _edits(LEFT, TITLE, AMOUNT)),
    "create left": Scenario(_creates(RIGHT)),
    "create left, typed again": Scenario(_creates(RIGHT), _edits(RIGHT, TITLE)),
    "update right": Scenario(_then(_two_linked, _edits(LEFT, TITLE, AMOUNT))),
    "update right, typed again": Scenario(
        _then(_two_linked, _edits(LEFT, TITLE, AMOUNT)), _edits(LEFT, TITLE)
    ),
    "update left": Scenario(_then(_two_linked, _edits(RIGHT, TITLE, EXPECTED_CLOSE))),
    "update left, typed again": Scenario(_then(_two_linked, _edits(RIGHT, TITLE)), _edits(RIGHT, TITLE)),
    "update both": Scenario(_then(_two_linked, _edits(LEFT, TITLE), _edits(RIGHT, AMOUNT))),
    "update both, typed again": Scenario(
        _then(_two_linked, _edits(LEFT, TITLE), _edits(RIGHT, AMOUNT)), _edits(RIGHT, AMOUNT)
    ),
    "left wins": Scenario(_then(_two_linked, _edits(LEFT, TITLE), _edits(RIGHT, TITLE)), winner=Winner.LEFT),
    "conflict beside a flow": Scenario(_then(_two_linked, _edits(LEFT, TITLE, AMOUNT), _edits(RIGHT, TITLE))),
    "link-up": Scenario(_pair),
    "parked": Scenario(_creates(LEFT, **{CURRENCY: "5"})),
    "new company": Scenario(_two_of_one_company),
    "one creation refused": Scenario(_then(_creates(LEFT), _also(LEFT), _one_refused(RIGHT))),
    "one update refused": Scenario(
        _then(_two_linked, _edits(LEFT, TITLE), _bystander_edited(LEFT), _one_refused(RIGHT))
    ),
    "one update refused, typed again": Scenario(
        _then(_two_linked, _edits(RIGHT, TITLE), _bystander_edited(RIGHT), _one_refused(LEFT)),
        _edits(RIGHT, TITLE),
    ),
    "one creation refused, then healed": Scenario(
        _then(_creates(LEFT), _also(LEFT), _one_refused(RIGHT)), _healed
    ),
    "one deletion refused": Scenario(
        _then(_two_linked, _deletes(RIGHT), _bystander_edited(LEFT), _seen_gone, _one_refused(LEFT)),
        policy=_removing(Removal.DELETE),
        full=True,
    ),
    "gone for the first time": Scenario(_then(_two_linked, _deletes(RIGHT)), full=True),
    "buried": Scenario(_then(_two_linked, _deletes(LEFT), _seen_gone), full=True),
    "closed as lost": Scenario(
        _then(_two_linked, _deletes(RIGHT), _seen_gone), policy=_removing(Removal.CLOSE_AS_LOST), full=True
    ),
    "deleted too": Scenario(
        _then(_two_linked, _deletes(RIGHT), _seen_gone), policy=_removing(Removal.DELETE), full=True
    ),
    "deleted on both sides": Scenario(
        _then(_two_linked, _deletes(RIGHT), _deletes(LEFT), _seen_gone), full=True
    ),
    "revived": Scenario(
        _then(_two_linked, _edits(LEFT, TITLE), _deletes(RIGHT), _seen_gone), policy=RECREATING, full=True
    ),
}

"""Proposes the stage table of two systems, total and round-trip wherever one is possible; it uses none."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from sync.domain.model import Side, Stage, State
from sync.domain.policy import Direction
from sync.domain.stages import StageRule

_ALIKE = 0.85
_PERCENT = 100
_A_BOND = 100_000
"""Weighs more than any closeness of many stages together."""

_Chain = tuple[int, tuple[tuple[Stage, Stage], ...]]
_PARKED_NAMES = frozenset({"stalled", "on hold", "parked", "paused", "postponed", "frozen", "dormant"})
_CLOSED_NAMES = {State.WON: "won", State.LOST: "lost"}
_OF_OPEN = "open/"


@dataclass(frozen=True, slots=True)
class StageGuess:
    """One proposed row, with why it seems right."""

    left: Stage
    right: Stage
    direction: Direction
    reason: str

    def rule(self) -> StageRule:
        """Rows name stages by id, which survives a new title: superoffice.md 4.3, onlyoffice.md 5.3."""
        is_open = self.left.key.startswith(_OF_OPEN)
        rating = self.left.key.removeprefix(_OF_OPEN) if is_open else ""
        return StageRule("open" if is_open else self.left.key, self.right.key, rating, self.direction)


def guess_stages(left: Iterable[Stage], right: Iterable[Stage]) -> tuple[list[StageGuess], list[str]]:
    """Rows for every active stage of both sides, and what makes a table impossible (then there is none)."""
    lefts = [stage for stage in left if stage.active]
    rights = [stage for stage in right if stage.active]
    if problems := _impossible(lefts, rights):
        return [], problems
    parked = _named_parked(lefts, rights)
    opens = [stage for stage in rights if stage.state is State.OPEN and stage is not parked]
    guesses = _guess_open([stage for stage in lefts if stage.state is State.OPEN], opens)
    for state in (State.WON, State.LOST):
        guesses += _guess_closed(_of(lefts, state)[0], _of(rights, state))
    return [*guesses, *_guess_stalled(_of(lefts, State.STALLED), parked, guesses)], []


def _of(stages: Iterable[Stage], state: State) -> list[Stage]:
    return [stage for stage in stages if stage.state is state]


def _impossible(lefts: list[Stage], rights: list[Stage]) -> list[str]:
    """Both sides must have a stage of each meaning; SuperOffice's Sold and Lost are always there."""
    hints = {
        Side.LEFT: "add one to the list Sale - Stage, or grant the right to read it",
        Side.RIGHT: "open the CRM once in a browser, or add one in its settings",  # onlyoffice.md 5.4
    }
    return [
        f"{side.label} has no active {state} stage: {hints[side]}"
        for side, stages in ((Side.LEFT, lefts), (Side.RIGHT, rights))
        for state in (State.OPEN, State.WON, State.LOST)
        if not _of(stages, state)
    ]


def _named_parked(lefts: list[Stage], rights: list[Stage]) -> Stage | None:
    """ONLYOFFICE's open stage called like a stalled deal, unless an open one of SuperOffice needs it."""
    opens = _of(rights, State.OPEN)
    wanted = _PARKED_NAMES - {_plain(stage.name) for stage in _of(lefts, State.OPEN)}
    named = [stage for stage in opens if _plain(stage.name) in wanted]
    return named[0] if named and len(opens) > 1 else None


def _guess_open(lefts: list[Stage], rights: list[Stage]) -> list[StageGuess]:
    lefts, rights = _in_order(lefts), _in_order(rights)
    bonds = _by_name(lefts, rights)
    bonds += _by_probability(lefts, rights, bonds)
    bonds.sort(key=lambda bond: lefts.index(bond.left))
    extra = [_one_way(stage, bonds, Side.RIGHT) for stage in lefts if stage not in _lefts(bonds)]
    extra += [_one_way(stage, bonds, Side.LEFT) for stage in rights if stage not in _rights(bonds)]
    return [*bonds, *extra]


def _in_order(stages: list[Stage]) -> list[Stage]:
    """Stages of equal probability keep the order in which the side lists them."""
    return sorted(stages, key=lambda stage: stage.probability)


def _lefts(bonds: Iterable[StageGuess]) -> list[Stage]:
    return [bond.left for bond in bonds]


def _rights(bonds: Iterable[StageGuess]) -> list[Stage]:
    return [bond.right for bond in bonds]


def _by_name(lefts: list[Stage], rights: list[Stage]) -> list[StageGuess]:
    """Equal names first, then the most alike; no stage twice."""
    pairs = [(_likeness(one, other), one, other) for one in lefts for other in rights]
    pairs = [pair for pair in pairs if pair[0] >= _ALIKE]
    pairs.sort(key=lambda pair: (-pair[0], abs(pair[1].probability - pair[2].probability)))
    bonds: list[StageGuess] = []
    for likeness, one, other in pairs:
        if one not in _lefts(bonds) and other not in _rights(bonds):
            reason = "equal names" if likeness == 1 else "names alike"
            bonds.append(StageGuess(one, other, Direction.BOTH, reason))
    return bonds


def _likeness(one: Stage, other: Stage) -> float:
    return SequenceMatcher(None, _plain(one.name), _plain(other.name), autojunk=False).ratio()


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def _by_probability(lefts: list[Stage], rights: list[Stage], bonds: Sequence[StageGuess]) -> list[StageGuess]:
    """As many bonds among the others as fit without crossing each other or the given ones, the closest."""
    places = _places(lefts, rights, bonds)
    best: list[list[_Chain]] = [[(0, ())] * (len(rights) + 1) for _ in range(len(lefts) + 1)]
    for row, one in enumerate(lefts):
        for column, other in enumerate(rights):
            options = [best[row][column + 1], best[row + 1][column]]
            if _may_bond(row, column, places):
                score, found = best[row][column]
                closeness = _PERCENT - abs(one.probability - other.probability)
                options.append((score + _A_BOND + closeness, (*found, (one, other))))
            best[row + 1][column + 1] = max(options, key=lambda option: option[0])
    reason = "nearest in probability and order"
    return [StageGuess(one, other, Direction.BOTH, reason) for one, other in best[-1][-1][1]]


def _places(lefts: list[Stage], rights: list[Stage], bonds: Sequence[StageGuess]) -> list[tuple[int, int]]:
    return [(lefts.index(bond.left), rights.index(bond.right)) for bond in bonds]


def _may_bond(row: int, column: int, places: Sequence[tuple[int, int]]) -> bool:
    """Neither is bonded already, and both lie on the same side of every bond."""
    return all((row - left) * (column - right) > 0 for left, right in places)


def _one_way(stage: Stage, bonds: Sequence[StageGuess], to: Side) -> StageGuess:
    """An image among the bonded stages, so that it comes home to itself."""
    nearest = min(bonds, key=lambda bond: abs(_there(bond, to).probability - stage.probability))
    if to is Side.RIGHT:
        reason = "nothing fitting is free in ONLYOFFICE; the nearest in probability, and no way back"
        return StageGuess(stage, nearest.right, Direction.LEFT_TO_RIGHT, reason)
    reason = "nothing fitting is free in SuperOffice; the nearest in probability, and no way back"
    return StageGuess(nearest.left, stage, Direction.RIGHT_TO_LEFT, reason)


def _there(bond: StageGuess, to: Side) -> Stage:
    return bond.right if to is Side.RIGHT else bond.left


def _guess_closed(one: Stage, others: list[Stage]) -> list[StageGuess]:
    """Several stages of ONLYOFFICE may mean won or lost; SuperOffice has one word for each."""
    if len(others) == 1:
        return [StageGuess(one, others[0], Direction.BOTH, f"the only {one.state} stage")]
    names = {_plain(one.name), _CLOSED_NAMES[one.state]}
    chosen = next((stage for stage in others if _plain(stage.name) in names), others[0])
    reason = (
        "equal names" if _plain(chosen.name) in names else f"the first of {len(others)} {one.state} stages"
    )
    extra = f"another {one.state} stage; no way back"
    rest = (stage for stage in others if stage is not chosen)
    return [
        StageGuess(one, chosen, Direction.BOTH, reason),
        *(StageGuess(one, stage, Direction.RIGHT_TO_LEFT, extra) for stage in rest),
    ]


def _guess_stalled(stalled: list[Stage], parked: Stage | None, guesses: list[StageGuess]) -> list[StageGuess]:
    if parked is not None:
        return [StageGuess(stage, parked, Direction.BOTH, "its name says parked") for stage in stalled]
    opens = [
        row.right for row in guesses if row.right.state is State.OPEN and row.direction is Direction.BOTH
    ]
    image = _in_order(opens)[0]
    reason = "ONLYOFFICE knows no stalled deals: they show as open, at the least probable stage"
    return [StageGuess(stage, image, Direction.LEFT_TO_RIGHT, reason) for stage in stalled]

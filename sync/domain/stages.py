"""SuperOffice status and stage ↔ ONLYOFFICE stage: the one table that must be total and round-trip."""

from collections.abc import Iterable
from dataclasses import dataclass

from sync.domain.field import Table
from sync.domain.model import Side, Stage, State
from sync.domain.policy import Direction


@dataclass(frozen=True, slots=True)
class StageRule:
    """One row. `status`: open, sold, lost, stalled; `rating`: SuperOffice stage name or id, for open only;
    `stage`: ONLYOFFICE stage title or id. One-way rows give a value an image without claiming the way back.
    """

    status: str
    stage: str
    rating: str = ""
    direction: Direction = Direction.BOTH

    def __str__(self) -> str:
        left = f"open/{self.rating}" if self.status == "open" else self.status
        return f"{left} ↔ {self.stage}"


def stage_table(
    rules: Iterable[StageRule], left: Iterable[Stage], right: Iterable[Stage]
) -> tuple[Table, list[str]]:
    """The table and every reason why it cannot be used."""
    lefts, rights = list(left), list(right)
    to_right: dict[str, str] = {}
    to_left: dict[str, str] = {}
    problems: list[str] = []
    for rule in rules:
        one, other = _find_left(rule, lefts), _find(rights, rule.stage)
        if one is None or other is None:
            problems.append(_unknown(rule, one, lefts if one is None else rights))
            continue
        problems += _state_problem(rule, one, other)
        if rule.direction.flows_to(Side.RIGHT):
            problems += _put(to_right, one.key, other.key, f"SuperOffice {one.name}")
        if rule.direction.flows_to(Side.LEFT):
            problems += _put(to_left, other.key, one.key, f"ONLYOFFICE {other.name}")
    if not problems:
        problems = _gaps(lefts, to_right, Side.LEFT) + _gaps(rights, to_left, Side.RIGHT)
        problems += _circles(lefts, to_right, to_left, Side.LEFT)
        problems += _circles(rights, to_left, to_right, Side.RIGHT)
    images = {Side.LEFT: to_left, Side.RIGHT: to_right}
    return Table("stage", images, {}, "add a row to [[mapping.stages]]"), problems


def _find_left(rule: StageRule, stages: list[Stage]) -> Stage | None:
    if rule.status == "open":
        return _find([stage for stage in stages if stage.key.startswith("open/")], rule.rating)
    return next((stage for stage in stages if stage.key == rule.status), None)


def _find(stages: list[Stage], wanted: str) -> Stage | None:
    """By id first, then by name among the living, then among the deleted."""
    for stage in stages:
        if stage.key.removeprefix("open/") == wanted:
            return stage
    named = [stage for stage in stages if stage.name.casefold() == wanted.casefold()]
    return min(named, key=lambda stage: not stage.active, default=None)


def _unknown(rule: StageRule, one: Stage | None, known: list[Stage]) -> str:
    side = "SuperOffice" if one is None else "ONLYOFFICE"
    names = ", ".join(stage.name for stage in known if stage.active)
    return f"mapping.stages: {side} has no such stage in the row {rule}; it has: {names or 'none'}"


def _state_problem(rule: StageRule, one: Stage, other: Stage) -> list[str]:
    """A won deal must stay won on the other side; a stalled one has no state of its own over there."""
    wanted = State.OPEN if one.state is State.STALLED else one.state
    if wanted is other.state:
        return []
    return [f"mapping.stages: {rule} bonds a {one.state} stage with a {other.state} one"]


def _put(table: dict[str, str], key: str, image: str, name: str) -> list[str]:
    if table.setdefault(key, image) == image:
        return []
    return [f'mapping.stages: {name} has two images; make one of the rows one-way (direction = "…")']


def _gaps(stages: list[Stage], table: dict[str, str], side: Side) -> list[str]:
    return [
        f"mapping.stages: {side.label} stage {stage.name!r} has no image in {side.other.label}"
        for stage in stages
        if stage.active and stage.key not in table
    ]


def _circles(stages: list[Stage], there: dict[str, str], back: dict[str, str], side: Side) -> list[str]:
    """One-way rows may lead to another stage, but never round in a circle."""
    return [
        f"mapping.stages: {side.label} stage {stage.name!r} does not come home from {side.other.label}; "
        "bond the stages its rows lead to both ways"
        for stage in stages
        if (image := there.get(stage.key)) in back and there.get(back[image]) != image
    ]

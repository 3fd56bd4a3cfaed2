"""The rules a user chooses: which way a field flows, who wins, what a deletion means."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sync.domain.model import Side


class Direction(StrEnum):
    """Which way edits of one field travel."""

    BOTH = "both"
    LEFT_TO_RIGHT = "left_to_right"
    RIGHT_TO_LEFT = "right_to_left"
    CREATE_ONLY = "create_only"
    FILL_BLANK = "fill_blank"
    OFF = "off"

    def flows_to(self, side: Side) -> bool:
        """Whether an edit may travel to `side` at all (`FILL_BLANK` only into an empty field)."""
        if self in (Direction.BOTH, Direction.FILL_BLANK):
            return True
        return self is (Direction.LEFT_TO_RIGHT if side is Side.RIGHT else Direction.RIGHT_TO_LEFT)

    def creates_on(self, side: Side) -> bool:
        """Whether a new record on `side` gets this field."""
        return self is Direction.CREATE_ONLY or self.flows_to(side)


class Winner(StrEnum):
    """Who is right when both sides changed one field to different values."""

    LEFT = "left"
    RIGHT = "right"
    ASK = "ask"

    @property
    def side(self) -> Side | None:
        return None if self is Winner.ASK else Side(self.value)


class Removal(StrEnum):
    """What happens to the partner of a deleted record."""

    KEEP = "keep"
    CLOSE_AS_LOST = "close_as_lost"
    DELETE = "delete"


class Revival(StrEnum):
    """What happens when one side deleted what the other side edited."""

    RECREATE = "recreate"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Policy:
    """`removals[side]`: what to do to the partner when `side`'s record was deleted. `creates[side]`: whether
    records may be created on `side`. `first_link`: who wins where two records are bonded for the first time.
    """

    first_link: Winner = Winner.ASK
    creates: Mapping[Side, bool] = field(default_factory=lambda: {Side.LEFT: True, Side.RIGHT: True})
    removals: Mapping[Side, Removal] = field(
        default_factory=lambda: {Side.LEFT: Removal.KEEP, Side.RIGHT: Removal.KEEP}
    )
    revival: Revival = Revival.ASK

"""The rules a user chooses, one by one."""

import pytest

from sync.domain.model import Side
from sync.domain.policy import Direction, Policy, Removal, Revival, Winner

from .builders import LEFT, RIGHT


@pytest.mark.parametrize(
    ("direction", "edits", "creations"),
    [
        (Direction.BOTH, {LEFT, RIGHT}, {LEFT, RIGHT}),
        (Direction.LEFT_TO_RIGHT, {RIGHT}, {RIGHT}),
        (Direction.RIGHT_TO_LEFT, {LEFT}, {LEFT}),
        (Direction.CREATE_ONLY, set(), {LEFT, RIGHT}),
        (Direction.FILL_BLANK, {LEFT, RIGHT}, {LEFT, RIGHT}),
        (Direction.OFF, set(), set()),
    ],
)
def test_where_a_direction_leads(direction: Direction, edits: set[Side], creations: set[Side]) -> None:
    """To which sides edits travel, and on which sides a new record gets the field."""
    assert {side for side in Side if direction.flows_to(side)} == edits
    assert {side for side in Side if direction.creates_on(side)} == creations


def test_a_winner_is_a_side_or_a_question() -> None:
    """Asked, nobody wins by himself."""
    assert [winner.side for winner in (Winner.LEFT, Winner.RIGHT, Winner.ASK)] == [LEFT, RIGHT, None]


def test_without_a_policy_nothing_is_removed_or_decided() -> None:
    """Both sides may create; everything else keeps or asks."""
    careful = Policy(Winner.ASK, dict.fromkeys(Side, True), dict.fromkeys(Side, Removal.KEEP), Revival.ASK)

    assert Policy() == careful

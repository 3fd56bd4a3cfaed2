"""Pipelines of two systems and the rows guessed for them; they assert only that there is a table."""

from collections.abc import Sequence

from sync.domain.model import Stage, State
from sync.domain.policy import Direction
from sync.domain.stage_guess import StageGuess, guess_stages

CLOSED_LEFT = (
    Stage("sold", "Sold", State.WON, 100),
    Stage("lost", "Lost", State.LOST, 0),
    Stage("stalled", "Stalled", State.STALLED, 0),
)
CLOSED_RIGHT = (Stage("98", "Won", State.WON, 100), Stage("99", "Missed", State.LOST, 0))


def pipeline(side: str, *steps: tuple[str, int]) -> tuple[Stage, ...]:
    """Open stages in the order given, with ids 11, 12 and on."""
    prefix = "open/" if side == "left" else ""
    return tuple(
        Stage(f"{prefix}{key}", name, State.OPEN, probability)
        for key, (name, probability) in enumerate(steps, start=11)
    )


def guessed(left: Sequence[Stage], right: Sequence[Stage]) -> list[StageGuess]:
    guesses, problems = guess_stages([*left, *CLOSED_LEFT], [*right, *CLOSED_RIGHT])
    assert problems == []
    return guesses


def bonds(guesses: Sequence[StageGuess]) -> list[tuple[str, str]]:
    """Names of open stages bonded both ways."""
    both = [row for row in guesses if row.direction is Direction.BOTH and row.left.state is State.OPEN]
    return [(row.left.name, row.right.name) for row in both]

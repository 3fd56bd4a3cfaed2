"""The proposed stage table: whatever the two pipelines look like, it is total and comes home."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.domain.model import Stage, State
from sync.domain.policy import Direction
from sync.domain.stage_guess import guess_stages
from sync.domain.stages import stage_table

from .builders import LEFT, RIGHT, STAGES
from .pipelines import CLOSED_LEFT, CLOSED_RIGHT, bonds, guessed, pipeline

NAMES = st.sampled_from(["Lead", "lead ", "Proposal", "Proposals", "On hold", "Stalled", "11", "Ω", ""])


def steps() -> st.SearchStrategy[list[tuple[str, int]]]:
    return st.lists(st.tuples(NAMES, st.integers(0, 100)), min_size=1, max_size=6)


@given(left=steps(), right=steps(), dead=st.sets(st.integers(11, 16)), more=st.integers(0, 2))
def test_the_table_is_always_usable(
    left: list[tuple[str, int]], right: list[tuple[str, int]], dead: set[int], more: int
) -> None:
    """Names may repeat or look like ids, stages may be deleted, several may mean won or lost."""
    lefts = [*pipeline("left", *left), *CLOSED_LEFT]
    rights = [*pipeline("right", *right), *CLOSED_RIGHT]
    rights += [Stage(str(50 + key), "Won", State.WON, 100) for key in range(more)]
    rights += [Stage(str(60 + key), "Lost", State.LOST, 0) for key in range(more)]
    rights += [Stage(str(100 + key), "Lead", State.OPEN, 5, active=False) for key in dead]

    guesses, problems = guess_stages(lefts, rights)

    assert problems == []
    assert stage_table([guess.rule() for guess in guesses], lefts, rights)[1] == []


def test_equal_names_beat_probability_and_order() -> None:
    """Somebody gave them the same name on purpose."""
    left = pipeline("left", ("Lead", 5), ("Proposal", 90))
    right = pipeline("right", ("PROPOSAL", 5), ("Lead ", 90))

    assert bonds(guessed(left, right)) == [("Lead", "Lead "), ("Proposal", "PROPOSAL")]


def test_names_nearly_alike_are_bonded() -> None:
    """A plural is no other stage."""
    left = pipeline("left", ("Negotiation", 70), ("Closing", 90))
    right = pipeline("right", ("Last talks", 60), ("Negotiations", 90))

    assert ("Negotiation", "Negotiations") in bonds(guessed(left, right))


def test_the_rest_follows_the_order_of_probability() -> None:
    """As many as both have, the closest ones; no bond crosses another."""
    left = pipeline("left", ("A", 5), ("B", 50), ("C", 95))
    right = pipeline("right", ("X", 1), ("Y", 7), ("Z", 45), ("W", 90))

    assert bonds(guessed(left, right)) == [("A", "Y"), ("B", "Z"), ("C", "W")]


def test_what_is_left_over_goes_one_way_to_the_nearest() -> None:
    """It shows over there, and does not travel back."""
    left = pipeline("left", ("A", 5), ("B", 50))
    right = pipeline("right", ("X", 5), ("Y", 50), ("Z", 60))
    extra = [row for row in guessed(left, right) if row.right.name == "Z"]

    assert [(row.left.name, row.direction) for row in extra] == [("B", Direction.RIGHT_TO_LEFT)]


def test_rows_keep_their_direction() -> None:
    """What goes one way in the proposal goes one way in the table."""
    guesses = guessed(pipeline("left", ("A", 5), ("B", 50)), pipeline("right", ("X", 5)))

    assert [guess.rule().direction for guess in guesses] == [guess.direction for guess in guesses]
    assert {guess.direction for guess in guesses} == {Direction.BOTH, Direction.LEFT_TO_RIGHT}


def test_rows_name_stages_by_id() -> None:
    """A new title breaks nothing."""
    rules = [guess.rule() for guess in guessed(pipeline("left", ("A", 5)), pipeline("right", ("X", 5)))]

    assert [(rule.status, rule.rating, rule.stage) for rule in rules] == [
        ("open", "11", "11"),
        ("sold", "", "98"),
        ("lost", "", "99"),
        ("stalled", "", "11"),
    ]


def test_a_stage_called_like_a_stalled_deal_is_its_image() -> None:
    """Then being stalled travels both ways."""
    right = pipeline("right", ("X", 5), ("On hold", 1))
    stalled = next(row for row in guessed(pipeline("left", ("A", 5)), right) if row.left.key == "stalled")

    assert (stalled.right.name, stalled.direction) == ("On hold", Direction.BOTH)


@pytest.mark.parametrize("right", [("On hold", 5), ("Stalled", 1)])
def test_the_only_open_stage_is_kept_for_open_deals(right: tuple[str, int]) -> None:
    """Whatever its name is; stalled deals share it."""
    guesses = guessed(pipeline("left", ("A", 5)), pipeline("right", right))

    assert bonds(guesses) == [("A", right[0])]
    assert guesses[-1].direction is Direction.LEFT_TO_RIGHT


def test_an_open_stage_of_the_same_name_goes_before_stalled() -> None:
    """On hold is a step of both pipelines then."""
    left = pipeline("left", ("A", 5), ("On hold", 10))
    right = pipeline("right", ("X", 5), ("On hold", 1))

    assert ("On hold", "On hold") in bonds(guessed(left, right))


def test_of_several_won_stages_the_named_one_comes_home() -> None:
    """The others are won as well, and stay what they are over there."""
    right = (*pipeline("right", ("X", 5)), Stage("50", "Sold", State.WON, 100))
    won = [row for row in guessed(pipeline("left", ("A", 5)), right) if row.left.key == "sold"]

    assert [(row.right.key, row.direction) for row in won] == [
        ("50", Direction.BOTH),
        ("98", Direction.RIGHT_TO_LEFT),
    ]


@pytest.mark.parametrize(
    ("left", "right", "said"),
    [
        (STAGES[LEFT], (), "ONLYOFFICE has no active open stage"),
        (STAGES[LEFT], (), "ONLYOFFICE has no active won stage"),
        (STAGES[LEFT], STAGES[RIGHT][:3], "ONLYOFFICE has no active lost stage"),
        (CLOSED_LEFT, STAGES[RIGHT], "SuperOffice has no active open stage"),
    ],
)
def test_what_cannot_be_mapped_is_told(left: tuple[Stage, ...], right: tuple[Stage, ...], said: str) -> None:
    """All of it, and no table is proposed."""
    guesses, problems = guess_stages(left, right)

    assert guesses == []
    assert any(problem.startswith(said) for problem in problems)

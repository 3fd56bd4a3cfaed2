"""Why each proposed row of the stage table seems right, and which of several likely ones is taken."""

from collections.abc import Sequence

import pytest

from sync.domain.model import Stage, State
from sync.domain.policy import Direction
from sync.domain.stage_guess import StageGuess, guess_stages

from .builders import LEFT, RIGHT, STAGES
from .pipelines import CLOSED_LEFT, bonds, guessed, pipeline

Row = tuple[str, str, Direction, str]
BOTH, THERE, BACK = Direction.BOTH, Direction.LEFT_TO_RIGHT, Direction.RIGHT_TO_LEFT
NEAREST = "nearest in probability and order"
NO_FREE_RIGHT = "nothing fitting is free in ONLYOFFICE; the nearest in probability, and no way back"
NO_FREE_LEFT = "nothing fitting is free in SuperOffice; the nearest in probability, and no way back"
AS_OPEN = "ONLYOFFICE knows no stalled deals: they show as open, at the least probable stage"


def rows(guesses: Sequence[StageGuess], *states: State) -> list[Row]:
    """The rows whose left stage has one of these states."""
    return [
        (guess.left.name, guess.right.name, guess.direction, guess.reason)
        for guess in guesses
        if guess.left.state in states
    ]


def opens(left: Sequence[tuple[str, int]], right: Sequence[tuple[str, int]]) -> list[Row]:
    return rows(guessed(pipeline("left", *left), pipeline("right", *right)), State.OPEN)


def named(left: Sequence[tuple[str, int]], right: Sequence[tuple[str, int]]) -> list[tuple[str, str]]:
    """Open stages bonded both ways."""
    return bonds(guessed(pipeline("left", *left), pipeline("right", *right)))


def closed(*rights: tuple[str, State]) -> list[Row]:
    """Rows of won and lost deals where the right side has these stages."""
    stages = [Stage(str(key), name, state, 0) for key, (name, state) in enumerate(rights, 50)]
    guesses, problems = guess_stages(
        [*pipeline("left", ("A", 5)), *CLOSED_LEFT], [*pipeline("right", ("X", 5)), *stages]
    )
    assert problems == []
    return rows(guesses, State.WON, State.LOST)


# Open stages


def test_every_open_row_says_why() -> None:
    """By its name, by its probability, or because nothing else was left."""
    left = [("Lead", 5), ("Negotiation", 50), ("Demo", 60), ("Extra", 70)]
    right = [("LEAD", 20), ("Negotiations", 55), ("Trial", 65)]

    assert opens(left, right) == [
        ("Lead", "LEAD", BOTH, "equal names"),
        ("Negotiation", "Negotiations", BOTH, "names alike"),
        ("Demo", "Trial", BOTH, NEAREST),
        ("Extra", "Trial", THERE, NO_FREE_RIGHT),
    ]
    assert opens(right, left)[-1] == ("Trial", "Extra", BACK, NO_FREE_LEFT)


def test_equal_names_beat_alike_ones() -> None:
    """Whichever comes first in the list, and whatever their probabilities."""
    right = [("Negotiations", 50), ("Negotiation", 90)]

    assert opens([("Negotiation", 50)], right)[0] == ("Negotiation", "Negotiation", BOTH, "equal names")


def test_of_equal_names_the_nearer_is_taken() -> None:
    """In probability; the other gets the way back only."""
    assert opens([("Lead", 50)], [("Lead", 10), ("lead", 60)]) == [
        ("Lead", "lead", BOTH, "equal names"),
        ("Lead", "Lead", BACK, NO_FREE_LEFT),
    ]


@pytest.mark.parametrize(
    ("name", "reason"), [("abcdefghijklmnopq123", "names alike"), ("abcdefghijklmnop1234", NEAREST)]
)
def test_names_are_alike_from_85_percent_on(name: str, reason: str) -> None:
    """17 letters of 20 are enough, 16 are not."""
    assert opens([("abcdefghijklmnopqrst", 5)], [(name, 5)])[0][-1] == reason


def test_long_names_are_compared_letter_by_letter() -> None:
    """Letters that come often count as well."""
    one, other = (f"{number} {'Stage ' * 40}" for number in "12")

    assert opens([(one, 5)], [(other, 95)])[0][-1] == "names alike"


def test_a_bond_by_name_lets_nothing_cross_it() -> None:
    """However near in probability: a deal that moves on here must not move back there."""
    assert named([("A", 10), ("Offer", 50)], [("Offer", 5), ("X", 12)]) == [("Offer", "Offer")]
    assert named([("Offer", 5), ("A", 12)], [("X", 10), ("Offer", 50)]) == [("Offer", "Offer")]


def test_around_a_bond_by_name_the_others_find_each_other() -> None:
    """Before it and after it, next to it and farther away."""
    left = [("A", 5), ("B", 20), ("Offer", 50), ("C", 70), ("D", 90)]
    right = [("X", 5), ("Y", 20), ("Offer", 50), ("Z", 70), ("W", 90)]

    assert named(left, right) == [("A", "X"), ("B", "Y"), ("Offer", "Offer"), ("C", "Z"), ("D", "W")]


def test_a_stage_bonded_by_name_is_taken() -> None:
    """Even where another one is as probable as it is."""
    assert named([("Offer", 50)], [("Offer", 5), ("X", 50)]) == [("Offer", "Offer")]
    assert named([("Offer", 5), ("X", 50)], [("Offer", 50)]) == [("Offer", "Offer")]


def test_no_stage_is_bonded_twice_for_the_sake_of_nearness() -> None:
    """Two bonds that are a little farther beat one stage used for both."""
    assert named([("A", 40), ("B", 45), ("C", 50)], [("X", 0), ("Y", 48)]) == [("A", "X"), ("C", "Y")]


def test_what_is_left_over_is_measured_by_the_stage_it_goes_to() -> None:
    """The partner of the nearest one here may be far away there."""
    left = [("Lead", 10), ("Offer", 60), ("Extra", 30)]
    right = [("Lead", 80), ("Offer", 35)]

    assert opens(left, right)[-1] == ("Extra", "Offer", THERE, NO_FREE_RIGHT)
    assert opens(right, left)[-1] == ("Offer", "Extra", BACK, NO_FREE_LEFT)


# Won, lost and stalled


def test_the_only_stage_of_a_meaning_needs_no_name() -> None:
    """Whatever it is called."""
    assert closed(("Yes", State.WON), ("No", State.LOST)) == [
        ("Sold", "Yes", BOTH, "the only won stage"),
        ("Lost", "No", BOTH, "the only lost stage"),
    ]


def test_of_several_the_named_one_comes_home() -> None:
    """By SuperOffice's word or by its meaning."""
    said = "another won stage; no way back"

    assert closed(("Yes", State.WON), ("won", State.WON), ("SOLD", State.WON), ("No", State.LOST))[:-1] == [
        ("Sold", "won", BOTH, "equal names"),
        ("Sold", "Yes", BACK, said),
        ("Sold", "SOLD", BACK, said),
    ]


def test_of_several_without_a_name_the_first_comes_home() -> None:
    """As good as any, and the reason says so."""
    assert closed(("Yes", State.WON), ("No", State.LOST), ("Never", State.LOST), ("Nope", State.LOST))[
        1:
    ] == [
        ("Lost", "No", BOTH, "the first of 3 lost stages"),
        ("Lost", "Never", BACK, "another lost stage; no way back"),
        ("Lost", "Nope", BACK, "another lost stage; no way back"),
    ]


def test_stalled_deals_show_at_the_least_probable_stage() -> None:
    """Of those that come home; the way back would make an open deal a stalled one."""
    left, right = pipeline("left", ("A", 50)), pipeline("right", ("X", 60), ("Y", 1))

    assert rows(guessed(left, right), State.STALLED) == [("Stalled", "X", THERE, AS_OPEN)]


def test_a_name_that_says_parked_is_believed() -> None:
    """Then being stalled travels both ways, whatever else is open."""
    left, right = pipeline("left", ("A", 50)), pipeline("right", ("X", 60), (" On  Hold", 1))

    assert rows(guessed(left, right), State.STALLED) == [
        ("Stalled", " On  Hold", BOTH, "its name says parked")
    ]


def test_what_is_missing_comes_with_what_to_do() -> None:
    """SuperOffice first; every meaning that is missing gets its line."""
    left = [stage for stage in STAGES[LEFT] if stage.state is not State.OPEN]
    right = [stage for stage in STAGES[RIGHT] if stage.state is State.OPEN]

    assert guess_stages(left, right) == (
        [],
        [
            "SuperOffice has no active open stage: "
            "add one to the list Sale - Stage, or grant the right to read it",
            "ONLYOFFICE has no active won stage: open the CRM once in a browser, or add one in its settings",
            "ONLYOFFICE has no active lost stage: open the CRM once in a browser, or add one in its settings",
        ],
    )

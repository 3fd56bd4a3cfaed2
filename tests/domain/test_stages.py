"""The stage table: total both ways, its images lead back, and every refusal names what is missing."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.domain.field import Table, Unmapped
from sync.domain.model import Side, Stage, State
from sync.domain.policy import Direction
from sync.domain.stages import StageRule, stage_table

from .builders import LEFT, RIGHT, STAGE_RULES, STAGES

TO_RIGHT, TO_LEFT = Direction.LEFT_TO_RIGHT, Direction.RIGHT_TO_LEFT


def _table(
    *rules: StageRule, left: tuple[Stage, ...] = STAGES[LEFT], right: tuple[Stage, ...] = STAGES[RIGHT]
) -> tuple[Table, list[str]]:
    return stage_table(rules, left, right)


def _with(side: Side, *stages: Stage) -> tuple[Stage, ...]:
    return (*STAGES[side], *stages)


def test_the_default_table_is_total() -> None:
    """Every stage of both sides has an image, the stalled one only there."""
    table, problems = _table(*STAGE_RULES)

    assert problems == []
    assert table.images[RIGHT] == {
        "open/1": "11",
        "open/2": "12",
        "stalled": "12",
        "sold": "18",
        "lost": "19",
    }
    assert table.images[LEFT] == {"11": "open/1", "12": "open/2", "18": "sold", "19": "lost"}


@pytest.mark.parametrize("rating", ["Lead", "lead", "LEAD", "1"])
@pytest.mark.parametrize("stage", ["Suspect", "suspect", "11"])
def test_a_stage_is_named_or_numbered(rating: str, stage: str) -> None:
    """Case does not matter in a name."""
    table, problems = _table(StageRule("open", stage, rating), *STAGE_RULES[1:])

    assert problems == []
    assert table.images[RIGHT]["open/1"] == "11"


def test_an_id_beats_a_name() -> None:
    """A stage called like another one's id is found by its own id."""
    right = _with(RIGHT, Stage("20", "11", State.OPEN, 5))
    extra = StageRule("open", "20", "Lead", TO_LEFT)

    table, problems = _table(*STAGE_RULES, extra, StageRule("open", "11", "1"), right=right)

    assert problems == []
    assert table.images[RIGHT]["open/1"] == "11"


def test_a_living_stage_beats_a_deleted_one_of_the_same_name() -> None:
    """Stages are deleted and made again under their old name."""
    dead = Stage("10", "Suspect", State.OPEN, 5, active=False)

    table, problems = _table(*STAGE_RULES, right=(dead, *STAGES[RIGHT]))

    assert problems == []
    assert table.images[RIGHT]["open/1"] == "11"


def test_a_deleted_stage_needs_no_image_but_may_have_one() -> None:
    """Old records still point at it."""
    left = _with(LEFT, Stage("open/9", "Old", State.OPEN, 5, active=False))

    without, problems = _table(*STAGE_RULES, left=left)
    named, more = _table(*STAGE_RULES, StageRule("open", "Proposal", "Old", TO_RIGHT), left=left)

    assert problems == more == []
    assert "open/9" not in without.images[RIGHT]
    assert named.images[RIGHT]["open/9"] == "12"


@pytest.mark.parametrize("missing", ["Lead", "Offer", "Stalled", "Sold", "Lost"])
def test_every_left_stage_needs_an_image(missing: str) -> None:
    """The problem names the stage and both systems."""
    keys = {stage.name: stage.key for stage in STAGES[LEFT]}
    rules = [
        rule
        for rule in STAGE_RULES
        if keys[missing] not in (rule.status, f"open/{keys.get(rule.rating, '')[5:]}")
    ]

    _, problems = _table(*rules)

    assert f"mapping.stages: SuperOffice stage {missing!r} has no image in ONLYOFFICE" in problems


@pytest.mark.parametrize("missing", ["Suspect", "Closure", "Unsuccessful"])
def test_every_right_stage_needs_an_image(missing: str) -> None:
    """Also in the other direction."""
    _, problems = _table(*(rule for rule in STAGE_RULES if rule.stage != missing))

    assert f"mapping.stages: ONLYOFFICE stage {missing!r} has no image in SuperOffice" in problems


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            StageRule("open", "Suspect", "Nope"),
            "SuperOffice has no such stage in the row open/Nope ↔ Suspect",
        ),
        (StageRule("open", "Suspect"), "SuperOffice has no such stage in the row open/ ↔ Suspect"),
        (StageRule("parked", "Suspect"), "SuperOffice has no such stage in the row parked ↔ Suspect"),
        (StageRule("sold", "Nope"), "ONLYOFFICE has no such stage in the row sold ↔ Nope"),
    ],
)
def test_an_unknown_stage_is_named_with_what_there_is(rule: StageRule, said: str) -> None:
    """The operator reads the row and the names to choose from."""
    known = "Lead, Offer" if "SuperOffice" in said else "Suspect, Proposal, Closure, Unsuccessful"

    _, problems = _table(*STAGE_RULES, rule)

    assert len(problems) == 1
    assert problems[0].startswith(f"mapping.stages: {said}; it has: ")
    assert known in problems[0]


def test_every_row_in_trouble_is_told_at_once() -> None:
    """What comes after an unknown stage is looked at as well."""
    unknown = [StageRule("open", name, "Lead") for name in ("Nope", "Never")]
    crossed = StageRule("sold", "Unsuccessful")

    _, problems = _table(*unknown, crossed, *STAGE_RULES)

    assert [problem.split(";")[0] for problem in problems] == [
        "mapping.stages: ONLYOFFICE has no such stage in the row open/Lead ↔ Nope",
        "mapping.stages: ONLYOFFICE has no such stage in the row open/Lead ↔ Never",
        "mapping.stages: sold ↔ Unsuccessful bonds a won stage with a lost one",
        "mapping.stages: SuperOffice Sold has two images",
        "mapping.stages: ONLYOFFICE Unsuccessful has two images",
    ]


def test_a_stage_without_an_image_says_what_to_do() -> None:
    """A stage made after the table was."""
    table, _ = _table(*STAGE_RULES)

    assert table.image("20", LEFT) == Unmapped(
        "stage 20 of ONLYOFFICE has no image in SuperOffice: add a row to [[mapping.stages]]"
    )


def test_a_portal_without_stages_says_so() -> None:
    """onlyoffice.md 5.4: a new portal has none until somebody opens its CRM page."""
    _, problems = _table(STAGE_RULES[0], right=())

    assert problems == [
        "mapping.stages: ONLYOFFICE has no such stage in the row open/Lead ↔ Suspect; it has: none"
    ]


@pytest.mark.parametrize(
    ("rule", "states"),
    [
        (StageRule("sold", "Unsuccessful"), "won stage with a lost one"),
        (StageRule("open", "Closure", "Lead"), "open stage with a won one"),
        (StageRule("stalled", "Unsuccessful"), "stalled stage with a lost one"),
    ],
)
def test_won_stays_won(rule: StageRule, states: str) -> None:
    """A row that would change what a deal is, is refused."""
    _, problems = _table(replace(rule, direction=TO_RIGHT))

    assert problems == [f"mapping.stages: {rule} bonds a {states}"]


def test_two_images_for_one_stage_are_refused() -> None:
    """The rows have to say which one is the way back."""
    _, problems = _table(*STAGE_RULES, StageRule("open", "Proposal", "Lead"))

    assert problems == [
        'mapping.stages: SuperOffice Lead has two images; make one of the rows one-way (direction = "…")',
        'mapping.stages: ONLYOFFICE Proposal has two images; make one of the rows one-way (direction = "…")',
    ]


def test_the_same_row_twice_is_harmless() -> None:
    """It says nothing new."""
    assert _table(*STAGE_RULES, STAGE_RULES[0])[1] == []


@st.composite
def stage_worlds(draw: st.DrawFn) -> tuple[list[StageRule], tuple[Stage, ...], tuple[Stage, ...]]:
    """Bonded stages of every state, and lone ones on either side that share somebody's partner."""
    rules, left, right = [*STAGE_RULES], [*STAGES[LEFT]], [*STAGES[RIGHT]]
    for number in range(draw(st.integers(0, 4))):
        left.append(Stage(f"open/{30 + number}", f"L{number}", State.OPEN, 1))
        partner = draw(st.sampled_from(["Suspect", "Proposal"]))
        rules.append(StageRule("open", partner, f"L{number}", TO_RIGHT))
    for number in range(draw(st.integers(0, 4))):
        state = draw(st.sampled_from([State.OPEN, State.WON, State.LOST]))
        right.append(Stage(str(50 + number), f"R{number}", state, 1))
        status = {State.OPEN: "open", State.WON: "sold", State.LOST: "lost"}[state]
        rating = draw(st.sampled_from(["Lead", "Offer"])) if status == "open" else ""
        rules.append(StageRule(status, f"R{number}", rating, TO_LEFT))
    return draw(st.permutations(rules)), tuple(left), tuple(right)


@given(stage_worlds())
def test_a_total_table_leads_back(
    world: tuple[list[StageRule], tuple[Stage, ...], tuple[Stage, ...]],
) -> None:
    """Whatever the order of the rows: an image's image is the stage that stands for it, for good."""
    rules, left, right = world

    table, problems = stage_table(rules, left, right)

    assert problems == []
    for side, stages in ((RIGHT, left), (LEFT, right)):
        for stage in stages:
            image = table.image(stage.key, side)
            assert isinstance(image, str)
            assert table.image(table.image(image, side.other), side) == image  # type: ignore[arg-type]  # total


def test_a_table_that_walks_in_circles_is_refused() -> None:
    """Lead → Suspect → Offer → Proposal → Lead never comes home: such rows contradict each other."""
    circle = (
        StageRule("open", "Suspect", "Lead", TO_RIGHT),
        StageRule("open", "Suspect", "Offer", TO_LEFT),
        StageRule("open", "Proposal", "Offer", TO_RIGHT),
        StageRule("open", "Proposal", "Lead", TO_LEFT),
    )

    _, problems = _table(*circle, *STAGE_RULES[2:])

    assert problems == [
        f"mapping.stages: {here} stage {stage!r} does not come home from {there}; "
        "bond the stages its rows lead to both ways"
        for here, there, stages in (
            ("SuperOffice", "ONLYOFFICE", ("Lead", "Offer", "Stalled")),
            ("ONLYOFFICE", "SuperOffice", ("Suspect", "Proposal")),
        )
        for stage in stages
    ]

"""A record is known by its number and by the moment of its creation, which servers tell with some slack."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sync.domain.birth import same_birth, tell_another
from sync.domain.link import Link, LinkState
from sync.domain.model import Record, Side
from sync.domain.plan import Rules, Sight, Unseen, plan_link
from sync.domain.policy import Policy

from .builders import LEFT, a_link, a_mapping, a_sale, an_opportunity

BORN = datetime(2026, 3, 1, 10, 30, tzinfo=UTC)
QUARTER, HOUR, SECOND = timedelta(minutes=15), timedelta(hours=1), timedelta(seconds=1)
BIRTHS = {Side.LEFT: BORN, Side.RIGHT: BORN - timedelta(days=50)}
LINK = replace(a_link(), born_left_at=BIRTHS[Side.LEFT], born_right_at=BIRTHS[Side.RIGHT])


def a_record(side: Side, after: timedelta = timedelta()) -> Record:
    """Edited, and created so long after the linked one."""
    record = a_sale(title="Other") if side is LEFT else an_opportunity(title="Other")
    return replace(record, created_at=BIRTHS[side] + after)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    ("apart", "same"),
    [
        (timedelta(0), True),
        (SECOND, True),
        (timedelta(seconds=1.5), False),
        (QUARTER, True),
        (QUARTER - SECOND, True),
        (QUARTER + SECOND, True),
        (QUARTER + 2 * SECOND, False),
        (QUARTER - 2 * SECOND, False),
        (15 * HOUR, True),
        (15 * HOUR + QUARTER, False),
        (24 * HOUR, False),
    ],
)
def test_servers_round_and_leave_out_zones(apart: timedelta, same: bool, sign: int) -> None:
    """A second for rounding, steps of a quarter of an hour for zones; beyond that it is another moment."""
    assert same_birth(BORN, BORN + sign * apart) is same


@pytest.mark.parametrize("side", Side)
def test_another_record_under_the_same_number_changes_nothing(side: Side) -> None:
    """It may be anybody's deal: nothing is written, the bases stay, and a person reads what to do."""
    sights: dict[Side, Sight] = {side: a_record(side, timedelta(days=200)), side.other: Unseen()}

    plan = plan_link(LINK, sights[Side.LEFT], sights[Side.RIGHT], Rules(a_mapping(), Policy()))

    number, was, now = {
        Side.LEFT: ("5", "2026-03-01 10:30 UTC", "2026-09-17 10:30 UTC"),
        Side.RIGHT: ("70", "2026-01-10 10:30 UTC", "2026-07-29 10:30 UTC"),
    }[side]
    assert (plan.state, plan.actions, plan.seen) == (LinkState.PARKED, (), {})
    assert plan.reason == (
        f"{side.label} {number} was created {was} when it was linked and {now} now: another record has its "
        "number. `opsync links unlink link-1` parts the two; if it is the same record, link it again with "
        "`opsync links pair`"
    )


@pytest.mark.parametrize("side", Side)
def test_the_same_record_is_planned(side: Side) -> None:
    """An edit of the record that was linked flows."""
    sights: dict[Side, Sight] = {side: a_record(side, SECOND), side.other: Unseen()}

    plan = plan_link(LINK, sights[Side.LEFT], sights[Side.RIGHT], Rules(a_mapping(), Policy()))

    assert [action.side for action in plan.actions] == [side.other]


def test_what_nobody_knows_proves_nothing() -> None:
    """Links of older versions, and servers that tell no date."""
    late = a_record(LEFT, timedelta(days=200))

    assert tell_another(LINK, late)
    assert tell_another(a_link(), late) == ""
    assert tell_another(LINK, replace(late, created_at=None)) == ""


def test_a_link_names_its_start_only() -> None:
    """Eight characters are enough for every command."""
    link = Link("0123456789abcdef", "5", "70", born_left_at=BORN)

    assert "`opsync links unlink 01234567`" in tell_another(link, a_record(LEFT, timedelta(days=200)))

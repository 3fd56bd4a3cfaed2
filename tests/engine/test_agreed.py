"""What counts as agreed after a write, and from the moment of a link: a later edit must look like one."""

from collections.abc import Callable

import pytest

from sync.crm.memory import MemoryCrm
from sync.domain.link import LinkState
from sync.domain.model import Side
from sync.errors import SideDown
from tests.engine.world import World


def once(crm: MemoryCrm, name: str, act: Callable[[], None]) -> None:
    """Acts when the port's method is called, the first time only."""

    def hook(called: str) -> None:
        if called == name:
            crm.before_call = lambda _name: None
            act()

    crm.before_call = hook


def crm_of(world: World, side: Side) -> MemoryCrm:
    return world.left if side is Side.LEFT else world.right


def values(world: World, name: str) -> list[object]:
    """Of every record on both sides."""
    return [row.values[name] for crm in (world.left, world.right) for row in crm.records.values()]


@pytest.mark.parametrize("to", list(Side))
def test_an_edit_between_look_and_write_travels_with_the_next_run(world: World, to: Side) -> None:
    """The answer to our title shows a person's new description: no agreement, and not lost (I4)."""
    link = world.link_of(Side.LEFT, a_pair(world))
    ours, theirs = crm_of(world, to.other), crm_of(world, to)
    ours.user_edits(link.record_id(to.other) or "", title="Ours")
    record_id = link.record_id(to) or ""
    once(theirs, "update_record", lambda: theirs.user_edits(record_id, description="Theirs"))

    writes = [world.sync().writes for _ in range(3)]

    assert writes == [{f"updated {to}": 1}, {f"updated {to.other}": 1}, {}]
    assert values(world, "title") == ["Ours", "Ours"]
    assert values(world, "description") == ["Theirs", "Theirs"]


def a_pair(world: World) -> str:
    sale_id = world.a_sale()
    world.sync()
    return sale_id


def test_an_edit_of_the_written_field_too_is_asked_about(world: World) -> None:
    """Both changed the title, one of them while we were writing: nobody's is overwritten."""
    link = world.link_of(Side.LEFT, a_pair(world))
    world.left.user_edits(link.left_id or "", title="Ours")
    once(world.right, "update_record", lambda: world.right.user_edits(link.right_id or "", title="Theirs"))

    world.sync()

    assert values(world, "title") == ["Ours", "Theirs"]
    assert world.links()[0].state is LinkState.CONFLICT


def test_a_date_that_moves_with_the_stage_is_ours(world: World) -> None:
    """SuperOffice's one sale date changes its meaning when we close the sale: no edit, nothing goes back."""
    link = world.link_of(Side.LEFT, a_pair(world))
    world.right.user_edits(link.right_id or "", stage="43")

    writes = [world.sync().writes for _ in range(2)]

    assert writes == [{"updated left": 1}, {}]
    assert world.left.records[link.left_id or ""].values["stage"] == "sold"


@pytest.mark.parametrize("side", list(Side))
def test_what_agreed_at_the_link_is_agreed_from_then_on(world: World, side: Side) -> None:
    """Two alike are linked, and the run ends before it writes the one difference: what is edited before the
    next run travels, although the first link is SuperOffice's to win."""
    world.a_sale(probability=50)
    world.an_opportunity(probability=75)
    once(world.right, "update_record", a_dead_side)
    failed = world.sync(full=True)
    link = world.links()[0]
    crm_of(world, side).user_edits(link.record_id(side) or "", description="Edited since")

    world.sync(full=True)

    assert (failed.outcome, link.whole) == ("failed", True)
    assert values(world, "description") == ["Edited since", "Edited since"]
    assert values(world, "probability") == [50, 50]
    assert world.sync(full=True).writes == {}


def a_dead_side() -> None:
    raise SideDown("no answer")


def test_what_differed_at_the_link_has_no_base(world: World) -> None:
    """Only the field still to be written stays open, so that the first-link rule decides it again."""
    world.a_sale(probability=50)
    world.an_opportunity(probability=75)
    once(world.right, "update_record", a_dead_side)

    world.sync(full=True)

    link = world.links()[0]
    for base in (link.base_left, link.base_right):
        assert base is not None
        assert "probability" not in base
        assert base["title"] == "Pump retrofit"

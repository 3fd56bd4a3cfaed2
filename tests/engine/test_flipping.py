"""A field that two rules or people keep setting against each other is not fed for ever."""

from sync.domain.link import LinkState
from sync.domain.model import Side
from sync.engine.apply import FLIPS
from sync.engine.pairing import Options
from tests.engine.world import World

WINDOW_S = Options().flip_window_s


def fight(world: World, sale_id: str, rounds: int) -> None:
    """A person sets the title here, a rule over there sets it back, `rounds` times."""
    right_id = world.link_of(Side.LEFT, sale_id).right_id or ""
    for _ in range(rounds):
        world.left.user_edits(sale_id, title="Person")
        world.sync()
        world.right.user_edits(right_id, title="Rule")
        world.sync()


def a_linked_sale(world: World) -> str:
    sale_id = world.a_sale(title="Rule")
    world.sync()
    return sale_id


def test_the_same_change_is_not_made_a_third_time(world: World) -> None:
    """The link is parked and names the field; each side keeps what it has."""
    sale_id = a_linked_sale(world)
    fight(world, sale_id, FLIPS)
    world.left.user_edits(sale_id, title="Person")

    report = world.sync()

    link = world.link_of(Side.LEFT, sale_id)
    assert report.writes == {}
    assert (link.state, link.reason.partition(" ")[0]) == (LinkState.PARKED, "title")
    assert world.right.records[link.right_id or ""].values["title"] == "Rule"


def test_another_value_is_no_fight(world: World) -> None:
    """Only the same old and new value count."""
    sale_id = a_linked_sale(world)
    fight(world, sale_id, FLIPS)
    world.left.user_edits(sale_id, title="Somebody else")

    assert world.sync().writes == {"updated right": 1}


def test_an_old_fight_is_forgotten(world: World) -> None:
    """Nothing within the window: the same change is made again."""
    sale_id = a_linked_sale(world)
    fight(world, sale_id, FLIPS)
    world.clock.wait(WINDOW_S)
    world.left.user_edits(sale_id, title="Person")

    assert world.sync().writes == {"updated right": 1}

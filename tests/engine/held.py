"""What the tests of pauses ask a world: what waits, what is drafted, what was told; holds no test."""

from sync.domain.link import LinkState
from sync.domain.model import Side
from sync.engine.pause_by_hand import Word
from sync.engine.reach import EVERYTHING
from sync.engine.run import plan_only
from sync.store import journal as journal_store
from sync.store.journal import Entry
from tests.engine.world import World

ANNA = Word("Anna", "moving")


def waiting(world: World) -> dict[str, str]:
    """What a run would put off now: reason by title."""
    plans = plan_only(world.pairing, EVERYTHING).plans
    return {plan.title: plan.reason for plan in plans if plan.state is LinkState.PAUSED}


def drafted(world: World) -> set[str]:
    return {plan.title for plan in plan_only(world.pairing, EVERYTHING).plans if plan.actions}


def a_pair(world: World, title: str, company: str | None = "501") -> str:
    """A pair in sync; the id of its sale."""
    sale_id = world.a_sale(title=title, company=company)
    world.sync()
    return sale_id


def partner_of(world: World, sale_id: str) -> str:
    return world.link_of(Side.LEFT, sale_id).right_id or ""


def timeline(world: World, link_id: str) -> list[Entry]:
    with world.database.read() as connection:
        return journal_store.load_timeline(connection, link_id)

"""Fills a state database with the links of an equal world in one go, as a finished first run leaves it."""

from sync.domain.link import Link, LinkState
from sync.domain.model import STAGE
from sync.domain.settle import finish
from sync.engine import companies
from sync.engine.pairing import Pairing
from sync.engine.reach import EVERYTHING
from sync.engine.run import plan_only
from sync.store import links as link_store
from tests.bench.measure import require


def fill(pairing: Pairing) -> list[Link]:
    """The links, in the state database now; no record is written anywhere."""
    draft, at = plan_only(pairing, EVERYTHING), pairing.clock()
    require(draft.actions == 0, f"the world is not equal: {draft.actions} actions")
    links = [finish(plan.link, plan, at) for plan in draft.plans]
    companies.save_fresh(pairing, draft.book)
    with pairing.database.begin() as connection:
        link_store.insert_links(connection, links, at)
    return links


def is_open(link: Link) -> bool:
    """Open records are seen in each cycle, closed ones now and then."""
    return link.state is LinkState.IN_SYNC and str((link.base_left or {})[STAGE]).startswith("open/")

"""Plans to ask a `Waits` about, with defaults for all that a test does not care about; holds no test."""

from dataclasses import replace

from sync.domain.actions import Create, LinkPlan, Update
from sync.domain.link import Link, LinkState
from sync.domain.merge import Change
from sync.domain.model import Record, Side


def a_plan(
    title: str = "Pump", *, link_id: str = "a", state: LinkState = LinkState.IN_SYNC, reason: str = ""
) -> LinkPlan:
    """An update of the title on the right."""
    link = Link(link_id, "1", "2", state=state, reason=reason)
    update = Update(Side.RIGHT, "2", (Change("title", Side.RIGHT, "Old", title),), "edited in SuperOffice")
    return LinkPlan(link, (update,), (), LinkState.IN_SYNC, "")


def a_create() -> LinkPlan:
    """A new sale, to be made on the right."""
    create = Create(Side.RIGHT, {"title": "New"}, Record(Side.LEFT, "1", {"title": "New"}), "new")
    plan = a_plan()
    return replace(plan, link=Link("new", "1"), actions=(create,))

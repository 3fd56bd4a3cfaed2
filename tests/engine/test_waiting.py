"""Who is asked whether a plan waits, and whose answer counts."""

from sync.domain.actions import LinkPlan
from sync.domain.link import Link, LinkState
from sync.engine.waiting import Wait, first_of, nobody_waits

PLAN = LinkPlan(Link("a", "1", "2"), (), (), LinkState.IN_SYNC, "")
PAUSED = Wait(LinkState.PAUSED, "paused by Anna")
RESTING = Wait(LinkState.RETRYING, "next try at 08:05 UTC")


def test_the_first_who_wants_it_put_off_is_heard() -> None:
    """In the order given, past those who do not mind; those behind it are not asked."""
    asked: list[str] = []

    def last(plan: LinkPlan) -> Wait | None:
        asked.append(plan.link.id)
        return RESTING

    assert first_of(nobody_waits, lambda _plan: PAUSED, last)(PLAN) == PAUSED
    assert asked == []
    assert first_of(nobody_waits, last)(PLAN) == RESTING
    assert asked == ["a"]


def test_nobody_minding_means_it_is_carried_out() -> None:
    """Also when nobody is there to ask."""
    assert first_of(nobody_waits, nobody_waits)(PLAN) is None
    assert first_of()(PLAN) is None

"""Limits that hold a run before its first write: too much change, too much gone, a past come back. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sync.domain.actions import Delete, LinkPlan, Update
from sync.domain.link import LinkState
from sync.domain.model import Side
from sync.domain.plan import HIDDEN


@dataclass(frozen=True, slots=True)
class Limit:
    """Held when more than `absolute` AND more than `percent` of the links are concerned."""

    absolute: int
    percent: float

    def is_passed(self, count: int, links: int) -> bool:
        return count > self.absolute and count * 100 > self.percent * links


@dataclass(frozen=True, slots=True)
class Brakes:
    """`updates` and `removals` (deleted or closed as lost) count writes on one side in one run; `gone` counts
    linked records that vanished from one side; `reverted` those that show an older state again. `canaries`
    name a record of a side that must be readable."""

    updates: Limit = Limit(50, 30.0)
    removals: Limit = Limit(5, 5.0)
    gone: Limit = Limit(5, 10.0)
    reverted: Limit = Limit(5, 10.0)
    canaries: Mapping[Side, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trip:
    """A brake that holds, with the numbers a person needs to decide."""

    brake: str
    side: Side
    count: int
    links: int
    advice: str

    def __str__(self) -> str:
        share = f"{self.count} of {self.links} links"
        return f"{self.brake} in {self.side.label}: {share}; {self.advice}"


_ADVICE = {
    "too many updates": "look at `opsync plan`; a changed list or a bulk edit may be behind it",
    "too many removals": "look at `opsync plan`; nothing has been removed",
    "too many records gone": "is it the right system, and does our account still see everything?",
    "records show an older state": "was this side restored from a backup?",
}


def check_brakes(
    brakes: Brakes, plans: Iterable[LinkPlan], total: int, reverted: Mapping[Side, int]
) -> tuple[Trip, ...]:
    """Every brake that the plans would pass, `total` being the living links; while there is one, nothing is
    written."""
    plans = list(plans)
    trips = []
    for side in Side:
        counted = (
            ("too many updates", _updates(plans, side), brakes.updates),
            ("too many removals", _removals(plans, side), brakes.removals),
            ("too many records gone", _gone(plans, side), brakes.gone),
            ("records show an older state", reverted.get(side, 0), brakes.reverted),
        )
        trips += [
            Trip(name, side, count, total, _ADVICE[name])
            for name, count, limit in counted
            if limit.is_passed(count, total)
        ]
    return tuple(trips)


def _updates(plans: list[LinkPlan], side: Side) -> int:
    """Links bonded for the first time do not count: a backfill is allowed to be large."""
    return sum(
        1
        for plan in plans
        for action in plan.actions
        if isinstance(action, Update) and action.side is side and plan.link.base(side) is not None
    )


def _removals(plans: list[LinkPlan], side: Side) -> int:
    buried = [plan for plan in plans if plan.state is LinkState.BURIED]
    return sum(
        1
        for plan in buried
        for action in plan.actions
        if isinstance(action, Delete | Update) and action.side is side
    )


def _gone(plans: list[LinkPlan], side: Side) -> int:
    """What an account without full sight cannot find any more counts too: it may look at another system."""
    hidden = f"{HIDDEN} in {side.label}:"
    return sum(
        1 for plan in plans if plan.link.whole and (side in plan.gone or plan.reason.startswith(hidden))
    )

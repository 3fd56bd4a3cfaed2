"""Why a plan is put off: the answer as a value, and the question asked of each plan; it decides nothing."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sync.domain.actions import LinkPlan
from sync.domain.link import LinkState


@dataclass(frozen=True, slots=True)
class Wait:
    """What the link shows while its plan is put off."""

    state: LinkState
    reason: str


Waits = Callable[[LinkPlan], Wait | None]
"""Asked of every plan with actions, from any thread; None lets it be carried out."""


def nobody_waits(_plan: LinkPlan) -> None:
    """Every plan is carried out."""


def put_off(plan: LinkPlan, waits: Waits) -> LinkPlan:
    """The plan as it is, or without its actions: bases of a whole link stay, so that nothing is forgotten."""
    wait = waits(plan) if plan.actions else None
    if wait is None:
        return plan
    seen = {} if plan.link.whole else plan.seen
    return replace(plan, actions=(), seen=seen, state=wait.state, reason=wait.reason)


def first_of(*waits: Waits) -> Waits:
    """The first that wants a plan put off is the one whose reason is shown; the others are not asked then."""

    def ask(plan: LinkPlan) -> Wait | None:
        return next((wait for ask_one in waits if (wait := ask_one(plan))), None)

    return ask

"""How a link looks after its plan: bases moved, gone marks set or cleared, state and reason. Pure."""

from collections.abc import Mapping, Set
from dataclasses import replace
from datetime import datetime

from sync.domain.actions import LinkPlan
from sync.domain.link import Link, LinkState
from sync.domain.model import Side, Values


def move_bases(link: Link, seen: Mapping[Side, Values], unsettled: Set[str]) -> Link:
    """Both sides now agree on what `seen` shows, except in the `unsettled` fields, whose bases stay."""
    bases = {
        side: _moved(link.base(side), seen[side], unsettled) if side in seen else link.base(side)
        for side in Side
    }
    return replace(link, base_left=bases[Side.LEFT], base_right=bases[Side.RIGHT])


def _moved(base: Values | None, now: Values, unsettled: Set[str]) -> Values:
    waiting = {name: value for name, value in (base or {}).items() if name in unsettled}
    return {name: value for name, value in now.items() if name not in unsettled} | waiting


def remember(link: Link, seen: Mapping[Side, Values]) -> Link:
    """A half link keeps what its record last showed, so that it can be matched without being read again."""
    if link.whole:
        return link
    return replace(
        link,
        base_left=seen.get(Side.LEFT, link.base_left),
        base_right=seen.get(Side.RIGHT, link.base_right),
    )


def finish(link: Link, plan: LinkPlan, at: datetime) -> Link:
    """The link once everything in its plan is done. `link` is as the last action left it. A refusal is
    remembered with its reason only: parked for another one, the write is tried again once that is over."""
    if not plan.actions and not plan.gone:
        link = move_bases(link, plan.seen, plan.unsettled)
    return replace(
        link,
        state=plan.state,
        reason=plan.reason,
        refused=link.refused if (plan.state, plan.reason) == (LinkState.PARKED, link.reason) else "",
        gone_left_at=_gone_at(link, plan, Side.LEFT, at),
        gone_right_at=_gone_at(link, plan, Side.RIGHT, at),
    )


def _gone_at(link: Link, plan: LinkPlan, side: Side, at: datetime) -> datetime | None:
    return (link.gone_at(side) or at) if side in plan.gone else None

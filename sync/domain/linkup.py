"""Which records have no link yet, and what link each of them gets. Pure: ids are handed in."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from sync.domain.link import Link, LinkState
from sync.domain.mapping import Mapping as ResolvedMapping
from sync.domain.match import Ambiguous, Pair, match_records
from sync.domain.model import Record, Side, Unreadable


@dataclass(frozen=True, slots=True)
class LinkUp:
    """`links`: every half or whole link to plan. `new`: ids among them that are not stored yet. `swallowed`:
    link id → the stored half link that a match makes superfluous. `ambiguous`: link id → why a person must
    choose."""

    links: tuple[Link, ...]
    new: frozenset[str]
    swallowed: Mapping[str, str]
    ambiguous: Mapping[str, str]


def link_up(
    halves: Iterable[Link],
    loose: Mapping[Side, Mapping[str, Record | Unreadable]],
    mapping: ResolvedMapping,
    new_id: Callable[[], str],
) -> LinkUp:
    """`loose` are all readable records without a whole link; `halves` the stored links of some of them."""
    halves = list(halves)
    records = {side: _matchable(halves, loose[side], side) for side in Side}
    matches = match_records(records[Side.LEFT], records[Side.RIGHT], mapping)
    by_record = {(side, link.record_id(side)): link for link in halves for side in Side}
    links: dict[tuple[Side, str], Link] = {}
    swallowed: dict[str, str] = {}
    for pair in matches.pairs:
        link, lost = _bond(pair, by_record, new_id)
        links[Side.LEFT, pair.left_id] = links[Side.RIGHT, pair.right_id] = link
        swallowed |= {link.id: lost} if lost else {}
    for side in Side:
        for record_id in loose[side]:
            if (side, record_id) not in links:
                known = by_record.get((side, record_id))
                links[side, record_id] = known or _half(new_id(), side, record_id)
    stored = {link.id for link in halves}
    unique = {link.id: link for link in links.values()}
    untouched = [link for link in halves if link.id not in unique and link.id not in swallowed.values()]
    reasons = _reasons(matches.ambiguous, links)
    new = frozenset(unique.keys() - stored)
    return LinkUp((*unique.values(), *untouched), new, swallowed, reasons)


def _matchable(halves: list[Link], loose: Mapping[str, Record | Unreadable], side: Side) -> list[Record]:
    """Records a person took out of the game by hand are not matched again."""
    out = {link.record_id(side) for link in halves if link.excluded_by_hand}
    return [record for record in loose.values() if isinstance(record, Record) and record.id not in out]


def _bond(
    pair: Pair, by_record: Mapping[tuple[Side, str | None], Link], new_id: Callable[[], str]
) -> tuple[Link, str]:
    """One whole link of two records; of two stored halves the left one's id lives on."""
    ours, theirs = by_record.get((Side.LEFT, pair.left_id)), by_record.get((Side.RIGHT, pair.right_id))
    keep = ours or theirs or Link(new_id())
    bonded = replace(
        keep,
        left_id=pair.left_id,
        right_id=pair.right_id,
        base_left=None,
        base_right=None,
        state=LinkState.PENDING,
        reason="",
        origin=f"matched by {pair.tier}",
    )
    return bonded, theirs.id if ours and theirs else ""


def _half(link_id: str, side: Side, record_id: str) -> Link:
    if side is Side.LEFT:
        return Link(link_id, left_id=record_id, origin="found")
    return Link(link_id, right_id=record_id, origin="found")


def _reasons(groups: Iterable[Ambiguous], links: Mapping[tuple[Side, str], Link]) -> dict[str, str]:
    return {
        links[side, record_id].id: group.reason(side)
        for group in groups
        for side in Side
        for record_id in group.ids(side)
    }

"""Which records have no link yet, and what link each of them gets. Pure: ids are handed in."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sync.domain.actions import Create, LinkPlan
from sync.domain.half import recalled
from sync.domain.link import Link, LinkState
from sync.domain.mapping import Mapping as ResolvedMapping
from sync.domain.match import Ambiguous, Pair, match_records
from sync.domain.model import Record, Side, Unreadable

Rows = Mapping[str, Record | Unreadable]
"""Records of one side, by id."""

Key = tuple[Side, str]
"""One record of one side."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What is known when records look for partners: all stored links, the ids of those whose last write has
    no known outcome (`waiting`), and what each side shows."""

    links: Sequence[Link]
    waiting: frozenset[str]
    shown: Mapping[Side, Rows]

    @property
    def halves(self) -> list[Link]:
        """Links of one record that may be bonded with another one."""
        return [link for link in self.links if self._is_free(link)]

    @property
    def settled(self) -> list[Link]:
        """Whole and buried links for which nothing is being written."""
        return [link for link in self.links if not self._is_free(link) and link.id not in self.waiting]

    def loose(self) -> dict[Side, dict[str, Record | Unreadable]]:
        """Records that may be given a link: no other one holds them, and no open write has made them."""
        held = [link for link in self.links if not self._is_free(link)]
        taken = {(side, link.record_id(side)) for link in held for side in Side}
        return {
            side: {
                key: row
                for key, row in self.shown[side].items()
                if (side, key) not in taken and _stamp(row) not in self.waiting
            }
            for side in Side
        }

    def _is_free(self, link: Link) -> bool:
        return not link.whole and link.state is not LinkState.BURIED and link.id not in self.waiting


def _stamp(row: Record | Unreadable) -> str | None:
    return row.stamp if isinstance(row, Record) else None


@dataclass(frozen=True, slots=True)
class LinkUp:
    """`links`: every link to plan. `new`: ids among them that are not stored yet. `swallowed`: link id → the
    stored half link that a match makes superfluous. `ambiguous`: link id → why a person must choose.
    `bonded`: ids of links that have a partner, or may have; another record with such a stamp is a copy."""

    links: tuple[Link, ...]
    new: frozenset[str]
    swallowed: Mapping[str, str]
    ambiguous: Mapping[str, str]
    bonded: frozenset[str]

    def refusal(self, plan: LinkPlan) -> str:
        """Why a person must look at this link before anything is done; empty when nobody must."""
        return self.ambiguous.get(plan.link.id) or self._copied(plan)

    def _copied(self, plan: LinkPlan) -> str:
        """A record that carries the stamp of another link is that link's copy made twice, and no new deal."""
        for source in (action.source for action in plan.actions if isinstance(action, Create)):
            if source.stamp in self.bonded and source.stamp != plan.link.id:
                twin = f"{source.side.label} {source.id} carries the stamp of link {source.stamp}"
                return f"{twin}: it was made twice, delete one of the two"
        return ""


def link_up(scene: Scene, mapping: ResolvedMapping, new_id: Callable[[], str]) -> LinkUp:
    """Every loose record gets a link: bonded with the one that is like it, or half."""
    halves, settled = scene.halves, scene.settled
    loose = _without_suspects(scene, mapping)
    records = {side: _matchable(halves, loose[side], side) for side in Side}
    matches = match_records(records[Side.LEFT], records[Side.RIGHT], mapping)
    by_record = {
        (side, record_id): link for link in halves for side in Side if (record_id := link.record_id(side))
    }
    links, swallowed = _bonds(matches.pairs, by_record, new_id)
    for side in Side:
        for record_id in loose[side]:
            if (side, record_id) not in links:
                known = by_record.get((side, record_id))
                links[side, record_id] = known or _half(new_id(), side, record_id)
    unique = {link.id: link for link in links.values()}
    dealt_with = unique.keys() | set(swallowed.values())
    untouched = [link for link in halves if link.id not in dealt_with]
    return LinkUp(
        (*settled, *unique.values(), *untouched),
        frozenset(unique.keys() - {link.id for link in halves}),
        swallowed,
        _reasons(matches.ambiguous, links),
        frozenset(link.id for link in settled) | scene.waiting,
    )


def _without_suspects(scene: Scene, mapping: ResolvedMapping) -> dict[Side, Rows]:
    """Left alone for now: records that may be what a create of unknown outcome made, stamped or not."""
    loose, sources = scene.loose(), {side: _sources(scene, side) for side in Side}
    if not any(sources.values()):
        return {**loose}
    readable = {side: [row for row in loose[side].values() if isinstance(row, Record)] for side in Side}
    on_right = match_records(sources[Side.LEFT], readable[Side.RIGHT], mapping).ids(Side.RIGHT)
    on_left = match_records(readable[Side.LEFT], sources[Side.RIGHT], mapping).ids(Side.LEFT)
    suspects = {Side.LEFT: on_left, Side.RIGHT: on_right}
    return {
        side: {key: row for key, row in loose[side].items() if key not in suspects[side]} for side in Side
    }


def _sources(scene: Scene, side: Side) -> list[Record]:
    """Records of `side` for which a create over there has no known outcome yet."""
    waiting = [link for link in scene.links if link.id in scene.waiting and not link.whole]
    rows = [
        scene.shown[side].get(record_id) or recalled(link)
        for link in waiting
        if (record_id := link.record_id(side))
    ]
    return [row for row in rows if isinstance(row, Record)]


def _matchable(halves: list[Link], loose: Mapping[str, Record | Unreadable], side: Side) -> list[Record]:
    """Records a person took out of the game by hand are not matched again."""
    out = {link.record_id(side) for link in halves if link.excluded_by_hand}
    return [record for record in loose.values() if isinstance(record, Record) and record.id not in out]


def _bonds(
    pairs: Iterable[Pair], by_record: Mapping[Key, Link], new_id: Callable[[], str]
) -> tuple[dict[Key, Link], dict[str, str]]:
    """The whole links by each of their records, and what they swallow."""
    links: dict[Key, Link] = {}
    swallowed: dict[str, str] = {}
    for pair in pairs:
        link, lost = _bond(pair, by_record, new_id)
        links[Side.LEFT, pair.left_id] = links[Side.RIGHT, pair.right_id] = link
        swallowed |= {link.id: lost} if lost else {}
    return links, swallowed


def _bond(pair: Pair, by_record: Mapping[Key, Link], new_id: Callable[[], str]) -> tuple[Link, str]:
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


def _reasons(groups: Iterable[Ambiguous], links: Mapping[Key, Link]) -> dict[str, str]:
    return {
        links[side, record_id].id: group.reason(side)
        for group in groups
        for side in Side
        for record_id in group.ids(side)
    }

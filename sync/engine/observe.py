"""Reading both sides, and saying how much the reading proves. It decides nothing and writes nothing."""

from collections.abc import Iterable
from collections.abc import Mapping as AbstractMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta

from sync.domain.field import same
from sync.domain.half import NUMBER
from sync.domain.link import Link, LinkState
from sync.domain.mapping import Mapping
from sync.domain.model import Lists, Record, Side, Unreadable
from sync.domain.plan import Gone, Sight, Unseen
from sync.engine.pairing import Pairing
from sync.errors import RunHeld, Stopped

UNFINISHED = frozenset({LinkState.PENDING, LinkState.RETRYING, LinkState.CONFLICT})
"""States whose records are read directly when a delta does not show them."""


@dataclass(frozen=True, slots=True)
class Look:
    """One side as read: all records (`census`) or those changed since the last cursor.

    `cursor` is for the next look."""

    side: Side
    records: AbstractMapping[str, Record | Unreadable]
    census: bool
    cursor: str | None


def look_at_both(
    pairing: Pairing, cursors: AbstractMapping[Side, str | None], pool: ThreadPoolExecutor
) -> dict[Side, Look]:
    """Both sides at once; a side with a cursor is asked for its changes only, if it can tell them."""
    futures = {side: pool.submit(_look, pairing, side, cursors.get(side)) for side in Side}
    return {side: future.result() for side, future in futures.items()}


def _look(pairing: Pairing, side: Side, cursor: str | None) -> Look:
    crm = pairing.crms[side]
    delta = crm.fetch_delta(cursor)
    if delta is not None and cursor is not None:
        pairing.progress(f"{side.label}: changes", len(delta.records), len(delta.records))
        return Look(side, {record.id: record for record in delta.records}, False, delta.cursor)
    records: dict[str, Record | Unreadable] = {}
    for record in crm.fetch_census():
        records[record.id] = record
        if pairing.stop.is_set():
            raise Stopped("stopped while reading; nothing was written")
        if len(records) % 100 == 0:
            pairing.progress(f"{side.label}: records", len(records), None)
    pairing.progress(f"{side.label}: records", len(records), len(records))
    return Look(side, records, True, delta.cursor if delta else None)


EMPTY_SIDE_LINKS = 5
"""So many links must point to a side before its emptiness is held to be a fault rather than a small world."""


def hold_if_empty(looks: AbstractMapping[Side, Look], links: Iterable[Link]) -> None:
    """A side that shows nothing although links point to it is broken, hidden or wiped: touch nothing."""
    for side, look in looks.items():
        linked = sum(1 for link in links if link.whole and link.state is not LinkState.BURIED)
        if look.census and linked >= EMPTY_SIDE_LINKS and not look.records:
            raise RunHeld(
                f"{side.label} shows no records at all, but {linked} are linked: nothing was written. "
                "Check the account's rights and that this is the right system, then run again."
            )


class Sights:
    """What is known of each link's two records, reading directly where the looks prove nothing."""

    def __init__(
        self, pairing: Pairing, looks: AbstractMapping[Side, Look], lists: AbstractMapping[Side, Lists]
    ) -> None:
        self._pairing = pairing
        self._looks = looks
        self._lists = lists

    def of(self, link: Link, *, closely: bool = False) -> dict[Side, Sight]:
        """`closely` reads every record directly that the looks do not show."""
        closely = closely or link.state in UNFINISHED
        sights = {side: self._sight(link, side, closely) for side in Side}
        if link.whole and any(isinstance(sight, Gone) for sight in sights.values()):
            return {side: self._firm(link, side, sight) for side, sight in sights.items()}
        return {side: self._confirmed(link, side, sight) for side, sight in sights.items()}

    def is_quiet(self, link: Link, mapping: Mapping) -> bool:
        """Nothing to decide: dead, paused, or in sync and showing exactly its bases."""
        if link.state in (LinkState.BURIED, LinkState.PAUSED):
            return True
        if link.state is not LinkState.IN_SYNC and not (link.state is LinkState.EXCLUDED and not link.whole):
            return False
        return all(self._shows_base(link, side, mapping) for side in Side)

    def _shows_base(self, link: Link, side: Side, mapping: Mapping) -> bool:
        record_id, look = link.record_id(side), self._looks[side]
        if record_id is None or (record_id not in look.records and not look.census):
            return True
        record = look.records.get(record_id)
        if not isinstance(record, Record) or link.base(side) is None:
            return False
        fields = (link.base(side) or {}).keys() - {NUMBER}
        return matches_base(link, record) and mapping.comparable(record.values).keys() == fields

    def afresh(self, link: Link) -> dict[Side, Sight]:
        """Both records read directly, whatever the looks say."""
        return {side: self._read(link, side) for side in Side}

    def _sight(self, link: Link, side: Side, closely: bool) -> Sight:
        record_id = link.record_id(side)
        look = self._looks[side]
        if record_id is None:
            return Unseen()
        if record_id in look.records:
            return look.records[record_id]
        return self._read(link, side) if look.census or closely else Unseen()

    def _read(self, link: Link, side: Side) -> Sight:
        record_id = link.record_id(side)
        if record_id is None:
            return Unseen()
        return self._pairing.crms[side].fetch_record(record_id) or self._gone(link, side)

    def _gone(self, link: Link, side: Side) -> Gone:
        first = link.gone_at(side)
        wait = timedelta(seconds=self._pairing.options.gone_after_s)
        settled = first is not None and self._pairing.clock() - first >= wait
        return Gone(settled, hidden=not self._lists[side].sees_all)

    def _firm(self, link: Link, side: Side, sight: Sight) -> Sight:
        """Beside a missing partner, only a direct read is good enough."""
        shown_by_list = isinstance(sight, Unseen) or (isinstance(sight, Record) and sight.provisional)
        return self._read(link, side) if shown_by_list else sight

    def _confirmed(self, link: Link, side: Side, sight: Sight) -> Sight:
        """A list view that differs from the base is confirmed before anyone acts on it."""
        if not isinstance(sight, Record) or not sight.provisional or link.base(side) is None:
            return sight
        if matches_base(link, sight):
            return sight
        direct = self._read(link, side)
        return replace(direct, locked=sight.locked) if isinstance(direct, Record) else direct


def matches_base(link: Link, record: Record) -> bool:
    """Whether every field of the base is unchanged in `record` (extra, unmapped values do not count)."""
    base, now = link.base(record.side) or {}, record.values
    fields = ((name, value) for name, value in base.items() if name != NUMBER)
    return all(name in now and same(value, now[name]) for name, value in fields)

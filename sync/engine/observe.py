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
from sync.domain.model import STAGE, Lists, Record, Side, State, Unreadable, Values
from sync.domain.plan import Gone, Sight, Unseen
from sync.engine.pairing import Pairing
from sync.engine.reach import Reach
from sync.errors import Stopped

UNFINISHED = frozenset({LinkState.PENDING, LinkState.RETRYING, LinkState.CONFLICT})
"""States whose records are read directly when a delta does not show them."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What one side is asked for: everything up to `reach`, or only the records named."""

    reach: Reach
    cursor: str | None = None
    named: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """One side as read, and what a record's absence from it says; `cursor` is for the next look.

    `census`: these are all records. `ids`: all there are, where only they were asked for. `named`: those
    that were read one by one. `open_stages`: all records in these are here."""

    side: Side
    records: AbstractMapping[str, Record | Unreadable]
    census: bool = False
    cursor: str | None = None
    ids: frozenset[str] | None = None
    named: frozenset[str] = frozenset()
    open_stages: frozenset[str] = frozenset()

    def misses(self, link: Link) -> bool:
        """Whether the link's record should be here and is not: gone, hidden, or no longer open."""
        record_id = link.record_id(self.side)
        if record_id is None or record_id in self.records:
            return False
        if self.census or record_id in self.named:
            return True
        if self.ids is not None:
            return record_id not in self.ids
        return (link.base(self.side) or {}).get(STAGE) in self.open_stages

    @property
    def is_blank(self) -> bool:
        return not (self.records or self.ids or self.named)


def look_at_both(
    pairing: Pairing,
    asks: AbstractMapping[Side, Ask],
    lists: AbstractMapping[Side, Lists],
    pool: ThreadPoolExecutor,
) -> dict[Side, Look]:
    """Both sides at once."""
    futures = {side: pool.submit(_look, pairing, asks[side], lists[side], side) for side in Side}
    return {side: future.result() for side, future in futures.items()}


def _look(pairing: Pairing, ask: Ask, lists: Lists, side: Side) -> Look:
    """A side that cannot tell changes shows its open records, or all."""
    crm = pairing.crms[side]
    if ask.named is not None:
        return _look_at_named(pairing, ask.named, side)
    delta = crm.fetch_delta(ask.cursor)
    if delta is not None and ask.cursor is not None:
        records = _by_id(pairing, side, "changes", delta.records)
        ids = crm.fetch_ids() if ask.reach is Reach.IDS else None
        return Look(side, records, cursor=delta.cursor, ids=ids)
    opened = crm.fetch_open() if delta is None and ask.reach is Reach.OPEN else None
    if opened is not None:
        stages = frozenset(stage.key for stage in lists.stages if stage.state is State.OPEN)
        return Look(side, _by_id(pairing, side, "open records", opened), open_stages=stages)
    records = _by_id(pairing, side, "records", crm.fetch_census())
    return Look(side, records, census=True, cursor=delta.cursor if delta else None)


def _look_at_named(pairing: Pairing, named: frozenset[str], side: Side) -> Look:
    found = (pairing.crms[side].fetch_record(record_id) for record_id in sorted(named))
    return Look(side, {record.id: record for record in found if record is not None}, named=named)


def _by_id(
    pairing: Pairing, side: Side, what: str, rows: Iterable[Record | Unreadable]
) -> dict[str, Record | Unreadable]:
    records: dict[str, Record | Unreadable] = {}
    for record in rows:
        records[record.id] = record
        if pairing.stop.is_set():
            raise Stopped("stopped while reading; nothing was written")
        if len(records) % 100 == 0:
            pairing.progress(f"{side.label}: {what}", len(records), None)
    pairing.progress(f"{side.label}: {what}", len(records), len(records))
    return records


EMPTY_SIDE_LINKS = 5
"""So many links must point to a side before its emptiness is held to be a fault rather than a small world."""


def find_blank(looks: AbstractMapping[Side, Look], links: Iterable[Link]) -> tuple[str, ...]:
    """A side that shows nothing although links point to it is broken, hidden or wiped, each in words."""
    found: list[str] = []
    living = [link for link in links if link.whole and link.state is not LinkState.BURIED]
    for side, look in looks.items():
        missed = sum(map(look.misses, living)) if look.is_blank else 0
        if missed >= EMPTY_SIDE_LINKS:
            kind = "open records" if look.open_stages else "records at all"
            found.append(
                f"{side.label} shows no {kind}, but {missed} are linked: check the account's rights, and "
                "that this is the right system"
            )
    return tuple(found)


Disputes = AbstractMapping[str, AbstractMapping[Side, Values]]
"""By link: the values of fields that wait for a person, as each side showed them."""


class Sights:
    """What is known of each link's two records, reading directly where the looks prove nothing. Links in
    `disputed` are left alone while both sides still show that."""

    def __init__(
        self,
        pairing: Pairing,
        looks: AbstractMapping[Side, Look],
        lists: AbstractMapping[Side, Lists],
        disputed: Disputes,
    ) -> None:
        self._pairing = pairing
        self.looks = looks
        self._lists = lists
        self._disputed = disputed

    def of(self, link: Link, *, closely: bool = False) -> dict[Side, Sight]:
        """`closely` reads every record directly that the looks do not show."""
        closely = closely or link.state in UNFINISHED
        sights = {side: self._sight(link, side, closely) for side in Side}
        if link.whole and any(isinstance(sight, Gone) for sight in sights.values()):
            return {side: self._firm(link, side, sight) for side, sight in sights.items()}
        return {side: self._confirmed(link, side, sight) for side, sight in sights.items()}

    def is_quiet(self, link: Link, mapping: Mapping) -> bool:
        """Nothing to decide: dead, paused, or showing its bases, and in dispute what it showed then. What is
        excluded may have found its company meanwhile."""
        if link.state in (LinkState.BURIED, LinkState.PAUSED):
            return True
        if link.state is not LinkState.IN_SYNC and link.id not in self._disputed:
            return False
        return all(self._shows_known(link, side, mapping) for side in Side)

    def _shows_known(self, link: Link, side: Side, mapping: Mapping) -> bool:
        look = self.looks[side]
        if look.misses(link):
            return False
        record = look.records.get(link.record_id(side) or "")
        if record is None:
            return True
        base = link.base(side)
        if not isinstance(record, Record) or base is None:
            return False
        expected = {**base, **self._disputed.get(link.id, {}).get(side, {})}
        fields = expected.keys() - {NUMBER}
        return _shows(record, expected) and mapping.comparable(record.values).keys() == fields

    def afresh(self, link: Link) -> dict[Side, Sight]:
        """Both records read directly, whatever the looks say."""
        return {side: self._read(link, side) for side in Side}

    def _sight(self, link: Link, side: Side, closely: bool) -> Sight:
        record_id = link.record_id(side)
        look = self.looks[side]
        if record_id is None:
            return Unseen()
        if record_id in look.records:
            return look.records[record_id]
        return self._read(link, side) if look.misses(link) or closely else Unseen()

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


def matches_base(link: Link, record: Record, *fields: str) -> bool:
    """Whether every field of the base, or each one named, is unchanged in `record`; unmapped values do not
    count."""
    base = link.base(record.side) or {}
    return _shows(record, {name: base[name] for name in fields if name in base} if fields else base)


def _shows(record: Record, expected: Values) -> bool:
    now = record.values
    fields = ((name, value) for name, value in expected.items() if name != NUMBER)
    return all(name in now and same(value, now[name]) for name, value in fields)

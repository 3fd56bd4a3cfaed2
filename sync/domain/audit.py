"""What is wrong at rest: both sides compared with each other, not with the past. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sync.domain.link import Link, LinkState
from sync.domain.mapping import Mapping as ResolvedMapping
from sync.domain.match import match_records
from sync.domain.model import Record, Side, Unreadable, Value


class Kind(StrEnum):
    """DRIFT: linked and different, though nothing waits. ORPHAN: a link without its record. DOUBLE: two
    records that look like one. STRAY_STAMP: a record that carries the stamp of somebody else's link."""

    DRIFT = "drift"
    ORPHAN = "orphan"
    DOUBLE = "double"
    STRAY_STAMP = "stray stamp"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a person should look at. `fields` gives (left, right) of a drift, by field."""

    kind: Kind
    link_id: str
    left_id: str | None
    right_id: str | None
    said: str
    fields: Mapping[str, tuple[Value, Value]]


Shown = Mapping[Side, Mapping[str, Record | Unreadable]]


def audit(links: Iterable[Link], shown: Shown, mapping: ResolvedMapping) -> tuple[Finding, ...]:
    """Findings by kind; an empty result says that both sides are equal wherever nobody has to decide."""
    links = list(links)
    living = [link for link in links if link.whole and link.state is not LinkState.BURIED]
    findings = [finding for link in living for finding in _audit_link(link, shown, mapping)]
    return (*findings, *_stray_stamps(links, shown), *_doubles(living, shown, mapping))


def _audit_link(link: Link, shown: Shown, mapping: ResolvedMapping) -> list[Finding]:
    records = {side: shown[side].get(link.record_id(side) or "") for side in Side}
    missing = [side for side in Side if records[side] is None]
    if missing:
        where = " and ".join(side.label for side in missing)
        return [_finding(Kind.ORPHAN, link, f"not found in {where}")]
    left, right = records[Side.LEFT], records[Side.RIGHT]
    if not isinstance(left, Record) or not isinstance(right, Record):
        return [_finding(Kind.UNREADABLE, link, "one of the two records cannot be read")]
    return _drift(link, left, right, mapping) if link.state is LinkState.IN_SYNC else []


def _drift(link: Link, left: Record, right: Record, mapping: ResolvedMapping) -> list[Finding]:
    different = {
        field.name: (left.values[field.name], right.values[field.name])
        for field in mapping.fields
        if field.name in left.values
        and field.name in right.values
        and not field.tolerates(left.values[field.name], right.values[field.name])
    }
    if not different:
        return []
    return [_finding(Kind.DRIFT, link, f"{', '.join(different)} differ, though nothing waits", different)]


def _stray_stamps(links: list[Link], shown: Shown) -> list[Finding]:
    by_id: dict[str | None, Link] = {link.id: link for link in links}
    findings = []
    for side in Side:
        for record in shown[side].values():
            link = by_id.get(record.stamp) if isinstance(record, Record) else None
            if link is not None and link.record_id(side) != record.id:
                said = f"{side.label} {record.id} carries the stamp of this link"
                findings.append(_finding(Kind.STRAY_STAMP, link, said))
    return findings


def _doubles(links: list[Link], shown: Shown, mapping: ResolvedMapping) -> list[Finding]:
    """A record without a link that looks exactly like a linked one: somebody or something made it twice."""
    findings = []
    for side in Side:
        linked = {link.record_id(side): link for link in links}
        loose = [
            record
            for record in shown[side].values()
            if isinstance(record, Record) and record.id not in linked
        ]
        partners = [shown[side.other].get(link.record_id(side.other) or "") for link in links]
        known = [record for record in partners if isinstance(record, Record)]
        by_partner = {link.record_id(side.other): link for link in links}
        for one, other in _alike(loose, known, mapping):
            said = f"{side.label} {one} looks like the record linked here"
            findings.append(_finding(Kind.DOUBLE, by_partner[other], said))
    return findings


def _alike(loose: list[Record], known: list[Record], mapping: ResolvedMapping) -> list[tuple[str, str]]:
    """Ids of loose records that look like known ones, each with the first of these."""
    matches = match_records(loose, known, mapping)
    pairs = {pair.left_id: pair.right_id for pair in matches.pairs}
    groups = {one: group.right_ids[0] for group in matches.ambiguous for one in group.left_ids}
    return [*pairs.items(), *groups.items()]


def _finding(
    kind: Kind, link: Link, said: str, fields: Mapping[str, tuple[Value, Value]] | None = None
) -> Finding:
    return Finding(kind, link.id, link.left_id, link.right_id, said, fields or {})

"""When linked records were created, learnt while they show what they held when both sides agreed; it writes
nothing."""

from collections.abc import Iterable, Iterator, Mapping

from sync.domain.birth import same_birth
from sync.domain.link import Link, LinkState
from sync.domain.model import Record, Side
from sync.engine.observe import Look, matches_base


def with_births(links: Iterable[Link], looks: Mapping[Side, Look]) -> tuple[Link, ...]:
    """All links, with what the looks add. A date of creation that was moved while all else stayed, as
    onlyoffice.md 4.12 lets people do (seen 2026-11-22), is learnt anew: another record holds other values."""
    return tuple(_with_births(link, looks) for link in links)


def learnt(before: Iterable[Link], after: Iterable[Link]) -> Iterator[Link]:
    """Those to which `with_births` added something."""
    return (link for was, link in zip(before, after, strict=True) if link is not was)


def _with_births(link: Link, looks: Mapping[Side, Look]) -> Link:
    if not link.whole or link.state is LinkState.BURIED:
        return link
    for side, look in looks.items():
        record = look.records.get(link.record_id(side) or "")
        if isinstance(record, Record) and _is_news(link, record):
            link = link.with_birth(side, record.created_at)
    return link


def _is_news(link: Link, record: Record) -> bool:
    """A link without bases was made for exactly this record."""
    born, now = link.born_at(record.side), record.created_at
    if now is None or (born is not None and same_birth(born, now)):
        return False
    return matches_base(link, record) if link.base(record.side) else born is None

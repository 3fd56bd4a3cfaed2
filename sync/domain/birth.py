"""Whether a record is still the one that was linked: its number may be given again, its birth may not.

Numbers come back with a restored backup, and after deletions on old databases: superoffice.md 1.2,
onlyoffice.md 4.7 (seen 2026-11-22).
"""

from datetime import datetime, timedelta

from sync.domain.link import Link
from sync.domain.model import Record

_ROUNDING = timedelta(seconds=1)
_ZONES = timedelta(hours=15)
_ZONE_STEP = timedelta(minutes=15)


def same_birth(one: datetime, other: datetime) -> bool:
    """Servers round, and not every listing says which zone its times are in."""
    apart = abs(one - other)
    beside = apart % _ZONE_STEP
    in_another_zone = apart <= _ZONES and min(beside, _ZONE_STEP - beside) <= _ROUNDING
    return apart <= _ROUNDING or in_another_zone


def is_another(link: Link, record: Record) -> bool:
    """Whether this is not the record that was linked under its number."""
    born = link.born_at(record.side)
    return born is not None and record.created_at is not None and not same_birth(born, record.created_at)


def tell_another(link: Link, record: Record) -> str:
    """What a person reads who has to decide."""
    born, now = link.born_at(record.side), record.created_at
    return (
        f"{record.side.label} {record.id} was created {_minute(born)} when it was linked and {_minute(now)} "
        f"now: another record has its number. `opsync links unlink {link.id[:8]}` parts the two; if it is "
        "the same record, link it again with `opsync links pair`"
    )


def _minute(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "–"

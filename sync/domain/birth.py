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
_MINUTE = "%Y-%m-%d %H:%M UTC"


def same_birth(one: datetime, other: datetime) -> bool:
    """Servers round, and not every listing says which zone its times are in."""
    apart = abs(one - other)
    beside = apart % _ZONE_STEP
    return apart <= _ZONES and min(beside, _ZONE_STEP - beside) <= _ROUNDING


def tell_another(link: Link, record: Record) -> str:
    """What a person reads who has to decide; empty for the record that was linked under this number."""
    born, now = link.born_at(record.side), record.created_at
    if born is None or now is None or same_birth(born, now):
        return ""
    return (
        f"{record.side.label} {record.id} was created {born:{_MINUTE}} when it was linked and "
        f"{now:{_MINUTE}} now: another record has its number. `opsync links unlink {link.id[:8]}` parts the "
        "two; if it is the same record, link it again with `opsync links pair`"
    )

"""What a half link keeps of its record, so that it can be matched without being read again."""

from sync.domain.link import Link
from sync.domain.mapping import Mapping
from sync.domain.model import Record, Side, Values

NUMBER = "#number"
"""Where a half link's base keeps the external number, which no field maps."""


def remembered(record: Record, mapping: Mapping) -> Values:
    """What a half link keeps of its record."""
    return {**mapping.comparable(record.values), NUMBER: record.number}


def recalled(link: Link) -> Record | None:
    """A half link's record as it last showed itself, good enough to be matched, not to be acted upon."""
    side = Side.LEFT if link.left_id is not None else Side.RIGHT
    record_id, base = link.record_id(side), link.base(side)
    if record_id is None or base is None:
        return None
    values = {name: value for name, value in base.items() if name != NUMBER}
    number = base.get(NUMBER)
    return Record(side, record_id, values, number=None if number is None else str(number))

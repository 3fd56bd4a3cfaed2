"""How far a run looks, as values; it reads nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sync.domain.link import Link
from sync.domain.model import Side


class Reach(StrEnum):
    """Each one shows all that the one before shows. Where a side cannot be asked so little, it is asked more.

    OPEN: what changed since the last look, or all open records of a CRM that cannot tell changes.
    CHANGED: every edit. IDS: every disappearance too. ALL: everything, even edits that leave no trace."""

    OPEN = "open"
    CHANGED = "changed"
    IDS = "ids"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a run looks at: both sides up to `reach`; or, where hints were given, `only` these records."""

    reach: Reach
    only: Mapping[Side, frozenset[str]] = field(default_factory=dict)

    def covers(self, link: Link) -> bool:
        """Whether the run is about this link."""
        return not self.only or any(link.record_id(side) in ids for side, ids in self.only.items())


EVERYTHING = Scope(Reach.ALL)
CHANGES = Scope(Reach.CHANGED)

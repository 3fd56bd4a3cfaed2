"""What a plan consists of: actions as data, with everything needed to carry them out and to explain them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import assert_never

from sync.domain.link import Link, LinkState
from sync.domain.merge import Change, Clash
from sync.domain.model import Record, Side, Values


@dataclass(frozen=True, slots=True)
class Create:
    """Make a record on `side` from `source`, stamped with the link id."""

    side: Side
    values: Values
    source: Record
    reason: str


@dataclass(frozen=True, slots=True)
class Update:
    """Write `changes` on `side`, if the record still holds their old values."""

    side: Side
    record_id: str
    changes: tuple[Change, ...]
    reason: str

    @property
    def expected(self) -> Values:
        return {change.field: change.old for change in self.changes if change.held}

    @property
    def new(self) -> Values:
        return {change.field: change.new for change in self.changes}


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete the record on `side`, if it still is what the plan saw."""

    side: Side
    record_id: str
    expected: Values
    reason: str


Action = Create | Update | Delete


def written(action: Action) -> Values:
    """The values an action writes; nothing for a deletion."""
    match action:
        case Create():
            return action.values
        case Update():
            return action.new
        case Delete():
            return {}
        case _:
            assert_never(action)


@dataclass(frozen=True, slots=True)
class LinkPlan:
    """What happens to one link: remote actions in order, then the state it will be in.

    `seen` holds the values each side showed (a side not seen or gone is absent); after the last action they
    become the bases, except for `unsettled` fields. `gone` names sides where the record was not found.
    `swallows` is the id of a half link that this one replaces; `held_back` names fields that this plan does
    not deal with, whose bases stay.
    """

    link: Link
    actions: tuple[Action, ...]
    clashes: tuple[Clash, ...]
    state: LinkState
    reason: str
    seen: Mapping[Side, Values] = field(default_factory=dict)
    gone: frozenset[Side] = frozenset()
    is_new: bool = False
    swallows: str = ""
    held_back: frozenset[str] = frozenset()

    @property
    def fingerprint(self) -> str:
        """Equal for equal writes: a refused one is recognised and not tried again."""
        writes = [
            (action.side, type(action).__name__, sorted(map(str, written(action).items())))
            for action in self.actions
        ]
        return sha256(repr(writes).encode()).hexdigest()

    @property
    def unsettled(self) -> frozenset[str]:
        return frozenset(clash.field for clash in self.clashes) | self.held_back

    @property
    def title(self) -> str:
        """What a person calls this record."""
        known = (*self.seen.values(), self.link.base_left, self.link.base_right)
        return next((str(values["title"]) for values in known if values and values.get("title")), "")

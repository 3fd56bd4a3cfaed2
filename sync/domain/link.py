"""The bond of one sale and one opportunity, and of one company with its twin, as values."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sync.domain.model import Side, Values


class LinkState(StrEnum):
    """Every record is in exactly one of these, with a reason a person can read."""

    IN_SYNC = "in_sync"
    PENDING = "pending"
    RETRYING = "retrying"
    CONFLICT = "conflict"
    PARKED = "parked"
    EXCLUDED = "excluded"
    PAUSED = "paused"
    BURIED = "buried"


HAND = "hand"
"""Origin of a link, and tier of a company link, that a person made or took apart."""

NEEDS_A_PERSON = frozenset({LinkState.CONFLICT, LinkState.PARKED})


@dataclass(frozen=True, slots=True)
class Link:
    """One sale ↔ one opportunity. Half a link (one id missing) is a record waiting for its partner.

    `base_left` and `base_right` hold what each side stored when both last agreed, in that side's terms.
    `gone_left_at` / `gone_right_at`: when a direct read first answered "not there". `refused` is the
    fingerprint of what a CRM refused, so that it is not tried again unchanged. `born_left_at` /
    `born_right_at`: when the linked record was created, as its server says. The id is also the stamp that a
    created record carries.
    """

    id: str
    left_id: str | None = None
    right_id: str | None = None
    base_left: Values | None = None
    base_right: Values | None = None
    state: LinkState = LinkState.PENDING
    reason: str = ""
    origin: str = ""
    gone_left_at: datetime | None = None
    gone_right_at: datetime | None = None
    refused: str = ""
    born_left_at: datetime | None = None
    born_right_at: datetime | None = None

    def record_id(self, side: Side) -> str | None:
        return self.left_id if side is Side.LEFT else self.right_id

    def with_record(self, side: Side, record_id: str) -> "Link":
        born_at = self.born_at(side) if record_id == self.record_id(side) else None
        if side is Side.LEFT:
            return replace(self, left_id=record_id, born_left_at=born_at)
        return replace(self, right_id=record_id, born_right_at=born_at)

    def without_record(self, side: Side) -> "Link":
        if side is Side.LEFT:
            return replace(self, left_id=None, base_left=None, gone_left_at=None, born_left_at=None)
        return replace(self, right_id=None, base_right=None, gone_right_at=None, born_right_at=None)

    def with_birth(self, side: Side, at: datetime | None) -> "Link":
        return replace(self, born_left_at=at) if side is Side.LEFT else replace(self, born_right_at=at)

    def born_at(self, side: Side) -> datetime | None:
        return self.born_left_at if side is Side.LEFT else self.born_right_at

    def with_base(self, side: Side, base: Values) -> "Link":
        if side is Side.LEFT:
            return replace(self, base_left=base)
        return replace(self, base_right=base)

    def base(self, side: Side) -> Values | None:
        return self.base_left if side is Side.LEFT else self.base_right

    def gone_at(self, side: Side) -> datetime | None:
        return self.gone_left_at if side is Side.LEFT else self.gone_right_at

    @property
    def whole(self) -> bool:
        return self.left_id is not None and self.right_id is not None

    @property
    def excluded_by_hand(self) -> bool:
        """A person took this record out of the game; only a person puts it back."""
        return self.state is LinkState.EXCLUDED and self.origin == HAND


@dataclass(frozen=True, slots=True)
class CompanyLink:
    """One SuperOffice contact ↔ one ONLYOFFICE company, or half of that, waiting (`reason` says for what).

    `tier` tells how they were matched: partner id, organisation number, name, name and city, import, hand,
    created.
    """

    id: str
    left_id: str | None
    right_id: str | None
    name: str
    tier: str = ""
    reason: str = ""

    @property
    def whole(self) -> bool:
        return self.left_id is not None and self.right_id is not None

    def record_id(self, side: Side) -> str | None:
        return self.left_id if side is Side.LEFT else self.right_id

    def with_record(self, side: Side, record_id: str) -> "CompanyLink":
        if side is Side.LEFT:
            return replace(self, left_id=record_id)
        return replace(self, right_id=record_id)

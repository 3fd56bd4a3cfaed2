"""A CRM's standing order to tell us of changes, as a neutral value; it asks nobody."""

from dataclasses import dataclass
from enum import StrEnum


class HookState(StrEnum):
    """The vendor's names, since its numbers differ from page to page: superoffice.md 7.5 (seen 2026-11-22).
    MISSING is ours, for a subscription that is not there."""

    ACTIVE = "Active"
    STOPPED = "Stopped"
    TOO_MANY_ERRORS = "TooManyErrors"
    UNKNOWN = "Unknown"
    MISSING = "missing"


class Difference(StrEnum):
    """What of a subscription is not as configured; the values are words for people."""

    ADDRESS = "address"
    EVENTS = "events"
    SECRET = "secret"  # noqa: S105  the word, not a secret


@dataclass(frozen=True, slots=True)
class Subscription:
    """One webhook as the CRM tells it, and what of it is not as we want it."""

    name: str
    state: HookState
    url: str = ""
    total_calls: int = 0
    total_errors: int = 0
    consecutive_errors: int = 0
    last_error: str = ""
    differs_in: tuple[Difference, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Events of everything we want come to us."""
        return self.state is HookState.ACTIVE and not self.differs_in

    @property
    def is_elsewhere(self) -> bool:
        """It is there and posts to another address: perhaps another installation's."""
        return Difference.ADDRESS in self.differs_in

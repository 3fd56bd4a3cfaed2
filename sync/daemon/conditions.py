"""What can be wrong with the service as named conditions, and what to do about each; it finds none itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """The first word of a condition's name; `side_down:onlyoffice` is one of kind `side_down`."""

    DEAD_MAN = "dead_man"
    SIDE_DOWN = "side_down"
    STATE_DOWN = "state_down"
    HELD = "held"
    MISCONFIGURED = "misconfigured"
    CONFLICTS = "conflicts"
    PARKED = "parked"
    BUDGET = "budget"
    WEBHOOKS = "webhooks"
    RETRYING = "retrying"

    @classmethod
    def of(cls, name: str) -> "Kind":
        """`ValueError` for the name of no condition."""
        return cls(name.partition(":")[0])


class Severity(StrEnum):
    """CRITICAL: records are not kept equal now. WARNING: some are not, or soon will not be."""

    CRITICAL = "critical"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """A condition that is true now. `text` leaves the house: names of systems and counts, nothing of a
    record, a customer or a vendor's message."""

    text: str
    since: datetime


@dataclass(frozen=True, slots=True)
class View:
    """Everything that is true now, by name. That one of an `unjudged` kind is absent says nothing."""

    findings: Mapping[str, Finding]
    unjudged: frozenset[Kind] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Advice:
    """How bad a condition is, and the next step with the command to run."""

    severity: Severity
    step: str


ADVICE: Mapping[Kind, Advice] = {
    Kind.DEAD_MAN: Advice(Severity.CRITICAL, "run `opsync status`, and see the log of the service"),
    Kind.SIDE_DOWN: Advice(Severity.CRITICAL, "run `opsync check`, which tells why"),
    Kind.STATE_DOWN: Advice(Severity.CRITICAL, "run `opsync check`; see disk, rights and database server"),
    Kind.HELD: Advice(
        Severity.CRITICAL,
        "run `opsync plan`, which shows the numbers; if they are right: `opsync sync --release REASON`",
    ),
    Kind.MISCONFIGURED: Advice(Severity.CRITICAL, "run `opsync check`, which names every problem"),
    Kind.CONFLICTS: Advice(Severity.WARNING, "run `opsync conflicts list` and decide them"),
    Kind.PARKED: Advice(Severity.WARNING, "run `opsync links --state parked`, which tells the reasons"),
    Kind.BUDGET: Advice(
        Severity.WARNING, "run `opsync status`; see calls_per_day in the [budget] of that side"
    ),
    Kind.WEBHOOKS: Advice(Severity.WARNING, "run `opsync webhooks status`"),
    Kind.RETRYING: Advice(Severity.WARNING, "run `opsync links --state retrying`, which tells the reasons"),
}

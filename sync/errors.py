"""Every error of the product, grouped by what the caller should do about it.

    OpsyncError
    ├── RetryLater            try the same thing again later
    │   ├── Throttled         … not before `retry_after_s`
    │   └── BudgetSpent       … not before `until`, when the next day's calls begin
    ├── OutcomeUnknown        a write whose answer was lost: look before doing anything
    ├── Moved                 the record is not what the plan saw: plan again
    ├── RecordTrouble         park this link, go on with the others
    │   ├── RecordRefused     the CRM said no, with messages by field
    │   └── RecordGone        the record does not exist (or is not visible)
    ├── SideDown              stop this side for this run, leave the other alone
    │   ├── LoginRefused      credentials not accepted
    │   └── WrongShape        an answer that is not what the vendor's API gives
    ├── RunHeld               nothing is written in this run; a person or time releases it
    │   ├── IncompleteCensus  a listing that proves nothing by absence
    │   ├── LeaseHeld         another opsync process owns this state database
    │   └── Stopped           we were asked to leave
    ├── StateTrouble          the state database cannot be used: stop before any write
    └── Misconfigured         refuse to start; carries every problem found

Messages say what failed, on which record, and what to do next. They never carry a token, a header or a
customer's data.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime


class OpsyncError(Exception):
    """Anything this product raises on purpose."""


class RetryLater(OpsyncError):
    """A passing fault: timeout, refused connection, 5xx, maintenance."""


class Throttled(RetryLater):
    """The server asked us to slow down; `retry_after_s` is its own wish, in seconds."""

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class BudgetSpent(RetryLater):
    """The day's calls to one side are used up, and nothing was sent; new ones begin at `until`."""

    def __init__(self, message: str, until: datetime) -> None:
        super().__init__(message)
        self.until = until


class OutcomeUnknown(OpsyncError):
    """A write was sent and its answer was lost: it may or may not have happened."""


class Moved(OpsyncError):
    """The record changed between the look and the write; nothing was written."""


class RecordTrouble(OpsyncError):
    """This record cannot go on by itself; others can."""


class RecordRefused(RecordTrouble):
    """The CRM refused the write; `messages` maps field to the vendor's text."""

    def __init__(self, message: str, messages: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.messages = dict(messages or {})


class RecordGone(RecordTrouble):
    """The record answers 404."""


class SideDown(OpsyncError):
    """One CRM cannot be worked with now; the other is left alone."""


class LoginRefused(SideDown):
    """The CRM does not accept the configured credentials."""


class WrongShape(SideDown):
    """The answer is not what the vendor's API gives: HTML, cut JSON, a missing member."""


class RunHeld(OpsyncError):
    """The run stops before its first write."""


class IncompleteCensus(RunHeld):
    """A full listing with a gap, a repeat or a wrong total."""


class LeaseHeld(RunHeld):
    """Another process holds the lease on the state database."""


class Stopped(RunHeld):
    """Somebody asked this process to leave; the next run goes on from here."""


class StateTrouble(OpsyncError):
    """The state database is locked, broken, full or from another version."""


class Misconfigured(OpsyncError):
    """Everything that is wrong with the configuration, one line each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)

"""A memory CRM on a bad line: every call may fail, be carried out unheard, or be carried out late."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from sync.crm.memory import MemoryCrm
from sync.domain.model import Company, Delta, Lists, Record, Unreadable, Value, Values
from sync.errors import Moved, OpsyncError, OutcomeUnknown, RecordRefused, RetryLater, Throttled
from tests.simulation.faults import WRITES, Fault, Process
from tests.simulation.ledger import Ledger, deal_of

Answer = TypeVar("Answer")
LATEST_S = 80.0
"""A late write lands within `settle_s`, as the product assumes of both vendors."""

_RAISED = {
    Fault.LOST: OutcomeUnknown,
    Fault.LOST_AFTER: OutcomeUnknown,
    Fault.LOST_LATE: OutcomeUnknown,
    Fault.BUSY: RetryLater,
    Fault.THROTTLED: Throttled,
    Fault.MOVED: Moved,
    Fault.REFUSED: RecordRefused,
}
_AFTER = frozenset({Fault.KILLED_AFTER, Fault.LOST_AFTER})
_LATE = frozenset({Fault.KILLED_LATE, Fault.LOST_LATE})
_UNHEARD = _AFTER | _LATE | {Fault.LOST, Fault.KILLED}
_KILLING = frozenset({Fault.KILLED, Fault.KILLED_AFTER, Fault.KILLED_LATE})


@dataclass(eq=False)
class FaultySide(MemoryCrm):
    """`hidden` records are neither listed nor read; `unlisted` ones are missing from a listing that claims to
    be complete; `stale` ones are listed as they were before their last change, marked as provisional;
    `empty` shows nothing at all; `strangers` stand where our records were, as in another tenant; `doubled`
    repeats a page; writes to the deals in `refused` are refused. `lasts` counts the runs until all of this is
    over, but for refusals. Late writes land after `latest_s` at the latest."""

    process: Process = field(default_factory=Process)
    ledger: Ledger = field(default_factory=Ledger)
    hidden: set[str] = field(default_factory=set)
    unlisted: set[str] = field(default_factory=set)
    stale: dict[str, Record] = field(default_factory=dict)
    empty: bool = False
    strangers: tuple[Record, ...] = ()
    doubled: bool = False
    refused: set[str] = field(default_factory=set)
    lasts: int = 0
    latest_s: float = LATEST_S
    late: list[tuple[datetime, Callable[[], object]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.before_call = self._start

    # reads

    def fetch_lists(self) -> Lists:
        return replace(super().fetch_lists(), sees_all=not self.hidden and self.lists.sees_all)

    def fetch_census(self) -> Iterator[Record | Unreadable]:
        yield from self._as_listed(super().fetch_census())

    def fetch_open(self) -> Iterator[Record | Unreadable] | None:
        rows = super().fetch_open()
        return None if rows is None else self._as_listed(rows)

    def fetch_ids(self) -> frozenset[str]:
        ids = frozenset(record_id for record_id in super().fetch_ids() if self._listed(record_id))
        self.land()
        return ids or frozenset(row.id for row in self.strangers)

    def _as_listed(self, rows: Iterable[Record | Unreadable]) -> Iterator[Record | Unreadable]:
        listed = [row for row in rows if self._listed(row.id)] or list(self.strangers)
        shown = [self.stale.get(row.id, row) for row in listed]
        yield from [*shown, *shown[-2:]] if self.doubled else shown
        self.land()

    def fetch_delta(self, cursor: str | None) -> Delta | None:
        found = super().fetch_delta(cursor)
        return found and replace(found, records=tuple(row for row in found.records if self._shown(row.id)))

    def fetch_record(self, record_id: str) -> Record | Unreadable | None:
        found = super().fetch_record(record_id)
        self.land()
        return found if self._shown(record_id) else None

    def find_stamped(self, stamp: str, since: datetime) -> tuple[Record, ...]:
        found = super().find_stamped(stamp, since)
        self.land()
        return tuple(record for record in found if self._shown(record.id))

    def fetch_companies(self) -> Iterator[Company]:
        yield from list(super().fetch_companies())
        self.land()

    # writes

    def create_record(self, values: Values, stamp: str) -> Record:
        def act() -> Record:
            others = [record.values for record in self.records.values()]
            self.ledger.opsync_created(self.side, values, others)
            return MemoryCrm.create_record(self, values, stamp)

        return self._carry("create_record", act, deal_of(values))

    def update_record(self, record_id: str, expected: Values, changes: Values) -> Record:
        def act() -> Record:
            before = self.records.get(record_id)
            after = MemoryCrm.update_record(self, record_id, expected, changes)
            if before is not None:
                self.ledger.opsync_updated(self.side, before.values, after.values)
            return after

        return self._carry("update_record", act, self._deal(record_id))

    def delete_record(self, record_id: str, expected: Values) -> None:
        def act() -> None:
            before = self.records.get(record_id)
            MemoryCrm.delete_record(self, record_id, expected)
            if before is not None:
                self.ledger.opsync_deleted(self.side, before.values)

        self._carry("delete_record", act, self._deal(record_id))

    def create_company(self, company: Company) -> Company:
        return self._carry("create_company", lambda: MemoryCrm.create_company(self, company), company.name)

    # people, beyond what the memory CRM knows

    def person_edits(self, record_id: str, **values: Value) -> None:
        self.ledger.person_edited(self.side, self.records[record_id].values, values)
        self.user_edits(record_id, **values)

    def go_stale(self, record_id: str) -> None:
        """The list view keeps showing the record as it is now; a list view is never taken at its word."""
        self.stale[record_id] = replace(self.records[record_id], provisional=True)

    def strip_stamp(self, record_id: str) -> None:
        """A person cleared the field that carries the stamp."""
        self.records[record_id] = replace(self.records[record_id], stamp=None)

    def twins(self) -> list[str]:
        """Companies made more than once from the same partner."""
        made = [company.partner_id for company in self._companies.values() if company.partner_id]
        return sorted({partner for partner in made if made.count(partner) > 1})

    def land(self, now: datetime | None = None) -> None:
        """Late writes that are due by `now`; without it, somebody has looked, and all of them land."""
        due = [act for at, act in self.late if now is None or at <= now]
        self.late = [(at, act) for at, act in self.late if now is not None and at > now]
        for act in due:
            try:
                act()
            except OpsyncError:
                continue  # the server refuses a late write as it would any other

    @property
    def barred(self) -> bool:
        """Nothing of ours is to be seen here: no run may write anything anywhere."""
        return self.empty or bool(self.strangers)

    def run_over(self) -> None:
        self.lasts -= 1
        if self.lasts <= 0:
            self.calm_down()

    def calm_down(self) -> None:
        """A refusal stays: it ends by hand or by an edit, and not by itself."""
        self.hidden, self.unlisted, self.stale, self.strangers = set(), set(), {}, ()
        self.empty = self.doubled = self.truncate = False
        self.lasts = 0

    def _start(self, name: str) -> None:
        if name in WRITES:
            return
        fault = self.process.step(f"{self.side}.{name}")
        if fault is not None:
            self._fail(fault, name)

    def _carry(self, name: str, act: Callable[[], Answer], deal: str) -> Answer:
        fault = self.process.step(f"{self.side}.{name}")
        if fault is None and deal in self.refused:
            fault = Fault.REFUSED
        if name == "update_record" and (fault is None or fault in _UNHEARD):
            self.ledger.unheard.add((self.side, deal))
        if fault is None:
            self.process.when_saved(lambda: self.ledger.unheard.discard((self.side, deal)))
            return act()
        if deal not in self.refused:
            self._carry_out(fault, act)
        if fault is Fault.REFUSED:
            self.ledger.refused.add(deal)
        self._fail(fault, name)
        raise AssertionError("every fault raises")

    def _carry_out(self, fault: Fault, act: Callable[[], object]) -> None:
        """What the server does with a request whose answer nobody hears."""
        if fault in _AFTER:
            act()
        if fault in _LATE:
            self.late.append((self.clock() + timedelta(seconds=self.latest_s), act))

    def _fail(self, fault: Fault, name: str) -> None:
        if fault in _KILLING:
            self.process.die()
        raise _RAISED[fault](f"{self.side} {name}: {fault}")

    def _listed(self, record_id: str) -> bool:
        return self._shown(record_id) and record_id not in self.unlisted

    def _shown(self, record_id: str) -> bool:
        return not self.barred and record_id not in self.hidden

    def _deal(self, record_id: str) -> str:
        record = self.records.get(record_id)
        return deal_of(record.values) if record else ""

"""A CRM that lives in memory, for tests and simulations; it must keep every promise of the `Crm` port.

People work in it through `user_creates`, `user_edits` and `user_deletes`; the product works in it through
the port. Hooks and switches are plain attributes and may be changed at any time.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from operator import itemgetter
from threading import RLock
from typing import TypeVar

from sync.domain.model import (
    AMOUNT,
    COMPANY,
    CURRENCY,
    DESCRIPTION,
    FIELDS,
    OWNER,
    PROBABILITY,
    STAGE,
    TITLE,
    Access,
    Choice,
    Company,
    CompanyCard,
    Delta,
    Lists,
    Person,
    Record,
    Side,
    Stage,
    State,
    Unreadable,
    User,
    Value,
    Values,
)
from sync.errors import IncompleteCensus, Moved, RecordGone, RecordRefused

Row = TypeVar("Row")


def _ignore(_name: str) -> None:
    """Does nothing."""


def _unchanged(values: Values) -> Values:
    return values


@dataclass(eq=False)
class MemoryCrm:
    """One side without a server. `fit` gives what this side can hold of the values it is handed;
    `before_call` and `after_write` get the port's method name and may raise; `unreadable` maps id to reason;
    `truncate` makes listings end early, which the port promises to report."""

    side: Side
    lists: Lists
    companies: Iterable[Company]
    clock: Callable[[], datetime]
    delta: bool = False
    first_id: int = 1
    fit: Callable[[Values], Values] = _unchanged
    before_call: Callable[[str], None] = _ignore
    after_write: Callable[[str], None] = _ignore
    truncate: bool = False
    records: dict[str, Record] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)
    persons: dict[str, Person] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    writes: int = 0

    def __post_init__(self) -> None:
        self._lock = RLock()
        self._companies = {company.id: company for company in self.companies}
        self._next_id = self.first_id
        self._change = 0
        self._changed: dict[str, int] = {}

    # what people do in this CRM

    def user_creates(self, **values: Value) -> str:
        """Create as a person would, without a stamp; keys are the field constants. Gives the id."""
        return self._insert(values, None).id

    def user_edits(self, record_id: str, **values: Value) -> None:
        with self._lock:
            self._store(record_id, values)

    def user_deletes(self, record_id: str) -> None:
        with self._lock:
            self._remove(record_id)

    def add_company(self, company: Company) -> None:
        with self._lock:
            self._companies[company.id] = company

    def drop_company(self, company_id: str) -> None:
        """Deleted, or merged into another one; its records are not touched."""
        with self._lock:
            del self._companies[company_id]

    # reads of the port

    def fetch_access(self) -> Access:
        self._begin("fetch_access")
        return Access("memory", "0", f"memory-{self.side}", "1", True)

    def fetch_lists(self) -> Lists:
        self._begin("fetch_lists")
        return self.lists

    def fetch_census(self) -> Iterator[Record | Unreadable]:
        self._begin("fetch_census")
        yield from self._listing(self._rows())

    def fetch_open(self) -> Iterator[Record | Unreadable] | None:
        self._begin("fetch_open")
        if self.delta:
            return None
        closed = [stage.key for stage in self.lists.stages if stage.state is not State.OPEN]
        return self._listing(self._rows(lambda row: row.values.get(STAGE) not in closed))

    def fetch_ids(self) -> frozenset[str]:
        self._begin("fetch_ids")
        return frozenset(row.id for row in self._listing(self._rows()))

    def fetch_delta(self, cursor: str | None) -> Delta | None:
        self._begin("fetch_delta")
        if not self.delta:
            return None
        with self._lock:
            since = self._change if cursor is None else int(cursor)
            ids = [key for key, change in sorted(self._changed.items(), key=itemgetter(1)) if change > since]
            return Delta(tuple(self._row(record_id) for record_id in ids), str(self._change))

    def fetch_record(self, record_id: str) -> Record | Unreadable | None:
        self._begin("fetch_record")
        with self._lock:
            return self._row(record_id) if record_id in self.records else None

    def fetch_records_of_company(self, company_id: str) -> tuple[Record | Unreadable, ...]:
        self._begin("fetch_records_of_company")
        with self._lock:
            return tuple(self._row(record.id) for record in self._of_company(company_id))

    def find_stamped(self, stamp: str, since: datetime) -> tuple[Record, ...]:
        self._begin("find_stamped")
        with self._lock:
            found = (record for record in self.records.values() if record.stamp == stamp)
            return tuple(record for record in found if record.created_at and record.created_at >= since)

    def fetch_companies(self) -> Iterator[Company]:
        self._begin("fetch_companies")
        with self._lock:
            rows = [self._companies[company_id] for company_id in sorted(self._companies, key=int)]
        yield from self._listing(rows)

    def fetch_company(self, company_id: str) -> Company | None:
        self._begin("fetch_company")
        with self._lock:
            return self._companies.get(company_id)

    def fetch_persons(self, company_id: str) -> tuple[Person, ...]:
        self._begin("fetch_persons")
        with self._lock:
            found = (person for person in self.persons.values() if person.company_id == company_id)
            return tuple(sorted(found, key=lambda person: int(person.id)))

    def fetch_company_card(self, company_id: str, limit: int) -> CompanyCard | None:
        self._begin("fetch_company_card")
        with self._lock:
            company = self._companies.get(company_id)
            rows = self._of_company(company_id)
        if company is None:
            return None
        return CompanyCard(company, tuple(f"{row.id} {row.values[TITLE]}" for row in rows[::-1][:limit]))

    def check_create(self, values: Values) -> dict[str, str]:
        self._begin("check_create")
        return {} if values.get(TITLE) else {TITLE: "a title is needed"}

    # writes of the port

    def create_record(self, values: Values, stamp: str) -> Record:
        self._begin("create_record")
        if not values.get(TITLE):
            raise RecordRefused(f"{self.side.label} refused a record without a title", {TITLE: "needed"})
        record = self._insert(values, stamp)
        self._wrote("create_record")
        return record

    def update_record(self, record_id: str, expected: Values, changes: Values) -> Record:
        self._begin("update_record")
        with self._lock:
            if record_id not in self.records:
                raise RecordGone(f"{self.side.label} record {record_id} does not exist")
            self._compare(record_id, expected)
            self._refuse_locked(record_id, changes)
            record = self._store(record_id, changes)
        self._wrote("update_record")
        return record

    def delete_record(self, record_id: str, expected: Values) -> None:
        self._begin("delete_record")
        with self._lock:
            if record_id not in self.records:
                return
            self._compare(record_id, expected)
            self._remove(record_id)
        self._wrote("delete_record")

    def create_company(self, company: Company) -> Company:
        self._begin("create_company")
        with self._lock:
            new_id = str(max((int(key) for key in self._companies), default=0) + 1)
            made = replace(company, side=self.side, id=new_id, partner_id=company.id)
            self._companies[new_id] = made
        self._wrote("create_company")
        return made

    def close(self) -> None:
        """Nothing is open."""

    # how it is kept

    def _begin(self, name: str) -> None:
        with self._lock:
            self.calls[name] += 1
        self.before_call(name)

    def _wrote(self, name: str) -> None:
        with self._lock:
            self.writes += 1
        self.after_write(name)

    def _insert(self, values: Values, stamp: str | None) -> Record:
        with self._lock:
            record_id = str(self._next_id)
            self._next_id += 1
            blank = Record(self.side, record_id, self._blank(), stamp, created_at=self.clock())
            self.records[record_id] = blank
            return self._store(record_id, values)

    def _store(self, record_id: str, changes: Values) -> Record:
        old = self.records[record_id]
        self._change += 1
        self._changed[record_id] = self._change
        held = self.fit({**old.values, **changes})
        self.records[record_id] = replace(old, values=dict(held), version=str(self._change))
        return self.records[record_id]

    def _remove(self, record_id: str) -> None:
        del self.records[record_id]
        self._changed.pop(record_id, None)

    def _compare(self, record_id: str, expected: Values) -> None:
        held = self.records[record_id].values
        moved = sorted(key for key, value in expected.items() if held.get(key) != value)
        if moved:
            raise Moved(f"{self.side.label} record {record_id} changed in {', '.join(moved)}; plan again")

    def _refuse_locked(self, record_id: str, changes: Values) -> None:
        locked = self.records[record_id].locked
        messages = {key: locked[key] for key in changes if key in locked}
        if messages:
            raise RecordRefused(f"{self.side.label} record {record_id} has locked fields", messages)

    def _of_company(self, company_id: str) -> list[Record]:
        rows = (row for row in self.records.values() if row.values.get(COMPANY) == company_id)
        return sorted(rows, key=lambda row: int(row.id))

    def _row(self, record_id: str) -> Record | Unreadable:
        if record_id in self.unreadable:
            return Unreadable(self.side, record_id, self.unreadable[record_id])
        return self.records[record_id]

    def _rows(self, wanted: Callable[[Record], bool] = bool) -> list[Record | Unreadable]:
        with self._lock:
            return [self._row(key) for key in sorted(self.records, key=int) if wanted(self.records[key])]

    def _listing(self, rows: list[Row]) -> Iterator[Row]:
        yield from rows[:-1] if self.truncate else rows
        if self.truncate:
            raise IncompleteCensus(f"{self.side.label} listing ended early; nothing follows from absence")

    def _blank(self) -> Mapping[str, Value]:
        """What the CRM itself puts into fields that a person leaves alone."""
        filled: dict[str, Value] = {TITLE: "", DESCRIPTION: "", AMOUNT: Decimal(0), PROBABILITY: 0}
        lists: dict[str, tuple[Stage | Choice | User, ...]] = {}
        lists |= {CURRENCY: self.lists.currencies, STAGE: self.lists.stages, OWNER: self.lists.users}
        return dict.fromkeys(FIELDS) | filled | {name: _first_active(rows) for name, rows in lists.items()}


def _first_active(choices: Iterable[Stage | Choice | User]) -> str | None:
    return next((choice.key for choice in choices if choice.active), None)

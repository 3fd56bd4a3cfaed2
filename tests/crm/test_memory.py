"""The memory CRM keeps the contract, and its hooks and switches do what engine tests rely on."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from sync.crm.memory import MemoryCrm
from sync.crm.port import Crm
from sync.domain.model import (
    AMOUNT,
    COMPANY,
    DESCRIPTION,
    FIELDS,
    TITLE,
    Choice,
    Company,
    Lists,
    Person,
    Side,
    Stage,
    State,
    Unreadable,
    User,
    Value,
    Values,
)
from sync.errors import OpsyncError, OutcomeUnknown, RecordRefused, RetryLater
from tests.crm.contract import STAMP, Bench, CrmContract, new_values, read

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
LISTS = Lists(
    stages=(
        Stage("1", "First", State.OPEN, 10),
        Stage("2", "Second", State.OPEN, 20),
        Stage("3", "Won", State.WON, 100),
    ),
    currencies=(Choice("EUR", "EUR"),),
    users=(User("u1", "Kari", "kari", "kari@example.com"), User("u2", "Ole", "ole", None)),
)


def a_memory(side: Side = Side.RIGHT, *, delta: bool = False) -> MemoryCrm:
    companies = [Company(side, "5", "Fjord AS"), Company(side, "12", "Berg AS")]
    return MemoryCrm(side, LISTS, companies, lambda: NOW, delta=delta)


@dataclass
class MemoryBench:
    """Hands of a person in a memory CRM; faults are raised by its hooks."""

    crm: MemoryCrm = field(default_factory=a_memory)

    def user_creates(self, **values: Value) -> str:
        return self.crm.user_creates(**values)

    def user_edits(self, record_id: str, **values: Value) -> None:
        self.crm.user_edits(record_id, **values)

    def user_deletes(self, record_id: str) -> None:
        self.crm.user_deletes(record_id)

    def a_company(self) -> str:
        return "5"

    def an_owner(self) -> str:
        return "u1"

    def other_owner(self) -> str:
        return "u2"

    def a_stage(self) -> str:
        return "1"

    def other_stage(self) -> str:
        return "2"

    def a_currency(self) -> str:
        return "EUR"

    def writes(self) -> int:
        return self.crm.writes

    def lose_next_answer(self) -> None:
        self.crm.after_write = self._lose

    def refuse_next(self) -> None:
        self.crm.before_call = self._refuse

    def fail_next_reads(self, n: int) -> None:
        """Memory has no network that could fail for a moment."""

    def truncate_listing(self) -> None:
        self.crm.truncate = True

    def _lose(self, name: str) -> None:
        self.crm.after_write = lambda _name: None
        raise OutcomeUnknown(f"the answer of {name} was lost")

    def _refuse(self, name: str) -> None:
        self.crm.before_call = lambda _name: None
        raise RecordRefused(f"{name} was refused", {TITLE: "no"})


class TestMemoryWithoutDelta(CrmContract):
    """A memory CRM as ONLYOFFICE: no delta."""

    @pytest.fixture
    def bench(self) -> Bench:
        return MemoryBench()


class TestMemoryWithDelta(CrmContract):
    """A memory CRM as SuperOffice: with a delta."""

    @pytest.fixture
    def bench(self) -> Bench:
        return MemoryBench(a_memory(Side.LEFT, delta=True))


def test_is_a_crm() -> None:
    """The memory CRM satisfies the port as the type checker sees it."""
    crm: Crm = a_memory()

    assert crm.side is Side.RIGHT


def test_ids_start_where_asked() -> None:
    """Ids count up from `first_id`, so that two instances can be told apart."""
    crm = MemoryCrm(Side.LEFT, LISTS, (), lambda: NOW, first_id=1000)

    assert [crm.user_creates(title="a"), crm.user_creates(title="b")] == ["1000", "1001"]


def test_blank_fields_are_filled() -> None:
    """A person who types only a title gets a record with every field."""
    crm = a_memory()
    record = crm.fetch_record(crm.user_creates(title="Only a title"))

    assert record is not None and not isinstance(record, Unreadable)
    assert set(record.values) == set(FIELDS)
    assert (record.values[AMOUNT], record.values[DESCRIPTION]) == (Decimal(0), "")


def test_fit_limits_what_is_stored() -> None:
    """`fit` makes a lossy side: what is answered and read is what it could hold."""

    def short(values: Values) -> Values:
        return {**values, TITLE: str(values[TITLE])[:4]}

    bench = MemoryBench(replace(a_memory(), fit=short))
    record = bench.crm.create_record(new_values(bench), STAMP)

    assert record.values[TITLE] == "Pump"
    assert read(bench, record.id) == record


def test_hook_before_a_call_raises_once_per_call() -> None:
    """A fault in `before_call` reaches the caller, and nothing is written."""
    bench = MemoryBench()

    def fail(name: str) -> None:
        raise RetryLater(name)

    bench.crm.before_call = fail
    with pytest.raises(RetryLater, match="create_record"):
        bench.crm.create_record(new_values(bench), STAMP)
    assert (bench.crm.writes, bench.crm.records) == (0, {})
    assert bench.crm.calls["create_record"] == 1


def test_people_may_work_inside_a_hook() -> None:
    """A hook can let a person edit between the plan and the write."""
    bench = MemoryBench()
    record_id = bench.user_creates(**new_values(bench, title="Seen"))
    bench.crm.before_call = lambda _name: bench.user_edits(record_id, title="Typed")

    with pytest.raises(OpsyncError, match="title"):
        bench.crm.update_record(record_id, {TITLE: "Seen"}, {TITLE: "Ours"})


def test_unreadable_records_are_said_to_be_so() -> None:
    """A record marked unreadable appears as such in listings and reads."""
    bench = MemoryBench()
    record_id = bench.user_creates(**new_values(bench))
    bench.crm.unreadable[record_id] = "a date that is none"
    expected = Unreadable(Side.RIGHT, record_id, "a date that is none")

    assert list(bench.crm.fetch_census()) == [expected]
    assert bench.crm.fetch_record(record_id) == expected
    assert bench.crm.fetch_records_of_company("5") == (expected,)


def test_locked_fields_are_refused() -> None:
    """A locked field cannot be written, and the refusal says why."""
    bench = MemoryBench()
    record_id = bench.user_creates(**new_values(bench))
    bench.crm.records[record_id] = replace(bench.crm.records[record_id], locked={AMOUNT: "per hour"})

    with pytest.raises(RecordRefused) as refusal:
        bench.crm.update_record(record_id, {}, {AMOUNT: Decimal(1), COMPANY: None})
    assert refusal.value.messages == {AMOUNT: "per hour"}


def test_persons_belong_to_their_company() -> None:
    """People are asked for by company, ids ascending."""
    bench = MemoryBench()
    rows = [
        Person(Side.RIGHT, key, company, f"Person {key}")
        for key, company in (("10", "5"), ("9", "5"), ("7", "12"))
    ]
    bench.crm.persons = {row.id: row for row in rows}

    assert [row.id for row in bench.crm.fetch_persons("5")] == ["9", "10"]
    assert bench.crm.fetch_persons("12") == (rows[2],)

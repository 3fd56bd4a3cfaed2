"""An adapter with the hands of a person beside it, and the values contract tests use; it tests nothing."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Protocol

from sync.crm.port import Crm
from sync.domain.model import (
    AMOUNT,
    COMPANY,
    CURRENCY,
    DESCRIPTION,
    EXPECTED_CLOSE,
    OWNER,
    PROBABILITY,
    STAGE,
    TITLE,
    Company,
    Record,
    Unreadable,
    Value,
)

LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)
FAR_AHEAD = datetime(2199, 1, 1, tzinfo=UTC)
STAMP = "01JD7W8Q2M5Z9K3T"
NOWHERE = "987654321"
LONG_TEXT = "\n".join(f'Line {n}: "quoted", it\'s <b>bold</b> & 100 % Ærø – Привет, 日本' for n in range(40))


class Bench(Protocol):
    """An adapter together with the hands of a person in its CRM; listings span several pages."""

    @property
    def crm(self) -> Crm: ...

    def user_creates(self, **values: Value) -> str:
        """As a person in that CRM, with field constants as keys and the side's own terms; gives the id."""

    def user_edits(self, record_id: str, **values: Value) -> None: ...

    def user_deletes(self, record_id: str) -> None: ...

    def a_company(self) -> str: ...

    def an_owner(self) -> str: ...

    def other_owner(self) -> str: ...

    def a_stage(self) -> str:
        """An open stage."""

    def other_stage(self) -> str:
        """Another open stage."""

    def a_currency(self) -> str: ...

    def writes(self) -> int:
        """Write requests that the server carried out."""

    def lose_next_answer(self) -> None:
        """The next write is carried out and its answer lost."""

    def refuse_next(self) -> None:
        """The next write is refused by the CRM, with a message."""

    def fail_next_reads(self, n: int) -> None:
        """The next `n` reads meet a passing fault."""

    def truncate_listing(self) -> None:
        """From now on a listing gives fewer rows than there are."""


def new_values(bench: Bench, **changes: Value) -> dict[str, Value]:
    """What a create carries, in the side's own terms."""
    values: dict[str, Value] = {
        TITLE: "Pump order 2026",
        DESCRIPTION: "Two pumps",
        AMOUNT: Decimal("125000.50"),
        CURRENCY: bench.a_currency(),
        PROBABILITY: 60,
        STAGE: bench.a_stage(),
        EXPECTED_CLOSE: date(2026, 6, 30),
        OWNER: bench.an_owner(),
        COMPANY: bench.a_company(),
    }
    return values | changes


def read(bench: Bench, record_id: str) -> Record:
    record = bench.crm.fetch_record(record_id)
    assert isinstance(record, Record)
    return record


def ids_of(rows: Iterable[Record | Unreadable | Company]) -> list[str]:
    return [row.id for row in rows]

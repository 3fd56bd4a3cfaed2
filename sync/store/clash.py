"""Says which link already holds a record when a second link claims it; it never repairs anything."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from sqlalchemy import Table, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from sync.domain.model import Side
from sync.errors import RecordTrouble

Row = Mapping[str, object]


@contextmanager
def refuse_clashes(connection: Connection, table: Table, rows: Sequence[Row]) -> Iterator[None]:
    """Write `rows` to `table` inside; a clash undoes just that and raises `RecordTrouble`."""
    try:
        with connection.begin_nested():
            yield
    except IntegrityError as error:
        raise RecordTrouble(_describe(connection, table, rows)) from error


def _describe(connection: Connection, table: Table, rows: Sequence[Row]) -> str:
    for row in rows:
        for side in Side:
            holder = _find_holder(connection, table, side, row)
            if holder is not None:
                held = f"{side.label} {row[f'{side}_id']} already belongs to link {holder}"
                return f"{held}, so link {row['id']} was not saved: remove one of the two links"
    named = ", ".join(str(row["id"]) for row in rows[:3])
    return f"link {named} was not saved: its id is in use, it has no record, or two of a batch share one"


def _find_holder(connection: Connection, table: Table, side: Side, row: Row) -> str | None:
    held = table.c[f"{side}_id"] == row[f"{side}_id"]
    holder: str | None = connection.scalar(select(table.c.id).where(held, table.c.id != row["id"]))
    return holder

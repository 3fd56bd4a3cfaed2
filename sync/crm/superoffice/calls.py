"""What the product asks of either family of SuperOffice's routes; it says nothing about the routes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from sync.crm.http import Answer
from sync.crm.superoffice.change import Look
from sync.crm.superoffice.entity import Members

Kind = Literal["Sale", "Contact"]
Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Query:
    """One page of a listing; `order` names a column, with ` desc` to turn it round."""

    kind: Kind
    columns: Sequence[str]
    conditions: Sequence[str]
    order: str
    size: int


class Calls(Protocol):
    """The calls that REST and the agents spell differently. An entity that is missing is None."""

    has_update_times: bool
    """Whether rows tell update times in a known zone."""

    def find(self, kind: Kind, key: int) -> Answer | None:
        """With dates in UTC."""

    def bare(self, kind: Kind, key: int) -> Mapping[str, object]:
        """An entity with dates as a save wants them; `RecordGone` when it is missing."""

    def default(self, kind: Kind) -> Mapping[str, object]: ...

    def validate(self, kind: Kind, entity: Members) -> dict[str, str]:
        """Messages by field."""

    def create(self, kind: Kind, entity: Members) -> Answer: ...

    def change(
        self, look: Look, members: Members, guard: Mapping[str, str], same: Callable[[object], None]
    ) -> Answer:
        """Changes `members` of the sale that was looked at. A family without guards reads the sale once more,
        and `same` raises `Moved` when that is another one."""

    def swap(self, sale_id: int, before: Members, after: Members) -> Answer | None:
        """Replaces `before` by `after` without a look, `Moved` if the sale holds something else; None in a
        family that cannot compare."""

    def delete(self, sale_id: int, guard: Mapping[str, str]) -> None: ...

    def page(self, query: Query) -> list[Row]: ...

    def items(self, name: str) -> list[object]:
        """Items of a list, deleted ones included."""

    def choices(self, name: str) -> list[object]:
        """Items of a drop-down list; none for a list that does not exist."""

    def fields(self) -> list[object]:
        """Definitions of the custom fields of sales, as FieldInfo tells them."""

    def layout(self) -> list[object]:
        """The same as their published layout tells them."""

    def persons(self, contact_id: int) -> list[Row]:
        """Rows or entities of a company's persons."""

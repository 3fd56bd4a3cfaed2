"""Turns a parsed filter into a test on rows, refusing what the archive refuses; it runs no query."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from sync.sandbox.superoffice.carriers import View
from sync.sandbox.superoffice.columns import Column
from sync.sandbox.superoffice.terms import Condition, Group, Term
from sync.sandbox.superoffice.zone import BASE
from sync.sandbox.wire import JsonValue

Row = TypeVar("Row")
Test = Callable[[JsonValue], bool]

# superoffice.md 6.2 and superoffice-archive-columns.json (seen 2026-11-22)
_NUMBERS: dict[str, Callable[[float, float], bool]] = {
    **dict.fromkeys(("eq", "=", "equals"), lambda value, wanted: value == wanted),
    **dict.fromkeys(("ne", "unequals"), lambda value, wanted: value != wanted),
    **dict.fromkeys(("lt", "less"), lambda value, wanted: value < wanted),
    **dict.fromkeys(("gt", "greater"), lambda value, wanted: value > wanted),
    "le": lambda value, wanted: value <= wanted,
    "ge": lambda value, wanted: value >= wanted,
}
_STRINGS: dict[str, Callable[[str, str], bool]] = {
    "begins": lambda value, wanted: value.startswith(wanted),
    "ends": lambda value, wanted: value.endswith(wanted),
    "contains": lambda value, wanted: wanted in value,
    **dict.fromkeys(("is", "eq", "=", "equals"), lambda value, wanted: value == wanted),
    "notbegins": lambda value, wanted: not value.startswith(wanted),
    "notcontains": lambda value, wanted: wanted not in value,
    **dict.fromkeys(("isnot", "ne", "unequals"), lambda value, wanted: value != wanted),
}


@dataclass(frozen=True, slots=True)
class Filters(Generic[Row]):
    """Compiles conditions against one archive's columns for one request."""

    view: View
    columns: Mapping[str, Column[Row]]
    caller_id: int

    def compiled(self, term: Term) -> Callable[[Row], bool]:
        if isinstance(term, Group):
            parts = [self.compiled(part) for part in term.terms]
            if term.joint == "and":
                return lambda row: all(part(row) for part in parts)
            return lambda row: any(part(row) for part in parts)
        return self._condition(term)

    def _condition(self, condition: Condition) -> Callable[[Row], bool]:
        if condition.column.lower() in {"getallrows", "getnorows"}:
            wanted = condition.column.lower() == "getallrows"
            return lambda _row: wanted
        column = self._column(condition.column)
        test, raw, view = self._test(column.kind, condition), column.raw, self.view
        return lambda row: test(raw(view, row))

    def _column(self, name: str) -> Column[Row]:
        found = {known.lower(): column for known, column in self.columns.items()}.get(name.lower())
        if found is None:
            raise ValueError(f"unknown column {name!r}")
        return found

    def _test(self, kind: str | None, condition: Condition) -> Test:
        match kind:
            case "int" | "decimal":
                return self._number(condition)
            case "string":
                return _string(condition)
            case "list":
                return _listed(condition)
            case "associate":
                return self._associate(condition)
            case "bool":
                return _flag(condition)
            case "date":
                return self._date(condition)
            case "datetime":
                return self._datetime(condition)
            case _:
                # superoffice.md 6.4 (seen 2026-11-22): stageId and saleTypeId can only be selected
                raise ValueError(f"column {condition.column!r} cannot be restricted")

    def _number(self, condition: Condition) -> Test:
        operator, values = condition.operator, [float(value) for value in condition.values]
        if operator in {"ge", "le"} and not self.view.store.switches.on("allow_ge_le"):
            # superoffice.md 6.2 (seen 2026-11-22): the vendor's own collection marks both as failing
            raise ValueError(f"operator {operator!r} is not supported")
        if operator == "between":
            return lambda value: values[0] <= value <= values[1]
        if operator == "in":
            chosen = frozenset(values)
            return lambda value: value in chosen
        compare = _known(_NUMBERS, condition)
        return lambda value: compare(value or 0, values[0])

    def _associate(self, condition: Condition) -> Test:
        if condition.operator == "currentassociate":
            return lambda value: bool(value == self.caller_id)
        names = {"associateisoneof": "oneof", "associateisnotoneof": "notoneof"}
        if condition.operator not in names:
            raise _unsupported(condition)
        return _listed(Condition(condition.column, names[condition.operator], condition.values))

    def _date(self, condition: Condition) -> Test:
        operator = condition.operator
        if operator in {"aftertime", "beforetime", "datetime"}:
            return self._exact(condition)
        if operator == "today":
            return self._days("date", [self._local(self.view.store.now())])
        return self._days(operator, [self._literal(value) for value in condition.values])

    def _exact(self, condition: Condition) -> Test:
        """To the second, or cut to the day: which one is true is open (superoffice.md 6.2, 15.1)."""
        names = {"aftertime": "after", "beforetime": "before", "datetime": "date"}
        wanted = self._literal(condition.values[0])
        if not self.view.store.switches.on("exact_times"):
            return self._days(names[condition.operator], [wanted])
        return self._datetime(condition)

    def _datetime(self, condition: Condition) -> Test:
        """A column of the database itself, seconds and all: superoffice.md 6.2, 6.5."""
        if condition.operator not in {"aftertime", "beforetime", "datetime"}:
            return self._days(condition.operator, [self._literal(value) for value in condition.values])
        wanted = self._literal(condition.values[0])
        compare: Callable[[datetime], bool] = {
            "aftertime": lambda at: at >= wanted,
            "beforetime": lambda at: at < wanted,
            "datetime": lambda at: at == wanted,
        }[condition.operator]
        return lambda value: bool(value) and compare(self._local(value))

    def _days(self, operator: str, moments: list[datetime]) -> Test:
        """Day precision is the definition of a date column: superoffice.md 6.2."""
        day, end = moments[0].date(), moments[-1].date() + timedelta(days=1)
        tests: dict[str, Callable[[datetime], bool]] = {
            "before": lambda at: at.date() < day,
            "beforeorequal": lambda at: at.date() <= day,
            "after": lambda at: at.date() >= day,
            "date": lambda at: at.date() == day,
            "between": lambda at: day <= at.date() < end,
            "datebetween": lambda at: day <= at.date() < end,
        }
        if operator not in tests:
            raise ValueError(f"operator {operator!r} is not supported on a date")
        return lambda value: bool(value) and tests[operator](self._local(value))

    def _local(self, value: datetime) -> datetime:
        return value.astimezone(BASE).replace(tzinfo=None) if value.tzinfo else value

    def _literal(self, text: str) -> datetime:
        """A bare literal is in the request's zone (superoffice.md 6.2 [I]); the tenant's time comes out."""
        instant = self.view.zone.read_instant(text)
        if instant is None:
            return datetime.fromisoformat("0001-01-01")
        return self._local(instant)


def _string(condition: Condition) -> Test:
    wanted = [value.casefold() for value in condition.values]
    if condition.operator == "in":
        return lambda value: str(value).casefold() in wanted
    compare = _known(_STRINGS, condition)
    return lambda value: compare(str(value).casefold(), wanted[0])


def _listed(condition: Condition) -> Test:
    chosen = frozenset(int(value) for value in condition.values)
    if condition.operator in {"oneof", "equals", "in"}:
        return lambda value: int(value or 0) in chosen
    if condition.operator == "notoneof":
        return lambda value: int(value or 0) not in chosen
    raise _unsupported(condition)


def _flag(condition: Condition) -> Test:
    if condition.operator not in {"set", "=", "eq"}:
        raise _unsupported(condition)
    wanted = condition.values[0].lower() in {"1", "true"}
    return lambda value: bool(value) is wanted


def _known(table: Mapping[str, Callable[..., bool]], condition: Condition) -> Callable[..., bool]:
    if condition.operator not in table:
        raise _unsupported(condition)
    return table[condition.operator]


def _unsupported(condition: Condition) -> ValueError:
    return ValueError(f"operator {condition.operator!r} is not supported on {condition.column!r}")

"""Custom fields: which definition a configured name means, and their values as text; it sends nothing."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from json import loads
from typing import NoReturn

from sync.crm.onlyoffice.description import storable
from sync.crm.onlyoffice.options import CustomField, OnlyOfficeOptions
from sync.crm.onlyoffice.wire import FieldValue
from sync.domain.model import CUSTOM, Choice, CustomFieldInfo, FieldKind, Value
from sync.errors import Misconfigured

# 4 is a heading and holds no value.  onlyoffice.md 4.9 (seen 2026-11-22)
_KINDS = {
    0: FieldKind.TEXT,
    1: FieldKind.TEXT,
    2: FieldKind.LIST,
    3: FieldKind.CHECKBOX,
    5: FieldKind.DATE,
}


@dataclass(frozen=True, slots=True)
class OpportunityFields:
    """Configured fields with their definition ids; `custom` is keyed by `custom:<name>`."""

    stamp: int | None
    number: int | None
    custom: Mapping[str, tuple[int, FieldKind]]


@dataclass(frozen=True, slots=True)
class CompanyFields:
    """Definition ids of the company fields that matching uses."""

    org_number: int | None
    partner: int | None


class _Finder:
    """Looks configured fields up and gathers what it cannot find."""

    def __init__(self, definitions: Iterable[FieldValue], owner: str) -> None:
        self._definitions = tuple(definitions)
        self._owner = owner
        self.problems: list[str] = []

    def find(self, key: str) -> int | None:
        """Definition id of a field named by id or label; None for "" and for what is missing."""
        if not key:
            return None
        named = [row.id for row in self._definitions if key in (str(row.id), row.label)]
        if len(named) != 1:
            how = "several" if named else "no"
            self.problems.append(f"ONLYOFFICE has {how} {self._owner} custom fields named {key!r}")
        return named[0] if len(named) == 1 else None


def opportunity_fields(definitions: Iterable[FieldValue], options: OnlyOfficeOptions) -> OpportunityFields:
    finder = _Finder(definitions, "opportunity")
    stamp, number = finder.find(options.stamp_field), finder.find(options.number_field)
    found = {name: (finder.find(field.key), field) for name, field in options.custom_fields.items()}
    if finder.problems:
        raise Misconfigured(finder.problems)
    return OpportunityFields(stamp, number, _by_name(found))


def _by_name(found: Mapping[str, tuple[int | None, CustomField]]) -> dict[str, tuple[int, FieldKind]]:
    return {f"{CUSTOM}{name}": (key, field.kind) for name, (key, field) in found.items() if key is not None}


def company_fields(definitions: Iterable[FieldValue], options: OnlyOfficeOptions) -> CompanyFields:
    finder = _Finder(definitions, "company")
    fields = CompanyFields(finder.find(options.org_number_field), finder.find(options.partner_field))
    if finder.problems:
        raise Misconfigured(finder.problems)
    return fields


def described(definition: FieldValue) -> CustomFieldInfo | None:
    """A definition for people to choose from; None for a heading."""
    kind = _KINDS.get(definition.field_type)
    if kind is None:
        return None
    options = _options(definition.mask) if kind is FieldKind.LIST else ()
    return CustomFieldInfo(str(definition.id), definition.label, kind, options)


def _options(mask: str) -> tuple[Choice, ...]:
    """The mask of a select box is a JSON array of its option texts."""
    try:
        items = loads(mask)
    except ValueError:
        return ()
    return tuple(Choice(str(item), str(item)) for item in items) if isinstance(items, list) else ()


def from_text(kind: FieldKind, text: str) -> Value:
    """The value of a field, whose text is whatever somebody typed; ValueError when it is no such value."""
    # Blank values are not sent, definitions show a space.  onlyoffice.md 4.9 (seen 2026-11-22)
    return _READERS[kind](text.strip())


def to_text(value: Value) -> str:
    """Text to store; "" clears."""
    match value:
        case None | False:
            return ""
        case True:
            return "true"
        case Decimal():
            return format(value, "f")
        case date():
            return value.isoformat()
        case _:
            return storable(str(value)).strip()


def _checkbox(text: str) -> bool:
    # The browser writes "true", and nothing when off.  onlyoffice.md 4.9 (seen 2026-11-22)
    known = {"true": True, "1": True, "": False, "false": False, "0": False}
    return known[text.lower()] if text.lower() in known else _refuse("a check box")


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text) if text else None
    except InvalidOperation:
        return _refuse("a number")
    return number if number is None or number.is_finite() else _refuse("a number")


def _date(text: str) -> date | None:
    """ISO as we write it, or day.month.year; a browser writes its portal's pattern, and slashes mean nothing
    certain."""
    parts = text.split(".")
    iso = "-".join(part.zfill(2) for part in reversed(parts)) if len(parts) == 3 else text[:10]
    try:
        return date.fromisoformat(iso) if text else None
    except ValueError:
        return _refuse("a date like 2026-06-30")


def _refuse(expected: str) -> NoReturn:
    raise ValueError(f"not {expected}")


_READERS: Mapping[FieldKind, Callable[[str], Value]] = {
    FieldKind.TEXT: str,
    FieldKind.NUMBER: _number,
    FieldKind.DATE: _date,
    FieldKind.CHECKBOX: _checkbox,
    FieldKind.LIST: lambda text: text or None,
}

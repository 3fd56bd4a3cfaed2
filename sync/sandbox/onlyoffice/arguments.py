"""Binds path, query and body values to typed parameters as the portal does; it must not know any call."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import IntEnum
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from sync.sandbox.onlyoffice import moments
from sync.sandbox.onlyoffice.failures import bad_argument, bad_format, too_large

Values = Mapping[str, Sequence[str]]
T = TypeVar("T")

ZERO_GUID = "00000000-0000-0000-0000-000000000000"
_INTEGER = re.compile(r"\s*[+-]?\d+\s*")
_DECIMAL = re.compile(r"\s*[+-]?(\d[\d,]*\.?\d*|\.\d+)(e[+-]?\d{1,3})?\s*", re.IGNORECASE)
_MAX_DECIMAL = Decimal(79228162514264337593543950335)  # largest .NET decimal
_GUID = re.compile(r"\{?[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}\}?", re.IGNORECASE)


class Arguments:
    """The values of one request; names match in any letter case, the first source holding a name wins."""

    # Path, then query, then body.  onlyoffice.md 3.5 (seen 2026-11-22)
    def __init__(self, *, path: Mapping[str, str], query: Values, body: Values, zone: ZoneInfo) -> None:
        self._sources: tuple[Values, ...] = ({k.lower(): [v] for k, v in path.items()}, query, body)
        self.query = query
        self._zone = zone

    def text(self, name: str) -> str | None:
        """None when missing; several values of one name are joined by commas, as .NET collections do."""
        for source in self._sources:
            if name.lower() in source:
                return ",".join(source[name.lower()])
        return None

    def _converted(self, name: str, convert: Callable[[str], T]) -> T | None:
        text = self.text(name)
        # An empty string or null for anything but a string is "missing".  onlyoffice.md 3.5
        return convert(text) if text else None

    def integer(self, name: str) -> int:
        return self._converted(name, to_integer) or 0

    def decimal(self, name: str) -> Decimal:
        return self._converted(name, to_decimal) or Decimal(0)

    def flag(self, name: str) -> bool:
        return bool(self.optional_flag(name))

    def optional_flag(self, name: str) -> bool | None:
        return self._converted(name, to_flag)

    def guid(self, name: str) -> str:
        return self._converted(name, to_guid) or ZERO_GUID

    def moment(self, name: str) -> datetime | None:
        return self._converted(name, lambda text: moments.from_wire(text, self._zone))

    def choice(self, name: str, kind: type[IntEnum]) -> int | None:
        return self._converted(name, lambda text: to_choice(text, kind))

    def texts(self, name: str) -> list[str]:
        """A list given as `name`, `name[]` or `name[0]`; objects in it are not seen at all."""
        # onlyoffice.md 3.5 "Lists" (seen 2026-11-22)
        pattern = re.compile(rf"{re.escape(name.lower())}(\[\d*\])?")
        for source in self._sources:
            found = [v for key, values in source.items() if pattern.fullmatch(key) for v in values]
            if found:
                return found
        return []

    def integers(self, name: str) -> list[int]:
        return [to_integer(text) for text in self.texts(name) if text]

    def guids(self, name: str) -> list[str]:
        return [to_guid(text) for text in self.texts(name) if text]

    def pairs(self, name: str) -> list[tuple[int, str]]:
        """`name[0][key]` and `name[0][value]`; keys doubled in another letter case have become `7,7`."""
        pattern = re.compile(rf"{re.escape(name.lower())}\[(\d+)\]\[?\.?(key|value)\]?")
        for source in self._sources:
            rows: dict[int, dict[str, str]] = {}
            for key, values in source.items():
                if match := pattern.fullmatch(key):
                    rows.setdefault(int(match[1]), {})[match[2]] = ",".join(values)
            if rows:
                return [_pair(rows[index]) for index in sorted(rows)]
        return []


def _pair(row: Mapping[str, str]) -> tuple[int, str]:
    key = row.get("key")
    return (to_integer(key) if key else 0), row.get("value", "")


def to_integer(text: str) -> int:
    if _INTEGER.fullmatch(text) is None:
        raise bad_format()
    value = int(text)
    if not -(2**31) <= value < 2**31:
        raise too_large("an Int32")
    return value


def to_decimal(text: str) -> Decimal:
    if _DECIMAL.fullmatch(text) is None:
        raise bad_format()
    try:
        value = Decimal(text.strip().replace(",", ""))
    except InvalidOperation as error:
        raise bad_format() from error
    if abs(value) > _MAX_DECIMAL:
        raise too_large("a Decimal")
    return value


def to_flag(text: str) -> bool:
    word = text.strip().lower()
    if word not in ("true", "false"):
        raise bad_format("String was not recognized as a valid Boolean.")
    return word == "true"


def to_guid(text: str) -> str:
    if _GUID.fullmatch(text.strip()) is None:
        raise bad_format(
            "Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx)."
        )
    return str(UUID(text.strip()))


def to_choice(text: str, kind: type[IntEnum]) -> int:
    """Number or name in any letter case; a number outside the enumeration is taken as it is."""
    # onlyoffice.md 3.5 (seen 2026-11-22)
    if _INTEGER.fullmatch(text):
        return to_integer(text)
    for member in kind:
        if member.name.replace("_", "").lower() == text.strip().lower():
            return member.value
    raise bad_argument(f"Requested value '{text}' was not found.")

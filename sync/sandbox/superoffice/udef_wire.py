"""Writes user-defined values into the two buckets of a carrier; it must not read what a client sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sync.sandbox.superoffice.doubles import shortest
from sync.sandbox.superoffice.udef import DAMAGED, MOMENTS, Field, Plain, fields_of
from sync.sandbox.switches import Switches

_YEAR_ONE = "01/01/0001 00:00:00.0000000"


@dataclass(frozen=True, slots=True)
class Buckets:
    """How one tenant shows custom fields to one request; `name_of` gives the text of a list item or id."""

    switches: Switches
    language: str
    name_of: Callable[[Field, int], str]

    def custom(self, values: Mapping[str, Plain]) -> dict[str, str] | None:
        """CustomFields, with companion keys; old servers leave it empty."""
        style = self.switches.get("custom_buckets")
        if style != "both":
            return None if style == "null" else {}
        bucket: dict[str, str] = {}
        for field in fields_of(self.switches):
            text = self._encoded(field, values, legacy=False)
            bucket |= {field.prog_id: text, f"{field.prog_id}:org": text}
            bucket |= self._companions(field, values.get(field.prog_id))
        return bucket

    def legacy(self, values: Mapping[str, Plain]) -> dict[str, str]:
        """The deprecated UserDefinedFields, which has no extra columns and its own dates and checkboxes."""
        bucket: dict[str, str] = {}
        for field in fields_of(self.switches):
            if field.number:
                bucket[field.prog_id] = self._encoded(field, values, legacy=True)
                bucket |= self._companions(field, values.get(field.prog_id))
        return bucket

    def columns(self, values: Mapping[str, Plain]) -> dict[str, str]:
        """ExtraFields: the extra columns alone."""
        fields = [field for field in fields_of(self.switches) if not field.number]
        return {field.prog_id: self._encoded(field, values, legacy=False) for field in fields}

    def _encoded(self, field: Field, values: Mapping[str, Plain], *, legacy: bool) -> str:
        if field.kind in DAMAGED and self.switches.on("malformed_udef"):
            return DAMAGED[field.kind]
        short = self.switches.get("legacy_dates") == "day"
        return encode(field.kind, values.get(field.prog_id), legacy=legacy, short_dates=short)

    def _companions(self, field: Field, value: Plain | None) -> dict[str, str]:
        key = field.prog_id
        if field.kind == "Checkbox":
            # superoffice.md 4.7: resource labels stay untranslated without a language header
            label = ("Yes" if value else "No") if self.language else ("[SR_YES]" if value else "[SR_NO]")
        elif field.kind in {"List", "Relation"}:
            label = self.name_of(field, int(_number(value)))
        else:
            return {}
        return {f"{key}:DisplayText": label, f"{key}:DisplayTooltip": ""}


def encode(kind: str, value: Plain | None, *, legacy: bool, short_dates: bool = False) -> str:
    # superoffice.md 4.7 (seen 2026-11-22)
    if kind in MOMENTS:
        return _moment(value, legacy=legacy, short=legacy and short_dates)
    match kind:
        case "Number" | "List" | "Relation":
            return f"[I:{int(_number(value))}]"
        case "Decimal":
            return f"[F:{shortest(_number(value)).removesuffix('.0')}]"
        case "Checkbox":
            return str(bool(value)) if legacy else f"[I:{int(bool(value))}]"
        case _:
            return str(value or "")


def _moment(value: Plain | None, *, legacy: bool, short: bool) -> str:
    text = _YEAR_ONE
    if isinstance(value, datetime):
        text = f"{value:%m/%d/}{value.year:04d} {value:%H:%M:%S}.0000000"
    return f"[{'D' if legacy else 'DT'}:{text.split()[0] if short else text}]"


def _number(value: Plain | None) -> float:
    return float(value) if isinstance(value, int | float) else 0.0

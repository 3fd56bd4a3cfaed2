"""User-defined fields of a sale: their definitions and how sent values are read; it writes nothing out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sync.sandbox.switches import Switches
from sync.sandbox.wire import JsonObject, JsonValue

Plain = str | int | float | bool | datetime


@dataclass(frozen=True, slots=True)
class Field:
    """One user-defined field; `kind` is the vendor's udef type, `number` 0 marks an extra column."""

    prog_id: str
    label: str
    kind: str
    number: int
    length: int = 0
    mdo_list: str = ""
    info_type: str = "ShortText"


# superoffice.md 4.7 (seen 2026-11-22): numbered keys, ProgIds like GUIDs, and extra columns named x_...
FIELDS: tuple[Field, ...] = (
    Field("SuperOffice:1", "Opsync link", "ShortText", 1, 40),
    Field("SuperOffice:2", "Reference", "ShortText", 2, 199),
    Field("SuperOffice:3", "Seats", "Number", 3, info_type="Integer"),
    Field("SuperOffice:4", "Go-live", "Date", 4, info_type="Date"),
    Field("SuperOffice:6", "Framework deal", "Checkbox", 6, info_type="Checkbox"),
    Field("SuperOffice:7", "Region", "List", 7, mdo_list="udregion", info_type="MdoList"),
    Field("SuperOffice:8", "Discount", "Decimal", 8, info_type="Decimal"),
    Field("SuperOffice:9", "Delivery notes", "LongText", 9, 1999, info_type="LongText"),
    Field("b7d0f6c2-4a3e-4f61-9c55-0d7f3a1e8c21", "Contract number", "ShortText", 10, 40),
    Field("x_signed_at", "Signed at", "DateTime", 0, info_type="DateTime"),
    Field("x_call_time", "Best time to call", "Time", 0, info_type="Time"),
    Field("x_partner", "Partner", "Relation", 0, info_type="RelationTo"),
)
BY_ID = {field.prog_id: field for field in FIELDS}
TEXTS = ("ShortText", "LongText")
MOMENTS = ("Date", "DateTime", "Time")
TIME_DAY = "1760-01-01"  # the day the vendor gives a time of day: superoffice.md 4.7

# superoffice.md 4.7 (seen 2026-11-22): companions of a value, never values themselves
COMPANIONS = (":DisplayText", ":DisplayTooltip", ":org")
_EMPTY: dict[str, Plain] = {
    **dict.fromkeys(TEXTS, ""),
    "Number": 0,
    "Decimal": 0.0,
    "Checkbox": False,
    "List": 0,
    "Relation": 0,
}
_CODED = re.compile(r"\[(?P<code>[A-Z]+):(?P<value>.*)\]\Z", re.DOTALL)
_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: (\d{2}):(\d{2}):(\d{2})(?:\.\d+)?)?\Z")


def fields_of(switches: Switches) -> tuple[Field, ...]:
    """The fields this tenant has."""
    missing = switches.get("missing_fields")
    return tuple(field for field in FIELDS if field.prog_id not in missing) if missing else FIELDS


def decode(field: Field, raw: JsonValue) -> Plain | None:
    """Reads an encoded or a plain value; ValueError when it does not fit the field."""
    text = "" if raw is None else str(raw)
    coded = _CODED.match(text)
    text = coded["value"] if coded and field.kind not in TEXTS else text
    match field.kind:
        case "Number" | "List" | "Relation":
            return int(float(text or 0))
        case "Decimal":
            return float(text or 0)
        case "Checkbox":
            return text.strip().lower() in {"1", "true", "yes"}
        case "Date" | "DateTime" | "Time":
            return _read_moment(field, text)
        case _:
            return _short(field, text)


# What a tenant with damaged values answers: superoffice.md 4.7 (seen 2026-11-22), reported from the wild
DAMAGED = {"Number": "[I:]", "Date": "[D:31.12.2026]", "Decimal": "[F:4,5,6]", "DateTime": "[DT:soon]"}


def merged(
    before: Mapping[str, Plain], bucket: Mapping[str, JsonValue], fields: tuple[Field, ...] = FIELDS
) -> dict[str, Plain]:
    """`before` with the mentioned keys changed; companions are ignored, unknown keys refused.

    A damaged value that comes back as it was shown was not edited: superoffice.md 4.7 [I]."""
    values, known = dict(before), {field.prog_id: field for field in fields}
    for key, raw in bucket.items():
        if key.endswith(COMPANIONS):
            continue
        if key not in known:
            raise ValueError(f"unknown custom field {key!r}")
        if raw != DAMAGED.get(known[key].kind):
            _put(values, known[key], raw)
    return values


def sent(entity: JsonObject, *, org_decides: bool) -> dict[str, JsonValue]:
    """The one bucket that counts: CustomFields before UserDefinedFields before extra columns.

    A value that equals its `:org` was not edited, so an extra column wins over it, and so does
    UserDefinedFields when `org_decides`: superoffice.md 4.7 [I].
    """
    custom = dict(entity.get("CustomFields") or {})
    legacy = dict(entity.get("UserDefinedFields") or {})
    extra = {key: value for key, value in (entity.get("ExtraFields") or {}).items() if key.startswith("x_")}
    untouched = {key for key in custom if f"{key}:org" in custom and custom[key] == custom[f"{key}:org"]}
    result = {**legacy, **extra, **custom}
    for key in untouched & (extra.keys() | (legacy.keys() if org_decides else set())):
        result[key] = extra.get(key, legacy.get(key))
    return result


def _put(values: dict[str, Plain], field: Field, raw: JsonValue) -> None:
    plain = decode(field, raw)
    if plain is None or plain == _EMPTY.get(field.kind):
        values.pop(field.prog_id, None)
    else:
        values[field.prog_id] = plain


def _read_moment(field: Field, text: str) -> datetime | None:
    if not text:
        return None
    match = _DATE.match(text)
    if match is None:
        return _iso(field, text)
    month, day, year, hour, minute, second = (int(part or 0) for part in match.groups())
    iso = f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}"
    return None if year <= 1 else datetime.fromisoformat(iso)


def _iso(field: Field, text: str) -> datetime:
    bare = f"{TIME_DAY}T{text}" if field.kind == "Time" and "T" not in text else text
    return datetime.fromisoformat(bare).replace(tzinfo=None)


def _short(field: Field, text: str) -> str:
    if len(text) > field.length:
        raise ValueError(f"{field.prog_id} takes {field.length} characters")
    return text

"""User-defined fields of a sale: their definitions and the two ways they are written; it stores nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sync.sandbox.superoffice import lists
from sync.sandbox.wire import JsonObject, JsonValue

Plain = str | int | float | bool | datetime


@dataclass(frozen=True, slots=True)
class Field:
    """One user-defined field; `kind` is the vendor's udef type."""

    prog_id: str
    label: str
    kind: str
    number: int
    length: int = 0
    mdo_list: str = ""
    info_type: str = "ShortText"


FIELDS: tuple[Field, ...] = (
    Field("SuperOffice:1", "Opsync link", "ShortText", 1, 40),
    Field("SuperOffice:2", "Reference", "ShortText", 2, 199),
    Field("SuperOffice:3", "Seats", "Number", 3, info_type="Integer"),
    Field("SuperOffice:4", "Go-live", "Date", 4, info_type="Date"),
    Field("SuperOffice:6", "Framework deal", "Checkbox", 6, info_type="Checkbox"),
    Field("SuperOffice:7", "Region", "List", 7, mdo_list="udregion", info_type="MdoList"),
)
BY_ID = {field.prog_id: field for field in FIELDS}

# superoffice.md 4.7 (seen 2026-11-22): companions of a value, never values themselves
COMPANIONS = (":DisplayText", ":DisplayTooltip", ":org")
_EMPTY: dict[str, Plain] = {"ShortText": "", "Number": 0, "Checkbox": False, "List": 0}
_CODED = re.compile(r"\[(?P<code>[A-Z]+):(?P<value>.*)\]\Z", re.DOTALL)
_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: (\d{2}):(\d{2}):(\d{2})(?:\.\d+)?)?\Z")


def custom_fields(values: Mapping[str, Plain], language: str) -> dict[str, str]:
    """The CustomFields bucket, with the companion keys."""
    bucket: dict[str, str] = {}
    for field in FIELDS:
        text = encode(field.kind, values.get(field.prog_id), bucket="custom")
        bucket[field.prog_id] = text
        bucket[f"{field.prog_id}:org"] = text
        bucket.update(_companions(field, values.get(field.prog_id), language))
    return bucket


def legacy_fields(values: Mapping[str, Plain], language: str) -> dict[str, str]:
    """The deprecated UserDefinedFields bucket, which encodes dates and checkboxes its own way."""
    bucket: dict[str, str] = {}
    for field in FIELDS:
        bucket[field.prog_id] = encode(field.kind, values.get(field.prog_id), bucket="legacy")
        bucket.update(_companions(field, values.get(field.prog_id), language))
    return bucket


def encode(kind: str, value: Plain | None, *, bucket: str) -> str:
    # superoffice.md 4.7 (seen 2026-11-22)
    legacy = bucket == "legacy"
    match kind:
        case "Number" | "List":
            return f"[I:{int(_number(value))}]"
        case "Checkbox":
            return str(bool(value)) if legacy else f"[I:{int(bool(value))}]"
        case "Date":
            return f"[{'D' if legacy else 'DT'}:{_us_date(value)}]"
        case _:
            return str(value or "")


def decode(field: Field, raw: JsonValue) -> Plain | None:
    """Reads an encoded or a plain value; ValueError when it does not fit the field."""
    text = "" if raw is None else str(raw)
    coded = _CODED.match(text)
    text = coded["value"] if coded and field.kind != "ShortText" else text
    match field.kind:
        case "Number" | "List":
            return int(float(text or 0))
        case "Checkbox":
            return text.strip().lower() in {"1", "true", "yes"}
        case "Date":
            return _read_date(text)
        case _:
            return _short(field, text)


def merged(before: Mapping[str, Plain], bucket: Mapping[str, JsonValue]) -> dict[str, Plain]:
    """`before` with the mentioned keys changed; companions are ignored, unknown keys refused."""
    values = dict(before)
    for key, raw in bucket.items():
        if key.endswith(COMPANIONS):
            continue
        if key not in BY_ID:
            raise ValueError(f"unknown custom field {key!r}")
        _put(values, BY_ID[key], raw)
    return values


def _put(values: dict[str, Plain], field: Field, raw: JsonValue) -> None:
    plain = decode(field, raw)
    if plain is None or plain == _EMPTY.get(field.kind):
        values.pop(field.prog_id, None)
    else:
        values[field.prog_id] = plain


def as_published(field: Field) -> JsonObject:
    return {
        "UDefFieldId": 100 + field.number,
        "ProgId": field.prog_id,
        "FieldLabel": field.label,
        "FieldType": field.kind,
        "TextLength": field.length,
        "IsIndexed": field.kind == "ShortText",
        "IsMandatory": False,
        "IsReadOnly": False,
        "MdoListName": field.mdo_list,
        "UDListDefinitionId": field.number if field.mdo_list else 0,
    }


def as_info(field: Field) -> JsonObject:
    return {
        "FieldType": field.info_type,
        "FieldName": field.prog_id,
        "DisplayName": field.label,
        "Description": "",
        "ShortLabel": field.label,
        "HideLabel": False,
        "HideField": False,
        "IsIndexed": field.kind == "ShortText",
        "IsMandatory": False,
        "IsReadOnly": False,
        "IsExternal": False,
        "IsDisplayField": False,
        "Rank": field.number,
        "TemplateVariableName": "",
    }


def _companions(field: Field, value: Plain | None, language: str) -> dict[str, str]:
    key = f"{field.prog_id}:DisplayText"
    if field.kind == "Checkbox":
        # superoffice.md 4.7: resource labels stay untranslated without a language header
        label = ("Yes" if value else "No") if language else ("[SR_YES]" if value else "[SR_NO]")
        return {key: label, f"{field.prog_id}:DisplayTooltip": ""}
    if field.kind == "List":
        text = lists.text_of("Region", int(_number(value)), language)
        return {key: text, f"{field.prog_id}:DisplayTooltip": ""}
    return {}


def _number(value: Plain | None) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _us_date(value: Plain | None) -> str:
    return value.strftime("%m/%d/%Y %H:%M:%S.0000000") if isinstance(value, datetime) else _YEAR_ONE


_YEAR_ONE = "01/01/0001 00:00:00.0000000"


def _read_date(text: str) -> datetime | None:
    if not text:
        return None
    match = _DATE.match(text)
    if match is None:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    month, day, year, hour, minute, second = (int(part or 0) for part in match.groups())
    iso = f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}"
    return None if year <= 1 else datetime.fromisoformat(iso)


def _short(field: Field, text: str) -> str:
    if len(text) > field.length:
        raise ValueError(f"{field.prog_id} takes {field.length} characters")
    return text

"""Values of custom fields between the vendor's text form and ours; knows no field by name."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import assert_never

from sync.crm.superoffice.moment import parse_moment
from sync.domain.model import FieldKind, Value

# Every prefix, with or without time and fraction, and plain values: superoffice.md 4.7 (seen 2026-11-22)
_ENCODED = re.compile(r"\[(?:I|F|M|D|DT|T|TS|B):(?P<content>.*)\]", re.DOTALL)
_MONTH_FIRST = re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})(?: .*)?")
_TRUE = frozenset({"1", "true", "yes"})
# Companion keys of one value: superoffice.md 4.7 (seen 2026-11-22)
COMPANIONS = (":DisplayText", ":DisplayTooltip", ":org")


def plain_text(text: str) -> str:
    """Line ends of one kind only."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def from_custom(kind: FieldKind, raw: object) -> Value:
    """A value from a bucket of custom fields or from an archive cell; ValueError when it is not one."""
    text = "" if raw is None else str(raw)
    match kind:
        case FieldKind.TEXT:
            return plain_text(text)
        case FieldKind.CHECKBOX:
            return _content(text).strip().lower() in _TRUE
        case FieldKind.NUMBER:
            return _number(_content(text))
        case FieldKind.DATE:
            return _date(_content(text))
        case FieldKind.LIST:
            item = _number(_content(text))
            return str(int(item)) if item else None
        case _:
            assert_never(kind)


def to_custom(kind: FieldKind, value: Value) -> str:
    """Text for the CustomFields bucket; an empty value is the vendor's own zero of that type."""
    match kind:
        case FieldKind.TEXT:
            return "" if value is None else str(value)
        case FieldKind.CHECKBOX:
            return f"[I:{int(bool(value))}]"
        case FieldKind.NUMBER:
            # Plain values are accepted, which spares knowing whole from decimal: superoffice.md 3.3
            return format(Decimal(str(value or 0)), "f")
        case FieldKind.DATE:
            day = value if isinstance(value, date) else date(1, 1, 1)
            return f"[DT:{day.month:02}/{day.day:02}/{day.year:04} 00:00:00.0000000]"
        case FieldKind.LIST:
            return f"[I:{int(str(value or 0))}]"
        case _:
            assert_never(kind)


def _content(text: str) -> str:
    match = _ENCODED.fullmatch(text.strip())
    return match["content"] if match else text


def _number(text: str) -> Decimal | None:
    """None for zero too: it is what the server keeps for an empty number, superoffice.md 4.7."""
    try:
        number = Decimal(text.strip() or 0)
    except InvalidOperation as error:
        raise ValueError("a custom number that cannot be read") from error
    return number or None


def _date(text: str) -> date | None:
    """Month first in the buckets, ISO in archive cells; never shifted by a zone: superoffice.md 4.7."""
    match = _MONTH_FIRST.fullmatch(text.strip())
    if match is None:
        moment = parse_moment(text)
        return moment.date() if moment else None
    year = int(match["year"])
    return date(year, int(match["month"]), int(match["day"])) if year > 1 else None

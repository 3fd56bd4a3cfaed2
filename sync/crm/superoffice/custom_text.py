"""Values of custom fields between the vendor's text form and ours; knows no field by name."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import assert_never

from sync.crm.superoffice.bracket import content_of
from sync.crm.superoffice.moment import parse_moment
from sync.domain.model import FieldKind, Value

_TRUE = frozenset({"true", "yes", "[sr_yes]"})
_FALSE = frozenset({"false", "no", "[sr_no]"})
# Companion keys of one value: superoffice.md 4.7 (seen 2026-11-22)
COMPANIONS = (":DisplayText", ":DisplayTooltip", ":org")


def plain_text(text: str) -> str:
    """Line ends of one kind only."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def values_of(bucket: Mapping[str, str]) -> dict[str, str]:
    """A bucket without the companions of its values."""
    return {key: text for key, text in bucket.items() if not key.endswith(COMPANIONS)}


def from_custom(kind: FieldKind, raw: object) -> Value:
    """A value from a bucket of custom fields or from an archive cell; ValueError when it is not one."""
    text = "" if raw is None else str(raw)
    match kind:
        case FieldKind.TEXT:
            return plain_text(text)
        case FieldKind.CHECKBOX:
            return _flag(content_of(text))
        case FieldKind.NUMBER:
            return _number(content_of(text))
        case FieldKind.DATE:
            # A day is never shifted by a zone: superoffice.md 4.7 (seen 2026-11-22)
            moment = parse_moment(text)
            return moment.date() if moment else None
        case FieldKind.LIST:
            item = _number(content_of(text))
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


def to_user_defined(kind: FieldKind, value: Value) -> str:
    """Text for the older UserDefinedFields bucket, which spells two kinds differently: superoffice.md 4.7."""
    if kind is FieldKind.CHECKBOX:
        return str(bool(value))
    text = to_custom(kind, value)
    return text.replace("[DT:", "[D:", 1) if kind is FieldKind.DATE else text


def _flag(content: str) -> bool:
    """A number other than 0 is yes, whatever prefix it came with."""
    text = content.strip().lower()
    try:
        return bool(Decimal(text or 0))
    except InvalidOperation:
        pass
    if text not in _TRUE | _FALSE:
        raise ValueError("a custom checkbox that cannot be read")
    return text in _TRUE


def _number(text: str) -> Decimal | None:
    """None for zero too: it is what the server keeps for an empty number, superoffice.md 4.7."""
    try:
        number = Decimal(text.strip() or 0)
    except InvalidOperation as error:
        raise ValueError("a custom number that cannot be read") from error
    if not number.is_finite():
        raise ValueError("a custom number that is none")
    return number or None

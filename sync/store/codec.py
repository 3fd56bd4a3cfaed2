"""Record values to canonical JSON text and back, without loss; it knows no table."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any  # JSON enters here

from sync.domain.model import Value, Values

Changes = Mapping[str, tuple[Value, Value]]
"""Old and new value by field."""

Marks = Mapping[str, tuple[str | None, str | None]]
"""What is left of pruned changes: the one-way mark of the old and of the new value; None of no value."""

_AMOUNT = "$amount"
_ON = "$on"
_MARK_LENGTH = 32
_NO_VALUE = {float, list, dict, tuple}  # JSON would take these without a word


def dump_values(values: Values) -> str:
    _refuse_no_values(values.values())
    return _dump(dict(values))


def load_values(text: str) -> Values:
    return {name: _from_json(found) for name, found in json.loads(text).items()}


def hash_values(values: Values) -> str:
    """SHA-256 that does not see how many zeros an amount was written with."""
    _refuse_no_values(values.values())
    return hashlib.sha256(_HASHED.encode(dict(values)).encode()).hexdigest()


def dump_value(value: Value) -> str:
    _refuse_no_values([value])
    return _dump(value)


def load_value(text: str) -> Value:
    return _from_json(json.loads(text))


def dump_changes(changes: Changes) -> str:
    for change in changes.values():
        _refuse_no_values(change)
    return _dump(dict(changes))


def load_changes(text: str) -> Changes:
    return {name: (_from_json(old), _from_json(new)) for name, (old, new) in json.loads(text).items()}


def mark_value(key: str, link_id: str, name: str, value: Value) -> str | None:
    """Tells later whether a given value was it, and nothing else; different in every link and field."""
    if value is None:
        return None
    _refuse_no_values([value])
    content = _HASHED.encode(["journal", link_id, name, value])
    return hmac.new(key.encode(), content.encode(), hashlib.sha256).hexdigest()[:_MARK_LENGTH]


def dump_marks(marks: Marks) -> str:
    return _dump(dict(marks))


def load_marks(text: str) -> Marks:
    return {name: (old, new) for name, (old, new) in json.loads(text).items()}


def _dump(content: object) -> str:
    text = _READABLE.encode(content)
    try:
        text.encode()
    except UnicodeEncodeError:  # half a surrogate pair: only the escaped form can be stored
        return _ESCAPED.encode(content)
    return text


def _refuse_no_values(values: Iterable[Value]) -> None:
    if not _NO_VALUE.isdisjoint(map(type, values)):
        raise TypeError(
            "only text, whole numbers, decimals, dates, yes/no and nothing are values of a record"
        )


def _to_json(value: object) -> object:
    """What the encoder does not know by itself."""
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError("an amount must be a finite number")
        return {_AMOUNT: format(value, "f")}
    if isinstance(value, date) and not isinstance(value, datetime):
        return {_ON: value.isoformat()}
    raise TypeError(f"{type(value).__name__} is no value of a record")


def _to_hashed(value: object) -> object:
    return _to_json(_shortened(value) if isinstance(value, Decimal) else value)


def _shortened(amount: Decimal) -> Decimal:
    """The same number without trailing zeros, exact at any length; `normalize` would round."""
    if amount == 0:
        return Decimal(0)
    text = format(amount, "f")
    return Decimal(text.rstrip("0").rstrip(".")) if "." in text else amount


def _from_json(found: Any) -> Value:
    if isinstance(found, dict):
        if _AMOUNT in found:
            return Decimal(found[_AMOUNT])
        return date.fromisoformat(found[_ON])
    plain: str | int | bool | None = found
    return plain


_COMPACT = (",", ":")
_READABLE = json.JSONEncoder(sort_keys=True, separators=_COMPACT, default=_to_json, ensure_ascii=False)
_ESCAPED = json.JSONEncoder(sort_keys=True, separators=_COMPACT, default=_to_json)
_HASHED = json.JSONEncoder(sort_keys=True, separators=_COMPACT, default=_to_hashed)

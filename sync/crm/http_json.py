"""JSON text to and from values without a float on the way; knows nothing of either CRM."""

import json
from collections.abc import Mapping
from decimal import Decimal

JSON_TYPE = {"Content-Type": "application/json; charset=utf-8"}


class NotJson(Exception):
    """The text is not JSON; `cut` when it begins like JSON, so that the rest was probably lost."""

    def __init__(self, *, cut: bool) -> None:
        super().__init__("cut short" if cut else "not JSON")
        self.cut = cut


def to_json(value: object) -> str:
    """JSON text where a Decimal is written with exactly its own digits, never in exponent form."""
    match value:
        case Decimal():
            return _number(value)
        case Mapping():
            return (
                "{" + ",".join(f"{json.dumps(str(key))}:{to_json(item)}" for key, item in value.items()) + "}"
            )
        case list() | tuple():
            return "[" + ",".join(to_json(item) for item in value) + "]"
        case _:
            return json.dumps(value, allow_nan=False)


def from_json(content: bytes) -> object:
    """Parsed JSON with Decimals for fractions; None for an empty text; `NotJson` otherwise."""
    if not content.strip():
        return None
    try:
        parsed: object = json.loads(content, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise NotJson(cut=content.lstrip()[:1] in (b"{", b"[")) from error
    return parsed


def _number(value: Decimal) -> str:
    if not value.is_finite():
        raise ValueError("an amount must be a finite number")
    return format(value, "f")


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")

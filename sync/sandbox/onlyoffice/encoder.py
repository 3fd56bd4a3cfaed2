"""Prints JSON the way the portal does: exact decimals, escaped slashes; it must not know any record."""

import re
from decimal import ROUND_HALF_UP, Context, Decimal

import orjson

from sync.sandbox.wire import JsonValue

_NINE = Decimal("1.000000000")
_WIDE = Context(prec=80)
_SHORT_ESCAPE = re.compile(rb"\\([\\\"bfnrt])")
_LONG = {
    b"b": rb"\u0008",
    b"f": rb"\u000c",
    b"n": rb"\u000a",
    b"r": rb"\u000d",
    b"t": rb"\u0009",
}


def dumps(value: JsonValue) -> bytes:
    # Slashes and control characters are escaped the long way.  onlyoffice.md 3.3 (seen 2026-11-22)
    text = orjson.dumps(value, default=_decimal).replace(b"/", b"\\/")
    return _SHORT_ESCAPE.sub(lambda match: _LONG.get(match[1], match[0]), text)


def _decimal(value: object) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(printed(value))
    raise TypeError(f"cannot print a {type(value).__name__}")


def printed(value: Decimal) -> str:
    """The digits as they are, always with a decimal point."""
    # onlyoffice.md 3.3 (seen 2026-11-22)
    text = format(value, "f")
    return text if "." in text else f"{text}.0"


def nine_places(value: Decimal) -> Decimal:
    """As a `decimal(50,9)` column stores and returns it."""
    # onlyoffice.md 3.3 and 5.2 (seen 2026-11-22)
    return value.quantize(_NINE, rounding=ROUND_HALF_UP, context=_WIDE)

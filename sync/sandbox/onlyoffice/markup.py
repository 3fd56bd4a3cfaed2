"""Prints an answer as XML, for paths that end in .xml or .tml; it must not carry out calls."""

import re
from collections.abc import Iterable
from decimal import Decimal
from xml.sax.saxutils import escape

from sync.sandbox.onlyoffice.encoder import printed
from sync.sandbox.wire import JsonValue

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def is_wanted(path: str, content_type: str) -> bool:
    """`Accept` is never looked at; a JSON request is answered in JSON whatever its path says."""
    # onlyoffice.md 1 (seen 2026-11-22)
    return path.lower().endswith((".xml", ".tml")) and "application/json" not in content_type.lower()


def dumps(answer: JsonValue) -> bytes:
    """Root `result`; the items of a list are siblings of one name, an empty list leaves nothing."""
    # onlyoffice.md 3.7 (seen 2026-11-22)
    return "".join(['<?xml version="1.0" encoding="utf-8"?>', *_element("result", answer)]).encode()


def _element(name: str, value: JsonValue) -> Iterable[str]:
    if isinstance(value, list):
        for item in value:
            yield from _element(name, item)
    elif value is None or value == {}:
        yield f"<{name} />"
    else:
        yield f"<{name}>"
        yield from _content(value)
        yield f"</{name}>"


def _content(value: JsonValue) -> Iterable[str]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _element(name, item)
    elif isinstance(value, bool):
        yield "true" if value else "false"
    elif isinstance(value, Decimal):
        yield printed(value)
    else:
        yield escape(_UNPRINTABLE.sub("", str(value)))

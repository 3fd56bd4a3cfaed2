"""Writes results as JSON with the vendor's numbers, or as XML; it must not know what they mean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.sax.saxutils import escape

import orjson

from sync.sandbox.superoffice.doubles import is_unusual, shortest
from sync.sandbox.wire import JsonValue

JSON = "application/json; charset=utf-8"
XML = "application/xml; charset=utf-8"
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_NAME = re.compile(r"[A-Za-z_][\w.-]*\Z")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# The element a carrier is called by, told from a pair of properties only that carrier has.
_CARRIERS: tuple[tuple[str, str, str], ...] = (
    ("SaleId", "Heading", "SaleEntity"),
    ("SaleId", "Title", "Sale"),
    ("ContactId", "Emails", "ContactEntity"),
    ("PersonId", "Firstname", "PersonEntity"),
    ("SaleStageId", "Value", "SaleStageEntity"),
    ("SaleTypeId", "Name", "SaleTypeEntity"),
    ("CurrencyId", "Name", "CurrencyEntity"),
    ("UdListDefinitionId", "Name", "ListItemEntity"),
    ("ExtraInfo", "StyleHint", "MDOListItem"),
    ("odata.metadata", "value", "ODataSlimResponse"),
    ("Error", "ErrorType", "Error"),
)


def wants_xml(accept: str, default: str) -> bool:
    """The first format of the header that this server has; superoffice.md 10 (seen 2026-11-22)."""
    if not accept.strip():
        return default == "xml"
    for kind in _by_weight(accept):
        if kind in {"application/xml", "text/xml"}:
            return True
        if kind in {"application/json", "text/json", "*/*", "application/*"}:
            return False
    return False


def as_json(value: JsonValue) -> bytes:
    return orjson.dumps(_spelled(value))


def as_xml(value: JsonValue) -> bytes:
    root = _root(value)
    body = _element(root, value, f' xmlns:i="{_INSTANCE}"')
    return f'<?xml version="1.0" encoding="utf-8"?>{body}'.encode()


def _by_weight(accept: str) -> list[str]:
    weighted = []
    for part in accept.lower().split(","):
        kind, _, rest = part.partition(";")
        found = re.search(r"q=([\d.]+)", rest)
        weighted.append((-float(found[1]) if found else -1.0, kind.strip()))
    return [kind for _, kind in sorted(weighted, key=lambda item: item[0])]


def _spelled(value: JsonValue) -> JsonValue:
    """The same value, with doubles of unusual size spelled as .NET does."""
    if isinstance(value, float):
        return orjson.Fragment(shortest(value)) if is_unusual(value) else value
    if isinstance(value, dict):
        return {key: _spelled(item) for key, item in value.items()}
    return [_spelled(item) for item in value] if isinstance(value, list) else value


def _root(value: JsonValue) -> str:
    if isinstance(value, list):
        return f"ArrayOf{_root(value[0]) if value else 'anyType'}"
    if isinstance(value, Mapping):
        return next((name for one, two, name in _CARRIERS if one in value and two in value), "Result")
    return {bool: "boolean", int: "int", float: "double"}.get(type(value), "string")


def _element(name: str, value: JsonValue, attributes: str = "") -> str:
    if value is None:
        return f'<{name}{attributes} i:nil="true" />'
    return f"<{name}{attributes}>{''.join(_content(value))}</{name}>"


def _content(value: JsonValue) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield _element(key, item) if _NAME.match(key) else _pair(key, item)
    elif isinstance(value, list):
        yield from (_element(_root(item), item) for item in value)
    elif isinstance(value, bool):
        yield str(value).lower()
    elif isinstance(value, float):
        yield shortest(value)
    else:
        yield escape(_FORBIDDEN.sub("", str(value)))


def _pair(key: str, value: JsonValue) -> str:
    """A key that is no XML name, such as a ProgId, becomes a pair."""
    return f"<KeyValuePair>{_element('Key', key)}{_element('Value', value)}</KeyValuePair>"

"""Flattens a request body or query string into name/value lists; it must not convert any value."""

import json
import re
from collections.abc import Iterable
from email import message_from_bytes
from email.message import Message
from urllib.parse import parse_qsl

from sync.sandbox.onlyoffice.failures import ApiFailure
from sync.sandbox.onlyoffice.moments import reprint_json_date
from sync.sandbox.wire import JsonValue

Flat = dict[str, list[str]]
_EXACT = 2**53
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")


class Members(list[tuple[str, JsonValue]]):
    """A JSON object kept as its members in order, because names differing only in case must stay apart."""


def flatten_query(text: str) -> Flat:
    return _collect(parse_qsl(text, keep_blank_values=True))


def flatten_body(content: bytes, content_type: str, *, date_trap: bool = True) -> Flat:
    """JSON by its content type, for GET too; anything else is read as a form."""
    # onlyoffice.md 3.5 (seen 2026-11-22)
    kind = content_type.lower()
    if "json" in kind:
        return _collect(_json(content, date_trap=date_trap))
    if kind.startswith("multipart/form-data"):
        return _collect(_multipart(content, content_type))
    return _collect(parse_qsl(content.decode("utf-8", "replace"), keep_blank_values=True))


def _json(content: bytes, *, date_trap: bool) -> Iterable[tuple[str, str]]:
    """Names and texts; the server's JSON reader prints again whatever it takes for a date."""
    found = _members(_parsed(content)) if content.strip() else ()
    return ((name, reprint_json_date(text)) for name, text in found) if date_trap else found


def _multipart(content: bytes, content_type: str) -> Iterable[tuple[str, str]]:
    """The fields of a form with parts; files in it are nobody's business here."""
    message = message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + content)
    for part in message.get_payload() if message.is_multipart() else ():
        if isinstance(part, Message) and part.get_filename() is None:
            payload = part.get_payload(decode=True)
            name = part.get_param("name", header="content-disposition")
            text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
            yield str(name or ""), text


def _parsed(content: bytes) -> JsonValue:
    try:
        return json.loads(content, object_pairs_hook=Members)
    except ValueError as error:
        # "body not JSON" is a 400 with the parser's text.  onlyoffice.md 3.6 (seen 2026-11-22)
        raise ApiFailure(
            400, f"Unexpected character encountered while parsing value: {error}", -2146233088
        ) from error


def _members(document: JsonValue) -> Iterable[tuple[str, str]]:
    if isinstance(document, Members):
        for name, value in document:
            yield from _flat(name, value)


def _flat(name: str, value: JsonValue) -> Iterable[tuple[str, str]]:
    if isinstance(value, Members):
        for inner, item in value:
            yield from _flat(f"{name}[{inner}]", item)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _flat(f"{name}[{index}]" if isinstance(item, list) else name, item)
    else:
        yield name, _text(value)


def _text(value: JsonValue) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _LONE_SURROGATE.sub("�", value)
    # Fractions have passed through a double here, which prints 44.0 as 44.  onlyoffice.md 3.5
    is_whole = isinstance(value, float) and value.is_integer() and abs(value) < _EXACT
    return str(int(value)) if is_whole else repr(value)


def _collect(pairs: Iterable[tuple[str, str]]) -> Flat:
    """Names differing only in case end up in one entry with several values."""
    flat: Flat = {}
    for name, value in pairs:
        flat.setdefault(name.lower(), []).append(value)
    return flat

"""JSON text to and from values without a float on the way; knows nothing of either CRM."""

import json
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

JSON_TYPE = {"Content-Type": "application/json; charset=utf-8"}


class Looks(StrEnum):
    """What a text that is not JSON seems to be, by how it begins."""

    CUT = "JSON cut short"
    XML = "XML"
    HTML = "an HTML page"
    OTHER = "something else"


class NotJson(Exception):
    """The text is not JSON but `looks` like something."""

    def __init__(self, looks: Looks) -> None:
        super().__init__(looks)
        self.looks = looks


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
        raise NotJson(_looks(content)) from error
    return parsed


def _looks(content: bytes) -> Looks:
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:200].lower()
    if start[:1] in (b"{", b"["):
        return Looks.CUT
    if start[:1] != b"<":
        return Looks.OTHER
    return Looks.HTML if b"<html" in start or b"<!doctype html" in start else Looks.XML


def _number(value: Decimal) -> str:
    if not value.is_finite():
        raise ValueError("an amount must be a finite number")
    return format(value, "f")


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")

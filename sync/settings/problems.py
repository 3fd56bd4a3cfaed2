"""Turns what validation found into one plain line per problem; it never repeats a value."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from sync.settings.sections import Settings

_TEXTS = {
    "missing": "missing",
    "string_type": "must be text in quotes",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "list_type": "must be a list of tables",
    "string_too_short": "must not be empty",
    "finite_number": "must be a finite number",
}
_BOUNDS = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}


def lines_of(error: ValidationError, origins: Mapping[str, str]) -> list[str]:
    return [_line(dict(item), origins) for item in error.errors(include_url=False, include_input=False)]


def _line(item: dict[str, Any], origins: Mapping[str, str]) -> str:
    path = [part for part in item["loc"] if part != "[key]"]
    origin = origins.get(".".join(str(part) for part in path), "")
    source = f" (set by {origin})" if origin.startswith("OPSYNC_") else ""
    return f"{_name(path)}: {_text(item, path)}{source}"


def _name(path: list[str | int]) -> str:
    """`mapping.stages row 2.status`: rows count from 1, as people do."""
    name = ""
    for part in path:
        name += f" row {part + 1}" if isinstance(part, int) else f".{part}"
    return name.removeprefix(".") or "configuration"


def _text(item: dict[str, Any], path: list[str | int]) -> str:
    kind, context = item["type"], item.get("ctx", {})
    if kind == "extra_forbidden":
        return f"unknown setting{_suggestion(path)}"
    if kind == "literal_error":
        return f"must be one of {context['expected'].replace(chr(39), '').replace(' or ', ', ')}"
    if kind == "value_error":
        return str(context["error"])
    if kind == "string_pattern_mismatch":
        return f"must match {context['pattern']}"
    for bound, words in _BOUNDS.items():
        if bound in context:
            return f"must be {words} {context[bound]}"
    return _TEXTS.get(kind, str(item["msg"]))


def _suggestion(path: list[str | int]) -> str:
    known = _settings_at(Settings, path[:-1])
    close = get_close_matches(str(path[-1]), known, n=1, cutoff=0.6)
    return f" (did you mean {close[0]}?)" if close else ""


def _settings_at(model: type[BaseModel], path: list[str | int]) -> list[str]:
    """Names that may stand at `path`; none where it leads out of the known."""
    for part in path:
        if isinstance(part, int):
            continue
        found = model.model_fields.get(part)
        nested = _model_in(found.annotation) if found else None
        if nested is None:
            return []
        model = nested
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The section inside `X`, `X | None` or `list[X]`."""
    for candidate in (annotation, *get_args(annotation)):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate
    return None

"""JSON Patch and merge patch as the vendor understands them; it must not know what it patches."""

from __future__ import annotations

import copy
from collections.abc import Mapping

from sync.sandbox.wire import JsonObject, JsonValue

MERGED = ("CustomFields", "UserDefinedFields", "ExtraFields")
_BUCKETS = tuple(name.lower() for name in MERGED)
_OPERATIONS = ("add", "remove", "replace", "test")


class TestFailed(Exception):
    """A `test` operation met another value; nothing may be saved: superoffice.md 3.3."""

    __test__ = False  # the name says it is JSON Patch's test, pytest need not collect it


def patched(entity: JsonObject, patch: JsonValue, *, exact: bool = False, merge: bool = True) -> JsonObject:
    """A changed copy; the body's shape, not its content type, decides which kind it is (3.3).

    `exact` makes a `test` on an object compare all of it, not only the properties the test names;
    without `merge` a new bucket of custom fields leaves nothing of the old ones.
    """
    operations = patch if isinstance(patch, list) else _operations(patch, entity)
    result = copy.deepcopy(entity)
    for operation in operations:
        _apply(
            result, {str(key).lower(): value for key, value in operation.items()}, exact=exact, merge=merge
        )
    return result


def _operations(patch: JsonValue, entity: JsonObject) -> list[JsonObject]:
    """The server turns a merge patch into operations: superoffice.md 3.3."""
    if not isinstance(patch, Mapping):
        raise ValueError("a patch is an array or an object")
    steps: list[JsonObject] = []
    for name, value in patch.items():
        current = entity.get(_spelled(entity, name))
        appends = isinstance(current, list) and isinstance(value, Mapping)
        steps.append(
            {"op": "add" if appends else "replace", "path": f"{name}/-" if appends else name, "value": value}
        )
    return steps


def _apply(entity: JsonObject, operation: JsonObject, *, exact: bool, merge: bool) -> None:
    name, path = operation.get("op"), operation.get("path")
    if name not in _OPERATIONS or not isinstance(path, str) or not path.strip("/"):
        # superoffice.md 3.3 (seen 2026-11-22): move and copy are not supported
        raise ValueError(f"operation {name!r} on path {path!r} is not supported")
    *parents, last = [_unescaped(part) for part in path.removeprefix("/").split("/")]
    holder = _walk(entity, parents, path)
    if isinstance(holder, list):
        _apply_to_list(holder, str(name), last, operation.get("value"))
    elif name == "test":
        _test(holder.get(_spelled(holder, last)), operation.get("value"), exact=exact)
    elif not merge and last.lower() in _BUCKETS and isinstance(operation.get("value"), Mapping):
        # the other reading: a new bucket leaves nothing of the old ones (superoffice.md 15.4)
        holder.update({**dict.fromkeys(MERGED), _spelled(holder, last): dict(operation["value"])})
    else:
        _apply_to_object(holder, str(name), last, operation.get("value"))


def _walk(entity: JsonObject, parents: list[str], path: str) -> JsonValue:
    """The object that holds the last step; a path below null fails: superoffice.md 3.3."""
    holder: JsonValue = entity
    for part in parents:
        holder = holder.get(_spelled(holder, part)) if isinstance(holder, dict) else None
    if not isinstance(holder, dict | list):
        raise ValueError(f"the parent of path {path!r} is null")
    return holder


def _test(current: JsonValue, wanted: JsonValue, *, exact: bool) -> None:
    if not (current == wanted if exact else _same(current, wanted)):
        raise TestFailed


def _apply_to_object(holder: JsonObject, name: str, last: str, value: JsonValue) -> None:
    key = _spelled(holder, last)
    if name == "remove":
        holder[key] = None
    elif key in MERGED and isinstance(value, Mapping):
        # keys that the value does not name keep theirs: superoffice.md 3.3 [I]
        holder[key] = {**(holder.get(key) or {}), **value}
    else:
        holder[key] = value


def _apply_to_list(holder: list[JsonValue], name: str, last: str, value: JsonValue) -> None:
    if name != "add" or last != "-":
        raise ValueError("only append works on an array")
    holder.append(value)


def _same(current: JsonValue, wanted: JsonValue) -> bool:
    """References compare by the properties the test names, numbers as numbers, the rest exactly."""
    if isinstance(current, Mapping) and isinstance(wanted, Mapping):
        return all(_same(current.get(_spelled(current, key)), value) for key, value in wanted.items())
    if isinstance(current, bool) or isinstance(wanted, bool):
        return current is wanted
    return bool(current == wanted)


def _spelled(holder: Mapping[str, JsonValue], name: str) -> str:
    if name in holder:
        return name
    return next((key for key in holder if key.lower() == name.lower()), name)


def _unescaped(part: str) -> str:
    return part.replace("~1", "/").replace("~0", "~")

"""Wraps payloads and failures in the portal's envelope; it must not carry out calls."""

from sync.sandbox.onlyoffice.failures import ApiFailure
from sync.sandbox.onlyoffice.paging import Listing, Paging, framework_page, only_fields
from sync.sandbox.wire import JsonObject, JsonValue


def success(result: JsonValue, paging: Paging, status: int) -> JsonObject:
    """Keys in the order of the framework, each left out when it is zero."""
    # onlyoffice.md 3.1 (seen 2026-11-22)
    payload, total, has_more = _cut(result, paging)
    answer: JsonObject = {}
    if count := _count(payload):
        answer["count"] = count
    if paging.start:
        answer["startIndex"] = paging.start
    if has_more:
        # One too high, as the real one.  onlyoffice.md 3.4 (seen 2026-11-22)
        answer["nextIndex"] = paging.start + paging.count + 1
    if total is not None:
        answer["total"] = total
    return answer | {"status": 0, "statusCode": status, "response": {} if payload is None else payload}


def _cut(result: JsonValue, paging: Paging) -> tuple[JsonValue, int | None, bool]:
    if isinstance(result, Listing):
        return [only_fields(item, paging.fields) for item in result.items], result.total, result.has_more
    if isinstance(result, list):
        page, total, has_more = framework_page(result, paging)
        return [only_fields(item, paging.fields) for item in page], total, has_more
    return only_fields(result, paging.fields), None, False


def _count(payload: JsonValue) -> int:
    """Anything with a length reports it, even a string."""
    if payload is None:
        return 0
    return len(payload) if isinstance(payload, list | str) else 1


def failure(error: ApiFailure) -> JsonObject:
    # onlyoffice.md 3.6 (seen 2026-11-22)
    detail = {"message": error.message, "hresult": error.hresult, "data": {}}
    return {"status": 1, "statusCode": error.status, "error": detail}

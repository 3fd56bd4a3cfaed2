"""The error answers of SuperOffice, as it words them; it must not decide when they apply."""

from __future__ import annotations

from sync.sandbox.wire import JsonObject, JsonValue

# superoffice.md 9.1 (seen 2026-11-22)
_SOURCE = "SuperOffice.Services.Implementation"


class Refusal(Exception):
    """A request that ends in an error status with the given body; None sends no body."""

    def __init__(self, status: int, body: JsonValue = None) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body


def not_found(entity: str, record_id: int) -> Refusal:
    message = f"{entity} id {record_id} not found"
    return Refusal(404, _error("SoNotFoundException", ErrorMessage=message))


def bad_argument(message: str) -> Refusal:
    """A 400 whose text is in `Message`, where a 404 says `ErrorMessage`: superoffice.md 9.1."""
    return Refusal(400, _error("ArgumentException", Message=message))


def invalid_request(detail: str) -> Refusal:
    """The web framework's own answer to what it cannot parse: superoffice.md 9.1."""
    return Refusal(400, {"Message": "The request is invalid.", "MessageDetail": detail})


def forbidden(entity: str, record_id: int) -> Refusal:
    """What a record hidden from the caller may answer: superoffice.md 9.1, 11 [I]."""
    message = f"No read access to {entity} {record_id}"
    return Refusal(403, _error("SoSentryException", ErrorMessage=message))


def no_such_route() -> Refusal:
    return Refusal(404, {"Message": "No HTTP resource was found that matches the request URI."})


def server_error() -> Refusal:
    """Seen in the wild for routes an installation does not have: superoffice.md 9.1."""
    return Refusal(500, {"Message": "An error has occurred."})


def _error(kind: str, **message: str) -> JsonObject:
    return {"Error": True, "ErrorType": kind, **message, "ErrorSource": _SOURCE}

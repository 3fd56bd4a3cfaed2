"""What the HTTP status of an answer means for the caller; sends nothing and never repeats a body."""

from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import httpx

from sync.domain.model import Side
from sync.errors import (
    LoginRefused,
    Moved,
    OpsyncError,
    OutcomeUnknown,
    RecordGone,
    RecordRefused,
    RetryLater,
    SideDown,
    Throttled,
    WrongShape,
)

_REQUEST_ID_HEADERS = ("x-request-id", "request-id", "x-correlation-id", "x-amzn-requestid")
_PASSING = frozenset({408, 425, 502, 503, 504})
_NOT_CARRIED_OUT = frozenset({408, 425, 503})
_MOVED = frozenset({409, 412})
_PROXY = "the proxy on the way wants a log-in, check HTTP_PROXY and HTTPS_PROXY"


class ServerFault(RetryLater):
    """A read answered 500: the only passing fault that some callers do not want repeated."""


@dataclass(frozen=True, slots=True)
class Place:
    """Which call an error is about; everything in it may be shown to people."""

    side: Side
    method: str
    route: str

    def says(self, what: str, *, status: int | None = None, request_id: str | None = None) -> str:
        answered = f" answered {status}" if status else ""
        noted = f" (request id {request_id})" if request_id else ""
        return " ".join(f"{self.side.label} {self.method} {self.route}{answered}: {what}{noted}".split())


@dataclass(frozen=True, slots=True)
class Verdict:
    """An answer with a status that is no success, and how its vendor explains it."""

    place: Place
    status: int
    headers: httpx.Headers
    explanation: str

    def says(self, advice: str) -> str:
        what = f"{self.explanation}; {advice}" if self.explanation else advice
        return self.place.says(what, status=self.status, request_id=request_id_of(self.headers))


def no_such(route: str) -> str:
    """What a 404 says: of a record, where the route names one by id; of the route itself otherwise."""
    if "{" in route:
        return "the record does not exist or is not visible"
    return "there is no such route, check the base URL"


def request_id_of(headers: httpx.Headers) -> str | None:
    """The vendor's or proxy's own number of this call, shortened, where it sends one."""
    found = next((headers[name] for name in _REQUEST_ID_HEADERS if name in headers), None)
    return "".join(char for char in found if char.isalnum() or char in "-_.:")[:80] if found else None


def retry_after_of(headers: httpx.Headers) -> float | None:
    """Seconds from a Retry-After header: a number, or a date measured against the server's own clock."""
    text = headers.get("retry-after", "").strip()
    if text.isdigit():
        return float(text)
    try:
        wait = parsedate_to_datetime(text) - parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, TypeError):
        return None
    return max(0.0, wait.total_seconds())


def read_error(verdict: Verdict, *, one_record: bool, retry_after_s: float | None) -> OpsyncError:
    """The error of a read; `one_record` when only this record is concerned by a refusal."""
    return _passing(verdict, retry_after_s) or _refused_read(verdict, one_record=one_record)


def write_error(verdict: Verdict, *, refusal: bool, retry_after_s: float | None) -> OpsyncError:
    """The error of a write; `refusal` when the body names a validation error whatever the status."""
    return (
        _not_done(verdict, retry_after_s)
        or _told(verdict, refusal=refusal)
        or OutcomeUnknown(verdict.says("it may have been carried out, look before trying again"))
    )


def _passing(verdict: Verdict, retry_after_s: float | None) -> OpsyncError | None:
    if _slows_down(verdict, retry_after_s):
        return Throttled(verdict.says("it asks for fewer calls, try later"), retry_after_s)
    if verdict.status == 500:
        return ServerFault(verdict.says("the server failed, try later"))
    if verdict.status in _PASSING:
        return RetryLater(verdict.says("a passing fault, try later"))
    return None


def _refused_read(verdict: Verdict, *, one_record: bool) -> OpsyncError:
    if verdict.status == 401:
        return LoginRefused(verdict.says("the login is not accepted, check the credentials"))
    if verdict.status == 407:
        return SideDown(verdict.says(_PROXY))
    if verdict.status == 403 and one_record:
        return RecordRefused(verdict.says("our user may not see this record"))
    if verdict.status < 400:
        return WrongShape(verdict.says("a redirect instead of an answer, check the base URL"))
    if verdict.status == 404:
        return RecordGone(verdict.says(no_such(verdict.place.route)))
    return SideDown(verdict.says("the call is refused, check address, rights and version"))


def _slows_down(verdict: Verdict, retry_after_s: float | None) -> bool:
    return verdict.status == 429 or (verdict.status == 503 and retry_after_s is not None)


def _not_done(verdict: Verdict, retry_after_s: float | None) -> OpsyncError | None:
    if _slows_down(verdict, retry_after_s):
        return Throttled(verdict.says("nothing was written, try later"), retry_after_s)
    if verdict.status in _NOT_CARRIED_OUT:
        return RetryLater(verdict.says("nothing was written, try later"))
    if verdict.status == 401:
        return LoginRefused(verdict.says("the login is not accepted, check the credentials"))
    if verdict.status == 407:
        return SideDown(verdict.says(_PROXY))
    if verdict.status == 421:
        return SideDown(verdict.says("wrong host for this tenant, check the base URL"))
    return None


def _told(verdict: Verdict, *, refusal: bool) -> OpsyncError | None:
    if verdict.status == 404:
        return RecordGone(verdict.says("the record does not exist or is not visible"))
    if verdict.status in _MOVED:
        return Moved(verdict.says("the record changed meanwhile, plan again"))
    if refusal or 400 <= verdict.status < 500:
        messages = {"": verdict.explanation} if verdict.explanation else {}
        return RecordRefused(verdict.says("the write was refused, correct the record"), messages)
    return None

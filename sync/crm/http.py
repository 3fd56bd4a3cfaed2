"""The only sender of HTTP calls: budget, time limits, retries, errors; knows no vendor's fields."""

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic

import httpx
import stamina

from sync.crm.budget import Limits
from sync.crm.http_client import HttpOptions as HttpOptions
from sync.crm.http_client import client_of
from sync.crm.http_json import Looks, NotJson, from_json
from sync.crm.http_reply import LOST, reply_of
from sync.crm.http_request import Body, Request
from sync.crm.http_request import request as build
from sync.crm.http_status import Place, ServerFault, Verdict, read_error, retry_after_of, write_error
from sync.crm.lane import LONGEST_WAIT_S, Reply, Tone
from sync.crm.pressure import Pressure
from sync.domain.model import Side
from sync.errors import (
    BudgetSpent,
    OpsyncError,
    OutcomeUnknown,
    RetryLater,
    SideDown,
    Throttled,
    WrongShape,
)

_UNREADABLE = {
    Looks.CUT: "the answer was cut short",
    Looks.XML: "expected JSON, got XML; something on the way drops or rewrites the Accept header",
    Looks.HTML: "expected JSON, got an HTML page; a log-in or proxy page answers, check address and access",
    Looks.OTHER: "expected JSON, got something else; check the address",
}
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


@dataclass(frozen=True, slots=True)
class Call:
    """One attempt as observers see it; `status` is None when no answer came."""

    side: Side
    method: str
    route: str
    status: int | None
    seconds: float
    write: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful answer; `body` is parsed JSON, None when it was empty."""

    status: int
    body: object
    headers: httpx.Headers


class _BodyTooLong(Exception):
    """The body passed the limit while it was read."""


def _ignore(_call: Call) -> None:
    """Observer that wants nothing."""


def _no_refusal(_status: int, _body: object) -> bool:
    return False


class Http:
    """The connection to one host of a side: one client, one lane, shared by all threads."""

    def __init__(  # noqa: PLR0913  keyword-only hooks, each set by a caller
        self,
        side: Side,
        options: HttpOptions,
        *,
        auth: httpx.Auth | None,
        headers: Mapping[str, str],
        explain: Callable[[int, object], str],
        on_call: Callable[[Call], None] = _ignore,
        is_refusal: Callable[[int, object], bool] = _no_refusal,
    ) -> None:
        """`explain` gives the vendor's message of an error body without repeating values; `is_refusal` tells
        that a body names a validation error, so that a write answered 500 was surely not carried out."""
        self._side = side
        self._options = options
        self._explain = explain
        self._is_refusal = is_refusal
        self._on_call = on_call
        self._pressure = options.pressure or Pressure(Limits(options.calls_per_minute))
        self._lane = self._pressure.open_lane(options.max_connections)
        self._client = client_of(side, options, auth, headers)

    def close(self) -> None:
        self._client.close()
        self._pressure.save()

    def read(  # noqa: PLR0913  keyword-only options of one HTTP call
        self,
        method: str,
        path: str,
        *,
        route: str,
        params: Mapping[str, str] | None = None,
        json: object = None,
        data: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        missing_ok: bool = False,
        retry_500: bool = True,
    ) -> Answer | None:
        """A call that changes nothing, repeated on passing faults. None only for a 404 with `missing_ok`."""
        request = build(Place(self._side, method, route), path, params, Body(json, data, headers or {}))

        def passing(error: Exception) -> bool | float:
            return _wait_before_again(error, retry_500=retry_500)

        attempts = stamina.retry_context(
            passing,
            attempts=self._options.attempts,
            timeout=None,
            wait_initial=self._options.wait_s,
            wait_max=LONGEST_WAIT_S / 2,
            wait_jitter=self._options.wait_s,
        )
        for attempt in attempts:
            with attempt:
                return self._read_once(request, missing_ok=missing_ok)
        raise AssertionError("stamina gives at least one attempt")

    def write(  # noqa: PLR0913  keyword-only options of one HTTP call
        self,
        method: str,
        path: str,
        *,
        route: str,
        params: Mapping[str, str] | None = None,
        json: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """A call that changes something, sent once; `OutcomeUnknown` when nobody can tell whether it did."""
        place = Place(self._side, method, route)
        request = build(place, path, params, Body(json, None, headers or {}), write=True)
        try:
            response = self._send(request)
            return self._written(request, response)
        except _BodyTooLong as error:
            raise OutcomeUnknown(place.says("the answer is too long to be read")) from error
        except NotJson as error:
            raise OutcomeUnknown(place.says("the answer cannot be read")) from error
        except _NEVER_SENT as error:
            raise _unreachable(place, error) from error
        except httpx.HTTPError as error:
            raise OutcomeUnknown(place.says(f"the answer was lost ({type(error).__name__})")) from error

    def _read_once(self, request: Request, *, missing_ok: bool) -> Answer | None:
        place = request.place
        try:
            response = self._send(request)
            return self._answered(request, response, missing_ok=missing_ok)
        except _BodyTooLong as error:
            raise WrongShape(place.says("the answer is longer than allowed")) from error
        except NotJson as error:
            raise _unreadable(place, error) from error
        except httpx.DecodingError as error:
            raise WrongShape(place.says("the answer's compression cannot be read")) from error
        except _NEVER_SENT as error:
            raise _unreachable(place, error) from error
        except httpx.HTTPError as error:
            raise RetryLater(place.says(f"the connection failed ({type(error).__name__})")) from error

    def _answered(self, request: Request, response: httpx.Response, *, missing_ok: bool) -> Answer | None:
        if response.status_code == 304 or response.is_success:
            return Answer(response.status_code, from_json(response.content), response.headers)
        if response.status_code == 404 and missing_ok:
            return None
        verdict, _body = self._verdict(request, response)
        raise read_error(verdict, one_record=missing_ok, retry_after_s=retry_after_of(response.headers))

    def _written(self, request: Request, response: httpx.Response) -> Answer:
        if response.status_code == 304 or response.is_success:
            return Answer(response.status_code, from_json(response.content), response.headers)
        verdict, body = self._verdict(request, response)
        refusal = self._is_refusal(response.status_code, body)
        raise write_error(verdict, refusal=refusal, retry_after_s=retry_after_of(response.headers))

    def _verdict(self, request: Request, response: httpx.Response) -> tuple[Verdict, object]:
        try:
            body = from_json(response.content)
        except NotJson:
            body = None
        explanation = self._explain(response.status_code, body)
        return Verdict(request.place, response.status_code, response.headers, explanation), body

    def _send(self, request: Request) -> httpx.Response:
        """Sends when pace, host and budget allow it; what comes back is also a word about the host."""
        self._pressure.wait_turn()
        mark = self._lane.enter(request.place)
        reply: Reply | None = None
        try:
            self._spend(request)
            response = self._exchange(request)
            reply = reply_of(response)
            return response
        except httpx.TransportError:
            reply = LOST
            raise
        except Throttled as error:  # said to the log-in inside the call
            reply = Reply(Tone.BUSY, error.retry_after_s or 0.0)
            raise
        finally:
            self._lane.leave(mark, reply)

    def _spend(self, request: Request) -> None:
        if until := self._pressure.spend(write=request.write):
            what = f"not called: the day's budget of calls is used up until midnight UTC ({until:%Y-%m-%d})"
            raise BudgetSpent(request.place.says(what), until)

    def _exchange(self, request: Request) -> httpx.Response:
        started = monotonic()
        status: int | None = None
        try:
            built = self._client.build_request(
                request.place.method, request.url, content=request.content, headers=request.headers
            )
            response = self._client.send(built, stream=True)
            status = response.status_code
            return self._collect(response, deadline=started + 5 * self._options.read_timeout_s)
        finally:
            seconds = monotonic() - started
            place = request.place
            self._on_call(Call(self._side, place.method, place.route, status, seconds, request.write))

    def _collect(self, response: httpx.Response, *, deadline: float) -> httpx.Response:
        """The answer with its body, which may be neither longer nor slower than allowed."""
        body = bytearray()
        try:
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > self._options.max_body_bytes:
                    raise _BodyTooLong
                if monotonic() > deadline:
                    raise httpx.ReadTimeout("the answer comes too slowly", request=response.request)
        finally:
            response.close()
        headers = httpx.Headers(
            [(key, value) for key, value in response.headers.items() if key != "content-encoding"]
        )
        return httpx.Response(response.status_code, headers=headers, content=bytes(body))


def _wait_before_again(error: Exception, *, retry_500: bool) -> bool | float:
    """True for the usual wait, seconds where the server named them, False to give up."""
    if isinstance(error, Throttled) and error.retry_after_s is not None:
        return error.retry_after_s if error.retry_after_s <= LONGEST_WAIT_S else False
    if isinstance(error, ServerFault):
        return retry_500
    return isinstance(error, RetryLater) and not isinstance(error, BudgetSpent)


def _unreadable(place: Place, error: NotJson) -> OpsyncError:
    kind = RetryLater if error.looks is Looks.CUT else WrongShape
    return kind(place.says(_UNREADABLE[error.looks]))


def _unreachable(place: Place, error: httpx.TransportError) -> OpsyncError:
    """Nothing was sent: a passing fault, unless the server's certificate is not trusted."""
    cause: BaseException | None = error
    seen: set[int] = set()  # a chain of causes may lead back to its start
    while cause is not None and id(cause) not in seen:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return SideDown(place.says("the server's TLS certificate is not trusted, see ca_file"))
        seen.add(id(cause))
        cause = cause.__cause__ or cause.__context__
    return RetryLater(place.says(f"cannot connect ({type(error).__name__}), nothing was sent"))

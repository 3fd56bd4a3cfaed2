"""Logging in to the portal and presenting the token; it must not retry a refused login quickly."""

from collections.abc import Callable, Generator
from datetime import datetime, timedelta
from json import loads
from threading import Lock

import httpx

from sync.crm.http_status import retry_after_of
from sync.crm.onlyoffice.options import OnlyOfficeOptions
from sync.crm.onlyoffice.wire import Failure, Login, content_of
from sync.errors import LoginRefused, OpsyncError, RetryLater, SideDown, Throttled, WrongShape

# Five attempts within 60 s lock login and address out for 60 s; the fifth is never used.
# onlyoffice.md 2.3 (seen 2026-11-22)
_PAUSE = timedelta(seconds=61)
_TRIES = 4
_WRONG_PASSWORD = "User authentication failed"  # noqa: S105  the vendor's message, not a password
_LOCKED_OUT = "Login Fail. Too many attempts"
_PASSING = frozenset({429, 502, 503, 504})
_PLACE = "ONLYOFFICE POST authentication"


class PortalAuth(httpx.Auth):
    """One token for all threads; a 401 costs one new login, made by one thread while the others wait."""

    def __init__(self, options: OnlyOfficeOptions, clock: Callable[[], datetime]) -> None:
        self._options = options
        self._clock = clock
        self._lock = Lock()
        self._token: str | None = None
        self._scheme = ""
        self._refused: tuple[datetime, OpsyncError] | None = None
        self._tries: list[datetime] = []

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        token = yield from self._fetch_token(request, stale=None)
        response = yield self._shown(request, self._scheme + token)
        # Expired, revoked and unknown tokens all answer 401.  onlyoffice.md 2.4 (seen 2026-11-22)
        if response.status_code == 401:
            renewed = yield from self._fetch_token(request, stale=token)
            response = yield self._shown(request, self._scheme + renewed)
            if response.status_code == 401:
                yield from self._try_other_scheme(request, renewed)

    def _try_other_scheme(
        self, request: httpx.Request, token: str
    ) -> Generator[httpx.Request, httpx.Response, None]:
        """Documented is the bare token; a related product documents only "Bearer"."""
        # onlyoffice.md 1 "R7-Office", 2.2, 14.10 (seen 2026-11-22)
        other = "" if self._scheme else "Bearer "
        response = yield self._shown(request, other + token)
        if response.status_code == 401:
            self._distrust(token)
        else:
            self._scheme = other

    def _shown(self, request: httpx.Request, credential: str) -> httpx.Request:
        request.headers["Authorization"] = credential
        return request

    def _fetch_token(
        self, request: httpx.Request, *, stale: str | None
    ) -> Generator[httpx.Request, httpx.Response, str]:
        """A token other than `stale`, from memory where possible."""
        with self._lock:
            if self._token is None or self._token == stale:
                self._token = None
                self._repeat_refusal()
                self._count_try()
                response = yield self._login(request)
                self._token = self._read(response)
                self._tries.clear()
            return self._token

    def _login(self, request: httpx.Request) -> httpx.Request:
        # onlyoffice.md 2.1 (seen 2026-11-22)
        body = {"userName": self._options.user, "password": self._options.password}
        suffix = ".json" if self._options.json_suffix else ""
        url = f"{self._options.api_url}authentication{suffix}"
        return httpx.Request("POST", url, json=body, extensions=request.extensions)

    def _repeat_refusal(self) -> None:
        """A login refused within the last minute is not tried again: it would only lock the account out."""
        if self._refused and self._clock() - self._refused[0] < _PAUSE:
            error = self._refused[1]
            raise type(error)(str(error))

    def _count_try(self) -> None:
        """A login whose answer got lost may have counted as well."""
        now = self._clock()
        self._tries = [at for at in self._tries if now - at < _PAUSE]
        if len(self._tries) >= _TRIES:
            raise RetryLater(f"{_PLACE}: too many log-ins without an answer, nobody is locked out; try later")
        self._tries.append(now)

    def _read(self, response: httpx.Response) -> str:
        try:
            return _token_of(response)
        except SideDown as error:
            self._refused = (self._clock(), error)
            raise

    def _distrust(self, token: str) -> None:
        """A portal that does not take its own fresh token is not asked for another one at once."""
        with self._lock:
            if self._token == token:
                self._token = None
                self._refused = (self._clock(), LoginRefused(f"{_PLACE}: the portal refuses its own token"))


def _token_of(response: httpx.Response) -> str:
    body = _body_of(response)
    if not response.is_success or Failure.of(body) is not None:
        raise _refusal(response, body)
    login = content_of(Login, body)
    if login is None:
        raise WrongShape(f"{_PLACE}: expected a token, got something else; check the portal address")
    if not login.token:
        raise LoginRefused(f"{_PLACE}: {_second_factor(login)}; use an account without two-factor login")
    return login.token


def _second_factor(login: Login) -> str:
    # onlyoffice.md 2.5 (seen 2026-11-22)
    if login.sms:
        return "the portal wants a code sent by text message"
    return "the portal wants a code of an app" if login.tfa else "the portal wants a second factor"


def _body_of(response: httpx.Response) -> object:
    try:
        body: object = loads(response.read())
    except ValueError:
        return None
    return body


def _refusal(response: httpx.Response, body: object) -> OpsyncError:
    status, failure = response.status_code, Failure.of(body)
    if status in _PASSING:
        # onlyoffice.md 9 "Hosted service limit" (seen 2026-11-22)
        said = f"{_PLACE} answered {status}: nobody could log in, try later"
        wait_s = retry_after_of(response.headers)
        return RetryLater(said) if wait_s is None else Throttled(said, wait_s)
    # A wrong password is a 500, not a 401.  onlyoffice.md 2.3 (seen 2026-11-22)
    if failure == _WRONG_PASSWORD:
        return LoginRefused(f"{_PLACE} answered {status}: {failure}; check user and password")
    if failure == _LOCKED_OUT:
        return SideDown(f"{_PLACE} answered {status}: {failure}; wait a minute, logins are locked till then")
    if response.is_success:
        return WrongShape(f"{_PLACE} answered {status} with an error in it; is there a proxy between?")
    if failure is None:
        return WrongShape(f"{_PLACE} answered {status} without the portal's error; check the address")
    return SideDown(f"{_PLACE} answered {status}; look at the portal's access and payment settings")

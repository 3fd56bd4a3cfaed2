"""Logging in to the portal and presenting the token; it must not retry a refused login quickly."""

from collections.abc import Callable, Generator
from datetime import datetime, timedelta
from json import loads
from threading import Lock

import httpx

from sync.crm.onlyoffice.options import OnlyOfficeOptions
from sync.crm.onlyoffice.wire import Failure, Login, content_of
from sync.errors import LoginRefused, OpsyncError, RetryLater, SideDown, WrongShape

# Five attempts within 60 s lock login and address out for 60 s.  onlyoffice.md 2.3 (seen 2026-11-22)
_PAUSE = timedelta(seconds=61)
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
        self._refused: tuple[datetime, OpsyncError] | None = None

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        token = yield from self._fetch_token(request, stale=None)
        request.headers["Authorization"] = token  # no scheme word; onlyoffice.md 2.2 (seen 2026-11-22)
        response = yield request
        # Expired, revoked and unknown tokens all answer 401.  onlyoffice.md 2.4 (seen 2026-11-22)
        if response.status_code == 401:
            request.headers["Authorization"] = yield from self._fetch_token(request, stale=token)
            yield request

    def _fetch_token(
        self, request: httpx.Request, *, stale: str | None
    ) -> Generator[httpx.Request, httpx.Response, str]:
        """A token other than `stale`, from memory where possible."""
        with self._lock:
            if self._token is None or self._token == stale:
                self._token = None
                self._repeat_refusal()
                response = yield self._login(request)
                self._token = self._read(response)
            return self._token

    def _login(self, request: httpx.Request) -> httpx.Request:
        # onlyoffice.md 2.1 (seen 2026-11-22)
        body = {"userName": self._options.user, "password": self._options.password}
        url = f"{self._options.api_url}authentication.json"
        return httpx.Request("POST", url, json=body, extensions=request.extensions)

    def _repeat_refusal(self) -> None:
        """A login refused within the last minute is not tried again: it would only lock the account out."""
        if self._refused and self._clock() - self._refused[0] < _PAUSE:
            error = self._refused[1]
            raise type(error)(str(error))

    def _read(self, response: httpx.Response) -> str:
        try:
            return _token_of(response)
        except SideDown as error:
            self._refused = (self._clock(), error)
            raise


def _token_of(response: httpx.Response) -> str:
    body = _body_of(response)
    if not response.is_success:
        raise _refusal(response.status_code, body)
    login = content_of(Login, body)
    if login is None:
        raise WrongShape(f"{_PLACE}: expected a token, got something else; check the portal address")
    if not login.token:
        # onlyoffice.md 2.5 (seen 2026-11-22)
        raise LoginRefused(
            f"{_PLACE}: the portal wants a second factor; use an account without two-factor login"
        )
    return login.token


def _body_of(response: httpx.Response) -> object:
    try:
        body: object = loads(response.read())
    except ValueError:
        return None
    return body


def _refusal(status: int, body: object) -> OpsyncError:
    failure = Failure.of(body)
    if status in _PASSING:
        return RetryLater(f"{_PLACE} answered {status}: nobody could log in, try later")
    # A wrong password is a 500, not a 401.  onlyoffice.md 2.3 (seen 2026-11-22)
    if failure == _WRONG_PASSWORD:
        return LoginRefused(f"{_PLACE} answered {status}: {failure}; check user and password")
    if failure == _LOCKED_OUT:
        return SideDown(f"{_PLACE} answered {status}: {failure}; wait a minute, logins are locked till then")
    if failure is None:
        return WrongShape(f"{_PLACE} answered {status} without the portal's error; check the address")
    return SideDown(f"{_PLACE} answered {status}; look at the portal's access and payment settings")

"""Sends each request to the right host with a log-in that holds; it decides nothing about records."""

from base64 import b64encode
from collections.abc import Callable, Generator
from datetime import timedelta
from typing import assert_never

import httpx

from sync.crm.superoffice.admission import Admission, Doorkeeper
from sync.crm.superoffice.options import Basic, Bearer, CookieSession, Fixed, Ticket
from sync.crm.superoffice.systemuser import ticket_headers
from sync.crm.superoffice.tenancy import Tenancy

_MISDIRECTED = 421
_REFUSED = 401
_UNAVAILABLE = 503


class FixedAuth(httpx.Auth):
    """Headers that nobody can renew, on an installation that does not move."""

    def __init__(self, login: Fixed) -> None:
        self._headers = login_headers(login)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers.update(self._headers)
        yield request


class CloudAuth(httpx.Auth):
    """A tenant of the vendor's: its host is looked up, its log-in renewed; each again once per request.

    401 and 421 are sent before anything is carried out, so a write is safe to send again after them.
    """

    def __init__(self, tenancy: Tenancy, doorkeeper: Doorkeeper) -> None:
        self._tenancy = tenancy
        self._doorkeeper = doorkeeper

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        path = request.url.raw_path.decode("ascii")
        root, admission = self._tenancy.root(), self._doorkeeper.current()
        tried: set[int] = set()
        while True:
            response = yield _aimed(request, root + path, admission)
            status = response.status_code
            if status < 500 and status not in (_MISDIRECTED, _REFUSED):
                self._doorkeeper.accept(admission)
            if status == _UNAVAILABLE:
                self._tenancy.doubt()  # perhaps the tenant pauses: then its state says so to the next call
            if status not in (_MISDIRECTED, _REFUSED) or status in tried:
                return
            tried.add(status)
            if status == _MISDIRECTED:
                # superoffice.md 1.1 and 9.1 (seen 2026-11-22)
                root = self._tenancy.root_after(root)
                continue
            fresh = self._doorkeeper.after_refusal(admission)
            if fresh is None or fresh is admission:
                return
            admission = fresh


def fixed(login: Fixed) -> Callable[[], Admission]:
    """For a doorkeeper: the one admission there is."""
    admission = Admission(login_headers(login), timedelta(days=36_500))
    return lambda: admission


def login_headers(login: Fixed) -> dict[str, str]:
    """The schemes of superoffice.md 2.1 (seen 2026-11-22) that need no further call."""
    match login:
        case Basic(user, password):
            return {"Authorization": f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"}
        case Ticket(ticket, app_token):
            return ticket_headers(ticket, app_token)
        case Bearer(token):
            return {"Authorization": f"Bearer {token}"}
        case CookieSession(cookie, xsrf_token):
            # Without an Authorization header the page's token is a must: superoffice.md 2.1 and the
            # header tables of the vendor's pages (seen 2026-11-22)
            return {"Cookie": cookie, "X-XSRF-TOKEN": xsrf_token}
        case _:
            assert_never(login)


def _aimed(request: httpx.Request, address: str, admission: Admission) -> httpx.Request:
    """The same request for another host; httpx set the Host header when the request was made."""
    request.url = httpx.URL(address)
    request.headers["Host"] = request.url.netloc.decode("ascii")
    request.headers.update(admission.headers)
    return request

"""Puts the log-in on each request; asks nobody for a new one (that is where renewing logins will live)."""

from base64 import b64encode
from collections.abc import Generator
from typing import assert_never

import httpx

from sync.crm.superoffice.options import Basic, Bearer, Login, Ticket


class HeaderAuth(httpx.Auth):
    """Fixed headers; a login that renews itself answers a 401 in its own `auth_flow` instead."""

    def __init__(self, login: Login) -> None:
        self._headers = login_headers(login)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers.update(self._headers)
        yield request


def login_headers(login: Login) -> dict[str, str]:
    """The three schemes a server side client can use, superoffice.md 2.1 (seen 2026-11-22)."""
    match login:
        case Basic(user, password):
            return {"Authorization": f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"}
        case Ticket(ticket, app_token):
            secret = {"SO-AppToken": app_token} if app_token else {}
            return {"Authorization": f"SOTicket {ticket}", **secret}
        case Bearer(token):
            return {"Authorization": f"Bearer {token}"}
        case _:
            assert_never(login)

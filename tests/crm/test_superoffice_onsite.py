"""A server of one's own is called at its address, with headers that nobody renews."""

from collections.abc import Iterator

import httpx
import pytest
import respx

from sync.crm.http import Http, HttpOptions
from sync.crm.superoffice.installation import Installation
from sync.crm.superoffice.options import (
    Basic,
    Bearer,
    CookieSession,
    Login,
    SuperOfficeOptions,
    Ticket,
)
from sync.domain.model import Side
from sync.errors import LoginRefused, Misconfigured
from tests.crm.cloud_connection import Connection, a_system_user
from tests.crm.vendor_cloud import VendorCloud

ROOT = "https://crm.example.com/SuperOffice"


@pytest.fixture
def router() -> Iterator[respx.MockRouter]:
    with respx.mock(assert_all_called=False) as router:
        yield router


def onsite(login: Login) -> Connection:
    options = HttpOptions(ROOT, wait_s=0.001)
    installation = Installation(
        SuperOfficeOptions(ROOT, login), options, lambda _call: None, VendorCloud().clock
    )
    http = Http(
        Side.LEFT,
        options,
        auth=installation.auth,
        headers={},
        explain=lambda _status, _body: "",
        on_call=installation.observe,
    )
    return Connection(installation, http)


@pytest.mark.parametrize(
    ("login", "headers"),
    [
        (Basic("anna", "pä:ss"), {"authorization": "Basic YW5uYTpww6Q6c3M="}),
        (Ticket("7T:one"), {"authorization": "SOTicket 7T:one"}),
        (Ticket("7T:one", "app"), {"authorization": "SOTicket 7T:one", "so-apptoken": "app"}),
        (Bearer("8A:one"), {"authorization": "Bearer 8A:one"}),
        (CookieSession("SoSession=abc; b=c", "xyz"), {"cookie": "SoSession=abc; b=c", "x-xsrf-token": "xyz"}),
    ],
)
def test_each_scheme_sends_its_own_headers(
    router: respx.MockRouter, login: Login, headers: dict[str, str]
) -> None:
    """And no other scheme's; writes carry them too."""
    router.route().respond(200, json={})
    connection = onsite(login)
    connection.get()
    connection.post()
    connection.close()

    names = {"authorization", "so-apptoken", "cookie", "x-xsrf-token"}
    sent = [
        {name: value for name, value in call.request.headers.items() if name in names}
        for call in router.calls
    ]
    assert sent == [headers, headers]
    assert {call.request.url.path for call in router.calls} == {
        "/SuperOffice/api/v1/Sale/1",
        "/SuperOffice/api/v1/Sale",
    }


@pytest.mark.parametrize("login", [Basic("anna", "secret"), CookieSession("s=1", "secret")])
def test_a_refused_login_is_not_tried_again(router: respx.MockRouter, login: Login) -> None:
    """A password that does not fit locks accounts; a session that ended needs a person."""
    router.route().respond(401, json={"Message": "Authorization has been denied"})
    connection = onsite(login)
    with pytest.raises(LoginRefused) as caught:
        connection.get()
    connection.close()

    assert len(router.calls) == 1
    assert "secret" not in str(caught.value)


def test_cookies_that_the_server_sets_are_not_taken_over(router: respx.MockRouter) -> None:
    """The configured session is the only one."""
    router.route().mock(return_value=httpx.Response(200, json={}, headers={"set-cookie": "s=2"}))
    connection = onsite(CookieSession("s=1", "x"))
    connection.get()
    connection.get()
    connection.close()

    assert [call.request.headers["cookie"] for call in router.calls] == ["s=1", "s=1"]


def test_a_cloud_login_needs_a_cloud() -> None:
    """Told before anything is sent."""
    with pytest.raises(Misconfigured, match="environment"):
        onsite(a_system_user())


@pytest.mark.parametrize(
    "login",
    [Basic("u", "hidden"), Ticket("hidden", "hidden"), CookieSession("hidden", "hidden"), a_system_user()],
)
def test_no_login_shows_its_secrets(login: Login) -> None:
    """Not even in a debugger's view."""
    assert "hidden" not in repr(login)
    assert "BEGIN" not in repr(login)
    assert "AbCdEfGhIj" not in repr(login)

"""Every bad answer ends in one line that says which side, what happened and what to do, and no secret."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
import respx

from sync import __version__
from sync.crm.http import Http, HttpOptions
from sync.domain.model import Side
from sync.errors import (
    LoginRefused,
    Misconfigured,
    OpsyncError,
    OutcomeUnknown,
    RetryLater,
    SideDown,
    Throttled,
    WrongShape,
)

URL = "https://crm.example.com/sub/path"
SECRET = "hunter2-secret"
HTML = f"<!DOCTYPE html><html><body>Log in {SECRET}</body></html>"
XML = f'<?xml version="1.0"?><SaleEntity xmlns="urn:x"><Heading>{SECRET}</Heading></SaleEntity>'


def an_http(side: Side = Side.LEFT, **options: object) -> Http:
    wanted = {"wait_s": 0.001, "calls_per_minute": 100_000, "attempts": 2} | options
    return Http(
        side,
        HttpOptions(URL, **wanted),  # type: ignore[arg-type]  # options of many types
        auth=None,
        headers={"Authorization": f"Bearer {SECRET}"},
        explain=lambda _status, _body: "",
    )


@pytest.fixture
def router() -> Iterator[respx.MockRouter]:
    with respx.mock(assert_all_called=False) as mock:
        yield mock


@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        (httpx.Response(200, text=HTML), WrongShape, "HTML page"),
        (httpx.Response(200, text=XML), WrongShape, "Accept header"),
        (httpx.Response(200, text=f"\ufeff{XML}"), WrongShape, "Accept header"),
        (httpx.Response(200, text="<SaleEntity/>"), WrongShape, "XML"),
        (httpx.Response(200, text=f"hello {SECRET}"), WrongShape, "check the address"),
        (httpx.Response(200, text=f'{{"a": "{SECRET}'), RetryLater, "cut short"),
        (httpx.Response(200, text='{"a": NaN}'), RetryLater, "cut short"),
        (httpx.Response(302, headers={"location": f"https://x/{SECRET}"}), WrongShape, "base URL"),
        (httpx.Response(401, text=SECRET), LoginRefused, "credentials"),
        (httpx.Response(403, text=SECRET), SideDown, "rights"),
        (httpx.Response(407, text=SECRET), SideDown, "HTTPS_PROXY"),
        (httpx.Response(429, text=SECRET), Throttled, "fewer calls"),
        (httpx.Response(429, headers={"retry-after": "900"}), Throttled, "fewer calls"),
        (httpx.Response(503, text=HTML), RetryLater, "later"),
        (httpx.Response(503, headers={"retry-after": "900"}), Throttled, "later"),
        (httpx.Response(502, text=HTML), RetryLater, "later"),
    ],
)
def test_a_bad_answer_is_one_line(
    router: respx.MockRouter, side: Side, answer: httpx.Response, error: type[OpsyncError], says: str
) -> None:
    """Of a read, whichever side gave it."""
    router.route().mock(return_value=answer)

    with pytest.raises(error) as raised:
        an_http(side).read("GET", "x", route="Sale/{id}", params={"q": SECRET})
    line = str(raised.value)
    assert line.startswith(f"{side.label} GET Sale/{{id}}")
    assert says in line and "\n" not in line and SECRET not in line


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(200, text=HTML), OutcomeUnknown),
        (httpx.Response(200, text=XML), OutcomeUnknown),
        (httpx.Response(407, text=SECRET), SideDown),
        (httpx.Response(429), Throttled),
        (httpx.Response(503, headers={"retry-after": "900"}), Throttled),
        (httpx.Response(503), RetryLater),
        (httpx.ReadTimeout(SECRET), OutcomeUnknown),
        (httpx.ProxyError(SECRET), RetryLater),
        (httpx.ConnectError(SECRET), RetryLater),
    ],
)
def test_a_bad_answer_to_a_write_is_one_line(
    router: respx.MockRouter, answer: httpx.Response | Exception, error: type[OpsyncError]
) -> None:
    """It tells whether something may have been written."""
    router.route().mock(side_effect=[answer])

    with pytest.raises(error) as raised:
        an_http().write("POST", "x", route="Sale", json={"Heading": SECRET})
    assert str(raised.value).startswith("SuperOffice POST Sale")
    assert "\n" not in str(raised.value) and SECRET not in str(raised.value)


def test_the_sender_says_who_it_is(router: respx.MockRouter) -> None:
    """Name and version go with each call, below whatever path the server lives at."""
    route = router.get(f"{URL}/api/v1/x").respond(json={})
    an_http().read("GET", "api/v1/x", route="x")

    assert route.calls[0].request.headers["user-agent"] == f"opsync/{__version__}"
    assert "cookie" not in route.calls[0].request.headers


def _missing(folder: Path) -> Path:
    return folder / "none.pem"


def _garbage(folder: Path) -> Path:
    path = folder / "garbage.pem"
    path.write_text(f"-----BEGIN CERTIFICATE-----\n{SECRET}\n-----END CERTIFICATE-----\n")
    return path


@pytest.mark.parametrize("make", [_missing, _garbage])
def test_a_bundle_that_holds_no_certificate(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    """One line names the setting, not a stack of the TLS library."""
    with pytest.raises(Misconfigured, match="SuperOffice: ca_file") as raised:
        an_http(ca_file=str(make(tmp_path)))
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize("address", [f"gopher://user:{SECRET}@proxy", f"http://user:{SECRET}@proxy:port"])
def test_a_proxy_that_cannot_be(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """Its address may hold a password and is not repeated."""
    monkeypatch.setenv("HTTPS_PROXY", address)

    with pytest.raises(Misconfigured, match="HTTPS_PROXY") as raised:
        an_http()
    assert SECRET not in str(raised.value)
    assert raised.value.__suppress_context__

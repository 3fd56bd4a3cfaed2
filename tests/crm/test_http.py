"""The sender's promises about retries, unknown outcomes, limits and what its errors may say."""

import time
from collections.abc import Iterator
from decimal import Decimal

import httpx
import pytest
import respx

from sync.crm.http import Answer, Call, Http, HttpOptions
from sync.crm.http_json import NotJson, from_json, to_json
from sync.domain.model import Side
from sync.errors import (
    LoginRefused,
    Moved,
    OutcomeUnknown,
    RecordGone,
    RecordRefused,
    RetryLater,
    SideDown,
    Throttled,
    WrongShape,
)

URL = "https://crm.example.com/api"


def an_http(base_url: str = URL, calls: list[Call] | None = None, **options: object) -> Http:
    """A sender that hardly waits."""
    wanted = {"wait_s": 0.001, "calls_per_minute": 100_000, "read_timeout_s": 5} | options
    return Http(
        Side.LEFT,
        HttpOptions(base_url, **wanted),  # type: ignore[arg-type]  # options of many types
        auth=None,
        headers={"Authorization": "Basic c2VjcmV0"},
        explain=lambda status, body: body.get("message", "") if isinstance(body, dict) else "",
        is_refusal=lambda status, body: isinstance(body, dict) and body.get("kind") == "validation",
        on_call=(calls if calls is not None else []).append,
    )


@pytest.fixture
def router() -> Iterator[respx.MockRouter]:
    with respx.mock(assert_all_called=False) as mock:
        yield mock


@pytest.mark.parametrize("fault", [httpx.ReadTimeout, httpx.ConnectError, 429, 500, 502, 503, 504, 408])
def test_passing_faults_of_reads_are_retried(router: respx.MockRouter, fault: type[Exception] | int) -> None:
    """A read goes on until it has its answer."""
    first = httpx.Response(fault) if isinstance(fault, int) else fault
    router.get(f"{URL}/x").mock(side_effect=[first, first, httpx.Response(200, json={"a": 1})])
    calls: list[Call] = []
    answer = an_http(calls=calls).read("GET", "x", route="x")

    assert isinstance(answer, Answer) and answer.body == {"a": 1}
    assert [call.status for call in calls][-1] == 200
    assert len(calls) == 3


@pytest.mark.parametrize(
    ("status", "error"),
    [(500, RetryLater), (503, RetryLater), (429, Throttled), (401, LoginRefused), (400, SideDown)],
)
def test_reads_give_up_with_the_right_error(
    router: respx.MockRouter, status: int, error: type[Exception]
) -> None:
    """A fault that stays is told by what the caller should do."""
    router.get(f"{URL}/x").respond(status)

    with pytest.raises(error):
        an_http(attempts=2).read("GET", "x", route="x")


def test_a_read_may_ask_not_to_repeat_a_500(router: respx.MockRouter) -> None:
    """Where a 500 means a final no, one attempt is enough."""
    route = router.get(f"{URL}/x").respond(500)

    with pytest.raises(RetryLater):
        an_http().read("GET", "x", route="x", retry_500=False)
    assert route.call_count == 1


def test_missing_is_none_only_where_it_may_be(router: respx.MockRouter) -> None:
    """A 404 is an answer for a record and an error for anything else."""
    router.get(f"{URL}/x").respond(404)

    assert an_http().read("GET", "x", route="x", missing_ok=True) is None
    with pytest.raises(RecordGone):
        an_http().read("GET", "x", route="x")


def test_retry_after_is_honoured(router: respx.MockRouter) -> None:
    """The server's own wish decides the wait."""
    busy = httpx.Response(503, headers={"Retry-After": "1"})
    router.get(f"{URL}/x").mock(side_effect=[busy, httpx.Response(200, json=1)])
    started = time.monotonic()
    an_http().read("GET", "x", route="x")

    assert time.monotonic() - started >= 0.95


def test_a_long_retry_after_is_left_to_the_caller(router: respx.MockRouter) -> None:
    """Nobody sleeps for an hour inside a call; dates are measured by the server's clock."""
    headers = {"Retry-After": "Sat, 21 Nov 2026 09:00:00 GMT", "Date": "Sat, 21 Nov 2026 08:00:00 GMT"}
    route = router.get(f"{URL}/x").respond(503, headers=headers)

    with pytest.raises(Throttled) as busy:
        an_http().read("GET", "x", route="x")
    assert busy.value.retry_after_s == 3600
    assert route.call_count == 1


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, {"message": "no"}, RecordRefused),
        (403, {}, RecordRefused),
        (422, {}, RecordRefused),
        (404, {}, RecordGone),
        (409, {}, Moved),
        (412, {}, Moved),
        (401, {}, LoginRefused),
        (421, {}, SideDown),
        (429, {}, Throttled),
        (503, {}, RetryLater),
        (500, {}, OutcomeUnknown),
        (500, {"kind": "validation"}, RecordRefused),
        (502, {}, OutcomeUnknown),
        (504, {}, OutcomeUnknown),
        (302, {}, OutcomeUnknown),
    ],
)
def test_writes_are_sent_once_and_told_exactly(
    router: respx.MockRouter, status: int, body: dict[str, str], error: type[Exception]
) -> None:
    """No write is repeated; its error says whether it may have happened."""
    route = router.post(f"{URL}/x").respond(status, json=body)

    with pytest.raises(error) as raised:
        an_http().write("POST", "x", route="x", json={})
    assert type(raised.value) is error
    assert route.call_count == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (httpx.ConnectError, RetryLater),
        (httpx.ConnectTimeout, RetryLater),
        (httpx.ReadTimeout, OutcomeUnknown),
        (httpx.RemoteProtocolError, OutcomeUnknown),
    ],
)
def test_a_write_that_was_sent_is_unknown(
    router: respx.MockRouter, fault: type[Exception], error: type[Exception]
) -> None:
    """A refused connection wrote nothing; a lost answer may have."""
    route = router.post(f"{URL}/x").mock(side_effect=fault)

    with pytest.raises(error):
        an_http().write("POST", "x", route="x", json={})
    assert route.call_count == 1


def test_html_is_no_answer(router: respx.MockRouter) -> None:
    """A log-in page is a wrong shape for a read, at once, and an unknown outcome for a write."""
    page = router.route(url=f"{URL}/x").respond(200, html="<html>log in</html>")

    with pytest.raises(WrongShape):
        an_http().read("GET", "x", route="x")
    assert page.call_count == 1
    with pytest.raises(OutcomeUnknown):
        an_http().write("POST", "x", route="x", json={})


def test_a_cut_answer_is_read_again(router: respx.MockRouter) -> None:
    """JSON that just ends was lost on the way."""
    answers = [httpx.Response(200, content=b'{"a": [1, 2'), httpx.Response(200, json={"a": [1, 2]})]
    router.get(f"{URL}/x").mock(side_effect=answers)
    answer = an_http().read("GET", "x", route="x")

    assert answer is not None and answer.body == {"a": [1, 2]}


def test_a_body_beyond_the_limit_is_refused(router: respx.MockRouter) -> None:
    """A body is counted while it is read."""
    router.route(url=f"{URL}/x").respond(200, json="x" * 1000)

    with pytest.raises(WrongShape):
        an_http(max_body_bytes=500).read("GET", "x", route="x")
    with pytest.raises(OutcomeUnknown):
        an_http(max_body_bytes=500).write("POST", "x", route="x")


def test_errors_name_the_call_and_nothing_secret(router: respx.MockRouter) -> None:
    """An error carries side, method, route, status and request id; no header, query value or body."""
    headers = {"X-Request-Id": "req-42"}
    router.route(url__startswith=f"{URL}/sale").respond(
        400, json={"message": "no", "name": "Acme"}, headers=headers
    )

    with pytest.raises(RecordRefused) as refused:
        an_http().write("POST", "sale/7", route="sale/{id}", params={"q": "Secret"}, json={"n": "Hidden"})
    text = str(refused.value)
    assert text.startswith("SuperOffice POST sale/{id} answered 400: no;")
    assert "req-42" in text
    assert not [word for word in ("Acme", "Secret", "Hidden", "c2VjcmV0", "sale/7") if word in text]
    assert refused.value.messages == {"": "no"}


def test_observers_see_every_attempt(router: respx.MockRouter) -> None:
    """Each attempt is told with its status, or none when no answer came."""
    router.post(f"{URL}/x").mock(side_effect=[httpx.ReadTimeout])
    calls: list[Call] = []
    with pytest.raises(OutcomeUnknown):
        an_http(calls=calls).write("POST", "x", route="x")

    assert [(call.side, call.method, call.route, call.status, call.write) for call in calls] == [
        (Side.LEFT, "POST", "x", None, True)
    ]


def test_queries_and_bodies_are_sent_plainly(router: respx.MockRouter) -> None:
    """Spaces become %20, amounts keep their digits, forms stay forms, cookies are not kept."""
    route = router.route(url__startswith=f"{URL}/x").respond(200, json={}, headers={"Set-Cookie": "a=b"})
    http = an_http()
    http.read("GET", "x", route="x", params={"$filter": "saleId gt 5 & 'a+b'"})
    http.write("POST", "x", route="x", json={"amount": Decimal("1234567890123.40"), "list": [None, True]})
    http.read("POST", "x", route="x", data={"user": "å&b"})

    first, second, third = (call.request for call in route.calls)
    assert first.url.query == b"$filter=saleId%20gt%205%20%26%20%27a%2Bb%27"
    assert second.content == b'{"amount":1234567890123.40,"list":[null,true]}'
    assert third.content == b"user=%C3%A5%26b"
    assert "cookie" not in third.headers


def test_numbers_survive_json() -> None:
    """No amount ever becomes a float, in either direction."""
    assert from_json(b'{"a": 0.1, "b": 3}') == {"a": Decimal("0.1"), "b": 3}
    assert to_json([Decimal("1E+3"), Decimal("-0.10"), "ü"]) == '[1000,-0.10,"\\u00fc"]'
    assert from_json(b" ") is None
    with pytest.raises(ValueError, match="finite"):
        to_json(Decimal("NaN"))
    for text in (b"NaN", b"<html>", b"[" * 100_000):
        with pytest.raises(NotJson):
            from_json(text)


def test_the_budget_holds_calls_back(router: respx.MockRouter) -> None:
    """Beyond the budget a call waits for its turn instead of failing."""
    router.get(f"{URL}/x").respond(200, json=1)
    http = an_http(calls_per_minute=300)
    started = time.monotonic()
    for _ in range(303):
        http.read("GET", "x", route="x")

    assert time.monotonic() - started >= 0.4

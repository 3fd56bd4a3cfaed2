"""The service's pages over real loopback HTTP: a token is needed, and what they say can be read."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families as parse
from starlette.applications import Starlette

from sync.crm.http import Call
from sync.domain.link import LinkState
from sync.domain.model import Side
from sync.engine.run import Report
from sync.web.app import build_app
from sync.web.metrics import Metrics
from sync.web.server import Server, open_port

TOKEN = "a-token-of-the-tests"
PAGES = ("/livez", "/readyz", "/metrics")


class Pages:
    """An app whose answers a test sets."""

    def __init__(self) -> None:
        self.well = True
        self.told: Mapping[str, object] = {"state": "idle", "last_cycle": None}
        self.metrics = Metrics()
        self.asked = 0

    def ask(self) -> None:
        self.asked += 1

    def check(self) -> tuple[bool, Mapping[str, object]]:
        return self.well, self.told

    def app(self) -> Starlette:
        return build_app(TOKEN, live=self.check, ready=self.check, metrics=self.metrics.render, now=self.ask)


@contextmanager
def served(app: Starlette) -> Iterator[str]:
    """The app at a free port of loopback; gives its address."""
    server = Server(app, open_port("127.0.0.1", 0))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server.url
    finally:
        server.leave()
        thread.join(10)
        assert not thread.is_alive()


@pytest.fixture(scope="module")
def pages() -> Pages:
    return Pages()


@pytest.fixture(scope="module")
def client(pages: Pages) -> Iterator[httpx.Client]:
    with served(pages.app()) as url, httpx.Client(base_url=url, timeout=10) as client:
        yield client


def authorized(token: str = TOKEN) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("page", [*PAGES, "/now", "/", "/nowhere"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        authorized("wrong"),
        authorized(TOKEN[:-1]),
        authorized(TOKEN + "x"),
        {"Authorization": TOKEN},
        {"Authorization": f"Basic {TOKEN}"},
        {"Cookie": f"token={TOKEN}"},
    ],
)
def test_every_route_needs_the_token(client: httpx.Client, page: str, headers: dict[str, str]) -> None:
    """Without the exact token nobody learns anything, not even which pages exist."""
    answer = client.get(page, params={"token": TOKEN}, headers=headers)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.text == "a token is needed\n"


@pytest.mark.parametrize("page", ["/livez", "/readyz"])
@pytest.mark.parametrize(("well", "status"), [(True, 200), (False, 503)])
def test_checks_answer_by_status_and_json(
    client: httpx.Client, pages: Pages, page: str, well: bool, status: int
) -> None:
    """A probe needs only the status; a person reads the JSON."""
    pages.well = well

    answer = client.get(page, headers=authorized())

    assert answer.status_code == status
    assert answer.json() == {"state": "idle", "last_cycle": None}


def test_nothing_can_be_changed(client: httpx.Client) -> None:
    """The pages only show."""
    for page in PAGES:
        assert client.post(page, headers=authorized()).status_code == 405


def test_a_cycle_is_asked_for_by_a_post(client: httpx.Client, pages: Pages) -> None:
    """With the token, and never by a link that somebody or something follows."""
    pages.asked = 0

    answers = [
        client.post("/now", headers=authorized()),
        client.post("/now"),
        client.get("/now", headers=authorized()),
    ]

    assert [answer.status_code for answer in answers] == [202, 401, 405]
    assert answers[0].json() == {"asked": True}
    assert pages.asked == 1


def test_without_somebody_to_ask_there_is_no_such_page() -> None:
    """As in a service that runs one cycle and leaves."""
    pages = Pages()
    app = build_app(TOKEN, live=pages.check, ready=pages.check, metrics=pages.metrics.render)

    with served(app) as url:
        assert httpx.post(f"{url}/now", headers=authorized(), timeout=10).status_code == 404


def test_metrics_can_be_parsed(client: httpx.Client, pages: Pages) -> None:
    """Calls, cycles, actions, links and sides come out as they were noted."""
    call = Call(Side.RIGHT, "GET", "opportunity/{id}", 200, 0.25, False)
    for seen in (call, call, Call(Side.LEFT, "POST", "Sale", None, 60.0, True)):
        pages.metrics.note_call(seen)
    pages.metrics.note_cycle("done", a_report())
    pages.metrics.note_cycle("side_down", None)
    pages.metrics.note_side(Side.LEFT, up=True)
    pages.metrics.note_side(Side.RIGHT, up=False)
    pages.metrics.note_pauses(2)

    answer = client.get("/metrics", headers=authorized())
    found = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in parse(answer.text)
        for sample in family.samples
    }

    assert answer.headers["content-type"].startswith("text/plain")
    assert found["opsync_calls_total", "200", "GET", "onlyoffice", "opportunity/{id}"] == 2
    assert found["opsync_calls_total", "POST", "Sale", "none", "superoffice"] == 1
    assert found["opsync_call_seconds_sum", "GET", "onlyoffice", "opportunity/{id}"] == 0.5
    assert found["opsync_cycles_total", "done"] == 1
    assert found["opsync_cycles_total", "side_down"] == 1
    assert found["opsync_cycle_seconds_count",] == 1
    assert found["opsync_actions_total", "created", "onlyoffice"] == 3
    assert found["opsync_links", "in_sync"] == 40
    assert found["opsync_links", "conflict"] == 2
    assert found["opsync_needs_person",] == 2
    assert found["opsync_last_good_cycle_timestamp_seconds",] == a_report().started_at.timestamp() + 1.5
    assert found["opsync_paused",] == 2
    assert found["opsync_side_up", "superoffice"] == 1
    assert found["opsync_side_up", "onlyoffice"] == 0


def test_links_that_left_a_state_are_counted_out() -> None:
    """A conflict that was decided does not stay in the numbers."""
    metrics = Metrics()
    metrics.note_cycle("done", a_report())
    metrics.note_cycle("done", a_report({LinkState.IN_SYNC: 42, LinkState.CONFLICT: 0}))

    assert b'opsync_links{state="conflict"} 0.0' in metrics.render()
    assert b"opsync_needs_person 0.0" in metrics.render()


def test_no_pages_without_a_token() -> None:
    """An empty token would open the door to everybody."""
    pages = Pages()

    with pytest.raises(ValueError, match="token"):
        build_app("", live=pages.check, ready=pages.check, metrics=pages.metrics.render)


def test_a_taken_port_is_an_error_at_once() -> None:
    """Two services at one port would hide one of them."""
    first = open_port("127.0.0.1", 0)

    with pytest.raises(OSError, match="in use"):
        open_port("127.0.0.1", first.getsockname()[1])
    first.close()


def a_report(states: Mapping[LinkState, int] | None = None) -> Report:
    states = states or {LinkState.IN_SYNC: 40, LinkState.CONFLICT: 2}
    at = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
    return Report("r1", "cycle", at, 1.5, "done", {"created right": 3}, states, 0)

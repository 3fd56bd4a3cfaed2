"""The sender under pressure: budget, pauses and lost hosts, and what becomes of reads and writes then."""

from collections.abc import Generator, Iterator
from threading import Condition

import httpx
import pytest
import respx

from sync.crm.breaker import Caution
from sync.crm.budget import Limits
from sync.crm.http import Http, HttpOptions
from sync.crm.lane import Lane
from sync.crm.pressure import Pressure, Sample
from sync.domain.model import Side
from sync.errors import BudgetSpent, OutcomeUnknown, RecordGone, RetryLater, SideDown, Throttled
from tests.crm.ticks import Ticks

URL = "https://crm.example.com/api"
CAUTION = Caution(failures=5, cooldown_s=30.0)


class Still(Pressure):
    """A side whose lanes live by a clock of the test."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.ticks = Ticks()
        super().__init__(limits or Limits(per_minute=100_000), self.ticks.clock, caution=CAUTION)

    def open_lane(self, most: int) -> Lane:
        def wait(_room: Condition, seconds: float) -> None:
            self.ticks.wait(seconds)

        self._lanes.append(Lane(most, CAUTION, self.ticks.clock, ticks=self.ticks, wait=wait))
        return self._lanes[-1]


def an_http(pressure: Pressure, path: str = "", attempts: int = 1, auth: httpx.Auth | None = None) -> Http:
    return Http(
        Side.LEFT,
        HttpOptions(URL + path, wait_s=0.001, attempts=attempts, pressure=pressure),
        auth=auth,
        headers={},
        explain=lambda _status, _body: "",
    )


@pytest.fixture
def router() -> Iterator[respx.MockRouter]:
    with respx.mock(assert_all_called=False) as mock:
        yield mock


def read(http: Http) -> None:
    http.read("GET", "x", route="x")


def write(http: Http) -> None:
    http.write("POST", "x", route="x", json={})


def fail_to_read(http: Http, times: int) -> None:
    for _ in range(times):
        with pytest.raises(RetryLater):
            read(http)


def test_a_spent_day_sends_nothing(router: respx.MockRouter) -> None:
    """The error says until when; a read does not try again and again."""
    route = router.route(url=f"{URL}/x").respond(json=1)
    http = an_http(Still(Limits(100_000, per_day=4)), attempts=3)
    read(http)
    read(http)

    with pytest.raises(BudgetSpent, match=r"SuperOffice GET x: .* until midnight UTC \(2026-11-23\)"):
        read(http)
    write(http)
    write(http)
    with pytest.raises(BudgetSpent):
        write(http)
    assert route.call_count == 4


def test_all_senders_of_a_side_share_one_budget(router: respx.MockRouter) -> None:
    """The log-in host's calls count as well."""
    router.route().respond(json=1)
    pressure = Still(Limits(100_000, per_day=100))
    tenant, login = an_http(pressure), an_http(pressure, "/login")
    for _ in range(25):
        read(tenant)
        read(login)

    with pytest.raises(BudgetSpent):
        read(tenant)
    assert pressure.sample() == Sample(50, 100, 50, 100_000, 8)


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_holds_every_call_of_the_host(router: respx.MockRouter, status: int) -> None:
    """Reads and writes of any thread wait it out, and the side is asked for less at once from then on."""
    busy = httpx.Response(status, headers={"retry-after": "45"})
    router.get(f"{URL}/x").mock(side_effect=[busy, httpx.Response(200, json=1)])
    router.post(f"{URL}/x").respond(json=1)
    pressure = Still()
    http = an_http(pressure)
    with pytest.raises(Throttled):
        read(http)
    write(http)
    read(http)

    assert pressure.ticks.waits == [45.0]
    assert pressure.sample().concurrency == 4


def test_a_long_pause_is_told_and_not_waited_for(router: respx.MockRouter) -> None:
    """A write that meets it was surely not sent: `Throttled`, never an unknown outcome."""
    router.get(f"{URL}/x").respond(429, headers={"retry-after": "900"})
    posted = router.post(f"{URL}/x").respond(json=1)
    http = an_http(Still())
    with pytest.raises(Throttled):
        read(http)

    with pytest.raises(Throttled) as told:
        write(http)
    assert told.value.retry_after_s == 900
    assert posted.call_count == 0


LOSSES = [httpx.ConnectError("no"), httpx.ReadTimeout("no"), httpx.RemoteProtocolError("no"), 502, 503, 504]


@pytest.mark.parametrize("loss", LOSSES)
def test_a_lost_host_is_not_called_for_a_while(router: respx.MockRouter, loss: Exception | int) -> None:
    """Neither read nor written to; then one call tries, and all goes on."""
    first = httpx.Response(loss) if isinstance(loss, int) else loss
    route = router.route(url=f"{URL}/x").mock(side_effect=[first] * 5 + [httpx.Response(200, json=1)] * 2)
    pressure = Still()
    http = an_http(pressure)
    fail_to_read(http, 5)

    for call in (read, write):
        with pytest.raises(SideDown, match="no answer since 2026-11-22 08:00:00 UTC"):
            call(http)
    assert route.call_count == 5
    pressure.ticks.now += 30
    read(http)
    write(http)


def test_a_lost_login_host_leaves_the_tenant_alone(router: respx.MockRouter) -> None:
    """Hosts fail apart."""
    router.get(f"{URL}/login/x").respond(502)
    router.get(f"{URL}/x").respond(json=1)
    pressure = Still()
    login, tenant = an_http(pressure, "/login"), an_http(pressure)
    fail_to_read(login, 5)

    read(tenant)
    with pytest.raises(SideDown):
        read(login)


@pytest.mark.parametrize("status", [500, 404, 400, 401, 409])
def test_a_refusal_is_no_outage(router: respx.MockRouter, status: int) -> None:
    """Ten bad records are not a bad host."""
    refused = [httpx.Response(status)] * 20
    router.get(f"{URL}/x").mock(side_effect=[*refused, httpx.Response(200, json=1)])
    pressure = Still()
    http = an_http(pressure)
    for _ in refused:
        with pytest.raises((RetryLater, SideDown, RecordGone)):
            read(http)

    read(http)
    assert pressure.sample().concurrency == 8


def test_a_lost_write_stays_an_open_question(router: respx.MockRouter) -> None:
    """The one that opens the breaker too: only what was not sent is told as not done."""
    route = router.post(f"{URL}/x").mock(side_effect=httpx.ReadTimeout("no"))
    http = an_http(Still())
    for _ in range(5):
        with pytest.raises(OutcomeUnknown):
            write(http)

    with pytest.raises(SideDown):
        write(http)
    assert route.call_count == 5


def test_a_read_gives_up_when_its_host_is_lost_meanwhile(router: respx.MockRouter) -> None:
    """Attempts left do not matter any more."""
    route = router.get(f"{URL}/x").respond(502)

    with pytest.raises(SideDown):
        read(an_http(Still(), attempts=9))
    assert route.call_count == 5


class SlowLogin(httpx.Auth):
    """Its first log-in is told to wait."""

    told = False

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if not self.told:
            self.told = True
            raise Throttled("log-ins have to wait", 45.0)
        yield request


def test_a_log_in_told_to_wait_holds_the_host(router: respx.MockRouter) -> None:
    """A refusal inside a call's log-in is the same wish."""
    router.get(f"{URL}/x").respond(json=1)
    pressure = Still()
    http = an_http(pressure, auth=SlowLogin())
    with pytest.raises(Throttled):
        read(http)
    read(http)

    assert pressure.ticks.waits == [45.0]

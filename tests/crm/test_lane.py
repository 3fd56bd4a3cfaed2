"""A host gets as many calls at once as it can take, none while it wants none, one while it is lost."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from sync.crm.breaker import Caution
from sync.crm.http_status import Place
from sync.crm.lane import GOOD_FOR_ONE_MORE, LONGEST_WAIT_S, Lane, Reply, Tone
from sync.domain.model import Side
from sync.errors import SideDown, Throttled
from tests.crm.ticks import Ticks

PLACE = Place(Side.RIGHT, "GET", "opportunity/{id}")
FINE, BUSY, LOST = Reply(Tone.FINE), Reply(Tone.BUSY), Reply(Tone.LOST)
CAUTION = Caution(failures=3, cooldown_s=30.0)


@dataclass
class Road:
    """A lane whose time passes only by waiting; `meanwhile` is what others do then."""

    most: int = 8
    ticks: Ticks = field(default_factory=Ticks)
    meanwhile: Callable[[], None] | None = None

    def __post_init__(self) -> None:
        self.lane = Lane(self.most, CAUTION, self.ticks.clock, ticks=self.ticks, wait=self._wait)

    def _wait(self, _room: threading.Condition, seconds: float) -> None:
        if self.meanwhile:
            self.meanwhile()
        else:
            self.ticks.wait(seconds)

    def call(self, reply: Reply | None, times: int = 1) -> None:
        for _ in range(times):
            self.lane.leave(self.lane.enter(PLACE), reply)


def test_a_busy_host_gets_half_as_many_down_to_one() -> None:
    """Each time it says so."""
    road, widths = Road(), []
    for _ in range(5):
        road.call(BUSY)
        widths.append(road.lane.width)

    assert widths == [4, 2, 1, 1, 1]


def test_calls_under_way_together_count_once() -> None:
    """Eight refusals of one burst are one sign, not eight."""
    road = Road()
    marks = [road.lane.enter(PLACE) for _ in range(8)]
    for mark in marks:
        road.lane.leave(mark, BUSY)

    assert road.lane.width == 4


def test_good_answers_widen_one_by_one_up_to_the_limit() -> None:
    """Slowly back to where it was, and never beyond the connections there are."""
    road = Road()
    road.call(BUSY, 2)
    road.call(FINE, GOOD_FOR_ONE_MORE - 1)
    before = road.lane.width
    road.call(FINE)
    after = road.lane.width
    road.call(FINE, 20 * GOOD_FOR_ONE_MORE)

    assert (before, after, road.lane.width) == (2, 3, 8)


def test_nobody_is_sent_beyond_the_width() -> None:
    """With room for two, the third call leaves only when one is back."""
    road = Road(most=2)
    first, _second = road.lane.enter(PLACE), road.lane.enter(PLACE)
    returned: list[str] = []

    def come_back() -> None:
        returned.append("first")
        road.lane.leave(first, FINE)

    road.meanwhile = come_back
    road.lane.enter(PLACE)

    assert returned == ["first"]


def test_a_wish_for_silence_holds_everybody() -> None:
    """Retry-After is for all threads of the host; a shorter wish does not cut a longer one."""
    road = Road()
    road.call(Reply(Tone.BUSY, 30.0))
    road.ticks.now += 10
    other = road.lane.enter(PLACE)
    road.lane.leave(other, Reply(Tone.BUSY, 5.0))
    road.call(FINE)

    assert road.ticks.waits == [20.0, 5.0]


def test_a_long_silence_fails_at_once() -> None:
    """Nobody waits for an hour inside a call; the error says how long it still is."""
    road = Road()
    road.call(Reply(Tone.BUSY, 3600.0))
    road.ticks.now += 600

    with pytest.raises(Throttled, match=r"ONLYOFFICE GET .* no call for another 3000 s") as throttled:
        road.lane.enter(PLACE)
    assert throttled.value.retry_after_s == 3000
    road.ticks.now += 3000
    road.call(FINE)
    assert road.ticks.waits == []


def test_an_absurd_silence_ends_after_a_day() -> None:
    """A server's mistake does not stop the service until somebody starts it again."""
    road = Road()
    road.call(Reply(Tone.BUSY, 1e12))
    road.ticks.now += 86_400

    road.call(FINE)
    assert road.ticks.waits == []


def test_a_lost_host_is_left_alone_and_tried_again() -> None:
    """After so many failures in a row: side and since when are told, nothing is sent until the time is up."""
    road = Road()
    road.ticks.now += 60
    road.call(LOST)
    road.ticks.now += 60
    road.call(LOST, 2)

    with pytest.raises(SideDown, match=r"ONLYOFFICE .* since 2026-11-22 08:01:00 UTC .* next try is in 30 s"):
        road.lane.enter(PLACE)
    road.ticks.now += 30
    road.call(LOST)
    with pytest.raises(SideDown, match="4 calls in a row"):
        road.lane.enter(PLACE)
    road.ticks.now += 30
    road.call(FINE)
    road.call(LOST, 2)
    road.call(FINE)


@pytest.mark.parametrize("reply", [FINE, BUSY])
def test_any_answer_ends_the_row(reply: Reply) -> None:
    """A host that says it is busy is there."""
    road = Road()
    road.call(LOST, 2)
    road.call(reply)
    road.call(LOST, 2)

    road.call(FINE)


def test_what_says_nothing_changes_nothing() -> None:
    """A 500 about one record neither opens nor closes, neither narrows nor widens."""
    road = Road()
    road.call(LOST, 2)
    width = road.lane.width
    road.call(None, 100)
    unchanged = road.lane.width
    road.call(LOST)

    assert unchanged == width
    with pytest.raises(SideDown):
        road.lane.enter(PLACE)


def test_only_one_call_tries_a_lost_host() -> None:
    """The others wait for what becomes of it, and fail with it."""
    road = Road()
    road.call(LOST, 3)
    road.ticks.now += 30
    trying = road.lane.enter(PLACE)
    road.meanwhile = lambda: road.lane.leave(trying, LOST)

    with pytest.raises(SideDown, match="4 calls in a row"):
        road.lane.enter(PLACE)


def test_nobody_waits_for_ever_while_the_host_asks_again_and_again() -> None:
    """Each call that gets through is told to wait; who has not come to it in a minute is sent away unsent."""
    road = Road(most=1)
    road.call(Reply(Tone.BUSY, 50.0))
    began = road.ticks()

    def ask_again() -> None:
        road.ticks.wait(10.0)
        road.lane.leave(-1, Reply(Tone.BUSY, 50.0))

    road.meanwhile = ask_again
    with pytest.raises(Throttled, match="not called: no room for it in 60 s"):
        road.lane.enter(PLACE)

    assert road.ticks() - began == LONGEST_WAIT_S

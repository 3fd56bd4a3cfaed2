"""Starting and ending the service: signals come as messages, so that no test kills itself."""

import threading
from collections.abc import Iterator
from queue import SimpleQueue

import pytest

from sync.daemon.planner import Pace
from sync.daemon.service import Ending, Guest, Message, Service
from sync.daemon.ticker import Ticker
from tests.daemon.bench import Bench
from tests.daemon.test_leaving import PATIENCE_S, wait_for
from tests.engine.world import World


class Visitor:
    """A guest that stays until asked to leave."""

    def __init__(self) -> None:
        self.came = threading.Event()
        self.asked = threading.Event()
        self.left = threading.Event()

    def run(self) -> None:
        self.came.set()
        self.asked.wait(PATIENCE_S)
        self.left.set()

    def guest(self) -> Guest:
        return Guest("visitor", self.run, self.asked.set)


class House:
    """A service in a thread, as the command runs it in the main thread."""

    def __init__(self, bench: Bench, *, interval_s: float = 3600.0, leave_s: float = PATIENCE_S) -> None:
        self.mailbox: SimpleQueue[Message] = SimpleQueue()
        self.visitor = Visitor()
        ticker = Ticker(bench.supervisor.tick, interval_s, 0)
        guests = [self.visitor.guest()]
        self.service = Service(bench.supervisor, ticker, self.mailbox, guests, leave_s=leave_s)
        self.endings: list[Ending] = []
        self.thread = threading.Thread(target=lambda: self.endings.append(self.service.run()))
        self.thread.start()

    def signal(self) -> None:
        self.mailbox.put(Message.SIGNAL)

    def ending(self) -> Ending:
        self.thread.join(PATIENCE_S)
        return self.endings[0]


@pytest.fixture
def stuck(bench: Bench) -> Iterator[threading.Event]:
    """The worker hangs in a call, reached when the event is set; freed at the end of the test."""
    reached, free = threading.Event(), threading.Event()

    def hang(name: str) -> None:
        if name == "fetch_census":
            reached.set()
            free.wait(PATIENCE_S)

    bench.world.right.before_call = hang
    yield reached
    free.set()
    wait_for(lambda: bool(bench.turns))


def test_a_signal_ends_the_service_in_order(bench: Bench) -> None:
    """First the worker, then the guests; the ending is clean."""
    bench.world.a_sale()
    house = House(bench)
    wait_for(lambda: len(bench.turns) == 1)

    house.signal()

    assert house.ending() is Ending.CLEAN
    assert house.visitor.left.is_set()
    assert len(bench.world.right.records) == 1


def test_ticks_come_by_themselves(bench: Bench) -> None:
    """The ticker alone keeps the cycles coming."""
    house = House(bench, interval_s=0.05)
    wait_for(lambda: len(bench.turns) >= 3)

    house.signal()

    assert house.ending() is Ending.CLEAN


def test_a_call_that_hangs_is_cut_after_a_while(bench: Bench, stuck: threading.Event) -> None:
    """The service does not wait for ever for an answer that never comes."""
    house = House(bench, leave_s=0.05)
    assert stuck.wait(PATIENCE_S)

    house.signal()

    assert house.ending() is Ending.CUT


def test_a_second_signal_leaves_at_once(bench: Bench, stuck: threading.Event) -> None:
    """Told twice, nobody waits."""
    house = House(bench)
    assert stuck.wait(PATIENCE_S)

    house.signal()
    house.signal()

    assert house.ending() is Ending.FORCED


def test_a_worker_that_ends_ends_the_service(world: World) -> None:
    """A service without its worker would only look alive."""
    house = House(Bench(world, Pace(once=True)))

    assert house.ending() is Ending.BY_ITSELF
    assert house.visitor.left.is_set()

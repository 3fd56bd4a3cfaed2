"""Hints are gathered from any thread, given once, and never grow without end."""

import threading

import pytest

from sync.daemon.hints import Hints
from sync.domain.model import Side

EVERYTHING: frozenset[str] = frozenset()


class Wakes:
    """Counts how often the worker was woken."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


@pytest.fixture
def wakes() -> Wakes:
    return Wakes()


@pytest.fixture
def hints(wakes: Wakes) -> Hints:
    return Hints(wakes, most=3)


@pytest.mark.parametrize("what", ["created", "changed", "sold", "lost", "completed", "deleted"])
def test_an_event_of_a_sale_names_the_sale(hints: Hints, wakes: Wakes, what: str) -> None:
    """Whatever happened to it, it is looked at."""
    assert hints.hear(f"sale.{what}", "1042")
    assert (hints.take(), wakes.count) == ({Side.LEFT: frozenset({"1042"})}, 1)
    assert hints.take() == {}


@pytest.mark.parametrize(
    "event", ["contact.created", "contact.softdeleted", "list.prob.changed", "associate.created"]
)
def test_lists_and_companies_are_to_be_read_afresh(hints: Hints, wakes: Wakes, event: str) -> None:
    """They are no sale, and told once."""
    assert hints.hear(event, "501")
    assert (hints.lists_changed, hints.take()) == (True, {})
    assert (hints.take_lists(), hints.take_lists(), hints.lists_changed) == (True, False, False)
    assert wakes.count == 1


@pytest.mark.parametrize(
    "event", ["person.changed", "quote.sent", "salestakeholder.created", "", "sales", "listing.x"]
)
def test_other_events_mean_nothing(hints: Hints, wakes: Wakes, event: str) -> None:
    """They wake nobody."""
    assert not hints.hear(event, "1042")
    assert (hints.take(), hints.lists_changed, wakes.count) == ({}, False, 0)


@pytest.mark.parametrize("key", ["", "None", "0", "-3", "1.5", "²", "9" * 19, "1042; x"])
def test_a_sale_without_a_proper_key_is_everything_new(hints: Hints, key: str) -> None:
    """Something changed, and nobody knows what."""
    assert hints.hear("sale.changed", key)
    assert hints.take() == {Side.LEFT: EVERYTHING}


def test_a_hint_that_is_known_wakes_nobody(hints: Hints, wakes: Wakes) -> None:
    """One action raises several events; after a look they are news again."""
    for _ in range(3):
        hints.put(Side.LEFT, "1042")
    assert wakes.count == 1
    hints.take()
    hints.put(Side.LEFT, "1042")
    assert wakes.count == 2


def test_too_many_hints_become_one(hints: Hints, wakes: Wakes) -> None:
    """A flood is a reading of everything new of that side, and the other side keeps its own."""
    hints.put(Side.RIGHT, "7")
    for number in range(50):
        hints.put(Side.LEFT, str(number))

    assert hints.take() == {Side.LEFT: EVERYTHING, Side.RIGHT: frozenset({"7"})}
    assert wakes.count == 1 + 4
    hints.put(Side.LEFT, "1042")
    assert hints.take() == {Side.LEFT: frozenset({"1042"})}


def test_a_catch_up_is_everything_new(hints: Hints, wakes: Wakes) -> None:
    """It takes in what was named before, and wakes once."""
    hints.put(Side.LEFT, "1042")
    hints.put_all(Side.LEFT)
    hints.put_all(Side.LEFT)

    assert (hints.take(), wakes.count) == ({Side.LEFT: EVERYTHING}, 2)


def test_nothing_is_lost_or_doubled_between_threads() -> None:
    """Each id is taken once, however many threads put and take."""
    hints = Hints(lambda: None, most=100_000)
    taken: list[str] = []

    def put(thread: int) -> None:
        for number in range(500):
            hints.put(Side.LEFT, f"{thread}-{number}")

    threads = [threading.Thread(target=put, args=(thread,)) for thread in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        taken += hints.take().get(Side.LEFT, EVERYTHING)
    taken += hints.take().get(Side.LEFT, EVERYTHING)

    assert len(taken) == len(set(taken)) == 2000


def test_waking_may_take_the_hints_at_once() -> None:
    """The worker is called outside the lock."""
    taken: list[dict[Side, frozenset[str]]] = []
    eager: Hints = Hints(lambda: taken.append(eager.take()))
    eager.put(Side.LEFT, "1")

    assert taken == [{Side.LEFT: frozenset({"1"})}]

"""The book of what was told: what clocks, restarts and other processes do to it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sync.daemon.conditions import Finding, View
from sync.daemon.notices import Book, Delivery, Judge, Rules, dump_book, load_book
from tests.daemon.ear import DOWN, Watched
from tests.engine.world import FakeClock, World

NOW = FakeClock().now
DAY_S = 86_400.0


@pytest.fixture
def watched(world: World) -> Watched:
    return Watched(world.clock, world.database)


def judge(minutes: float = 0) -> Judge:
    return Judge(Rules(after_s=0), ("mail", "webhook"), NOW + timedelta(minutes=minutes))


def a_book() -> tuple[Book, list[Delivery]]:
    """One trouble told, and the deliveries on their way."""
    return judge().take(judge().judge({}, View({DOWN: Finding("down", NOW)})))


def test_a_book_is_read_as_it_was_written() -> None:
    """Debts and moments included; conditions of another version are left out."""
    book, _ = a_book()
    contrary = {name: replace(notice, contrary_at=NOW) for name, notice in book.items()}
    text = dump_book({**contrary, "held": book[DOWN]})

    assert load_book(dump_book(book)) == book
    assert load_book(text) == {**contrary, "held": book[DOWN]}
    assert load_book(text.replace('"held"', '"of_another_version"')) == contrary
    assert load_book(None) == {}


def test_what_is_in_hand_is_not_taken_again() -> None:
    """Until so much time has passed that whoever took it must be dead."""
    book, taken = a_book()

    assert [delivery.channel for delivery in taken] == ["mail", "webhook"]
    assert judge(1).take(book)[1] == []
    assert [delivery.tries for delivery in judge(2).take(book)[1]] == [2, 2]


@pytest.mark.parametrize("arrived", [True, False])
def test_an_old_delivery_settles_nothing_new(arrived: bool) -> None:
    """While it was on its way, another process told that all is over: that is still owed."""
    book, (delivery, _) = a_book()
    over = judge(1).judge(book, View({}))

    assert judge(1).settle(over, delivery, arrived=arrived) == over
    assert judge(1).settle({}, delivery, arrived=arrived) == {}


def test_what_is_owed_survives_a_clock_that_is_set_back(watched: Watched) -> None:
    """The next try comes in a quarter of an hour at the latest, not in a month."""
    (ear,) = watched.ears
    ear.problem = "no answer"
    watched.begin()
    watched.later(150)
    watched.clock.wait(-30 * DAY_S)
    watched.look()
    ear.problem = ""

    assert watched.later(930) == ["firing"]


def test_a_clock_set_back_while_the_service_was_off(watched: Watched) -> None:
    """Waits begin anew."""
    watched.begin()
    watched.look()
    watched.clock.wait(-30 * DAY_S)
    watched.restart()

    assert watched.later(120) == ["firing"]


def test_a_trouble_is_as_old_as_it_was_first_seen(watched: Watched) -> None:
    """Though the process that tells it saw it later."""
    watched.begin()
    begun_at = watched.clock.now
    watched.later(60)
    watched.restart()
    watched.later(60)

    assert [alert.since for alert in watched.ears[0].alerts] == [begun_at]

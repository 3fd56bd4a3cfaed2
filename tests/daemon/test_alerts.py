"""People are told when something begins to be wrong and when it is over: once, whatever happens between."""

import pytest

from sync.daemon.alerts import LEAP, Alerts
from sync.daemon.conditions import Kind, View
from sync.daemon.notices import Rules
from sync.daemon.post import Post
from sync.store import meta
from tests.daemon.bench import heard, named
from tests.daemon.ear import DOWN, TEXT, Ear, Watched
from tests.engine.world import FakeClock, World

HOUR_S = 3600.0
DAY_S = 86_400.0


@pytest.fixture
def watched(world: World) -> Watched:
    return Watched(world.clock, world.database)


def test_one_trouble_is_two_messages(watched: Watched) -> None:
    """However many looks lie between; the second one tells how long it was."""
    watched.begin()
    begun_at = watched.clock.now
    first = watched.later(HOUR_S)
    watched.end()
    ended_at = watched.clock.now
    second = watched.later(HOUR_S)
    begun, over = watched.ears[0].alerts

    assert (first, second) == (["firing"], ["over"])
    assert (begun.condition, begun.text, begun.since) == (DOWN, TEXT, begun_at)
    assert (over.at, over.seconds, over.incident) == (ended_at, HOUR_S, begun.incident)


def test_nothing_wrong_is_nothing_told(watched: Watched) -> None:
    """Nor is anything written."""
    assert watched.later(DAY_S) == []
    with watched.database.read() as connection:
        assert meta.get(connection, "alerts.told") is None


def test_what_lasts_shorter_than_the_wait_is_not_told(watched: Watched) -> None:
    """Two minutes by default, to the second look after which it is as long."""
    watched.begin()
    early = watched.later(90)
    late = watched.later(30)

    assert (early, late) == ([], ["firing"])


def test_what_comes_and_goes_is_not_told(watched: Watched) -> None:
    """A side that answers every other minute is the log's matter."""
    told = []
    for _ in range(20):
        watched.begin()
        told += watched.later(60)
        watched.end()
        told += watched.later(60)

    assert told == []


def test_what_comes_back_at_once_was_never_over(watched: Watched) -> None:
    """One message at the beginning, one at the end, for the whole of it."""
    watched.begin()
    told = watched.later(300)
    for _ in range(5):
        watched.end()
        told += watched.later(60)
        watched.begin()
        told += watched.later(60)
    watched.end()
    told += watched.later(300)

    assert told == ["firing", "over"]
    assert watched.ears[0].alerts[1].seconds == 900


def test_the_next_trouble_is_told_anew(watched: Watched) -> None:
    """With another incident."""
    for _ in range(2):
        watched.begin()
        watched.later(300)
        watched.end()
        watched.later(300)

    assert [str(alert.state) for alert in watched.ears[0].alerts] == ["firing", "over"] * 2
    assert len({alert.incident for alert in watched.ears[0].alerts}) == 2


def test_conditions_are_told_apart(watched: Watched) -> None:
    """One side down, then the other: each begins and ends for itself."""
    watched.begin("side_down:superoffice")
    watched.later(300)
    watched.begin(DOWN)
    watched.later(300)
    watched.end("side_down:superoffice")
    watched.later(300)

    told = [(alert.condition, str(alert.state)) for alert in watched.ears[0].alerts]
    assert told == [
        ("side_down:superoffice", "firing"),
        (DOWN, "firing"),
        ("side_down:superoffice", "over"),
    ]


@pytest.mark.parametrize(("every_s", "reminders"), [(DAY_S, 2), (0, 0), (12 * HOUR_S, 5)])
def test_a_trouble_that_lasts_is_reminded_of(world: World, every_s: float, reminders: int) -> None:
    """Once a day, or as set, or never."""
    watched = Watched(world.clock, world.database, Rules(remind_every_s=every_s))
    watched.begin()

    assert watched.later(2.6 * DAY_S) == ["firing", *["still"] * reminders]


def test_each_condition_may_wait_as_long_as_it_should(world: World) -> None:
    """Seconds by kind, for all conditions of that kind; 0 tells at once."""
    watched = Watched(world.clock, world.database, Rules(after={"side_down": 600, "held": 0}))
    watched.begin()
    watched.begin("held")
    watched.later(570)
    early = [alert.condition for alert in watched.ears[0].alerts]
    watched.later(30)

    assert early == ["held"]
    assert [alert.condition for alert in watched.ears[0].alerts] == ["held", DOWN]


def test_a_condition_may_be_left_untold(world: World) -> None:
    """By kind."""
    watched = Watched(world.clock, world.database, Rules(never=frozenset({"side_down"})))
    watched.begin()

    assert watched.later(HOUR_S) == []


def test_what_nobody_can_tell_is_not_over(watched: Watched) -> None:
    """A process that has only begun has seen no side yet: that proves nothing."""
    watched.begin()
    watched.later(300)
    watched.restart()
    watched.end()
    watched.unjudged = frozenset({Kind.SIDE_DOWN})
    blind = watched.later(HOUR_S)
    watched.unjudged = frozenset()

    assert blind == []
    assert watched.later(300) == ["over"]


@pytest.mark.parametrize("leap_s", [30 * DAY_S, -30 * DAY_S, LEAP.total_seconds() + 1])
def test_a_leap_of_the_clock_tells_nothing(watched: Watched, leap_s: float) -> None:
    """What began a moment before is not old, what is told is not over, and all goes on as before."""
    watched.begin(DOWN)
    watched.later(300)
    watched.begin("held")
    watched.later(30)
    watched.clock.wait(leap_s)
    watched.end("held")
    leapt = watched.later(60)
    watched.end(DOWN)
    over = watched.later(300)

    assert [state for state in leapt if state != "still"] == []
    assert over == ["over"]


def test_a_leap_back_does_not_silence_a_reminder(watched: Watched) -> None:
    """Counted from the moment of the leap."""
    watched.begin()
    watched.later(300)
    watched.clock.wait(-30 * DAY_S)

    assert watched.later(1.5 * DAY_S) == ["still"]


def test_the_thread_leaves_when_told_and_survives_a_fault(world: World) -> None:
    """A fault in one look is logged, and the next look is made."""
    ear = Ear()
    alerts = Alerts(Rules(), Post([ear], lambda *_told: None), world.database, FakeClock())
    views = 0

    def view() -> View:
        nonlocal views
        views += 1
        if views == 1:
            raise ValueError("a fault of the tests")
        alerts.leave()
        return View({})

    with heard() as events:
        alerts.run(view, every_s=0.0)

    assert views == 2
    assert [event["log_level"] for event in named(events, "alerts.failed")] == ["error"]


def test_each_alert_is_one_line_in_the_log(watched: Watched) -> None:
    """With its condition and state."""
    watched.begin()
    with heard() as events:
        watched.later(HOUR_S)

    (line,) = named(events, "alert.told")
    assert (line["condition"], line["state"]) == (DOWN, "firing")

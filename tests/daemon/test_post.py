"""What a channel does not take is tried again, for a while, and by one process only."""

import pytest

from sync.daemon.channels.alert import Alert
from sync.daemon.conditions import Kind
from tests.daemon.bench import heard, named
from tests.daemon.ear import Ear, Watched
from tests.engine.world import World

HOUR_S = 3600.0
DAY_S = 86_400.0


@pytest.fixture
def watched(world: World) -> Watched:
    return Watched(world.clock, world.database)


def test_a_channel_that_fails_is_tried_again_later(watched: Watched) -> None:
    """After a minute, five more and fifteen more; not at each look."""
    (ear,) = watched.ears
    ear.problem = "no answer"
    watched.begin()
    told = watched.later(120)
    tries = [ear.tries]
    for minutes in (1, 5, 15):
        told += watched.later(60 * minutes)
        tries.append(ear.tries)
    told += watched.later(HOUR_S)

    assert told == []
    assert tries == [1, 2, 3, 4]
    assert ear.tries == 4
    assert watched.results == {"mail failed": 4, "mail given_up": 1}


def test_what_failed_arrives_when_the_channel_is_back(watched: Watched) -> None:
    """Also in the next process; the log tells losing and recovering once."""
    (ear,) = watched.ears
    ear.problem = "no answer"
    watched.begin()
    with heard() as events:
        watched.later(180)
        ear.problem = ""
        told = watched.later(600)

    assert told == ["firing"]
    assert [event["event"] for event in named(events, "channel.lost", "channel.recovered")] == [
        "channel.lost",
        "channel.recovered",
    ]
    assert watched.results == {"mail failed": 2, "mail sent": 1}


def test_a_restart_does_not_forget_what_is_owed(watched: Watched) -> None:
    """It is delivered by the process that follows."""
    watched.ears[0].problem = "no answer"
    watched.begin()
    watched.later(120)
    watched.restart()
    watched.ears[0].problem = ""

    assert watched.later(600) == ["firing"]


def test_what_is_over_before_it_was_delivered_is_one_message(watched: Watched) -> None:
    """The end tells all there is to tell."""
    watched.ears[0].problem = "no answer"
    watched.begin()
    watched.later(300)
    watched.end()
    watched.later(150)
    watched.ears[0].problem = ""

    assert watched.later(HOUR_S) == ["over"]


def test_one_channel_does_not_wait_for_another(watched: Watched) -> None:
    """The one that works hears everything in time and once, the other one what it missed."""
    broken, fine = Ear("broken"), Ear("fine")
    broken.problem = "no answer"
    watched.listen(broken, fine)
    watched.begin()
    watched.later(120)
    told = len(fine.alerts)
    watched.later(30)
    broken.problem = ""
    watched.later(HOUR_S)

    assert told == 1
    assert (len(fine.alerts), len(broken.alerts)) == (1, 1)


def test_what_hangs_hangs_once_in_a_look(watched: Watched) -> None:
    """Of many alerts for a channel that does not answer, one is tried."""
    (ear,) = watched.ears
    ear.problem = "no answer"
    for kind in Kind:
        watched.begin(kind)
    watched.later(120)

    assert ear.tries == 1


def test_a_channel_that_is_no_longer_configured_is_owed_nothing(watched: Watched) -> None:
    """And keeps nothing in mind."""
    watched.ears[0].problem = "no answer"
    watched.begin()
    watched.later(120)
    watched.listen(Ear("other"))

    assert watched.later(HOUR_S) == []


def test_two_processes_tell_once(watched: Watched) -> None:
    """Both see the same trouble, and share one memory."""
    other = Watched(watched.clock, watched.database)
    for each in (watched, other):
        each.begin()
    for _ in range(20):
        watched.clock.wait(30)
        watched.look()
        other.look()

    assert len(watched.ears[0].alerts) + len(other.ears[0].alerts) == 1


def test_an_alert_in_flight_is_not_sent_by_another_process(watched: Watched) -> None:
    """While one is at it, the other looks."""
    other = Watched(watched.clock, watched.database)

    class Slow(Ear):
        """Takes so long that the other process looks meanwhile."""

        def send(self, alert: Alert) -> str:
            other.look()
            return super().send(alert)

    slow = Slow()
    watched.listen(slow)
    for each in (watched, other):
        each.begin()
    told = watched.later(600)

    assert told == ["firing"]
    assert other.ears[0].alerts == []

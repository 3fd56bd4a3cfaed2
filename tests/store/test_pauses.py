"""Pauses: one word per target, held or not by the clock; and the links that wait for the end of one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sync.domain.link import LinkState
from sync.domain.model import Side
from sync.store import links, pauses
from sync.store.database import Database
from sync.store.pauses import Pause, Scope, Target
from tests.store.build import BASE, LATER, NOW, a_link

ALL = Pause(Target(Scope.ALL), "Anna", "moving", NOW)
RIGHT = Pause(Target(Scope.SIDE, Side.RIGHT), "Ola Ærlig", "new portal", NOW, LATER)
COMPANY = Pause(Target(Scope.COMPANY, Side.LEFT, "501"), "Anna", "merger", LATER)
RECORD = Pause(Target(Scope.RECORD, Side.RIGHT, "45"), "Anna", "by hand", LATER)


def test_pauses_come_back_as_they_were(database: Database) -> None:
    """Every scope, with and without an end, oldest first."""
    with database.begin() as connection:
        for pause in (RECORD, COMPANY, RIGHT, ALL):
            pauses.save_pause(connection, pause)

        assert pauses.load_holding(connection, NOW) == [ALL, RIGHT, COMPANY, RECORD]
        assert pauses.load_pause(connection, RIGHT.id) == RIGHT
        assert pauses.load_pause(connection, "side:left") is None


def test_the_clock_ends_a_pause(database: Database) -> None:
    """At its end it holds no more, without anybody doing anything; set back, the clock revives it."""
    with database.begin() as connection:
        pauses.save_pause(connection, RIGHT)

        assert pauses.load_holding(connection, LATER - timedelta(microseconds=1)) == [RIGHT]
        assert pauses.load_holding(connection, LATER) == []
        assert pauses.load_holding(connection, NOW) == [RIGHT]
    assert [RIGHT.holds_at(at) for at in (NOW, LATER)] == [True, False]
    assert ALL.holds_at(LATER + timedelta(days=9999))


def test_a_new_word_replaces_the_old_one(database: Database) -> None:
    """There is at most one pause of each target."""
    longer = replace(RIGHT, why="takes longer", until=None)
    with database.begin() as connection:
        pauses.save_pause(connection, RIGHT)
        pauses.save_pause(connection, longer)

        assert pauses.load_holding(connection, LATER) == [longer]
        pauses.delete_pause(connection, RIGHT.id)
        pauses.delete_pause(connection, RIGHT.id)
        assert pauses.load_holding(connection, NOW) == []


def test_targets_are_told_apart() -> None:
    """By scope, side and id."""
    targets = [ALL.target, RIGHT.target, COMPANY.target, RECORD.target]
    targets += [replace(target, side=Side.LEFT) for target in (RIGHT.target, RECORD.target)]

    assert len({target.id for target in targets}) == 6


def test_a_held_link_keeps_everything_but_its_state(database: Database) -> None:
    """Holding and waking touch neither records nor bases, however the link was loaded elsewhere."""
    before = replace(a_link(), base_right=BASE, refused="print", gone_left_at=NOW)
    with database.begin() as connection:
        links.insert_links(connection, [before, a_link("b", "3", "4")], NOW)
        pauses.hold_link(connection, "a", "Anna said so", LATER)

        paused = replace(before, state=LinkState.PAUSED, reason="Anna said so", refused="")
        assert links.load_link(connection, "a") == paused
        assert pauses.load_reasons(connection) == {"a": "Anna said so"}

        pauses.wake_links(connection, ["a"], LATER)
        assert links.load_link(connection, "a") == replace(paused, state=LinkState.PENDING, reason="")
        assert links.load_link(connection, "b") == a_link("b", "3", "4")


@pytest.mark.parametrize("state", [state for state in LinkState if state is not LinkState.PAUSED])
def test_only_paused_links_are_woken(database: Database, state: LinkState) -> None:
    """What became of a link meanwhile counts; nothing brings a buried one back."""
    link = a_link(state=state, reason="so it is")
    with database.begin() as connection:
        links.insert_link(connection, link, NOW)
        pauses.wake_links(connection, ["a", "unknown"], LATER)
        pauses.wake_links(connection, [], LATER)

        assert links.load_link(connection, "a") == link
        pauses.hold_link(connection, "a", "paused", LATER)
        assert (pauses.load_reasons(connection) == {}) is (state is LinkState.BURIED)

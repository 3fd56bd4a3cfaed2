"""Links are kept exactly, and no record ever belongs to two of them."""

import dataclasses
import hashlib
import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from sync.domain.link import Link, LinkState
from sync.domain.model import Side
from sync.errors import RecordTrouble
from sync.store import links
from sync.store.database import Database
from sync.store.tables import LINKS
from tests.store.build import BASE, LATER, NOW, a_link


def stored(database: Database, *saved: Link) -> None:
    with database.begin() as connection:
        links.insert_links(connection, saved, NOW)


def test_a_link_comes_back_as_it_was(database: Database) -> None:
    """Every member survives the way through the database, instants to the microsecond."""
    link = Link(
        id="a",
        left_id="17",
        right_id="4711",
        base_left=BASE,
        base_right={},
        state=LinkState.PARKED,
        reason="stage «Tapt» has no partner 🙂",
        origin="create-left",
        gone_left_at=NOW + timedelta(microseconds=1),
        gone_right_at=LATER,
        refused="3f2a",
    )
    stored(database, link)

    with database.read() as connection:
        assert links.load_link(connection, "a") == link
        assert links.load_links(connection) == [link]
        assert links.load_link(connection, "b") is None


def test_saving_overwrites_all_but_the_creation(database: Database) -> None:
    """A saved link replaces the stored one; when it was created stays known."""
    stored(database, a_link())
    changed = dataclasses.replace(a_link(), base_left=None, base_right=BASE, state=LinkState.RETRYING)

    with database.begin() as connection:
        links.save_link(connection, changed, LATER)

    with database.read() as connection:
        assert links.load_link(connection, "a") == changed
        times = connection.execute(select(LINKS.c.created_at, LINKS.c.updated_at)).one()
        assert tuple(times) == (NOW, LATER)


def test_hashes_follow_the_bases(database: Database) -> None:
    """A base is stored with its hash, a missing base without one."""
    stored(database, Link("a", left_id="1", base_left={"title": "x"}))

    with database.read() as connection:
        found = connection.execute(select(LINKS.c.hash_left, LINKS.c.hash_right)).one()
    assert tuple(found) == (hashlib.sha256(b'{"title":"x"}').hexdigest(), None)


def test_a_link_is_found_by_either_record(database: Database) -> None:
    """A record leads to its link on its own side only; missing halves match nothing."""
    stored(database, a_link("a", "1", "2"), a_link("b", "2", None), a_link("c", None, "1"))

    with database.read() as connection:
        found = [
            links.find_link(connection, side, record_id)
            for side, record_id in ((Side.LEFT, "1"), (Side.LEFT, "2"), (Side.RIGHT, "1"), (Side.RIGHT, "3"))
        ]
    assert [link and link.id for link in found] == ["a", "b", "c", None]


@pytest.mark.parametrize("side", list(Side))
def test_a_record_belongs_to_one_link(database: Database, side: Side) -> None:
    """A second claim on a record is refused with the name of the holder, by insert and by save alike."""
    stored(database, a_link("a", "1", "2"), a_link("b", "3", "4"))
    clash = {"left_id": "1"} if side is Side.LEFT else {"right_id": "2"}

    with database.begin() as connection:
        with pytest.raises(RecordTrouble, match=f"{side.label} [12] already belongs to link a, so link new"):
            links.insert_link(connection, dataclasses.replace(a_link("new", "8", "9"), **clash), NOW)  # type: ignore[arg-type]  # one text member
        with pytest.raises(RecordTrouble, match="already belongs to link a, so link b"):
            links.save_link(connection, dataclasses.replace(a_link("b", "3", "4"), **clash), NOW)  # type: ignore[arg-type]  # one text member
        links.insert_link(connection, a_link("c", "5", "6"), NOW)

    with database.read() as connection:
        assert [link.id for link in links.load_links(connection)] == ["a", "b", "c"]


@pytest.mark.parametrize(
    "bad",
    [
        [a_link("a", "8", "9")],
        [a_link("new", None, None)],
        [a_link("x", "8", None), a_link("y", "8", None)],
    ],
)
def test_a_bad_batch_leaves_nothing(database: Database, bad: list[Link]) -> None:
    """An id in use, a link without a record, a record twice in a batch: none of the batch is stored."""
    stored(database, a_link("a", "1", "2"))

    with database.begin() as connection, pytest.raises(RecordTrouble, match="was not saved"):
        links.insert_links(connection, [a_link("good", "5", "6"), *bad], NOW)

    with database.read() as connection:
        assert links.load_links(connection) == [a_link("a", "1", "2")]


def test_a_removed_link_cannot_be_saved(database: Database) -> None:
    """A link that somebody removed meanwhile is not brought back, nor is the rest of its batch saved."""
    stored(database, a_link("a", "1", "2"))
    changed = a_link("a", "1", "2", reason="changed")

    with database.begin() as connection, pytest.raises(RecordTrouble, match="removed meanwhile"):
        links.save_links(connection, [changed, a_link("b", "3", "4")], NOW)

    with database.read() as connection:
        assert links.load_links(connection) == [a_link("a", "1", "2")]


def test_nothing_to_write_is_fine(database: Database) -> None:
    """An empty batch does nothing."""
    with database.begin() as connection:
        links.insert_links(connection, [], NOW)
        links.save_links(connection, [], NOW)

        assert links.load_links(connection) == []


def test_links_are_listed_and_counted_by_state(database: Database) -> None:
    """Every state has a count, also 0; the asked states are listed by id."""
    stored(
        database,
        a_link("c", "1", "1", LinkState.CONFLICT),
        a_link("b", "2", "2", LinkState.PARKED),
        a_link("a", "3", "3", LinkState.CONFLICT),
        a_link("d", "4", "4"),
    )

    with database.read() as connection:
        waiting = links.load_links_in(connection, {LinkState.CONFLICT, LinkState.PARKED})
        counts = links.count_by_state(connection)
    assert [link.id for link in waiting] == ["a", "b", "c"]
    assert set(counts) == set(LinkState)
    assert {state: count for state, count in counts.items() if count} == {
        LinkState.CONFLICT: 2,
        LinkState.PARKED: 1,
        LinkState.IN_SYNC: 1,
    }


def test_a_deleted_link_is_gone(database: Database) -> None:
    """Deleting frees the records for another link; deleting again is fine."""
    stored(database, a_link("a", "1", "2"))

    with database.begin() as connection:
        links.delete_link(connection, "a")
        links.delete_link(connection, "a")
        links.insert_link(connection, a_link("b", "1", "2"), NOW)

        assert [link.id for link in links.load_links(connection)] == ["b"]


def test_excluded_links_are_looked_at_again(database: Database) -> None:
    """Exactly the links excluded for a reason that starts so become pending; case and wildcards count."""
    excluded = LinkState.EXCLUDED
    stored(
        database,
        a_link("a", "1", "1", excluded, "stage_1: not mapped"),
        a_link("b", "2", "2", excluded, "STAGE_1: not mapped"),
        a_link("c", "3", "3", excluded, "stageX1: not mapped"),
        a_link("d", "4", "4", LinkState.PARKED, "stage_1: not mapped"),
    )

    with database.begin() as connection:
        assert links.touch_excluded(connection, "stage_1", LATER) == 1

        assert [link.state for link in links.load_links(connection)] == [
            LinkState.PENDING,
            excluded,
            excluded,
            LinkState.PARKED,
        ]


def test_text_that_no_database_can_hold(database: Database) -> None:
    """A vendor's NUL or half surrogate is marked in a reason, and kept exactly in a base."""
    odd = "a\0b\ud800c"
    stored(database, Link("a", left_id="1", base_left={"title": odd}, reason=odd))

    with database.read() as connection:
        link = links.load_link(connection, "a")
    assert link is not None
    assert link.base_left == {"title": odd}
    assert link.reason == "a\ufffdb?c"


def test_ten_thousand_links_are_quick(database: Database) -> None:
    """A backfill's worth of links is written and read in seconds even on a busy machine."""
    many = [Link(f"{number:06}", str(number), str(number), BASE, BASE) for number in range(10_000)]

    started = time.perf_counter()
    stored(database, *many)
    with database.read() as connection:
        loaded = links.load_links(connection)
    spent_s = time.perf_counter() - started

    assert loaded == many
    assert spent_s < 15

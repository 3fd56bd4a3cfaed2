"""Intents tell after a crash what was being written, one for each link at most."""

import dataclasses

import pytest

from sync.domain.model import Side
from sync.errors import StateTrouble
from sync.store import intents
from sync.store.database import Database
from sync.store.intents import Intent, IntentKind
from tests.store.build import BASE, LATER, NOW

CREATE = Intent(
    id="i1",
    run_id="r1",
    link_id="a",
    side=Side.RIGHT,
    kind=IntentKind.CREATE,
    record_id=None,
    payload=BASE,
    ambiguous=False,
    attempts=1,
    created_at=LATER,
)
UPDATE = dataclasses.replace(
    CREATE, id="i2", link_id="b", side=Side.LEFT, kind=IntentKind.UPDATE, record_id="7", created_at=NOW
)


def stored(database: Database, *saved: Intent) -> None:
    with database.begin() as connection:
        for intent in saved:
            intents.save_intent(connection, intent)


def test_intents_come_back_oldest_first(database: Database) -> None:
    """Every member survives; recovery meets them in the order they were begun."""
    stored(database, CREATE, UPDATE)

    with database.read() as connection:
        assert intents.load_intents(connection) == [UPDATE, CREATE]
        assert intents.load_intent_of(connection, "a") == CREATE
        assert intents.load_intent_of(connection, "c") is None


def test_saving_again_replaces(database: Database) -> None:
    """A further attempt overwrites the same intent."""
    again = dataclasses.replace(CREATE, attempts=2, record_id="9", payload={})
    stored(database, CREATE, again)

    with database.read() as connection:
        assert intents.load_intents(connection) == [again]


def test_one_intent_for_a_link(database: Database) -> None:
    """Two writes for one link at a time are refused, and the first stays."""
    stored(database, CREATE)

    with pytest.raises(StateTrouble, match="refused a statement"):
        stored(database, dataclasses.replace(CREATE, id="other"))
    with database.read() as connection:
        assert intents.load_intents(connection) == [CREATE]


def test_an_unknown_outcome_is_marked(database: Database) -> None:
    """Only the marked intent becomes ambiguous."""
    stored(database, CREATE, UPDATE)

    with database.begin() as connection:
        intents.mark_ambiguous(connection, "i1")

        assert [intent.ambiguous for intent in intents.load_intents(connection)] == [False, True]


def test_a_finished_intent_is_deleted(database: Database) -> None:
    """Deleting takes one intent and leaves the others; twice is fine."""
    stored(database, CREATE, UPDATE)

    with database.begin() as connection:
        intents.delete_intent(connection, "i1")
        intents.delete_intent(connection, "i1")

        assert intents.load_intents(connection) == [UPDATE]

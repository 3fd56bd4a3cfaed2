"""Queries over links; they keep what they are given and decide nothing about it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any  # a row's columns are typed by the table, not by Python

from sqlalchemy import ColumnElement, bindparam, delete, func, insert, select, update
from sqlalchemy.engine import Connection, Row

from sync.domain.link import Link, LinkState
from sync.domain.model import Side, Values
from sync.errors import RecordTrouble
from sync.store.clash import refuse_clashes
from sync.store.codec import hash_values
from sync.store.tables import LINKS

BATCH = 1000

_FIELDS = (
    LINKS.c.id,
    LINKS.c.left_id,
    LINKS.c.right_id,
    LINKS.c.base_left,
    LINKS.c.base_right,
    LINKS.c.state,
    LINKS.c.reason,
    LINKS.c.origin,
    LINKS.c.gone_left_at,
    LINKS.c.gone_right_at,
    LINKS.c.refused,
    LINKS.c.born_left_at,
    LINKS.c.born_right_at,
)
_UPDATE = update(LINKS).where(LINKS.c.id == bindparam("link_id"))
_BIRTHS = _UPDATE.values(born_left_at=bindparam("left_at"), born_right_at=bindparam("right_at"))


def insert_link(connection: Connection, link: Link, at: datetime) -> None:
    insert_links(connection, [link], at)


def insert_links(connection: Connection, links: Sequence[Link], at: datetime) -> None:
    """All or none; `RecordTrouble` names the link that already holds one of the records."""
    rows = [_to_row(link, at) | {"created_at": at} for link in links]
    with refuse_clashes(connection, LINKS, rows):
        if rows:
            connection.execute(insert(LINKS), rows)


def save_link(connection: Connection, link: Link, at: datetime) -> None:
    save_links(connection, [link], at)


def save_links(connection: Connection, links: Sequence[Link], at: datetime) -> None:
    """Overwrite known links, all or none; `RecordTrouble` on a clash or when one is not known."""
    rows = [_to_row(link, at) | {"link_id": link.id} for link in links]
    with refuse_clashes(connection, LINKS, rows):
        saved = connection.execute(_UPDATE, rows).rowcount if rows else 0
        if saved != len(rows):
            raise RecordTrouble(f"{_name(links)} was removed meanwhile: plan again")


def save_births(connection: Connection, links: Sequence[Link]) -> None:
    """When the records of these links were created; nothing else of them changes."""
    rows = [
        {"link_id": link.id, "left_at": link.born_left_at, "right_at": link.born_right_at} for link in links
    ]
    if rows:
        connection.execute(_BIRTHS, rows)


def load_link(connection: Connection, link_id: str) -> Link | None:
    row = connection.execute(select(*_FIELDS).where(LINKS.c.id == link_id)).one_or_none()
    return None if row is None else _from_row(row)


def load_links(connection: Connection) -> list[Link]:
    return _load(connection)


def load_links_in(connection: Connection, states: Collection[LinkState]) -> list[Link]:
    return _load(connection, LINKS.c.state.in_([str(state) for state in states]))


def find_link(connection: Connection, side: Side, record_id: str) -> Link | None:
    """The link that holds this record."""
    row = connection.execute(select(*_FIELDS).where(LINKS.c[f"{side}_id"] == record_id)).one_or_none()
    return None if row is None else _from_row(row)


def count_by_state(connection: Connection) -> dict[LinkState, int]:
    """Every state is named, with 0 where no link is in it."""
    counted = connection.execute(select(LINKS.c.state, func.count()).group_by(LINKS.c.state))
    found = {LinkState(state): int(number) for state, number in counted}
    return {state: found.get(state, 0) for state in LinkState}


def delete_link(connection: Connection, link_id: str) -> None:
    """Its conflicts go with it, its journal stays."""
    connection.execute(delete(LINKS).where(LINKS.c.id == link_id))


def touch_excluded(connection: Connection, reason_prefix: str, at: datetime) -> int:
    """Make the links excluded for this reason pending, to be looked at again; how many they were."""
    # Not LIKE: SQLite ignores case there and PostgreSQL does not.
    reason_starts = func.substr(LINKS.c.reason, 1, len(reason_prefix)) == reason_prefix
    excluded = LINKS.c.state == LinkState.EXCLUDED.value
    pending = {"state": LinkState.PENDING.value, "reason": "", "updated_at": at}
    return connection.execute(update(LINKS).where(excluded, reason_starts).values(pending)).rowcount


def _load(connection: Connection, *where: ColumnElement[bool]) -> list[Link]:
    query = select(*_FIELDS).where(*where).order_by(LINKS.c.id)
    found = connection.execute(query, execution_options={"yield_per": BATCH})
    return [_from_row(row) for row in found]


def _from_row(row: Row[*tuple[Any, ...]]) -> Link:
    (link_id, left_id, right_id, base_left, base_right, state, *rest) = row
    return Link(link_id, left_id, right_id, base_left, base_right, LinkState(state), *rest)


def _to_row(link: Link, at: datetime) -> dict[str, object]:
    return {
        "id": link.id,
        "left_id": link.left_id,
        "right_id": link.right_id,
        "base_left": link.base_left,
        "base_right": link.base_right,
        "hash_left": _hash(link.base_left),
        "hash_right": _hash(link.base_right),
        "state": link.state.value,
        "reason": link.reason,
        "origin": link.origin,
        "gone_left_at": link.gone_left_at,
        "gone_right_at": link.gone_right_at,
        "refused": link.refused,
        "born_left_at": link.born_left_at,
        "born_right_at": link.born_right_at,
        "updated_at": at,
    }


def _hash(base: Values | None) -> str | None:
    return None if base is None else hash_values(base)


def _name(links: Sequence[Link]) -> str:
    return f"link {links[0].id}" if len(links) == 1 else f"one of {len(links)} links"

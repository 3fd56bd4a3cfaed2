"""Queries over pauses, and over the links that wait for the end of one; no job ends them, the clock does."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any  # a row's columns are typed by the table, not by Python

from sqlalchemy import bindparam, delete, or_, select, update
from sqlalchemy.engine import Connection, Row

from sync.domain.link import LinkState
from sync.domain.model import Side
from sync.store.tables import LINKS, PAUSES
from sync.store.upsert import upsert_row

_MOVE = update(LINKS).where(LINKS.c.id == bindparam("link_id"))
_IS_PAUSED = LINKS.c.state == LinkState.PAUSED.value


class Scope(StrEnum):
    """What a pause holds back."""

    ALL = "all"
    SIDE = "side"
    COMPANY = "company"
    RECORD = "record"


@dataclass(frozen=True, slots=True)
class Target:
    """Everything, the writes to one side, or one side's company or record by its id there."""

    scope: Scope
    side: Side | None = None
    target_id: str | None = None

    @property
    def id(self) -> str:
        """Equal for equal targets: there is at most one pause of each."""
        return ":".join(filter(None, (self.scope, self.side, self.target_id)))


@dataclass(frozen=True, slots=True)
class Pause:
    """Somebody's word that nothing is written to the target, until then, or until it is resumed."""

    target: Target
    who: str
    why: str
    created_at: datetime
    until: datetime | None = None

    @property
    def id(self) -> str:
        return self.target.id

    def holds_at(self, at: datetime) -> bool:
        return self.until is None or at < self.until


def save_pause(connection: Connection, pause: Pause) -> None:
    """A new word about the same target replaces the old one."""
    row = {
        "id": pause.id,
        "scope": pause.target.scope.value,
        "side": pause.target.side.value if pause.target.side else None,
        "target_id": pause.target.target_id,
        "who": pause.who,
        "why": pause.why,
        "created_at": pause.created_at,
        "until": pause.until,
    }
    upsert_row(connection, PAUSES, row)


def load_pause(connection: Connection, pause_id: str) -> Pause | None:
    """Also one that is over."""
    row = connection.execute(select(PAUSES).where(PAUSES.c.id == pause_id)).one_or_none()
    return None if row is None else _from_row(row)


def load_holding(connection: Connection, at: datetime) -> list[Pause]:
    """The pauses that hold at this moment, oldest first."""
    holds = or_(PAUSES.c.until.is_(None), PAUSES.c.until > at)
    query = select(PAUSES).where(holds).order_by(PAUSES.c.created_at, PAUSES.c.id)
    return [_from_row(row) for row in connection.execute(query)]


def delete_pause(connection: Connection, pause_id: str) -> None:
    connection.execute(delete(PAUSES).where(PAUSES.c.id == pause_id))


def load_reasons(connection: Connection) -> dict[str, str]:
    """`{link id: reason}` of all links that wait for the end of a pause."""
    found = connection.execute(select(LINKS.c.id, LINKS.c.reason).where(_IS_PAUSED).order_by(LINKS.c.id))
    return {row.id: row.reason for row in found}


def hold_link(connection: Connection, link_id: str, reason: str, at: datetime) -> None:
    """Makes a link paused, unless it is buried. Nothing else of it is touched: a run that works on it at this
    moment loses nothing, and may overwrite this."""
    living = _MOVE.where(LINKS.c.state != LinkState.BURIED.value)
    connection.execute(living, [_moved(link_id, LinkState.PAUSED, reason, at)])


def wake_links(connection: Connection, link_ids: Collection[str], at: datetime) -> None:
    """Makes paused links pending; what a CRM refused before is tried again."""
    rows = [_moved(link_id, LinkState.PENDING, "", at) for link_id in link_ids]
    if rows:
        connection.execute(_MOVE.where(_IS_PAUSED), rows)


def _moved(link_id: str, state: LinkState, reason: str, at: datetime) -> dict[str, object]:
    return {"link_id": link_id, "state": state.value, "reason": reason, "refused": "", "updated_at": at}


def _from_row(row: Row[*tuple[Any, ...]]) -> Pause:
    _pause_id, scope, side, target_id, who, why, created_at, until = row
    target = Target(Scope(scope), Side(side) if side else None, target_id)
    return Pause(target, who, why, created_at, until)

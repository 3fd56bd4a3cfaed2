"""Queries over company links: one SuperOffice contact and its ONLYOFFICE twin."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.engine import Connection

from sync.domain.link import CompanyLink
from sync.domain.model import Side
from sync.errors import RecordTrouble
from sync.store.clash import refuse_clashes
from sync.store.tables import COMPANY_LINKS

_FIELDS = (
    COMPANY_LINKS.c.id,
    COMPANY_LINKS.c.left_id,
    COMPANY_LINKS.c.right_id,
    COMPANY_LINKS.c.name,
    COMPANY_LINKS.c.tier,
    COMPANY_LINKS.c.reason,
)
_UPDATE = update(COMPANY_LINKS).where(COMPANY_LINKS.c.id == bindparam("link_id"))


def insert_company_link(connection: Connection, link: CompanyLink, at: datetime) -> None:
    insert_company_links(connection, [link], at)


def insert_company_links(connection: Connection, links: Sequence[CompanyLink], at: datetime) -> None:
    """All or none; `RecordTrouble` names the link that already holds one of the companies."""
    rows = [_to_row(link, at) | {"created_at": at} for link in links]
    with refuse_clashes(connection, COMPANY_LINKS, rows):
        if rows:
            connection.execute(insert(COMPANY_LINKS), rows)


def save_company_link(connection: Connection, link: CompanyLink, at: datetime) -> None:
    """Overwrite a known link; `RecordTrouble` on a clash or when it is not known."""
    row = _to_row(link, at)
    with refuse_clashes(connection, COMPANY_LINKS, [row]):
        if connection.execute(_UPDATE, row | {"link_id": link.id}).rowcount != 1:
            raise RecordTrouble(f"company link {link.id} was removed meanwhile: plan again")


def load_company_link(connection: Connection, link_id: str) -> CompanyLink | None:
    row = connection.execute(select(*_FIELDS).where(COMPANY_LINKS.c.id == link_id)).one_or_none()
    return None if row is None else CompanyLink(*row)


def load_company_links(connection: Connection) -> list[CompanyLink]:
    found = connection.execute(select(*_FIELDS).order_by(COMPANY_LINKS.c.id))
    return [CompanyLink(*row) for row in found]


def find_company_link(connection: Connection, side: Side, company_id: str) -> CompanyLink | None:
    """The link that holds this company."""
    held = COMPANY_LINKS.c[f"{side}_id"] == company_id
    row = connection.execute(select(*_FIELDS).where(held)).one_or_none()
    return None if row is None else CompanyLink(*row)


def delete_company_link(connection: Connection, link_id: str) -> None:
    connection.execute(delete(COMPANY_LINKS).where(COMPANY_LINKS.c.id == link_id))


def _to_row(link: CompanyLink, at: datetime) -> dict[str, object]:
    return {
        "id": link.id,
        "left_id": link.left_id,
        "right_id": link.right_id,
        "name": link.name,
        "tier": link.tier,
        "reason": link.reason,
        "updated_at": at,
    }


def load_saved_at(connection: Connection, link_id: str) -> datetime:
    """When the link was last stored."""
    saved_at: datetime = connection.scalars(
        select(COMPANY_LINKS.c.updated_at).where(COMPANY_LINKS.c.id == link_id)
    ).one()
    return saved_at

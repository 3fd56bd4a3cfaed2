"""Company links are kept exactly, and no company ever belongs to two of them."""

import dataclasses

import pytest

from sync.domain.link import CompanyLink
from sync.domain.model import Side
from sync.errors import RecordTrouble
from sync.store import companies
from sync.store.database import Database
from tests.store.build import LATER, NOW

WHOLE = CompanyLink("a", "11", "22", "Ærlig Øl AS", tier="organisation number")
HALF = CompanyLink("b", "12", None, "Fisk AS", reason="no twin yet")


def stored(database: Database, *links: CompanyLink) -> None:
    with database.begin() as connection:
        companies.insert_company_links(connection, links, NOW)


def test_company_links_come_back_as_they_were(database: Database) -> None:
    """Whole and half links survive, listed by id."""
    stored(database, HALF, WHOLE)

    with database.read() as connection:
        assert companies.load_company_link(connection, "a") == WHOLE
        assert companies.load_company_link(connection, "z") is None
        assert companies.load_company_links(connection) == [WHOLE, HALF]


def test_a_half_is_completed(database: Database) -> None:
    """Saving adds the twin; it is then found from both sides."""
    stored(database, HALF)
    whole = dataclasses.replace(HALF, right_id="23", tier="created", reason="")

    with database.begin() as connection:
        companies.save_company_link(connection, whole, LATER)

        assert companies.find_company_link(connection, Side.LEFT, "12") == whole
        assert companies.find_company_link(connection, Side.RIGHT, "23") == whole
        assert companies.find_company_link(connection, Side.LEFT, "23") is None


def test_a_company_belongs_to_one_link(database: Database) -> None:
    """A second claim on a company is refused with the name of the holder, by insert and by save."""
    stored(database, WHOLE, HALF)

    with database.begin() as connection:
        with pytest.raises(RecordTrouble, match="ONLYOFFICE 22 already belongs to link a, so link b"):
            companies.save_company_link(connection, dataclasses.replace(HALF, right_id="22"), LATER)
        with pytest.raises(RecordTrouble, match="SuperOffice 12 already belongs to link b, so link c"):
            companies.insert_company_link(connection, CompanyLink("c", "12", None, "Fisk"), LATER)

        assert companies.load_company_links(connection) == [WHOLE, HALF]


def test_a_link_needs_a_company(database: Database) -> None:
    """A link without any company is refused."""
    with database.begin() as connection, pytest.raises(RecordTrouble, match="was not saved"):
        companies.insert_company_link(connection, CompanyLink("c", None, None, "Nobody"), NOW)


def test_a_removed_link_cannot_be_saved(database: Database) -> None:
    """A link that was deleted meanwhile is not brought back; deleting frees its companies."""
    stored(database, WHOLE)

    with database.begin() as connection:
        companies.delete_company_link(connection, "a")
        with pytest.raises(RecordTrouble, match="removed meanwhile"):
            companies.save_company_link(connection, WHOLE, LATER)
        companies.insert_company_links(connection, [], NOW)
        companies.insert_company_link(connection, dataclasses.replace(WHOLE, id="n"), NOW)

        assert [link.id for link in companies.load_company_links(connection)] == ["n"]

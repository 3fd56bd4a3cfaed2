"""Either server goes back to an earlier state of its database, as after a restored backup."""

from collections.abc import Iterator

import httpx
import pytest

from tests.security.installation import LABELS, ONLYOFFICE, SUPEROFFICE, Installation, an_installation

TITLES = {SUPEROFFICE: ("Heading", "sales", "SaleId"), ONLYOFFICE: ("title", "opportunities", "id")}


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with an_installation(tmp_path_factory.mktemp("backup"), sales=20) as installation:
        yield installation


@pytest.mark.parametrize("side", LABELS)
def test_what_was_done_since_is_undone(installation: Installation, side: str) -> None:
    """Edited, deleted and new records are as they were; the backup can be used again."""
    title, _, key = TITLES[side]
    before = installation.ask(side, "GET", "dump")
    first, second, *_ = (row[key] for row in installation.records(side))
    installation.ask(side, "POST", "backup", {"name": "yesterday"})

    for _ in range(2):
        installation.ask(side, "POST", "edit", {"id": first, "changes": {title: "Edited"}})
        installation.ask(side, "POST", "delete", {"id": second})
        made = installation.ask(side, "POST", "create", {"values": {title: "New"}})["id"]
        assert installation.ask(side, "GET", "dump") != before
        installation.ask(side, "POST", "restore", {"name": "yesterday"})

        assert installation.ask(side, "GET", "dump") == before
    assert made not in {row[key] for row in installation.records(side)}


@pytest.mark.parametrize("side", LABELS)
def test_ids_are_given_again(installation: Installation, side: str) -> None:
    """The counter is part of the database: the same id may name another record after a restore."""
    title = TITLES[side][0]
    installation.ask(side, "POST", "backup", {"name": "ids"})

    first = installation.ask(side, "POST", "create", {"values": {title: "One"}})["id"]
    installation.ask(side, "POST", "restore", {"name": "ids"})
    second = installation.ask(side, "POST", "create", {"values": {title: "Another"}})["id"]

    assert first == second
    installation.ask(side, "POST", "restore", {"name": "ids"})


@pytest.mark.parametrize("side", LABELS)
def test_a_backup_that_was_never_made_is_unknown(installation: Installation, side: str) -> None:
    """404, and nothing changed."""
    before = installation.ask(side, "GET", "dump")
    url = f"{installation.told[side]['control_url']}/restore"

    assert httpx.post(url, json={"name": "no such"}).status_code == 404
    assert httpx.post(url, json={}).status_code == 404
    assert installation.ask(side, "GET", "dump") == before

"""Settings reach the two adapters and the engine as they were written."""

import sqlite3
from pathlib import Path

import pytest

from sync import wiring
from sync.crm.superoffice.options import Basic, Bearer, Ticket
from sync.domain.model import FieldKind, Side
from sync.errors import StateTrouble
from sync.settings import load_settings
from tests.settings.build import MINIMAL, a_config

MORE = """
[[mapping.custom]]
name = "seats"
type = "number"
superoffice = "SuperOffice:3"
onlyoffice = "Seats"
[policy]
gone_after_s = 5
[companies]
create_in_onlyoffice = true
[budget]
workers = 3
[budget.onlyoffice]
attempts = 1
"""


def silent(_what: str, _done: int, _total: int | None) -> None:
    """Nobody watches."""


def test_custom_fields_go_to_each_side_under_its_own_name(tmp_path: Path) -> None:
    """The name from the mapping joins them."""
    settings = load_settings(a_config(tmp_path, MORE), {}).settings
    left, right = wiring.superoffice_options(settings), wiring.onlyoffice_options(settings)

    assert (left.custom_fields["seats"].key, left.custom_fields["seats"].kind) == (
        "SuperOffice:3",
        FieldKind.NUMBER,
    )
    assert right.custom_fields["seats"].key == "Seats"
    assert (right.user, right.password) == ("opsync@example.com", "right-secret")
    assert left.login == Basic("opsync", "left-secret")


@pytest.mark.parametrize(
    ("environ", "login"),
    [
        ({"OPSYNC_SUPEROFFICE__LOGIN": "bearer", "OPSYNC_SUPEROFFICE__TOKEN": "t"}, Bearer("t")),
        ({"OPSYNC_SUPEROFFICE__LOGIN": "ticket", "OPSYNC_SUPEROFFICE__TICKET": "7T"}, Ticket("7T")),
        (
            {
                "OPSYNC_SUPEROFFICE__LOGIN": "ticket",
                "OPSYNC_SUPEROFFICE__TICKET": "7T",
                "OPSYNC_SUPEROFFICE__APP_TOKEN": "app",
            },
            Ticket("7T", "app"),
        ),
    ],
)
def test_each_login_becomes_its_own_value(
    tmp_path: Path, environ: dict[str, str], login: Bearer | Ticket
) -> None:
    """With the secrets that belong to it."""
    settings = load_settings(a_config(tmp_path), environ).settings

    assert wiring.superoffice_options(settings).login == login


def test_a_pairing_opens_with_a_new_state_database(tmp_path: Path) -> None:
    """The tables are made, nobody is called, and the options are the configured ones."""
    settings = load_settings(a_config(tmp_path, MORE), {}).settings
    pairing = wiring.open_pairing(settings, progress=silent)
    wiring.close_pairing(pairing)

    assert (tmp_path / "opsync.db").exists()
    assert (pairing.options.workers, pairing.options.gone_after_s) == (3, 5)
    assert pairing.options.creates_companies == {Side.LEFT: False, Side.RIGHT: True}
    assert [pairing.crms[side].side for side in Side] == list(Side)
    assert pairing.clock().utcoffset() is not None


def test_a_foreign_database_is_refused(tmp_path: Path) -> None:
    """Other people's tables are left alone."""
    with sqlite3.connect(tmp_path / "opsync.db") as connection:
        connection.execute("CREATE TABLE customers (id INTEGER)")
    connection.close()
    settings = load_settings(a_config(tmp_path, text=MINIMAL), {}).settings

    with pytest.raises(StateTrouble, match="elsewhere"):
        wiring.open_pairing(settings, progress=silent)
    with sqlite3.connect(tmp_path / "opsync.db") as connection:
        tables = connection.execute("SELECT name FROM sqlite_master").fetchall()
    connection.close()
    assert tables == [("customers",)]

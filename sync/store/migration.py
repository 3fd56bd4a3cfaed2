"""Brings the tables to this version's shape, one process at a time; nothing else creates a table."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import bindparam, column, func, inspect, select, table
from sqlalchemy.engine import Connection

from sync.errors import StateTrouble
from sync.store import meta
from sync.store.address import Address, parse_address
from sync.store.engine import begin_writing, open_engine
from sync.store.tables import REVISION_TABLE
from sync.store.trouble import translated

LOCK_WAIT_S = 30.0
SEAL_KEY = "seal_key"
_LOCK_KEY = 0x6F7073796E63  # "opsync" as bytes: the advisory lock of this product
_SCRIPTS = Path(__file__).resolve().parents[2] / "migrations"


def migrate(url: str) -> tuple[str | None, str]:
    """Upgrade to the newest revision, all or nothing; the revisions before and after."""
    address = parse_address(url)
    with _locked(address) as connection:
        before = load_revision(connection)
        refuse_newer(before, address.name)
        command.upgrade(_config(connection), "head")
        _ensure_seal_key(connection)
        return before, head_revision()


def migrate_if_older(url: str) -> str | None:
    """Upgrade tables that an older opsync made; its revision, None where there was nothing to do. An empty
    database, a newer one and another program's are left alone."""
    address = parse_address(url)
    if address.path is not None and not address.path.exists():
        return None
    with _locked(address) as connection:
        before = load_revision(connection)
        if before is None or before not in known_revisions()[1:]:
            return None
        command.upgrade(_config(connection), "head")
        return before


def migrate_if_empty(url: str) -> bool:
    """Create the tables in a database that has none at all; False when it has any."""
    address = parse_address(url)
    with _locked(address) as connection:
        if has_tables(connection):
            return False
        command.upgrade(_config(connection), "head")
        _ensure_seal_key(connection)
        return True


def _ensure_seal_key(connection: Connection) -> None:
    """The secret that seals saved plans is made once, with the tables, and stays in this database."""
    if meta.get(connection, SEAL_KEY) is None:
        meta.put(connection, SEAL_KEY, token_hex(32))


def rollback(url: str, to: str) -> None:
    """Downgrade to the revision `to` (`base`: no tables). For tests: it drops data."""
    with _locked(parse_address(url)) as connection:
        command.downgrade(_config(connection), to)


def load_revision(connection: Connection) -> str | None:
    """The revision the database is at; None before the first migration."""
    if not inspect(connection).has_table(REVISION_TABLE):
        return None
    found: str | None = connection.scalar(select(column("version_num")).select_from(table(REVISION_TABLE)))
    return found


def has_tables(connection: Connection) -> bool:
    """Whether the database holds anything, ours or another program's."""
    return any(name != REVISION_TABLE for name in inspect(connection).get_table_names())


def head_revision() -> str:
    return known_revisions()[0]


def known_revisions() -> tuple[str, ...]:
    """Every revision this version of opsync has a script for, newest first."""
    scripts = ScriptDirectory.from_config(_config(None))
    return tuple(script.revision for script in scripts.walk_revisions())


def refuse_newer(revision: str | None, name: str) -> None:
    """`StateTrouble` when a later opsync has already changed the tables."""
    if revision is not None and revision not in known_revisions():
        raise StateTrouble(f"the {name} is at revision {revision}: this opsync is too old, upgrade it")


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


@contextmanager
def _locked(address: Address) -> Iterator[Connection]:
    """One write transaction around the whole migration, alone among all processes."""
    _create_private(address)
    engine = open_engine(address, wait_s=LOCK_WAIT_S, create=True)
    try:
        with translated(address.name), engine.connect() as opened, begin_writing(opened).begin():
            _lock_out_others(opened)
            yield opened
    finally:
        engine.dispose()


def _create_private(address: Address) -> None:
    """A new SQLite file holds customers' data: only its owner may read it, and SQLite's side files follow."""
    try:
        if address.path is not None:
            address.path.touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise StateTrouble(f"the {address.name} cannot be created: {error.strerror}") from error


def _lock_out_others(connection: Connection) -> None:
    """SQLite holds its one write lock already; PostgreSQL gets an advisory lock until the commit."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(bindparam("key", _LOCK_KEY))))

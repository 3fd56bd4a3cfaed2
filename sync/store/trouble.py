"""Turns what database drivers raise into one line that says what to do; it never shows SQL or values."""

from collections.abc import Iterator
from contextlib import contextmanager
from sqlite3 import Error as SqliteError

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from sync.errors import StateTrouble

_MIGRATE = "has no opsync tables: run 'opsync migrate'"
_FULL = "has no disk space left: free some, then start again"
_LOCKED = "is locked by another process: stop that one or wait, then try again"
_READ_ONLY = "cannot be written: check the owner and the permissions"

# Primary result codes: sqlite.org/rescode.html (seen 2026-11-22).
_SQLITE = {
    5: _LOCKED,
    6: _LOCKED,
    8: _READ_ONLY,
    10: "cannot be read or written (disk error): check the disk, then restore a backup if needed",
    11: "is damaged: restore a backup",
    13: _FULL,
    14: "cannot be opened: check the path and the permissions, or run 'opsync migrate' to create it",
    26: "is not a SQLite database: move the file away or point the state url elsewhere",
}

# Says more than its low byte: no room for the index of the write-ahead log, which is how a full disk shows
# itself when a database is opened: sqlite.org/rescode.html#ioerr_shmsize (seen 2026-11-22).
_SQLITE_EXTENDED = {4874: _FULL}

# SQLSTATE: postgresql.org/docs/18/errcodes-appendix.html (seen 2026-11-22).
_POSTGRESQL = {
    "25006": "cannot be written: the server is read-only",
    "28000": "does not accept the user: check the state url",
    "28P01": "does not accept the password: check the state url",
    "3D000": "does not exist: create it, then run 'opsync migrate'",
    "42501": "does not allow this to the user: grant it the rights on the schema",
    "42P01": _MIGRATE,
    "53100": _FULL,
    "53300": "has no connection left: raise max_connections or run fewer processes",
    "55P03": _LOCKED,
    "57014": "took too long over a statement: check the server's load, then try again",
}

# libpq reports a refused login without a SQLSTATE, only as text.
_POSTGRESQL_TEXTS = {
    "password authentication failed": _POSTGRESQL["28P01"],
    "no password supplied": _POSTGRESQL["28P01"],
    "no pg_hba.conf entry": _POSTGRESQL["28000"],
    "role ": _POSTGRESQL["28000"],
    "database ": _POSTGRESQL["3D000"],
    "too many clients": _POSTGRESQL["53300"],
}


@contextmanager
def translated(name: str) -> Iterator[None]:
    """Raise `StateTrouble` about the database called `name` for whatever the driver raises inside."""
    try:
        yield
    except DBAPIError as error:
        raise StateTrouble(f"the {name} {_advice(_first(error))}") from error
    except PoolTimeout as error:
        raise StateTrouble(f"the {name} has all its connections in use: use fewer threads") from error


def _first(error: DBAPIError) -> DBAPIError:
    """The error that came first: a full disk makes SQLite undo the whole transaction, so that the way out
    misses its savepoint and says only that. sqlite.org/lang_transaction.html (seen 2026-11-22)"""
    before = error.__context__
    while str(error.orig).startswith("no such savepoint") and before is not None:
        error = before if isinstance(before, DBAPIError) else error
        before = before.__context__
    return error


def _advice(error: DBAPIError) -> str:
    original = error.orig
    if isinstance(original, SqliteError):
        return _advice_sqlite(original)
    return _advice_postgresql(original)


def _advice_sqlite(error: SqliteError) -> str:
    if str(error).startswith("no such table"):
        return _MIGRATE
    code = getattr(error, "sqlite_errorcode", 0)
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    known = _SQLITE_EXTENDED.get(code) or _SQLITE.get(code & 0xFF)  # the low byte is the primary code
    return known or f"refused a statement ({name}): report this with the log"


def _advice_postgresql(error: BaseException | None) -> str:
    state = getattr(error, "sqlstate", None)
    if state is not None:
        return _POSTGRESQL.get(state, f"refused a statement ({state}): report this with the log")
    text = str(error)
    for sign, advice in _POSTGRESQL_TEXTS.items():
        if sign in text.partition("FATAL:")[2]:
            return advice
    return "cannot be reached: check that the server runs and that the state url is right"

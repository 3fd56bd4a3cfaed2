"""Where the state database is, read from its URL; it opens nothing and never shows a password."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from sync.errors import StateTrouble

_DRIVERS = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


@dataclass(frozen=True, slots=True)
class Address:
    """A parsed URL; `path` is set for SQLite only. `repr` and `name` are safe to show."""

    url: URL
    path: Path | None

    @property
    def name(self) -> str:
        if self.path is not None:
            return f"state database {self.path}"
        return f"state database {self.url.database} on {self.url.host or 'the local socket'}"

    def engine_url(self, *, create: bool) -> URL:
        """For SQLite the `file:` form: without `create` a missing file is an error, not a new empty one."""
        if self.path is None:
            return self.url
        query = {"mode": "rwc" if create else "rw", "uri": "true"}
        return URL.create("sqlite", database=self.path.as_uri(), query=query)


def parse_address(url: str) -> Address:
    """Read `sqlite:///path` or `postgresql+psycopg://…`; `StateTrouble` when it cannot be used."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        # The text may hold a password, and the chained error may quote it.
        raise StateTrouble("the state url cannot be read: write sqlite:///file or postgresql://…") from None
    driver = _DRIVERS.get(parsed.drivername)
    if driver is None:
        raise StateTrouble(f"the state url starts with {parsed.drivername}: use sqlite or postgresql+psycopg")
    parsed = parsed.set(drivername=driver)
    return Address(parsed, _file(parsed) if driver == "sqlite" else None)


def _file(url: URL) -> Path:
    if not url.database or url.database == ":memory:":
        raise StateTrouble("the state must outlive the process: name a file, as in sqlite:///opsync.db")
    path = Path(url.database).absolute()
    if not path.parent.is_dir():
        raise StateTrouble(f"the folder {path.parent} of the state database is missing: create it first")
    return path

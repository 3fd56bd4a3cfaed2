"""Plans as files: private, whole or not there, never overwritten by accident; it reads nothing in them."""

import os
import tempfile
from pathlib import Path

from sync.errors import Misconfigured
from sync.settings import Settings
from sync.store import meta
from sync.store.database import Database
from sync.store.migration import SEAL_KEY


def load_seal_key(settings: Settings) -> str:
    """The key of this state database; `Misconfigured` where there is none yet. Makes no table and no file."""
    database = Database(settings.state.url.get_secret_value())
    try:
        if database.revision() is not None:
            database.require_current()
            with database.read() as connection:
                if key := meta.get(connection, SEAL_KEY):
                    return key
    finally:
        database.close()
    raise Misconfigured(
        ["the state database has no key to seal plans with yet: run `opsync migrate`, then try again"]
    )


def read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise Misconfigured([f"{path}: cannot be read ({error.strerror})"]) from error
    except UnicodeDecodeError as error:
        raise Misconfigured([f"{path}: is no plan: it is not UTF-8 text"]) from error


def refuse_to_overwrite(path: Path) -> None:
    if os.path.lexists(path):
        raise Misconfigured([f"{path}: is there already; name another file, or overwrite it with --force"])


def write(path: Path, text: str) -> None:
    """Readable by its owner alone from the first moment on; a reader finds all of it or the old file."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with open(handle, "w", encoding="utf-8") as file:  # noqa: PTH123  takes the open descriptor
                file.write(f"{text}\n")
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise Misconfigured([f"{path}: cannot be written ({error.strerror})"]) from error

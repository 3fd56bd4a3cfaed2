"""`opsync sandbox`: both CRMs as loopback servers with a sample world; it synchronises nothing."""

import secrets
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated

import orjson
import typer

from sync.cli.sandbox_config import write_config
from sync.cli.state import FAILED, fail
from sync.sandbox.launch import Sandbox, launch
from sync.sandbox.seeds import World
from sync.sandbox.world import make_world
from sync.wiring import real_clock

_Port = Annotated[int, typer.Option(min=0, max=65_535, help="0 takes any free port.")]
_Count = Annotated[int, typer.Option(min=0, max=1_000_000, help="How many the sample world has.")]


def register(app: typer.Typer) -> None:
    app.command("sandbox")(sandbox)


def sandbox(  # noqa: PLR0913  one parameter per option of the command
    companies: _Count = 12,
    sales: _Count = 40,
    seed: Annotated[int, typer.Option(help="The same seed makes the same world.")] = 1,
    ambiguous: Annotated[
        int, typer.Option(min=0, help="ONLYOFFICE companies made twice, so that matching needs a person.")
    ] = 0,
    superoffice_port: _Port = 0,
    onlyoffice_port: _Port = 0,
    write_config_to: Annotated[
        Path | None,
        typer.Option(
            "--write-config",
            metavar="FILE",
            dir_okay=False,
            help="Write a working configuration for these servers, and its secret files beside it.",
        ),
    ] = None,
) -> None:
    """Run both CRMs as sandbox servers on this machine until Ctrl-C.

    Prints one line of JSON with addresses and logins once both servers answer. Every start is a new world;
    nothing is kept.

    Example: `opsync sandbox --write-config try/opsync.toml`, then in another terminal
    `opsync -c try/opsync.toml plan`.

    Exit codes: 0 ended by a signal, 1 a port is taken, 2 usage.
    """
    world = make_world(companies=companies, sales=sales, seed=seed, ambiguous=ambiguous)
    with _told_to_stop() as stop:
        running = _launch(world, superoffice_port, onlyoffice_port)
        try:
            told = running.as_json()
            if write_config_to is not None:
                write_config(write_config_to, running, world.users, web_token=secrets.token_urlsafe(24))
                told["config"] = str(write_config_to)
            typer.echo(orjson.dumps(told).decode())
            stop.wait()
        finally:
            running.stop()


def _launch(world: World, superoffice_port: int, onlyoffice_port: int) -> Sandbox:
    try:
        return launch(
            world, superoffice_port=superoffice_port, onlyoffice_port=onlyoffice_port, clock=real_clock
        )
    except OSError as error:
        fail(f"the sandbox cannot open its ports: {error.strerror}; choose others", FAILED)


@contextmanager
def _told_to_stop() -> Iterator[threading.Event]:
    """An event that Ctrl-C and a polite kill set."""
    stop = threading.Event()

    def note(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

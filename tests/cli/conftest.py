"""Two sandbox servers with a small world and a configuration for them, shared by the tests of a module."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner, Result

from sync.cli.main import build
from sync.cli.sandbox_config import write_config
from sync.sandbox.launch import launch
from sync.sandbox.world import make_world
from sync.wiring import real_clock

Opsync = Callable[..., Result]


@dataclass(frozen=True, slots=True)
class Playground:
    """The written configuration and its folder."""

    config: Path
    password: str


@pytest.fixture(scope="module")
def playground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    world = make_world(companies=6, sales=10, seed=3)
    sandbox = launch(world, clock=real_clock)
    config = tmp_path_factory.mktemp("playground") / "opsync.toml"
    write_config(config, sandbox, world.users, web_token="web-secret")
    yield Playground(config, sandbox.as_json()["onlyoffice"]["password"])
    sandbox.stop()


@pytest.fixture(autouse=True)
def quiet_log() -> Iterator[None]:
    """The log a command sets up ends with the test."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def opsync(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Opsync:
    """Runs a command line in an empty folder; keywords are environment variables."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: object, **environ: str) -> Result:
        return CliRunner().invoke(build(), [str(argument) for argument in arguments], env=environ)

    return run

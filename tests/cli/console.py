"""Runs commands of the real command line against a small world instead of two CRMs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any  # JSON enters here

import orjson
import typer
from typer.testing import CliRunner, Result

from sync.cli.state import Context
from sync.engine.pairing import Pairing, Progress
from sync.errors import OpsyncError
from sync.settings import Settings, load_settings
from tests.engine.world import World

_CONFIG = """
[superoffice]
base_url = "https://superoffice.example.com"
user = "opsync"
[onlyoffice]
base_url = "https://office.example.com"
user = "opsync@example.com"
[[mapping.stages]]
status = "open"
rating = "First talk"
stage = "Talk"
[[mapping.stages]]
status = "open"
rating = "Proposal"
stage = "Offer"
[[mapping.stages]]
status = "sold"
stage = "Won"
[[mapping.stages]]
status = "lost"
stage = "Lost"
[[mapping.stages]]
status = "stalled"
stage = "Talk"
direction = "superoffice_to_onlyoffice"
"""


def settings_with_state(folder: Path, name: str = "state.db") -> Settings:
    """Valid settings whose state database is the file `name` in `folder`."""
    config = folder / "opsync.toml"
    config.write_text(_CONFIG)
    url = f"sqlite:///{folder / name}"
    secrets = {"OPSYNC_SUPEROFFICE__PASSWORD": "one", "OPSYNC_ONLYOFFICE__PASSWORD": "two"}
    return load_settings(config, {**secrets, "OPSYNC_STATE__URL": url}).settings


@dataclass
class WorldContext(Context):
    """The shared context with a world's pairing behind it."""

    world: World | None = field(default=None)
    fixed: Settings | None = field(default=None)

    def settings(self) -> Settings:
        assert self.fixed is not None
        return self.fixed

    @contextmanager
    def pairing(self, progress: Progress | None = None, **_options: object) -> Iterator[Pairing]:
        assert self.world is not None
        pairing = self.world.pairing
        yield replace(pairing, progress=progress) if progress else pairing


class Console:
    """Types commands; each `register` is the function of a module under test."""

    def __init__(
        self, world: World, *registers: Callable[[typer.Typer], None], settings: Settings | None = None
    ) -> None:
        self._world = world
        self._settings = settings
        self._app = typer.Typer()
        self._app.callback()(self._root)
        for register in registers:
            register(self._app)

    def _root(self, ctx: typer.Context) -> None:
        ctx.obj = WorldContext(world=self._world, fixed=self._settings)

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(self._app, list(arguments), env={"COLUMNS": "300", "NO_COLOR": "1"})

    def text(self, *arguments: str, code: int = 0) -> str:
        """What the command prints on stdout; its exit code must be `code`."""
        result = self.run(*arguments)
        assert result.exit_code == code, (result.output, result.exception)
        return result.stdout

    def json(self, *arguments: str, code: int = 0) -> Any:
        return orjson.loads(self.text(*arguments, "--json", code=code))

    def trouble(self, *arguments: str) -> str:
        """The message of an error made on purpose, which the root command turns into a line."""
        error = self.run(*arguments).exception
        assert isinstance(error, OpsyncError), error
        return str(error)

"""What every command shares: settings read when needed, consoles, JSON output; it has no command."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Annotated, NoReturn

import orjson
import typer
from rich.console import Console

from sync import log, wiring
from sync.engine.pairing import Pairing, Progress
from sync.settings import Loaded, Settings, find_config, load_settings

DONE, FAILED, USAGE, PENDING, NEEDS_A_PERSON = 0, 1, 2, 3, 4

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
"""Type of every command's `--json` parameter: `as_json: AsJson = False`."""

_WIDTH_OF_A_PIPE = 160


def _console(*, to_stderr: bool) -> Console:
    """Text as it is: a title in square brackets is no markup; a pipe gets long lines and no colour."""
    stream = sys.stderr if to_stderr else sys.stdout
    fixed = "COLUMNS" in os.environ or stream.isatty()
    return Console(
        stderr=to_stderr,
        markup=False,
        emoji=False,
        highlight=False,
        width=None if fixed else _WIDTH_OF_A_PIPE,
    )


def _silent(_what: str, _done: int, _total: int | None) -> None:
    """No progress display."""


@dataclass
class Context:
    """One invocation. Results go to `out`, progress and problems to `err`."""

    config_path: Path | None = None
    as_json: bool = False
    out: Console = field(default_factory=lambda: _console(to_stderr=False))
    err: Console = field(default_factory=lambda: _console(to_stderr=True))
    _loaded: Loaded | None = field(default=None, repr=False)

    def loaded(self) -> Loaded:
        """The settings with their origins; read once, logging set up with them."""
        if self._loaded is None:
            self._loaded = load_settings(find_config(self.config_path))
            log.configure(self._loaded.settings.log, self._loaded.settings.secrets())
            for warning in self._loaded.warnings:
                self.err.print(f"warning: {warning}", soft_wrap=True)
        return self._loaded

    def settings(self) -> Settings:
        """`Misconfigured` ends the command with exit code 2."""
        return self.loaded().settings

    @contextmanager
    def pairing(
        self, progress: Progress = _silent, *, stop: threading.Event | None = None, traceless: bool = False
    ) -> Iterator[Pairing]:
        """Both systems and the state database, which is created when it is not there yet."""
        pairing = wiring.open_pairing(self.settings(), progress=progress, stop=stop, traceless=traceless)
        try:
            yield pairing
        finally:
            wiring.close_pairing(pairing)

    def print_json(self, value: object) -> None:
        """One document: Decimals and enums as text, dates in ISO form, dataclasses as objects."""
        options = orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS
        text = orjson.dumps(value, default=_plain, option=options).decode()
        self.out.print(text, soft_wrap=True)


def context(ctx: typer.Context) -> Context:
    """The shared context of the invocation that `ctx` belongs to."""
    found = ctx.find_object(Context)
    if found is None:
        raise AssertionError("the root command makes the context")
    return found


def fail(message: str, code: int) -> NoReturn:
    """Ends the command with `message` on stderr, one line per problem."""
    typer.echo(message, err=True)
    raise typer.Exit(code)


def _plain(value: object) -> object:
    """What orjson has no form for."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")

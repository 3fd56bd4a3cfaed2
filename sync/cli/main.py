"""The `opsync` command: puts the groups together and turns errors into one line and an exit code."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import sync
from sync.cli import (
    alerts,
    apply,
    audit,
    check,
    config,
    conflicts,
    contacts,
    demo,
    history,
    init,
    links,
    login,
    migrate,
    pause,
    plan,
    run,
    sandbox,
    serve,
    undo,
    webhooks,
    wrote,
)
from sync.cli.advice import advised
from sync.cli.state import FAILED, USAGE, Context, fail
from sync.errors import Misconfigured, OpsyncError

_HELP = """Keeps SuperOffice sales and ONLYOFFICE opportunities equal, in both directions.

Try it without any CRM: `opsync demo`. With your own: `opsync init` writes a first configuration, then
`opsync check`, `opsync plan`, `opsync backfill`, `opsync serve`.

Exit codes: 0 done, 1 failed, 2 usage or configuration, 3 changes pending (`plan`), 4 needs a person.
"""
_GROUPS = (
    demo,
    sandbox,
    init,
    check,
    login,
    plan,
    apply,
    run,
    serve,
    webhooks,
    alerts,
    undo,
    audit,
    history,
    wrote,
    links,
    conflicts,
    contacts,
    pause,
    migrate,
    config,
)


class Commands(TyperGroup):
    """The root group; errors made on purpose end here, as lines on stderr without a traceback."""

    def invoke(self, ctx: Any) -> object:
        try:
            return super().invoke(ctx)
        except Misconfigured as error:
            fail(str(error), USAGE)
        except OpsyncError as error:
            fail(advised(error), FAILED)


def build() -> typer.Typer:
    app = typer.Typer(
        cls=Commands,
        help=_HELP,
        no_args_is_help=True,
        rich_markup_mode="markdown",
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_root)
    for group in _GROUPS:
        group.register(app)
    return app


def main(arguments: Sequence[str] | None = None) -> None:
    """The entry point; ends the process with the command's exit code."""
    build()(args=list(sys.argv[1:] if arguments is None else arguments), prog_name="opsync")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"opsync {sync.__version__}")
        raise typer.Exit


def _root(
    ctx: typer.Context,
    config_file: Annotated[
        Path | None,
        typer.Option(
            "--config",
            "-c",
            metavar="FILE",
            help="Configuration; without it $OPSYNC_CONFIG, ./opsync.toml, /etc/opsync/opsync.toml.",
        ),
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    ctx.obj = Context(config_file)

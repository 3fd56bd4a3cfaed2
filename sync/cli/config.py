"""`opsync config`: shows where settings come from and how a configuration looks; it changes none."""

from collections.abc import Iterator
from importlib.resources import files

import orjson
import typer
from pydantic import BaseModel, SecretStr
from rich.table import Table
from sqlalchemy.engine import make_url

from sync.cli.state import AsJson, context
from sync.settings import Loaded, find_config

_HELP = "Look at the configuration: `show` the effective settings, the `path` of the file, an `example`."


def register(app: typer.Typer) -> None:
    group = typer.Typer(help=_HELP, no_args_is_help=True)
    group.command("show")(show)
    group.command("path")(path)
    group.command("example")(example)
    app.add_typer(group, name="config")


def show(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Print every effective setting, secrets hidden, and where its value comes from.

    Example: `opsync -c opsync.toml config show`

    Exit codes: 0 done, 2 the configuration has problems (all are listed).
    """
    shared = context(ctx)
    rows = list(rows_of(shared.loaded()))
    if as_json:
        keys = ("name", "value", "origin")
        shared.print_json([dict(zip(keys, row, strict=True)) for row in rows])
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("setting", "value", "from"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*row)
    shared.out.print(table)


def path(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Print which configuration file would be read.

    Exit codes: 0 done, 2 there is none.
    """
    shared = context(ctx)
    found = find_config(shared.config_path).absolute()
    if as_json:
        shared.print_json({"path": found})
    else:
        shared.out.print(str(found), soft_wrap=True)


def example() -> None:
    """Print a commented configuration to start from.

    Example: `opsync config example > opsync.toml`

    Exit codes: 0 done.
    """
    typer.echo(files("sync.settings").joinpath("example.toml").read_text(encoding="utf-8"), nl=False)


def rows_of(loaded: Loaded) -> Iterator[tuple[str, str, str]]:
    """(dotted name, value as text, origin) of every setting; no secret in clear."""
    for name, value in _flat(loaded.settings, ""):
        yield name, _shown(name, value), _origin(loaded, name)


def _flat(model: BaseModel, above: str) -> Iterator[tuple[str, object]]:
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            yield from _flat(value, f"{above}{name}.")
        elif value is not None:
            yield f"{above}{name}", value


def _shown(name: str, value: object) -> str:
    if name == "state.url" and isinstance(value, SecretStr):
        url = make_url(value.get_secret_value()).difference_update_query(["password", "sslpassword"])
        return url.render_as_string(hide_password=True)
    if isinstance(value, str | SecretStr):
        return str(value)
    return orjson.dumps(value, default=_as_object).decode()


def _as_object(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump(exclude_none=True)
    raise TypeError(f"{type(value).__name__} is no setting")


def _origin(loaded: Loaded, name: str) -> str:
    """A table such as `mapping.currencies` counts as set where any of its entries is."""
    inside = (origin for key, origin in loaded.origins.items() if key.startswith(f"{name}."))
    return loaded.origins.get(name) or next(inside, "default")

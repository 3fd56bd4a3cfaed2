"""`opsync init`: writes a first configuration from what both live systems say; it writes into neither."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from sync import log, wiring
from sync.cli.first_config import render
from sync.cli.state import FAILED, AsJson, Context, context, fail
from sync.cli.way_in import WayIn, somebody
from sync.domain.model import Access, Lists, Side
from sync.domain.propose import propose
from sync.engine.draft import check_mapping
from sync.errors import Misconfigured, OpsyncError
from sync.settings import Loaded

_GUESS = "# guess:"
_Word = str | None
_File = Annotated[Path | None, typer.Option(metavar="FILE", help="File that holds only the password.")]


@dataclass(frozen=True, slots=True)
class Seen:
    """What both sides told."""

    access: Mapping[Side, Access]
    lists: Mapping[Side, Lists]


def register(app: typer.Typer) -> None:
    app.command("init")(init)


def init(  # noqa: PLR0913  one parameter per option of the command
    ctx: typer.Context,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What to write; ./opsync.toml without it.")
    ] = None,
    superoffice_url: Annotated[_Word, typer.Option(help="Root of SuperOffice on your own server.")] = None,
    superoffice_user: Annotated[_Word, typer.Option(help="Log-in name of opsync's account.")] = None,
    superoffice_password_file: _File = None,
    onlyoffice_url: Annotated[_Word, typer.Option(help="The portal's root.")] = None,
    onlyoffice_user: Annotated[_Word, typer.Option(help="E-mail of opsync's account.")] = None,
    onlyoffice_password_file: _File = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write a first configuration from what both live systems say, every guess marked.

    Connects to both sides, reads their lists, and proposes which stages, currencies and people are the same.
    Nothing is written into either system. What is missing is asked for on a terminal; typed passwords go into
    files beside the configuration that only you can read. Passwords may also come from
    OPSYNC_SUPEROFFICE__PASSWORD and OPSYNC_ONLYOFFICE__PASSWORD. Other ways in, such as a SuperOffice tenant
    in the cloud: set them by environment, or name a file with those sections by -c.

    Example: `opsync init --superoffice-url https://crm.example.com/SuperOffice --superoffice-user opsync
    --onlyoffice-url https://office.example.com --onlyoffice-user opsync@example.com`

    Exit codes: 0 done, 1 a side cannot be used now, 2 something is missing or no mapping is possible.
    """
    shared = context(ctx)
    target = (output or shared.config_path or Path("opsync.toml")).absolute()
    _refuse_to_overwrite(target, force=force)
    given = {
        "--superoffice-url": superoffice_url,
        "--superoffice-user": superoffice_user,
        "--superoffice-password-file": superoffice_password_file,
        "--onlyoffice-url": onlyoffice_url,
        "--onlyoffice-user": onlyoffice_user,
        "--onlyoffice-password-file": onlyoffice_password_file,
    }
    way = _way_in(shared, target, given)
    loaded = way.load_connections()
    seen = _look(shared, loaded)
    proposal = propose(seen.lists, {side: seen.access[side].user_id for side in Side})
    text = render(way, loaded, proposal)
    check_mapping(way.load(text).settings.mapping.spec(), seen.lists)
    files = _write(target, text, way, force=force)
    _tell(shared, target, files, text, as_json=as_json)


def _refuse_to_overwrite(target: Path, *, force: bool) -> None:
    if not target.parent.is_dir():
        raise Misconfigured([f"{target.parent} is no folder: make it, or name another by --output"])
    if not os.access(target.parent, os.W_OK):
        raise Misconfigured([f"{target.parent} may not be written: name another folder by --output"])
    if target.exists() and not force:
        raise Misconfigured([f"{target} is there already: name another by --output, or say --force"])


def _way_in(shared: Context, target: Path, given: Mapping[str, str | Path | None]) -> WayIn:
    way = WayIn(target.parent, os.environ)
    if shared.config_path is not None and shared.config_path.exists():
        way.take_file(shared.config_path)
    way.take_options(given)
    asker = somebody()
    if asker is not None:
        way.take_answers(asker)
    return way


def _look(shared: Context, loaded: Loaded) -> Seen:
    """Both sides are asked although one is in trouble, so that all trouble is told at once."""
    log.configure(loaded.settings.log, loaded.settings.secrets())
    for warning in loaded.warnings:
        shared.err.print(f"warning: {warning}", soft_wrap=True)
    access: dict[Side, Access] = {}
    lists: dict[Side, Lists] = {}
    problems: list[str] = []
    crms = wiring.build_crms(loaded.settings)
    for side, crm in crms.items():
        try:
            access[side], lists[side] = crm.fetch_access(), crm.fetch_lists()
        except OpsyncError as error:
            said = str(error)
            problems.append(said if said.startswith(side.label) else f"{side.label}: {said}")
        finally:
            crm.close()
    if problems:
        fail("\n".join(problems), FAILED)
    return Seen(access, lists)


def _write(target: Path, text: str, way: WayIn, *, force: bool) -> list[Path]:
    """The secret files first, so that a configuration never names one that is missing."""
    files = {target.parent / name: f"{secret}\n" for name, secret in way.secrets.items()}
    if taken := [str(path) for path in files if path.exists() and not force]:
        raise Misconfigured([f"{path} is there already: move it away, or say --force" for path in taken])
    for path, secret in files.items():
        path.unlink(missing_ok=True)
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(secret, encoding="utf-8")
    with target.open("w" if force else "x", encoding="utf-8") as file:
        file.write(text)
    return list(files)


def _tell(shared: Context, target: Path, files: list[Path], text: str, *, as_json: bool) -> None:
    guesses = [line for line in text.splitlines() if _GUESS in line]
    if as_json:
        shared.print_json({"config": target, "secret_files": files, "guesses": guesses})
        return
    for file in files:
        shared.out.print(f"password kept in {file}", soft_wrap=True)
    shared.out.print(f"{target} written, with {_guesses(len(guesses))}", soft_wrap=True)
    shared.out.print(f"next: read them, then `opsync -c {target} check`", soft_wrap=True)


def _guesses(number: int) -> str:
    return "1 guess" if number == 1 else f"{number} guesses"

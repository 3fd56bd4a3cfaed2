"""`opsync demo`: the whole story against two sandbox servers in this process; it touches no real CRM."""

import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from sync import log, wiring
from sync.cli.sandbox_config import write_config
from sync.cli.state import FAILED, USAGE, AsJson, context, fail
from sync.cli.story import Hand
from sync.cli.tale import Teller, TooFewDeals
from sync.domain.model import Side
from sync.engine.pairing import Pairing
from sync.sandbox.launch import Sandbox, launch
from sync.sandbox.world import make_world
from sync.settings import load_settings


def register(app: typer.Typer) -> None:
    app.command("demo")(demo)


def demo(  # noqa: PLR0913  one parameter per option of the command
    ctx: typer.Context,
    companies: Annotated[int, typer.Option(min=1, help="Companies in the sample world.")] = 12,
    sales: Annotated[int, typer.Option(min=1, help="Deals in the sample world.")] = 40,
    seed: Annotated[int, typer.Option(help="The same seed makes the same world.")] = 1,
    keep: Annotated[
        Path | None,
        typer.Option(metavar="DIR", file_okay=False, help="Keep configuration and state in this folder."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """See opsync at work in a few seconds, without any CRM.

    Two sandbox CRMs are filled with sample deals, bonded by a backfill, edited on both sides and brought
    together again; one edit is a true conflict and waits for a person.

    Example: `opsync demo --sales 200 --seed 7`

    Exit codes: 0 the story went as it must, 1 it did not, 2 the sample world is too small for it.
    """
    shared = context(ctx)
    console = shared.err if as_json else shared.out
    console.print(f"opsync demo: {companies} companies, {sales} deals, seed {seed}", soft_wrap=True)
    world = make_world(companies=companies, sales=sales, seed=seed)
    with ExitStack() as stack:
        sandbox = launch(world, clock=wiring.real_clock)
        stack.callback(sandbox.stop)
        folder = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="opsync-demo-")))
        config, token = folder / "opsync.toml", secrets.token_urlsafe(24)
        write_config(config, sandbox, world.users, web_token=token, removal="close_as_lost")
        pairing = stack.enter_context(_pairing(config))
        teller = Teller(pairing, stack.enter_context(_hands(sandbox)), console)
        try:
            telling = teller.tell()
        except TooFewDeals as error:
            fail(str(error), USAGE)
    if as_json:
        shared.print_json(asdict(telling) | {"ok": not telling.flaws})
    if telling.flaws:
        fail("\n".join(f"not as told: {flaw}" for flaw in telling.flaws), FAILED)


@contextmanager
def _pairing(config: Path) -> Iterator[Pairing]:
    """The real product on the written configuration; the environment's settings are for real CRMs."""
    settings = load_settings(config, {}).settings
    log.configure(settings.log.model_copy(update={"level": "warning"}), settings.secrets())
    pairing = wiring.open_pairing(settings, progress=lambda _what, _done, _total: None)
    try:
        yield pairing
    finally:
        wiring.close_pairing(pairing)


@contextmanager
def _hands(sandbox: Sandbox) -> Iterator[Mapping[Side, Hand]]:
    told = sandbox.as_json()
    hands = {
        Side.LEFT: Hand(Side.LEFT, told["superoffice"]["control_url"]),
        Side.RIGHT: Hand(Side.RIGHT, told["onlyoffice"]["control_url"]),
    }
    try:
        yield hands
    finally:
        for hand in hands.values():
            hand.close()

"""`opsync plan`: what a sync would do, printed from what it would apply; it writes nothing anywhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from pydantic import SecretStr

from sync import wiring
from sync.cli import diff, plan_file
from sync.cli.listing import print_lines
from sync.cli.progress import shown
from sync.cli.state import DONE, NEEDS_A_PERSON, PENDING, AsJson, Context, context, fail
from sync.cli.words import Words, build_words, counted
from sync.domain.link import NEEDS_A_PERSON as WAITING
from sync.engine.brakes import find_trips
from sync.engine.draft import Draft, draft_run, fetch_lists
from sync.engine.pairing import Pairing, Progress
from sync.engine.reach import CHANGES, EVERYTHING, Scope
from sync.engine.run import worker_pool
from sync.engine.saved import dump_plan
from sync.errors import RunHeld
from sync.settings import Settings
from sync.store import links as link_store
from sync.store.database import Database

SHOWN = 20


def register(app: typer.Typer) -> None:
    app.command("plan")(plan)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a run would do; `people` counts links that need one, `trips` are the brakes that would hold it."""

    draft: Draft
    words: Words
    people: int
    trips: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        if self.trips:
            return NEEDS_A_PERSON
        if diff.is_pending(self.draft):
            return PENDING
        return NEEDS_A_PERSON if self.people else DONE


def plan(  # noqa: PLR0913  one parameter per option of the command
    ctx: typer.Context,
    full: Annotated[bool, typer.Option("--full", help="Read everything, not only what changed.")] = False,
    show: Annotated[int, typer.Option("--show", min=0, help="Records to print; 0 prints all.")] = SHOWN,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Keep the plan for `opsync apply FILE`; reads everything.", dir_okay=False
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite FILE.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what `opsync sync` would do, record by record. Writes nothing but FILE.

    Signs: + create, ~ update, - delete, = link, ! conflict, ? parked, excluded or waiting (with the reason),
    x buried. FILE is sealed, and readable by its owner alone: it holds customers' data, but no secret.

    Example: `opsync plan --full --show 0`; `opsync plan --out monday.plan`

    Exit codes: 0 nothing to do, 1 failed, 2 configuration, 3 changes pending, 4 needs a person, or a brake
    would hold the run.
    """
    state = context(ctx)
    seal_key = _prepare(state, out, force=force) if out else ""
    try:
        with shown(state.err) as progress, reading(state, progress) as pairing:
            outlook = look(pairing, EVERYTHING if full or out else CHANGES)
    except RunHeld as held:
        fail(f"a run would be held: {held}", NEEDS_A_PERSON)
    if out:
        plan_file.write(out, dump_plan(outlook.draft, seal_key, pairing.clock()))
        state.err.print(_kept(out, outlook), soft_wrap=True)
    if as_json or state.as_json:
        state.print_json(diff.as_json(outlook.draft, outlook.people, outlook.trips))
    else:
        print_lines(state.out, diff.blocks(outlook.draft, outlook.words, show))
        print_lines(state.out, diff.summary(outlook.draft, outlook.people))
        print_lines(state.out, diff.held_lines(outlook.trips))
    raise typer.Exit(outlook.exit_code)


def _prepare(state: Context, out: Path, *, force: bool) -> str:
    """The key to seal the plan with; refuses before anybody is called."""
    if not force:
        plan_file.refuse_to_overwrite(out)
    return plan_file.load_seal_key(state.settings())


def _kept(out: Path, outlook: Outlook) -> str:
    what = counted(len(outlook.draft.plans), "record")
    return f"the plan of {what} is kept: carry it out with `opsync apply {out}`"


def look(pairing: Pairing, scope: Scope) -> Outlook:
    """The draft, and all that is told with it."""
    with worker_pool(pairing) as pool:
        lists = fetch_lists(pairing, pool)
        draft = draft_run(pairing, lists, pool, scope)
    with pairing.database.read() as connection:
        waiting = link_store.load_links_in(connection, WAITING)
    words = build_words(lists, (*draft.book.links, *draft.book.fresh))
    return Outlook(draft, words, diff.people_needed(draft, waiting), find_trips(pairing, draft))


@contextmanager
def reading(state: Context, progress: Progress) -> Iterator[Pairing]:
    """Leaves no trace: where there is no state database yet, an empty one of the moment serves."""
    settings = state.settings()
    if has_tables(settings):
        with state.pairing(progress, traceless=True) as pairing:
            yield pairing
        return
    with TemporaryDirectory(prefix="opsync-plan-") as folder:
        pairing = wiring.open_pairing(with_state_in(settings, Path(folder)), progress=progress)
        try:
            yield pairing
        finally:
            wiring.close_pairing(pairing)


def has_tables(settings: Settings) -> bool:
    database = Database(settings.state.url.get_secret_value())
    try:
        return database.revision() is not None
    finally:
        database.close()


def with_state_in(settings: Settings, folder: Path) -> Settings:
    url = SecretStr(f"sqlite:///{folder / 'state.db'}")
    return settings.model_copy(update={"state": settings.state.model_copy(update={"url": url})})

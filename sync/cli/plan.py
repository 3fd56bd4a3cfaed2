"""`opsync plan`: what a sync would do, printed from what it would apply; it writes nothing anywhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from pydantic import SecretStr

from sync import wiring
from sync.cli import diff
from sync.cli.listing import print_lines
from sync.cli.progress import shown
from sync.cli.state import DONE, NEEDS_A_PERSON, PENDING, AsJson, Context, context, fail
from sync.cli.words import Words, build_words
from sync.domain.link import NEEDS_A_PERSON as WAITING
from sync.engine.draft import Draft, draft_run, fetch_lists
from sync.engine.pairing import Pairing, Progress
from sync.engine.run import worker_pool
from sync.errors import RunHeld
from sync.settings import Settings
from sync.store import links as link_store
from sync.store.database import Database

SHOWN = 20


def register(app: typer.Typer) -> None:
    app.command("plan")(plan)


def plan(
    ctx: typer.Context,
    full: Annotated[bool, typer.Option("--full", help="Read everything, not only what changed.")] = False,
    show: Annotated[int, typer.Option("--show", min=0, help="Records to print; 0 prints all.")] = SHOWN,
    as_json: AsJson = False,
) -> None:
    """Show what `opsync sync` would do, record by record. Writes nothing anywhere.

    Signs: + create, ~ update, - delete, = link, ! conflict, ? parked, excluded or waiting (with the reason),
    x buried.

    Example: `opsync plan --full --show 0`

    Exit codes: 0 nothing to do, 1 failed, 2 configuration, 3 changes pending, 4 needs a person.
    """
    state = context(ctx)
    try:
        with shown(state.err) as progress, reading(state, progress) as pairing:
            draft, words, people = look(pairing, full=full)
    except RunHeld as held:
        fail(f"a run would be held: {held}", NEEDS_A_PERSON)
    if as_json or state.as_json:
        state.print_json(diff.as_json(draft, people))
    else:
        print_lines(state.out, diff.blocks(draft, words, show))
        print_lines(state.out, diff.summary(draft, people))
    raise typer.Exit(exit_code(draft, people))


def look(pairing: Pairing, *, full: bool) -> tuple[Draft, Words, int]:
    """The draft, the names for its values, and how many links need a person."""
    with worker_pool(pairing) as pool:
        lists = fetch_lists(pairing, pool)
        draft = draft_run(pairing, lists, pool, full=full)
    with pairing.database.read() as connection:
        waiting = link_store.load_links_in(connection, WAITING)
    words = build_words(lists, (*draft.book.links, *draft.book.fresh))
    return draft, words, diff.people_needed(draft, waiting)


def exit_code(draft: Draft, people: int) -> int:
    if diff.is_pending(draft):
        return PENDING
    return NEEDS_A_PERSON if people else DONE


@contextmanager
def reading(state: Context, progress: Progress) -> Iterator[Pairing]:
    """Leaves no trace: where there is no state database yet, an empty one of the moment serves."""
    settings = state.settings()
    if has_tables(settings):
        with state.pairing(progress) as pairing:
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

"""`opsync sync` and `opsync backfill`: one pass with progress; a signal lets records in flight finish."""

import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Annotated, NoReturn

import typer

from sync.cli import summary
from sync.cli.listing import print_lines
from sync.cli.pause import refuse_while_paused
from sync.cli.progress import shown
from sync.cli.state import AsJson, Context, context
from sync.cli.summary import Summary
from sync.cli.words import counted
from sync.domain.link import NEEDS_A_PERSON
from sync.engine.brakes import rebaseline as as_they_are
from sync.engine.by_hand import retry_parked as wake_parked
from sync.engine.draft import Draft
from sync.engine.pairing import Pairing
from sync.engine.reach import CHANGES, EVERYTHING, Scope
from sync.engine.run import run
from sync.store import links as link_store

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_BONDED = "matched by "

Release = Annotated[
    str | None,
    typer.Option(metavar="REASON", help="Let this one run pass the brakes; the reason is recorded."),
]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asked of one run. `retry`: parked links too; `release`: why no brake shall hold it."""

    kind: str
    scope: Scope
    retry: bool = False
    release: str = ""


def register(app: typer.Typer) -> None:
    app.command("sync")(sync)
    app.command("backfill")(backfill)


def sync(  # noqa: PLR0913  one parameter an option
    ctx: typer.Context,
    full: Annotated[bool, typer.Option("--full", help="Read everything, not only what changed.")] = False,
    retry_parked: Annotated[
        bool, typer.Option("--retry-parked", help="Try all parked links again, even refused ones.")
    ] = False,
    release: Release = None,
    rebaseline: Annotated[
        bool, typer.Option("--rebaseline", help="After a mapping change: take both sides as they are.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Carry over what changed since the last run, in both directions, once.

    Ctrl-C or SIGTERM lets the records in flight finish; a second one ends at once. Nothing is lost by either.
    With --rebaseline nothing is written: newly mapped fields count as agreed; other edits wait for the next
    sync.

    Example: `opsync sync --retry-parked`; `opsync sync --release "price list changed, Anna knows"`

    Exit codes: 0 done, 1 failed or stopped, 2 configuration, 4 needs a person (conflict, parked, or held).
    """
    if rebaseline:
        _run(ctx, Wish("rebaseline", EVERYTHING), as_json=as_json, narrow=as_they_are)
    scope = EVERYTHING if full else CHANGES
    _run(ctx, Wish("sync", scope, retry_parked, spoken_reason(release)), as_json=as_json)


def backfill(ctx: typer.Context, release: Release = None, as_json: AsJson = False) -> None:
    """Read all records of both systems, link what is alike, and create what is missing.

    Safe to stop and to repeat: a second backfill goes on where the first one ended. See beforehand what it
    will do with `opsync plan --full`.

    Example: `opsync backfill`

    Exit codes: 0 done, 1 failed or stopped, 2 configuration, 4 needs a person (conflict, parked, or held).
    """
    _run(ctx, Wish("backfill", EVERYTHING, release=spoken_reason(release)), as_json=as_json)


def spoken_reason(release: str | None) -> str:
    """Empty when nobody released anything; a release without a reason is refused."""
    if release is not None and not release.strip():
        raise typer.BadParameter("say why: it is recorded with the run", param_hint="--release")
    return (release or "").strip()


def _run(
    ctx: typer.Context, wish: Wish, *, as_json: bool, narrow: Callable[[Draft], Draft] | None = None
) -> NoReturn:
    state = context(ctx)
    with shown(state.err) as progress, state.pairing(progress) as pairing, stopping(state, pairing.stop):
        refuse_while_paused(pairing)
        if wish.retry:
            state.err.print(f"{counted(wake_parked(pairing), 'parked link')} will be tried again")
        found = carry_out(pairing, wish, narrow)
    if as_json or state.as_json:
        state.print_json(summary.as_json(found))
    else:
        print_lines(state.out, summary.lines(found))
    raise typer.Exit(summary.exit_code(found.report))


def carry_out(pairing: Pairing, wish: Wish, narrow: Callable[[Draft], Draft] | None = None) -> Summary:
    """One run, with what its summary needs besides the report; `narrow` picks what of the draft is done."""
    before = _bonds(pairing)
    report = run(pairing, wish.kind, wish.scope, release=wish.release, narrow=narrow)
    linked = _bonds(pairing) - before
    with pairing.database.read() as connection:
        waiting = link_store.load_links_in(connection, NEEDS_A_PERSON)
    return Summary(report, dict(linked), waiting)


def _bonds(pairing: Pairing) -> Counter[str]:
    """How the links that were matched came about."""
    with pairing.database.read() as connection:
        links = link_store.load_links(connection)
    return Counter(link.origin for link in links if link.origin.startswith(_BONDED))


@contextmanager
def stopping(state: Context, stop: threading.Event) -> Iterator[None]:
    """The first signal asks the run to stop; the second does what signals do."""
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        for number, handler in before.items():
            signal.signal(number, handler)
        state.err.print("stopping: records in flight are finished first")

    for number in _SIGNALS:
        signal.signal(number, ask)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

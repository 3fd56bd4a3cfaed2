"""`opsync status`, `runs` and `show`: what is the case and how it came about; it changes nothing."""

from collections.abc import Iterator
from typing import Annotated

import typer

from sync.cli import timeline
from sync.cli.calls import load_spent, spent_json, spent_lines
from sync.cli.links import Wanted, link_json
from sync.cli.listing import print_lines, print_table
from sync.cli.pause import held_json, held_lines
from sync.cli.state import AsJson, context
from sync.cli.words import (
    KEYS,
    Words,
    counted,
    fetch_words,
    ids_of,
    in_order,
    moment,
    shorten,
    spoken,
    title_of,
)
from sync.domain.link import Link
from sync.domain.model import Side
from sync.engine.by_hand import find_link
from sync.engine.pairing import Pairing
from sync.engine.standing import Standing, load_standing
from sync.errors import RecordTrouble
from sync.store import companies as company_store
from sync.store import journal as journal_store
from sync.store import runs as run_store
from sync.store.runs import Run

LIMIT = 20


def register(app: typer.Typer) -> None:
    for command in (status, runs, show):
        app.command()(command)


def status(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Show where things stand: links by state, pauses, the last run, writes under way, cursors, lease, calls.

    Example: `opsync status --json`

    Exit codes: 0 done, 1 failed, 2 usage or configuration.
    """
    shared = context(ctx)
    with shared.pairing() as pairing:
        standing = load_standing(pairing)
        spent = load_spent(pairing, shared.settings().budget)
    if as_json or shared.as_json:
        shared.print_json({**standing_json(standing), "calls": spent_json(spent)})
    else:
        print_lines(shared.out, [*standing_lines(standing), *spent_lines(spent)])


def standing_lines(standing: Standing) -> Iterator[str]:
    counts = ", ".join(f"{number} {spoken(state)}" for state, number in standing.states.items() if number)
    yield f"Links:    {counts or 'none yet: run `opsync backfill`'}"
    for line in held_lines(standing.pauses):
        yield f"Paused:   {line}"
    yield f"Last run: {_run_line(standing.last_run) if standing.last_run else 'none yet'}"
    if standing.unfinished is not None:
        yield f"Running:  {standing.unfinished.kind} since {moment(standing.unfinished.started_at)}"
    yield f"Writes without a known outcome: {len(standing.intents)}"
    for intent in standing.intents:
        how = "outcome unknown" if intent.ambiguous else "under way"
        what = f"{intent.kind} in {intent.side.label}, link {intent.link_id[:8]}"
        yield f"  {what}, {moment(intent.created_at)}: {how}"
    for side in Side:
        yield f"Cursor of {side.label}: {standing.cursors[side] or 'none (everything is read)'}"
    yield f"Lease:    {_lease_line(standing)}"
    yield f"Database: {standing.database} at revision {standing.revision}"


def _lease_line(standing: Standing) -> str:
    if standing.lease is None:
        return "free"
    until = moment(standing.lease.expires_at)
    if standing.lease.expires_at <= standing.at:
        return f"free (last held by {standing.lease.claim.holder}, expired {until})"
    return f"{standing.lease.claim.holder} until {until}"


def standing_json(standing: Standing) -> dict[str, object]:
    lease = standing.lease
    held = lease is not None and lease.expires_at > standing.at
    return {
        "states": standing.states,
        "pauses": [held_json(held) for held in standing.pauses],
        "last_run": standing.last_run,
        "unfinished_run": standing.unfinished,
        "intents": [
            {
                "link": intent.link_id,
                "side": KEYS[intent.side],
                "kind": intent.kind,
                "ambiguous": intent.ambiguous,
                "created_at": intent.created_at,
            }
            for intent in standing.intents
        ],
        "cursors": {KEYS[side]: cursor for side, cursor in standing.cursors.items()},
        "lease": {"holder": lease.claim.holder, "until": lease.expires_at} if lease and held else None,
        "database": standing.database,
        "revision": standing.revision,
    }


def runs(
    ctx: typer.Context,
    wanted: Annotated[str, typer.Argument(metavar="[ID]", help="Run id, or how it begins.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="Runs to print.")] = LIMIT,
    as_json: AsJson = False,
) -> None:
    """List the last runs; with an ID, show everything that run did.

    Example: `opsync runs` or `opsync runs 3f2a91`

    Exit codes: 0 done, 1 no such run, 2 usage or configuration.
    """
    shared = context(ctx)
    with shared.pairing() as pairing:
        run = find_run(pairing, wanted) if wanted else None
        with pairing.database.read() as connection:
            found = run_store.load_runs(connection, limit)
            entries = journal_store.load_entries_of_run(connection, run.id) if run else []
    if as_json or shared.as_json:
        shared.print_json(_run_json(run, entries) if run else {"runs": found})
    elif run is not None:
        print_lines(shared.out, [_run_line(run), *([run.detail] if run.detail else [])])
        print_lines(shared.out, timeline.lines(entries, Words(), with_links=True))
    else:
        columns = ("id", "kind", "started", "outcome", "seconds", "counts")
        print_table(shared.out, columns, map(_run_row, found))


def find_run(pairing: Pairing, wanted: str) -> Run:
    """By id or by its unique start; `RecordTrouble` when there is none, or more than one."""
    with pairing.database.read() as connection:
        matching = run_store.find_runs(connection, wanted)
    if len(matching) != 1:
        what = f"{len(matching)} runs begin with {wanted}" if matching else f"no run {wanted}"
        raise RecordTrouble(f"{what}: `opsync runs` lists them")
    return matching[0]


def _run_json(run: Run, entries: list[journal_store.Entry]) -> dict[str, object]:
    return {"run": run, "journal": [timeline.entry_json(entry) for entry in entries]}


def _run_line(run: Run) -> str:
    row = _run_row(run)
    return f"{row[1]} {row[0]}, {row[2]}, {row[3]}, {row[4]} s: {row[5] or 'nothing'}"


def _run_row(run: Run) -> tuple[str, ...]:
    ended = run.finished_at
    seconds = f"{(ended - run.started_at).total_seconds():.1f}" if ended else "–"
    counts = ", ".join(f"{number} {_counted(what)}" for what, number in run.counts.items())
    return run.id[:8], run.kind, moment(run.started_at), run.outcome or "not finished", seconds, counts


def _counted(what: str) -> str:
    verb, _, side = what.partition(" ")
    return f"{verb} in {Side(side).label}" if side in list(Side) else spoken(what)


def show(ctx: typer.Context, wanted: Wanted, as_json: AsJson = False) -> None:
    """Show one record: its state and why, what both sides last agreed on, and everything that happened to it.

    Example: `opsync show superoffice:1042`

    Exit codes: 0 done, 1 no such link, 2 usage or configuration.
    """
    shared = context(ctx)
    plain = as_json or shared.as_json
    with shared.pairing() as pairing:
        with pairing.database.read() as connection:
            link = find_link(connection, wanted)
            entries = journal_store.load_timeline(connection, link.id)
            companies = company_store.load_company_links(connection)
        words, problems = (Words(), []) if plain else fetch_words(pairing, companies)
    if plain:
        bases = {"superoffice": link.base_left, "onlyoffice": link.base_right}
        journal = [timeline.entry_json(entry) for entry in entries]
        shared.print_json({**link_json(link), "bases": bases, "timeline": journal})
        return
    print_lines(shared.err, problems)
    print_lines(shared.out, head_lines(link))
    print_table(shared.out, ("field", "SuperOffice", "ONLYOFFICE"), base_rows(link, words))
    print_lines(shared.out, [counted(len(entries), "event")])
    print_lines(shared.out, timeline.lines(entries, words, with_links=False))


def head_lines(link: Link) -> Iterator[str]:
    yield f"{shorten(title_of(link)) or '(no title)'}  [{ids_of(link)}]"
    yield f"link {link.id}, {link.origin or 'origin unknown'}"
    yield f"{spoken(link.state)}: {shorten(link.reason, 400)}" if link.reason else spoken(link.state)
    for side in Side:
        if gone_at := link.gone_at(side):
            yield f"not found in {side.label} since {moment(gone_at)}"


def base_rows(link: Link, words: Words) -> Iterator[tuple[str, ...]]:
    """What both sides held when they last agreed, each in its own terms."""
    bases = {side: link.base(side) or {} for side in Side}
    for name in in_order((*bases[Side.LEFT], *bases[Side.RIGHT])):
        cells = (words.say(side, name, bases[side][name]) if name in bases[side] else "–" for side in Side)
        yield (name, *cells)

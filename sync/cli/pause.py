"""`opsync pause` and `resume`: a person's word that nothing is written to something for a while."""

import getpass
import os
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

import typer

from sync.cli.listing import print_lines
from sync.cli.state import NEEDS_A_PERSON, AsJson, Context, context, fail
from sync.cli.until import end_of, in_both_zones
from sync.cli.words import KEYS, counted, moment, shorten
from sync.engine.lease import WRITER
from sync.engine.pairing import Pairing
from sync.engine.pause_by_hand import Word
from sync.engine.pause_by_hand import pause as pause_by_hand
from sync.engine.pause_by_hand import resume as resume_by_hand
from sync.engine.pauses import Held, load_held, refuse_if_paused
from sync.errors import RunHeld
from sync.store import lease as lease_store
from sync.store.pauses import Scope

LONGEST = 300
"""Characters of a name or a reason that are kept."""


class What(StrEnum):
    """What can be paused."""

    ALL = "all"
    SUPEROFFICE = "superoffice"
    ONLYOFFICE = "onlyoffice"
    COMPANY = "company"
    RECORD = "record"

    @property
    def scope(self) -> Scope:
        return _SCOPES.get(self, Scope.SIDE)

    @property
    def needs_id(self) -> bool:
        return self.scope in (Scope.COMPANY, Scope.RECORD)


_SCOPES = {What.ALL: Scope.ALL, What.COMPANY: Scope.COMPANY, What.RECORD: Scope.RECORD}
_ID = "With company and record: superoffice:ID, onlyoffice:ID, a link id, or its first 6 characters or more."
Id = Annotated[str, typer.Argument(metavar="[ID]", help=_ID)]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who says so; without it, who is logged in.")]


def register(app: typer.Typer) -> None:
    app.command("pause")(pause)
    app.command("resume")(resume)


def pause(  # noqa: PLR0913  one parameter an option
    ctx: typer.Context,
    what: Annotated[What | None, typer.Argument(help="What nothing is to be written to.")] = None,
    wanted: Id = "",
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="Why; shown wherever it holds.")] = "",
    until: Annotated[
        str, typer.Option("--until", metavar="WHEN", help="2026-12-24T08:00; without a zone, this machine's.")
    ] = "",
    span: Annotated[str, typer.Option("--for", metavar="SPAN", help="30m, 2h, 1d12h.")] = "",
    by: By = "",
    list_: Annotated[bool, typer.Option("--list", help="List what is paused.")] = False,
    as_json: AsJson = False,
) -> None:
    """Hold writing back: to everything, to one side, to a company's records on both sides, or to one record.

    While everything is paused no run begins at all. Otherwise both systems are read as ever, and what people
    change in something paused waits: nothing is lost, it flows once the pause is over. Without --until or
    --for that is when somebody says `opsync resume`. Pausing again replaces the words and the end. A run that
    is under way is not interrupted; the next one obeys.

    Example: `opsync pause onlyoffice --why "moving the portal" --for 2h`;
    `opsync pause record superoffice:1042 --why "Anna is sorting it out"`; `opsync pause --list`

    Exit codes: 0 done, 1 not known, or out of play anyway, 2 usage or configuration.
    """
    shared = context(ctx)
    if list_:
        with shared.pairing() as pairing:
            _list(shared, pairing, as_json=as_json)
        return
    scope, named = _subject(what, wanted)
    if not why.strip():
        raise typer.BadParameter("say why: somebody will ask", param_hint="--why")
    with shared.pairing() as pairing:
        word = Word(_who(by), _one_line(why), end_of(until, span, pairing.clock()))
        held, before = pause_by_hand(pairing, scope, named, word)
        busy = _is_busy(pairing)
    if as_json or shared.as_json:
        shared.print_json({**held_json(held), "replaced": held_json(before) if before else None})
    else:
        print_lines(shared.out, _paused_lines(held, before, busy=busy))


def resume(
    ctx: typer.Context,
    what: Annotated[What | None, typer.Argument(help="What was paused.")] = None,
    wanted: Id = "",
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """End a pause before its time. What changed meanwhile flows with the next sync.

    Example: `opsync resume all`; `opsync resume record superoffice:1042`

    Exit codes: 0 done, 1 it was not paused, 2 usage or configuration.
    """
    shared = context(ctx)
    scope, named = _subject(what, wanted)
    with shared.pairing() as pairing:
        held, woken = resume_by_hand(pairing, scope, named, _who(by))
    if as_json or shared.as_json:
        shared.print_json({"resumed": held_json(held), "woken": woken})
        return
    shared.out.print(f"over: {held.reason}", soft_wrap=True)
    shared.out.print(f"the next sync looks at {counted(woken, 'link')} that waited")


def refuse_while_paused(pairing: Pairing) -> None:
    """Ends the command with exit code 4 while everything is paused."""
    try:
        refuse_if_paused(pairing)
    except RunHeld as held:
        fail(str(held), NEEDS_A_PERSON)


def _subject(what: What | None, wanted: str) -> tuple[Scope, str]:
    if what is None:
        raise typer.BadParameter(f"say what: {', '.join(What)}")
    if what.needs_id != bool(wanted.strip()):
        raise typer.BadParameter(f"{what} needs an ID" if what.needs_id else f"{what} takes no ID")
    return what.scope, wanted.strip() or str(what)


def _who(by: str) -> str:
    """The name given, else the account; behind sudo, that of the person."""
    try:
        return _one_line(by) or os.environ.get("SUDO_USER") or getpass.getuser()
    except (OSError, KeyError):  # an account without a name, as in many containers
        return f"user {os.getuid()}"


def _one_line(text: str) -> str:
    return " ".join(shorten(text, LONGEST).split())


def _is_busy(pairing: Pairing) -> bool:
    with pairing.database.read() as connection:
        lease = lease_store.holder_of(connection, WRITER)
    return lease is not None and lease.expires_at > pairing.clock()


def _paused_lines(held: Held, before: Held | None, *, busy: bool) -> Iterator[str]:
    yield held.reason
    if held.pause.until is not None:
        yield f"until {in_both_zones(held.pause.until)}"
    else:
        yield "until `opsync resume`"
    if before is not None:
        yield f"before: {before.reason}"
    if busy:
        yield "a run is under way and goes on as it began; the next one obeys"


def _list(shared: Context, pairing: Pairing, *, as_json: bool) -> None:
    with pairing.database.read() as connection:
        found = load_held(connection, pairing.clock())
    if as_json or shared.as_json:
        shared.print_json({"pauses": [held_json(held) for held in found]})
    else:
        print_lines(shared.out, held_lines(found) if found else ["nothing is paused"])


def held_lines(found: tuple[Held, ...]) -> Iterator[str]:
    for held in found:
        yield f"{held.reason} (since {moment(held.pause.created_at)})"


def held_json(held: Held) -> dict[str, object]:
    target = held.pause.target
    return {
        "scope": target.scope,
        "side": KEYS[target.side] if target.side else None,
        "id": target.target_id,
        "who": held.pause.who,
        "why": held.pause.why,
        "since": held.pause.created_at,
        "until": held.pause.until,
        "told": held.reason,
    }

"""`opsync conflicts`: what both sides changed, and a person's word on who is right; it writes to no CRM."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

import typer

from sync.cli.links import Wanted
from sync.cli.listing import print_lines, print_table
from sync.cli.state import AsJson, Context, context
from sync.cli.torn import edits_json, fetch_torn, torn_json, whole_lines
from sync.cli.words import KEYS, Words, counted, fetch_words, ids_of, moment, shorten, title_of
from sync.domain.link import Link, LinkState
from sync.domain.model import Side
from sync.engine.by_hand import find_link
from sync.engine.fate import Fate, decide_fate, gone_side
from sync.engine.pairing import Pairing
from sync.engine.verdict import Verdict, resolve_conflict, value_of
from sync.store import companies as company_store
from sync.store import conflicts as store
from sync.store import links as link_store
from sync.store.conflicts import Conflict


class Taken(StrEnum):
    """Whose value is right."""

    SUPEROFFICE = "superoffice"
    ONLYOFFICE = "onlyoffice"

    @property
    def side(self) -> Side:
        return Side.LEFT if self is Taken.SUPEROFFICE else Side.RIGHT


@dataclass(frozen=True, slots=True)
class Case:
    """One link in conflict; without fields it is about the whole record, and the link's reason says what."""

    link: Link
    conflicts: tuple[Conflict, ...]


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        no_args_is_help=True,
        help="What both sides changed, or one deleted and the other edited: opsync asks instead of guessing.",
    )
    for name, command in (("list", list_), ("show", show), ("resolve", resolve)):
        group.command(name)(command)
    app.add_typer(group, name="conflicts")


def list_(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List all open conflicts with both values.

    Example: `opsync conflicts list`

    Exit codes: 0 done, 1 failed, 2 usage or configuration.
    """
    shared = context(ctx)
    with shared.pairing() as pairing:
        cases = load_cases(pairing)
        words = _words(shared, pairing, as_json=as_json) if cases else Words()
    if as_json or shared.as_json:
        shared.print_json({"conflicts": [case_json(case) for case in cases]})
        return
    if cases:
        columns = ("link", "title", "field", "SuperOffice", "ONLYOFFICE", "since", "why")
        print_table(shared.out, columns, rows(cases, words))
    shared.out.print(f"{counted(len(cases), 'link')} in conflict")


def load_cases(pairing: Pairing) -> list[Case]:
    """Every link that has an open field or is in conflict as a whole."""
    with pairing.database.read() as connection:
        links = {link.id: link for link in link_store.load_links_in(connection, [LinkState.CONFLICT])}
        conflicts: dict[str, list[Conflict]] = {link_id: [] for link_id in links}
        for conflict in store.load_conflicts(connection):
            conflicts.setdefault(conflict.link_id, []).append(conflict)
        for link_id in conflicts.keys() - links.keys():
            link = link_store.load_link(connection, link_id)
            if link is not None:
                links[link_id] = link
    return [Case(link, tuple(conflicts[link_id])) for link_id, link in links.items()]


def rows(cases: Iterable[Case], words: Words) -> Iterator[tuple[str, ...]]:
    for case in cases:
        head = (case.link.id[:8], shorten(title_of(case.link), 40))
        if not case.conflicts:
            yield (*head, "(record)", "", "", "", case.link.reason)
        for conflict in case.conflicts:
            values = (words.say(side, conflict.field, value_of(conflict, side), 40) for side in Side)
            yield (*head, conflict.field, *values, moment(conflict.since), conflict.reason)


def show(ctx: typer.Context, wanted: Wanted, as_json: AsJson = False) -> None:
    """Show one link's conflicts: both values, what both last agreed on, since when, and how to decide.

    Of a record deleted on one side and edited on the other it reads what was edited.

    Example: `opsync conflicts show superoffice:1042`

    Exit codes: 0 done, 1 no such link, 2 usage or configuration.
    """
    shared = context(ctx)
    with shared.pairing() as pairing:
        with pairing.database.read() as connection:
            link = find_link(connection, wanted)
            case = Case(link, tuple(store.load_conflicts(connection, link.id)))
        words = _words(shared, pairing, as_json=as_json)
        torn = fetch_torn(shared, pairing, link)
    if as_json or shared.as_json:
        shared.print_json({**case_json(case), "edits": edits_json(torn)})
        return
    print_lines(shared.out, case_lines(case, words))
    print_lines(shared.out, whole_lines(link, torn, words, pairing.policy))


def case_lines(case: Case, words: Words) -> Iterator[str]:
    yield f"{shorten(title_of(case.link)) or case.link.id[:8]}  [{ids_of(case.link)}]"
    for conflict in case.conflicts:
        yield f"{conflict.field}: {conflict.reason} (since {moment(conflict.since)})"
        for side in Side:
            yield f"  {side.label:<12}{words.say(side, conflict.field, value_of(conflict, side), 400)}"
        yield f"  {'before':<12}{words.say(Side.LEFT, conflict.field, conflict.base_value, 400)}"
        yield f"  opsync conflicts resolve {case.link.id[:8]} {conflict.field} --take superoffice|onlyoffice"
    if not case.conflicts and gone_side(case.link) is None:
        yield "no open conflict"


def resolve(  # noqa: PLR0913  one parameter an option
    ctx: typer.Context,
    wanted: Wanted,
    field: Annotated[
        str, typer.Argument(metavar="[FIELD]", help="Field in conflict, as `conflicts list` names it.")
    ] = "",
    take: Annotated[Taken | None, typer.Option(help="Whose value of the field is right.")] = None,
    whole: Annotated[
        Fate | None,
        typer.Option(help="For a record deleted here, edited there: make it again, or accept the deletion."),
    ] = None,
    reason: Annotated[str, typer.Option(help="Why; kept in the record's timeline.")] = "",
    as_json: AsJson = False,
) -> None:
    """Decide one field, or the fate of a whole record; the next sync carries it out.

    With FIELD and --take the chosen value is written to the other side; the other value stays readable in the
    record's timeline (`opsync show ID`).

    With --whole and --reason, for a record that one side deleted and the other edited: `restore` makes the
    deleted one again from the edited one; `accept` lets it stay deleted, and [policy] deleted_in_… says what
    becomes of the edited one. If that is edited once more before the next sync, opsync asks again.

    Example: `opsync conflicts resolve superoffice:1042 title --take superoffice`;
    `opsync conflicts resolve superoffice:1042 --whole restore --reason "deleted by mistake, says Anna"`

    Exit codes: 0 done, 1 no such link or conflict, 2 usage or configuration.
    """
    shared = context(ctx)
    as_json = as_json or shared.as_json
    if whole is not None:
        _require_whole(field, take, reason)
        _resolve_whole(shared, wanted, whole, reason.strip(), as_json=as_json)
        return
    if not field or take is None:
        raise typer.BadParameter("give a FIELD and --take, or --whole")
    with shared.pairing() as pairing:
        verdict = resolve_conflict(pairing, wanted, field, take.side, reason.strip())
    if as_json:
        shared.print_json(verdict_json(verdict))
    else:
        print_lines(shared.out, verdict_lines(verdict))


def _require_whole(field: str, take: Taken | None, reason: str) -> None:
    if field or take is not None:
        raise typer.BadParameter("is about the whole record: no FIELD and no --take", param_hint="--whole")
    if not reason.strip():
        raise typer.BadParameter("say why: somebody will ask", param_hint="--reason")


def _resolve_whole(shared: Context, wanted: str, whole: Fate, reason: str, *, as_json: bool) -> None:
    with shared.pairing() as pairing:
        torn = decide_fate(pairing, wanted, whole, reason)
    if as_json:
        shared.print_json(torn_json(torn, whole))
    else:
        shared.out.print(f"{torn.link.reason}; the next sync carries it out", soft_wrap=True)


def verdict_lines(verdict: Verdict) -> Iterator[str]:
    field, loser = verdict.conflict.field, verdict.winner.other
    yield f"{field}: {verdict.winner.label} is right; the next sync writes its value to {loser.label}"
    if verdict.left_open:
        yield f"still open: {', '.join(verdict.left_open)}"


def verdict_json(verdict: Verdict) -> dict[str, object]:
    return {
        "link": verdict.link.id,
        "field": verdict.conflict.field,
        "take": Taken.SUPEROFFICE if verdict.winner is Side.LEFT else Taken.ONLYOFFICE,
        "kept": value_of(verdict.conflict, verdict.winner),
        "given_up": value_of(verdict.conflict, verdict.winner.other),
        "left_open": verdict.left_open,
        "state": verdict.link.state,
    }


def case_json(case: Case) -> Mapping[str, object]:
    gone = gone_side(case.link)
    return {
        "link": case.link.id,
        "superoffice_id": case.link.left_id,
        "onlyoffice_id": case.link.right_id,
        "title": title_of(case.link),
        "reason": case.link.reason,
        "gone": KEYS[gone] if gone else None,
        "fields": [
            {
                "field": conflict.field,
                "kind": conflict.kind,
                "superoffice": conflict.left_value,
                "onlyoffice": conflict.right_value,
                "before": conflict.base_value,
                "since": conflict.since,
                "reason": conflict.reason,
            }
            for conflict in case.conflicts
        ],
    }


def _words(shared: Context, pairing: Pairing, *, as_json: bool) -> Words:
    """JSON keeps raw values, so nobody is asked for names then."""
    if as_json or shared.as_json:
        return Words()
    with pairing.database.read() as connection:
        companies = company_store.load_company_links(connection)
    words, problems = fetch_words(pairing, companies)
    print_lines(shared.err, problems)
    return words

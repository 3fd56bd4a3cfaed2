"""`opsync wrote`: whether opsync itself put a value into a record, however old; it changes nothing."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from sync.cli import timeline
from sync.cli.links import Wanted
from sync.cli.listing import print_lines
from sync.cli.state import DONE, FAILED, AsJson, context
from sync.cli.words import Words, counted, fetch_words, ids_of
from sync.domain.model import Value
from sync.engine.by_hand import find_link
from sync.store import companies as company_store
from sync.store import retention
from sync.store.journal import Entry

_YES_NO = {"yes": True, "true": True, "no": False, "false": False}


def register(app: typer.Typer) -> None:
    app.command("wrote")(wrote)


def wrote(
    ctx: typer.Context,
    wanted: Wanted,
    field: Annotated[str, typer.Argument(help="Field, as `opsync show` names it.")],
    value: Annotated[str, typer.Argument(help='Value or name, as `opsync show` prints it; "" for empty.')],
    as_json: AsJson = False,
) -> None:
    """Tell whether opsync wrote this value into this record, and when.

    Works for as long as the journal is kept (`state.keep_history_days`), also where the value itself was
    pruned: a one-way mark of it stays.

    Example: `opsync wrote superoffice:1042 amount 125000`

    Exit codes: 0 it did, 1 it did not or no such link, 2 usage or configuration.
    """
    shared = context(ctx)
    plain = as_json or shared.as_json
    with shared.pairing() as pairing:
        with pairing.database.read() as connection:
            link = find_link(connection, wanted)
            companies = company_store.load_company_links(connection)
        words, problems = (Words(), []) if plain else fetch_words(pairing, companies)
        with pairing.database.read() as connection:
            found = retention.find_writes(connection, link.id, field, candidates(words, field, value))
    if plain:
        shared.print_json({"link": link.id, "wrote": [timeline.entry_json(entry) for entry in found]})
    else:
        print_lines(shared.err, problems)
        print_lines(shared.out, [_verdict(found, f"{field} of {ids_of(link)}")])
        print_lines(shared.out, timeline.lines(found, words, with_links=False))
    raise typer.Exit(DONE if found else FAILED)


def _verdict(found: list[Entry], what: str) -> str:
    if not found:
        return f"opsync did not write this into {what}, as far as its journal reaches."
    return f"opsync wrote this into {what} {counted(len(found), 'time')}:"


def candidates(words: Words, field: str, text: str) -> tuple[Value, ...]:
    """Everything this text may mean: the text itself, a number, a day, yes or no, the ids of a name."""
    found: list[Value] = [text] if text else [None, ""]
    bare = text.replace(",", "").removesuffix("%").strip()
    with suppress(InvalidOperation):
        number = Decimal(bare)
        found += [number] if number.is_finite() else []
    with suppress(ValueError):
        found.append(int(bare))
    with suppress(ValueError):
        found.append(date.fromisoformat(text))
    if text.casefold() in _YES_NO:
        found.append(_YES_NO[text.casefold()])
    return (*found, *_ids(words, field, text))


def _ids(words: Words, field: str, text: str) -> Iterable[Value]:
    return {
        record_id for (_side, name, record_id), said in words.names.items() if (name, said) == (field, text)
    }

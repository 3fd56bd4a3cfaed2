"""`opsync links`: which records are linked and why others are not, and what a person does about it."""

from collections.abc import Iterable
from typing import Annotated

import typer

from sync.cli.listing import print_table
from sync.cli.state import AsJson, Context, context
from sync.cli.words import counted, ids_of, shorten, spoken, title_of
from sync.domain.link import Link, LinkState
from sync.engine import by_hand
from sync.store import links as store

LIMIT = 50
_ID = "Link id, its first 6 characters or more, superoffice:ID or onlyoffice:ID."
Wanted = Annotated[str, typer.Argument(metavar="ID", help=_ID)]


def register(app: typer.Typer) -> None:
    group = typer.Typer(invoke_without_command=True)
    group.callback()(links)
    for command in (retry, exclude, include, pair, unlink):
        group.command()(command)
    app.add_typer(group, name="links")


def links(
    ctx: typer.Context,
    state: Annotated[LinkState | None, typer.Option(help="Only links in this state.")] = None,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Only reasons with this text.")] = "",
    limit: Annotated[int, typer.Option(min=0, help="Links to print; 0 prints all.")] = LIMIT,
    as_json: AsJson = False,
) -> None:
    """List links with their state and the reason for it; or retry, exclude, include, pair and unlink them.

    Example: `opsync links --state parked --reason currency`

    Exit codes: 0 done, 1 failed, 2 usage or configuration.
    """
    if ctx.invoked_subcommand is not None:
        return
    shared = context(ctx)
    with shared.pairing() as pairing, pairing.database.read() as connection:
        known = store.load_links_in(connection, [state]) if state else store.load_links(connection)
    found = [link for link in known if reason.casefold() in link.reason.casefold()]
    _print(shared, sorted(found, key=_by_record), limit, as_json=as_json)


def _by_record(link: Link) -> tuple[str, str]:
    return (link.left_id or "~").zfill(12), (link.right_id or "").zfill(12)


def _print(shared: Context, found: list[Link], limit: int, *, as_json: bool) -> None:
    printed = found[: limit or None]
    if as_json or shared.as_json:
        shared.print_json({"links": [link_json(link) for link in printed], "total": len(found)})
        return
    if printed:
        print_table(
            shared.out, ("id", "state", "SuperOffice", "ONLYOFFICE", "title", "reason"), _rows(printed)
        )
    more = f", {len(printed)} shown: --limit 0 prints all" if len(printed) < len(found) else ""
    shared.out.print(f"{counted(len(found), 'link')}{more}")


def _rows(found: Iterable[Link]) -> list[tuple[str, ...]]:
    return [
        (
            link.id[:8],
            spoken(link.state),
            link.left_id or "–",
            link.right_id or "–",
            shorten(title_of(link), 40),
            link.reason,
        )
        for link in found
    ]


def link_json(link: Link) -> dict[str, object]:
    return {
        "id": link.id,
        "superoffice_id": link.left_id,
        "onlyoffice_id": link.right_id,
        "title": title_of(link),
        "state": link.state,
        "reason": link.reason,
        "origin": link.origin,
    }


def retry(
    ctx: typer.Context,
    wanted: Annotated[str, typer.Argument(metavar="[ID]", help=_ID)] = "",
    all_parked: Annotated[bool, typer.Option("--all-parked", help="All parked links.")] = False,
    as_json: AsJson = False,
) -> None:
    """Let the next sync try a link again, even if a CRM refused the same values before.

    Example: `opsync links retry superoffice:1042` or `opsync links retry --all-parked`

    Exit codes: 0 done, 1 nothing to try or no such link, 2 usage or configuration.
    """
    shared = context(ctx)
    if bool(wanted) is all_parked:
        raise typer.BadParameter("give an ID, or --all-parked")
    with shared.pairing() as pairing:
        if not all_parked:
            _tell(shared, by_hand.retry(pairing, wanted), "will be tried again", as_json=as_json)
            return
        number = by_hand.retry_parked(pairing)
    if as_json or shared.as_json:
        shared.print_json({"retried": number})
    else:
        shared.out.print(f"{counted(number, 'parked link')} will be tried again by the next sync")


def exclude(
    ctx: typer.Context,
    wanted: Wanted,
    reason: Annotated[str, typer.Option(help="Why; shown wherever the link is listed.")],
    as_json: AsJson = False,
) -> None:
    """Keep opsync's hands off a record, or off both records of a linked pair, until `links include`.

    Example: `opsync links exclude superoffice:1042 --reason "internal test sale"`

    Exit codes: 0 done, 1 no such link or a write under way, 2 usage or configuration.
    """
    shared = context(ctx)
    if not reason.strip():
        raise typer.BadParameter("say why: somebody will ask", param_hint="--reason")
    with shared.pairing() as pairing:
        _tell(shared, by_hand.exclude(pairing, wanted, reason.strip()), "is excluded", as_json=as_json)


def include(ctx: typer.Context, wanted: Wanted, as_json: AsJson = False) -> None:
    """Take an exclusion back: the next sync looks at the link again.

    Example: `opsync links include superoffice:1042`

    Exit codes: 0 done, 1 no such link or not excluded by hand, 2 usage or configuration.
    """
    shared = context(ctx)
    with shared.pairing() as pairing:
        _tell(shared, by_hand.include(pairing, wanted), "is included again", as_json=as_json)


def pair(
    ctx: typer.Context,
    sale_id: Annotated[str, typer.Argument(help="Sale id in SuperOffice.")],
    opportunity_id: Annotated[str, typer.Argument(help="Opportunity id in ONLYOFFICE.")],
    as_json: AsJson = False,
) -> None:
    """Link a sale and an opportunity that opsync could not match with certainty.

    Nothing is written to either record now; the next sync compares the two, and [policy] first_link says
    who wins where they differ.

    Example: `opsync links pair 1042 317`

    Exit codes: 0 done, 1 refused (one is linked already, or cannot be read), 2 usage or configuration.
    """
    shared = context(ctx)
    for word in (sale_id, opportunity_id):
        if not word.isdecimal():
            raise typer.BadParameter(f"{word} is no record id: give two whole numbers")
    with shared.pairing() as pairing:
        _tell(shared, by_hand.pair(pairing, sale_id, opportunity_id), "is linked", as_json=as_json)


def unlink(ctx: typer.Context, wanted: Wanted, as_json: AsJson = False) -> None:
    """Part a pair that does not belong together, or was buried too early. Nothing is written to either now.

    The next sync treats both as new: it makes a partner for each, unless they look alike enough to be linked
    again. `links exclude` keeps a record out of that.

    Example: `opsync links unlink superoffice:1042`

    Exit codes: 0 done, 1 no such pair or a write under way, 2 usage or configuration.
    """
    shared = context(ctx)
    with shared.pairing() as pairing:
        halves = by_hand.unlink(pairing, wanted)
    if as_json or shared.as_json:
        shared.print_json({"links": [link_json(link) for link in halves]})
    else:
        parted = " and ".join(f"{ids_of(link)} (link {link.id[:8]})" for link in halves)
        shared.out.print(f"{parted} are on their own again", soft_wrap=True)


def _tell(shared: Context, link: Link, what: str, *, as_json: bool) -> None:
    if as_json or shared.as_json:
        shared.print_json(link_json(link))
    else:
        shared.out.print(f"{ids_of(link)} {what} (link {link.id[:8]})", soft_wrap=True)

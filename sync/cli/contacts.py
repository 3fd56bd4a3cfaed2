"""`opsync contacts`: which SuperOffice contact is which ONLYOFFICE company, matched or told by a person."""

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sync.cli.listing import print_lines, print_table
from sync.cli.progress import shown
from sync.cli.state import DONE, NEEDS_A_PERSON, AsJson, context
from sync.cli.words import KEYS, counted, shorten
from sync.domain.link import CompanyLink
from sync.domain.model import Company, CompanyCard, Side
from sync.engine import bonding
from sync.engine.bonding import Matching
from sync.engine.by_hand import side_named
from sync.engine.company_file import import_companies
from sync.engine.pairing import Pairing
from sync.errors import RecordTrouble
from sync.store import companies as store

LIMIT = 50
SALES = 10
_ID = "Company link id, its first 6 characters or more, superoffice:ID or onlyoffice:ID."
Wanted = Annotated[str, typer.Argument(metavar="ID", help=_ID)]


class Standing(StrEnum):
    """How far a company is linked."""

    LINKED = "linked"
    WAITING = "waiting"
    AMBIGUOUS = "ambiguous"


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        no_args_is_help=True,
        help="Which SuperOffice contact is which ONLYOFFICE company: sales flow only between linked ones.",
    )
    for name, command in (
        ("match", match),
        ("list", list_),
        ("show", show),
        ("link", link),
        ("unlink", unlink),
        ("import", import_),
    ):
        group.command(name)(command)
    app.add_typer(group, name="contacts")


def match(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option(min=0, help="Unmatched companies to print; 0 prints all.")] = LIMIT,
    as_json: AsJson = False,
) -> None:
    """Read all companies of both systems and link those that are certainly the same.

    Certain is: an id stamped on the company, the organisation number, name and city, or the name alone where
    nothing contradicts it and nobody else has it. The rest is shown.

    Example: `opsync contacts match`

    Exit codes: 0 done, 1 failed, 2 configuration, 4 some are ambiguous: a person must choose.
    """
    shared = context(ctx)
    with shown(shared.err) as progress, shared.pairing(progress) as pairing:
        found = bonding.match(pairing)
    if as_json or shared.as_json:
        shared.print_json(matching_json(found))
    else:
        print_lines(shared.out, matching_lines(found, limit))
    raise typer.Exit(NEEDS_A_PERSON if found.ambiguous else DONE)


def matching_lines(found: Matching, limit: int) -> Iterable[str]:
    for company in found.linked:
        yield f"= {_bond(company)} (matched by {company.tier})"
    for company in found.ambiguous:
        yield f"? {_bond(company)}: {company.reason}"
    for side in Side:
        alone = found.alone[side]
        for lonely in alone[: limit or None]:
            yield f"  only in {side.label}: {lonely.id} {shorten(lonely.name)}"
        if limit and len(alone) > limit:
            yield f"  … and {len(alone) - limit} more only in {side.label}: --limit 0 prints all"
    alone_in = ", ".join(f"{len(found.alone[side])} only in {side.label}" for side in Side)
    yield f"{counted(len(found.linked), 'company link')} made, {len(found.ambiguous)} ambiguous, {alone_in}"
    if found.woken:
        yield f"{counted(found.woken, 'record')} had waited for this: run `opsync sync`"


def matching_json(found: Matching) -> dict[str, object]:
    return {
        "linked": [company_json(company) for company in found.linked],
        "ambiguous": [company_json(company) for company in found.ambiguous],
        "alone": {KEYS[side]: [{"id": c.id, "name": c.name} for c in found.alone[side]] for side in Side},
        "woken": found.woken,
    }


def list_(
    ctx: typer.Context,
    state: Annotated[Standing | None, typer.Option(help="Only companies in this state.")] = None,
    limit: Annotated[int, typer.Option(min=0, help="Companies to print; 0 prints all.")] = LIMIT,
    as_json: AsJson = False,
) -> None:
    """List the companies that opsync has met, with how they were linked or why they were not.

    Example: `opsync contacts list --state ambiguous`

    Exit codes: 0 done, 1 failed, 2 usage or configuration.
    """
    shared = context(ctx)
    with shared.pairing() as pairing, pairing.database.read() as connection:
        known = store.load_company_links(connection)
    found = [company for company in known if state is None or bonding.state_of(company) == state]
    printed = sorted(found, key=lambda company: company.name.casefold())[: limit or None]
    if as_json or shared.as_json:
        shared.print_json({"companies": [company_json(company) for company in printed], "total": len(found)})
        return
    if printed:
        columns = ("id", "state", "SuperOffice", "ONLYOFFICE", "name", "how or why")
        print_table(shared.out, columns, map(_row, printed))
    more = f", {len(printed)} shown: --limit 0 prints all" if len(printed) < len(found) else ""
    shared.out.print(f"{counted(len(found), 'contact')}{more}")


def _row(company: CompanyLink) -> tuple[str, ...]:
    how = company.reason or company.tier
    ids = (company.left_id or "–", company.right_id or "–")
    return (company.id[:8], bonding.state_of(company), *ids, shorten(company.name, 40), how)


def show(ctx: typer.Context, wanted: Wanted, as_json: AsJson = False) -> None:
    """Show a company as both systems know it, with its most recent sales.

    Example: `opsync contacts show superoffice:501`

    Exit codes: 0 done, 1 no such company, 2 usage or configuration.
    """
    shared = context(ctx)
    with shared.pairing() as pairing:
        company, cards = fetch_cards(pairing, wanted)
    if as_json or shared.as_json:
        shared.print_json({"link": company and company_json(company), "cards": cards})
        return
    if company is not None:
        how = company.reason or f"by {company.tier}"
        print_lines(shared.out, [f"{_bond(company)}: {bonding.state_of(company)}, {how}"])
    for name, card in cards.items():
        print_lines(shared.out, _card_lines(name, card))


def fetch_cards(pairing: Pairing, wanted: str) -> tuple[CompanyLink | None, dict[str, CompanyCard | None]]:
    """The stored link, if there is one, and what each linked side shows of the company now."""
    with pairing.database.read() as connection:
        company = bonding.find_company_link(connection, wanted)
    if company is None and ":" not in wanted:
        raise RecordTrouble(f"no company link {wanted}: `opsync contacts list` shows them")
    ids = _ids(company, wanted)
    cards = {
        KEYS[side]: pairing.crms[side].fetch_company_card(company_id, SALES)
        for side, company_id in ids.items()
    }
    if not any(cards.values()):
        raise RecordTrouble(f"{wanted} is shown by neither system")
    return company, cards


def _ids(company: CompanyLink | None, wanted: str) -> dict[Side, str]:
    if company is None:
        word, _, named = wanted.partition(":")
        return {side_named(word): named}
    return {side: company_id for side in Side if (company_id := company.record_id(side))}


def _card_lines(name: str, card: CompanyCard | None) -> Iterable[str]:
    label = next(side.label for side in Side if KEYS[side] == name)
    yield ""
    if card is None:
        yield f"{label}: not found, or not shown to us"
        return
    yield f"{label} {card.company.id}: {_title(card.company)}"
    for sale in card.sales:
        yield f"  {shorten(sale, 200)}"
    if not card.sales:
        yield "  no sales"


def _title(company: Company) -> str:
    parts = (company.name, company.department, company.org_number, company.city)
    return shorten(", ".join(part for part in parts if part), 200)


def link(
    ctx: typer.Context,
    left_id: Annotated[str, typer.Argument(metavar="SUPEROFFICE_ID", help="Contact id in SuperOffice.")],
    right_id: Annotated[str, typer.Argument(metavar="ONLYOFFICE_ID", help="Company id in ONLYOFFICE.")],
    as_json: AsJson = False,
) -> None:
    """Say that two companies are the same; records that waited for it are tried by the next sync.

    Example: `opsync contacts link 501 61`

    Exit codes: 0 done, 1 refused (one is linked already, or is not there), 2 usage or configuration.
    """
    shared = context(ctx)
    for word in (left_id, right_id):
        if not word.isdecimal():
            raise typer.BadParameter(f"{word} is no company id: give two whole numbers")
    with shared.pairing() as pairing:
        made, woken = bonding.link_companies(pairing, left_id, right_id)
    if as_json or shared.as_json:
        shared.print_json({"link": company_json(made), "woken": woken})
    else:
        shared.out.print(f"{_bond(made)} linked; {_waited(woken)}", soft_wrap=True)


def _waited(woken: int) -> str:
    return (
        f"{counted(woken, 'record')} had waited for it: run `opsync sync`"
        if woken
        else "no record had waited"
    )


def unlink(ctx: typer.Context, wanted: Wanted, as_json: AsJson = False) -> None:
    """Take a company link apart. Links of sales that exist already stay as they are.

    Example: `opsync contacts unlink superoffice:501`

    Exit codes: 0 done, 1 no such link, 2 usage or configuration.
    """
    shared = context(ctx)
    with shared.pairing() as pairing:
        taken_apart = bonding.unlink_company(pairing, wanted)
    if as_json or shared.as_json:
        shared.print_json(company_json(taken_apart))
    else:
        shared.out.print(f"{_bond(taken_apart)} unlinked", soft_wrap=True)


def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV with the columns superoffice_id,onlyoffice_id.")],
    as_json: AsJson = False,
) -> None:
    """Link companies from a CSV file; everything is checked first, and one bad line means nothing is stored.

    Example: `opsync contacts import pairs.csv`

    Exit codes: 0 done, 1 failed, 2 problems in the file (each with its line number) or in the configuration.
    """
    shared = context(ctx)
    with shown(shared.err) as progress, shared.pairing(progress) as pairing:
        done = import_companies(pairing, file)
    if as_json or shared.as_json:
        shared.print_json(done)
        return
    told = (
        f"{counted(done.linked, 'company link')} made, {done.unchanged} known before; {_waited(done.woken)}"
    )
    shared.out.print(told, soft_wrap=True)


def company_json(company: CompanyLink) -> dict[str, object]:
    return {
        "id": company.id,
        "superoffice_id": company.left_id,
        "onlyoffice_id": company.right_id,
        "name": company.name,
        "state": bonding.state_of(company),
        "tier": company.tier,
        "reason": company.reason,
    }


def _bond(company: CompanyLink) -> str:
    ids = " ↔ ".join(f"{side.label} {company.record_id(side) or '–'}" for side in Side)
    return f"{shorten(company.name)} [{ids}]"

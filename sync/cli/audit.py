"""`opsync audit`: both sides read completely and compared with each other; it writes nothing anywhere."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

import typer

from sync.cli.listing import print_lines
from sync.cli.plan import reading
from sync.cli.progress import shown
from sync.cli.state import DONE, NEEDS_A_PERSON, AsJson, context
from sync.cli.words import KEYS, Words, counted, fetch_words, in_order, shorten, title_of
from sync.domain.audit import Finding, Kind
from sync.domain.link import Link
from sync.domain.model import Side
from sync.engine.audit import audit_pairing
from sync.engine.pairing import Pairing
from sync.store import companies as company_store
from sync.store import links as link_store

LIMIT = 50
_MEANINGS = {
    Kind.DRIFT: "linked and different, though nothing waits",
    Kind.ORPHAN: "a link whose record is not there",
    Kind.DOUBLE: "a record without a link that looks like a linked one",
    Kind.STRAY_STAMP: "a record with the stamp of somebody else's link",
    Kind.UNREADABLE: "a linked record that cannot be read",
}
Titles = Mapping[str, str]
"""By link id."""


def register(app: typer.Typer) -> None:
    app.command("audit")(audit)


def audit(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option(min=0, help="Findings to print of each kind; 0 prints all.")] = LIMIT,
    as_json: AsJson = False,
) -> None:
    """Compare both systems with each other, not with the past, and name what a person should look at.

    Reads every record on both sides. Finds drift, links without a record, doubles, stamps on the wrong record
    and records that cannot be read. Writes nothing, neither there nor into the state database.

    Example: `opsync audit --limit 0`

    Exit codes: 0 nothing found, 1 failed, 2 configuration, 4 something was found.
    """
    state = context(ctx)
    plain = as_json or state.as_json
    with shown(state.err) as progress, reading(state, progress) as pairing:
        findings = audit_pairing(pairing)
        links = _links(pairing)
        words = Words() if plain or not findings else _words(pairing)
    titles = {link.id: title_of(link) for link in links}
    if plain:
        state.print_json({"findings": [as_document(one, titles) for one in findings], "links": len(links)})
    else:
        print_lines(state.out, lines(findings, titles, words, limit))
        print_lines(
            state.out, [f"Audit: {counted(len(findings), 'finding')} in {counted(len(links), 'link')}."]
        )
    raise typer.Exit(NEEDS_A_PERSON if findings else DONE)


def _links(pairing: Pairing) -> list[Link]:
    with pairing.database.read() as connection:
        return link_store.load_links(connection)


def _words(pairing: Pairing) -> Words:
    with pairing.database.read() as connection:
        companies = company_store.load_company_links(connection)
    return fetch_words(pairing, companies)[0]


def lines(findings: Sequence[Finding], titles: Titles, words: Words, limit: int) -> Iterator[str]:
    """One block for each kind that was found."""
    for kind in Kind:
        found = [finding for finding in findings if finding.kind is kind]
        if not found:
            continue
        yield f"{kind} ({len(found)}): {_MEANINGS[kind]}"
        for finding in found[: limit or None]:
            yield from _block(finding, titles.get(finding.link_id, ""), words)
        if limit and len(found) > limit:
            yield f"  … and {len(found) - limit} more: --limit 0 prints all"
        yield ""


def _block(finding: Finding, title: str, words: Words) -> Iterator[str]:
    ids = f"SuperOffice {finding.left_id or '–'} ↔ ONLYOFFICE {finding.right_id or '–'}"
    yield f"  {shorten(title) or '(no title)'}  [{ids}]: {shorten(finding.said, 300)}"
    for name in in_order(finding.fields):
        held = zip(Side, finding.fields[name], strict=True)
        yield f"      {name}: " + " | ".join(
            f"{side.label} {words.say(side, name, value)}" for side, value in held
        )


def as_document(finding: Finding, titles: Titles) -> dict[str, object]:
    return {
        "kind": finding.kind,
        "link": finding.link_id,
        "superoffice_id": finding.left_id,
        "onlyoffice_id": finding.right_id,
        "title": titles.get(finding.link_id, ""),
        "said": finding.said,
        "fields": {
            name: {KEYS[side]: value for side, value in zip(Side, values, strict=True)}
            for name, values in finding.fields.items()
        },
    }

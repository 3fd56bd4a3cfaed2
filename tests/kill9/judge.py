"""Compares what both servers hold with each other and with what people wrote; it repairs nothing."""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sync import wiring
from sync.cli.dumps import differences, records_of
from sync.domain.link import Link, LinkState
from sync.domain.mapping import Mapping as ResolvedMapping
from sync.domain.model import Side
from sync.engine.draft import fetch_lists
from sync.engine.rules import load_rules
from sync.engine.run import worker_pool
from sync.settings import load_settings
from sync.store import intents as intent_store
from sync.store import links as link_store
from tests.kill9.desk import Desk, Row

Rows = Mapping[Side, Mapping[str, Row]]
Notes = list[dict[str, Any]]


def twins(rows: Rows, deals: int) -> Iterator[str]:
    """Every deal is on each side exactly once, and no two records carry one stamp."""
    for side in Side:
        if len(rows[side]) != deals:
            yield f"{side.label} holds {len(rows[side])} records of {deals} deals"
        stamps = Counter(row.stamp for row in rows[side].values() if row.stamp)
        for stamp in (stamp for stamp, count in stamps.items() if count > 1):
            ids = ", ".join(row.id for row in rows[side].values() if row.stamp == stamp)
            yield f"{side.label} {ids} carry one stamp"


def lost_edits(rows: Rows, notes: Notes) -> Iterator[str]:
    """The last value that somebody gave a field is still there, on the side where it was given."""
    edits = [note for note in notes if not note["born"]]
    last = {(Side(note["side"]), note["id"], note["field"]): note["value"] for note in edits}
    for (side, record_id, field), value in last.items():
        row = rows[side].get(record_id)
        found = row.values[field] if row else None
        if found != value:
            yield f"{side.label} {record_id}: {field} was set to {value!r} and is {found!r}"


def leftovers(links: list[Link], intents: int) -> Iterator[str]:
    """Nothing waits for a person, and no write is open."""
    for link in links:
        if link.state is not LinkState.IN_SYNC:
            pair = f"sale {link.left_id or '–'} ↔ opportunity {link.right_id or '–'}"
            yield f"{pair} is {link.state}: {link.reason}"
    if intents:
        yield f"{intents} writes of unknown outcome"


def apart(desks: Mapping[Side, Desk], links: list[Link], mapping: ResolvedMapping) -> Iterator[str]:
    """Both sides show the same in every mapped field, by their own dumps."""
    dumps = {side: records_of(side, desk.dump()) for side, desk in desks.items()}
    for one in differences(links, dumps, mapping):
        what = f"{one.field}: {one.left!r} | {one.right!r}" if one.field else "it is alone"
        yield f"sale {one.left_id or '–'} ↔ opportunity {one.right_id or '–'}: {what}"


def load_state(config: Path) -> tuple[list[Link], int, ResolvedMapping]:
    pairing = wiring.open_pairing(load_settings(config).settings, progress=lambda *_told: None)
    try:
        with worker_pool(pairing) as pool:
            mapping = load_rules(pairing, fetch_lists(pairing, pool)).mapping
        with pairing.database.read() as connection:
            links, intents = link_store.load_links(connection), intent_store.load_intents(connection)
        return links, len(intents), mapping
    finally:
        wiring.close_pairing(pairing)


def main(config: str, told: str, ledger: str, sales: str) -> None:
    """One line for each violation, then a summary; exit code 1 when there is any."""
    notes: Notes = [json.loads(line) for line in Path(ledger).read_text(encoding="utf-8").splitlines()]
    born = sum(1 for note in notes if note["born"])
    links, intents, mapping = load_state(Path(config))
    desks = {side: Desk(side, Path(told)) for side in Side}
    rows = {side: desk.rows() for side, desk in desks.items()}
    found = [
        *twins(rows, int(sales) + born),
        *lost_edits(rows, notes),
        *leftovers(links, intents),
        *apart(desks, links, mapping),
    ]
    for desk in desks.values():
        desk.close()
    for line in found:
        print(f"violation: {line}")
    print(f"{len(links)} links, {len(notes) - born} edits, {born} new records, {len(found)} violations")
    sys.exit(bool(found))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Journal entries as text and as JSON, oldest first; it reads no database."""

from collections.abc import Iterable, Iterator

from sync.cli.words import KEYS, Words, in_order, moment, shorten, spoken
from sync.domain.model import Side, Value
from sync.store.journal import Entry

CREATED = "created"
RESOLVED = "resolved"
"""The event whose new value is in the winner's terms (`engine/verdict.py`)."""


def lines(entries: Iterable[Entry], words: Words, *, with_links: bool) -> Iterator[str]:
    for entry in entries:
        yield _head(entry, with_links=with_links)
        if entry.marks:
            yield f"    {', '.join(in_order(entry.marks))}: values pruned by age"
        for name in in_order(entry.fields):
            if entry.event != CREATED or entry.fields[name][1] not in (None, ""):
                yield f"    {name}: {_change(entry, words, name, entry.fields[name])}"


def _head(entry: Entry, *, with_links: bool) -> str:
    where = f" in {entry.side.label} {entry.record_id or ''}".rstrip() if entry.side else ""
    link = f"  {entry.link_id[:8]}" if with_links else ""
    run = "" if with_links else f"  (run {entry.run_id[:8]})" if entry.run_id else "  (by hand)"
    said = f": {shorten(entry.reason, 300)}" if entry.reason else ""
    return f"{moment(entry.at)}{link}  {spoken(entry.event)}{where}{said}{run}"


def _change(entry: Entry, words: Words, name: str, change: tuple[Value, Value]) -> str:
    """Values are in the terms of the side written; a journal entry without a side has none."""
    side = entry.side or Side.LEFT
    taken_from = side.other if entry.event == RESOLVED else side
    if entry.event == CREATED:
        return words.say(side, name, change[1])
    return words.change(name, (side, change[0]), (taken_from, change[1]))


def entry_json(entry: Entry) -> dict[str, object]:
    return {
        "at": entry.at,
        "run": entry.run_id,
        "link": entry.link_id,
        "event": entry.event,
        "side": KEYS[entry.side] if entry.side else None,
        "record_id": entry.record_id,
        "fields": {name: {"old": old, "new": new} for name, (old, new) in entry.fields.items()},
        "reason": entry.reason,
        "pruned": entry.marks is not None,
        "marks": {name: {"old": old, "new": new} for name, (old, new) in (entry.marks or {}).items()},
    }

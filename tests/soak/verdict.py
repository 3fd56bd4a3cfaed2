"""What came of a soak: every promise it broke, and its numbers; it changes nothing."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tests.kill9.judge import Notes, apart, leftovers, load_state, lost_edits, twins
from tests.soak.calls import over_budget
from tests.soak.causes import Causes, Story
from tests.soak.memory import grown
from tests.soak.play import SALES, Soak


@dataclass(frozen=True, slots=True)
class Verdict:
    """`lines` are the numbers to be printed."""

    violations: tuple[str, ...]
    lines: tuple[str, ...]


def judge(soak: Soak, rested_s: float | None) -> Verdict:
    notes: Notes = [json.loads(line) for line in soak.ledger.read_text(encoding="utf-8").splitlines()]
    causes = Causes(Story(soak.weather.spells, soak.crew.everybody, soak.front.lost_at))
    handovers = [blow.at for blow in soak.crew.blows if blow.at_work]
    found = [
        *soak.troubles,
        *(["it did not come to rest"] if rested_s is None else []),
        *_unequal(soak, notes),
        *over_budget(soak.tally, handovers),
        *grown(soak.memory),
        *_bad_ends(soak),
        *causes.unexplained(soak.crew.lines()),
    ]
    return Verdict(tuple(found), tuple(_numbers(soak, notes, rested_s, causes)))


def _unequal(soak: Soak, notes: Notes) -> Iterator[str]:
    """Both servers' own dumps, with every edit in them and every deal once."""
    links, intents, mapping = load_state(soak.config)
    rows = {side: desk.rows() for side, desk in soak.desks.items()}
    born = sum(1 for note in notes if note["born"])
    yield from twins(rows, SALES + born)
    yield from lost_edits(rows, notes)
    yield from leftovers(links, intents)
    yield from apart(soak.desks, links, mapping)


def _bad_ends(soak: Soak) -> Iterator[str]:
    """Who was asked to end ends with 0, who was killed by us is dead, and nobody else ends at all."""
    for one in soak.crew.everybody:
        expected = {None: "running", 9: -9, 15: 0}[one.ended_by]
        if one.code != expected:
            yield f"daemon {one.number} ended with {one.code}, expected {expected}"


def _numbers(soak: Soak, notes: Notes, rested_s: float | None, causes: Causes) -> Iterator[str]:
    born = sum(1 for note in notes if note["born"])
    yield f"people     {len(notes) - born} edits, {born} new records"
    yield f"faults     {_counts(Counter(spell.kind for spell in soak.weather.spells))}"
    yield f"  hit      {sum(soak.tally.struck().values())} calls: {_counts(soak.tally.struck())}"
    yield f"blows      {_counts(Counter(blow.signal.name for blow in soak.crew.blows))}"
    yield f"daemons    {len(soak.crew.everybody)} started; exit codes as they should be unless told below"
    yield f"cycles     {_counts(_cycles(soak))}"
    yield f"calls      {_counts(Counter(soak.tally.counts()))}; at most {soak.tally.busiest()} in ten seconds"
    yield f"webhooks   {soak.front.passed} passed on, {len(soak.front.lost_at)} found nobody"
    yield f"memory     {_spans(soak)}"
    yield f"log        {_counts(causes.found)}"
    yield f"at rest    {'never' if rested_s is None else f'{rested_s:.1f} s'} after the last edit and fault"


def _cycles(soak: Soak) -> Counter[str]:
    ended = (line.fields for line in soak.crew.lines() if line.event == "cycle.finished")
    return Counter(f"{fields['kind']} {fields['outcome']}" for fields in ended)


def _spans(soak: Soak) -> str:
    """Of those who worked in the last third for long enough."""
    spans = soak.memory.spans().items()
    told = ", ".join(
        f"daemon {number}: {warm / 1024:.1f} MB warm, {end / 1024:.1f} MB at the end ({end / warm:.2f})"
        for number, (warm, end) in spans
    )
    return told or "nobody worked long enough"


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.most_common()) or "none"

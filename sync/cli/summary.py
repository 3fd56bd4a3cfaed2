"""What a run did, as text and as JSON: writes, links, what waits and what to do next; it decides nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sync.cli.state import DONE, FAILED, NEEDS_A_PERSON
from sync.cli.words import counted, ids_of, shorten, spoken, title_of
from sync.domain.link import Link, LinkState
from sync.domain.model import Side
from sync.engine.run import Report

SHOWN = 10
_VERBS = ("created", "updated", "deleted")


@dataclass(frozen=True, slots=True)
class Summary:
    """`linked` counts the records this run bonded, by how; `waiting` are all links that need a person now."""

    report: Report
    linked: Mapping[str, int]
    waiting: Sequence[Link]


def exit_code(report: Report) -> int:
    if report.outcome == "held":
        return NEEDS_A_PERSON
    if report.outcome != "done":
        return FAILED
    if report.retrying:
        return FAILED
    return NEEDS_A_PERSON if report.needs_a_person else DONE


def lines(summary: Summary) -> Iterator[str]:
    report = summary.report
    yield f"{report.kind.capitalize()} {report.outcome} in {report.seconds:.1f} s (run {report.run_id[:8]})."
    yield f"Written: {_list(writes(report)) or 'nothing'}."
    if summary.linked:
        yield f"Linked: {_list(summary.linked)}."
    if report.retrying:
        yield f"Trying again next time: {counted(report.retrying, 'link')}."
    for note in report.notes:
        yield f"Note: {shorten(note, 400)}"
    yield from _waiting(summary.waiting)
    yield f"Links: {_list(states(report)) or 'none yet'}."
    yield from _next(report)


def writes(report: Report) -> dict[str, int]:
    """`created in ONLYOFFICE` and the like, in a fixed order."""
    return {
        f"{verb} in {side.label}": number
        for verb in _VERBS
        for side in reversed(Side)
        if (number := report.writes.get(f"{verb} {side}"))
    }


def states(report: Report) -> dict[str, int]:
    return {spoken(state): report.states[state] for state in LinkState if report.states.get(state)}


def _list(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {what}" for what, number in counts.items())


def _waiting(links: Sequence[Link]) -> Iterator[str]:
    if not links:
        return
    yield f"Needs a person: {counted(len(links), 'link')}."
    for link in links[:SHOWN]:
        title = shorten(title_of(link)) or link.id[:8]
        yield f"  {spoken(link.state)}  {title} [{ids_of(link)}]: {shorten(link.reason, 300)}"
    if len(links) > SHOWN:
        yield f"  … and {len(links) - SHOWN} more: opsync links --state parked, opsync conflicts list"


def _next(report: Report) -> Iterator[str]:
    if report.outcome == "stopped":
        yield "Stopped as asked, nothing is half done: run it again to go on."
    elif report.outcome == "held":
        yield f"Held: {report.error}"
    elif report.outcome == "failed":
        yield f"Failed: {report.error}; what was done stays done, run it again to go on."
    elif report.states.get(LinkState.CONFLICT):
        yield "Next: `opsync conflicts list`, then `opsync conflicts resolve ID FIELD --take …`."
    elif report.states.get(LinkState.PARKED):
        yield "Next: mend what the reasons name, then `opsync sync --retry-parked`."
    elif report.retrying:
        yield "Next: run `opsync sync` again."


def as_json(summary: Summary) -> dict[str, object]:
    report = summary.report
    return {
        "run": report.run_id,
        "kind": report.kind,
        "outcome": report.outcome,
        "error": report.error,
        "started_at": report.started_at,
        "seconds": report.seconds,
        "writes": writes(report),
        "linked": dict(summary.linked),
        "states": {state: number for state, number in report.states.items() if number},
        "retrying": report.retrying,
        "needs_a_person": report.needs_a_person,
        "waiting": [_link_json(link) for link in summary.waiting],
        "notes": list(report.notes),
    }


def _link_json(link: Link) -> dict[str, object]:
    return {
        "link": link.id,
        "superoffice_id": link.left_id,
        "onlyoffice_id": link.right_id,
        "title": title_of(link),
        "state": link.state,
        "reason": link.reason,
    }

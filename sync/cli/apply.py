"""`opsync apply`: carries out a kept plan exactly, or refuses record by record what has moved since."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from sync.cli import plan_file, summary
from sync.cli.listing import print_lines
from sync.cli.pause import refuse_while_paused
from sync.cli.progress import shown
from sync.cli.run import Release, Wish, carry_out, spoken_reason, stopping
from sync.cli.state import DONE, FAILED, NEEDS_A_PERSON, AsJson, context
from sync.cli.summary import Summary
from sync.cli.words import counted, shorten
from sync.engine.reach import EVERYTHING
from sync.engine.saved import Narrowing, Refusal, load_plan


def register(app: typer.Typer) -> None:
    app.command("apply")(apply)


def apply(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `opsync plan --out FILE` wrote.")],
    release: Release = None,
    as_json: AsJson = False,
) -> None:
    """Carry out the plan in FILE: exactly what it says, and nothing that came up since.

    Everything is read afresh first. A record that is not any more what the plan saw is refused by name; the
    others are carried out. What is left is for the next plan or sync.

    Example: `opsync plan --out monday.plan`, read it, then `opsync apply monday.plan`

    Exit codes: 0 all of it is done, 1 failed or stopped, 2 configuration, or FILE is broken, changed or of
    another state database, 4 something was refused, needs a person, or is held by a brake.
    """
    state = context(ctx)
    text, reason = plan_file.read(file), spoken_reason(release)
    narrowing = Narrowing(load_plan(text, plan_file.load_seal_key(state.settings())))
    wish = Wish("apply", EVERYTHING, release=reason)
    with shown(state.err) as progress, state.pairing(progress) as pairing, stopping(state, pairing.stop):
        refuse_while_paused(pairing)
        found = carry_out(pairing, wish, narrowing)
    if as_json or state.as_json:
        state.print_json(as_document(found, narrowing))
    else:
        print_lines(state.out, summary.lines(found))
        print_lines(state.out, refusal_lines(narrowing))
    raise typer.Exit(exit_code(found, narrowing))


def exit_code(found: Summary, narrowing: Narrowing) -> int:
    code = summary.exit_code(found.report)
    if code in (DONE, NEEDS_A_PERSON) and found.report.retrying:
        return FAILED
    return NEEDS_A_PERSON if code == DONE and narrowing.refused else code


def refusal_lines(narrowing: Narrowing) -> Iterator[str]:
    total = len(narrowing.saved.preconditions)
    yield f"Of the plan: {narrowing.accepted} of {counted(total, 'record')} taken up."
    for refusal in narrowing.refused:
        title = shorten(refusal.title) or "(no title)"
        ids = f"SuperOffice {refusal.left_id or '–'} ↔ ONLYOFFICE {refusal.right_id or '–'}"
        yield f"  refused  {title} [{ids}]: {refusal.reason}"


def as_document(found: Summary, narrowing: Narrowing) -> dict[str, object]:
    refused = [_refusal_json(refusal) for refusal in narrowing.refused]
    return {
        **summary.as_json(found),
        "planned_at": narrowing.saved.made_at,
        "accepted": narrowing.accepted,
        "refused": refused,
    }


def _refusal_json(refusal: Refusal) -> dict[str, object]:
    return {
        "superoffice_id": refusal.left_id or None,
        "onlyoffice_id": refusal.right_id or None,
        "title": refusal.title,
        "reason": refusal.reason,
    }

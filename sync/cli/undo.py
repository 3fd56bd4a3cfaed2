"""`opsync undo`: the way back from a run or from one record's last writes; taken only when told to."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import typer

from sync.cli.diff import action_json, action_lines
from sync.cli.history import find_run
from sync.cli.listing import print_lines
from sync.cli.progress import shown
from sync.cli.state import DONE, FAILED, NEEDS_A_PERSON, PENDING, AsJson, context
from sync.cli.words import Words, counted, fetch_words, ids_of, shorten, title_of
from sync.domain.actions import Update
from sync.domain.link import Link, LinkState
from sync.engine.apply import Done
from sync.engine.by_hand import find_link
from sync.engine.pairing import Pairing
from sync.engine.undo import Step, draft_undo_link, draft_undo_run
from sync.engine.undo import undo as take_back
from sync.errors import RecordTrouble
from sync.store import companies as company_store
from sync.store import links as link_store

_WANTED = "Run id or how it begins; or a link id, superoffice:ID or onlyoffice:ID, for its last run's writes."


def register(app: typer.Typer) -> None:
    app.command("undo")(undo)


@dataclass(frozen=True, slots=True)
class Way:
    """The way back. `what` names the run or link; `links` are those concerned, by id."""

    what: str
    steps: tuple[Step, ...]
    links: dict[str, Link]

    @property
    def can(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.plan is not None)

    @property
    def left_alone(self) -> tuple[Step, ...]:
        """Steps that are not, or not wholly, taken back."""
        return tuple(step for step in self.steps if step.said and (step.plan is None or _is_update(step)))


def _is_update(step: Step) -> bool:
    """Beside an update, `said` names fields left as they are; beside other actions, what comes of them."""
    return step.plan is not None and all(isinstance(action, Update) for action in step.plan.actions)


def undo(
    ctx: typer.Context,
    wanted: Annotated[str, typer.Argument(metavar="RUN|LINK", help=_WANTED)],
    apply: Annotated[bool, typer.Option("--apply", help="Do it; without this it is only shown.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show how the writes of a run, or the last ones to one record, would be taken back; --apply does it.

    What somebody edited since is left alone, and named with the reason. What is taken back counts as agreed:
    the next sync does not bring it again. `opsync runs` lists the runs.

    Example: `opsync undo 3f2a91`, read it, then `opsync undo 3f2a91 --apply`

    Exit codes: 0 done or nothing to take back, 1 failed or no such run or link, 2 configuration, 3 there is
    something to take back (without --apply), 4 something was left alone.
    """
    state = context(ctx)
    plain = as_json or state.as_json
    with shown(state.err) as progress, state.pairing(progress) as pairing:
        way = draft(pairing, wanted)
        words = Words() if plain else _words(pairing)
        done = take_back(pairing, way.can, f"undo of {way.what}") if apply and way.can else ()
    if plain:
        state.print_json(as_document(way, done, applied=apply))
    else:
        print_lines(state.out, way_lines(way, words))
        print_lines(state.out, done_lines(way, done) if apply else outlook_lines(way))
    raise typer.Exit(exit_code(way, done, applied=apply))


def draft(pairing: Pairing, wanted: str) -> Way:
    run_id, link = _find(pairing, wanted)
    if link is not None:
        what, steps = f"the last writes to link {link.id[:8]}", draft_undo_link(pairing, link.id)
    else:
        what, steps = f"run {run_id[:8]}", draft_undo_run(pairing, run_id)
    with pairing.database.read() as connection:
        links = {step.link_id: link_store.load_link(connection, step.link_id) for step in steps}
    return Way(what, steps, {link_id: link for link_id, link in links.items() if link is not None})


def _find(pairing: Pairing, wanted: str) -> tuple[str, Link | None]:
    """A run, or a link when it is one; `RecordTrouble` when it could be both, or is neither."""
    try:
        with pairing.database.read() as connection:
            link = find_link(connection, wanted)
    except RecordTrouble:
        if ":" in wanted:
            raise
        return find_run(pairing, wanted).id, None
    try:
        run_id = "" if ":" in wanted else find_run(pairing, wanted).id
    except RecordTrouble:
        run_id = ""
    if run_id:
        raise RecordTrouble(f"a run and a link begin with {wanted}: give more of the id")
    return "", link


def _words(pairing: Pairing) -> Words:
    with pairing.database.read() as connection:
        companies = company_store.load_company_links(connection)
    return fetch_words(pairing, companies)[0]


def way_lines(way: Way, words: Words) -> Iterator[str]:
    for step in way.steps:
        link = way.links.get(step.link_id)
        title = shorten(step.title or (title_of(link) if link else "")) or "(no title)"
        yield f"{title}  [{ids_of(link) if link else step.link_id}]"
        for action in step.plan.actions if step.plan else ():
            yield from action_lines(action, words, "taken back")
        if step.said:
            yield f"  {'!' if step in way.left_alone else '·'} {_told(step, way)}{shorten(step.said, 300)}"
        yield ""


def _told(step: Step, way: Way) -> str:
    if step not in way.left_alone:
        return "note: "
    return "left alone: " if step.plan else "cannot be taken back: "


def outlook_lines(way: Way) -> Iterator[str]:
    if not way.steps:
        yield f"Undo of {way.what}: it wrote nothing, there is nothing to take back."
        return
    told = f"{counted(len(way.can), 'record')} can be taken back"
    yield f"Undo of {way.what}: {told}, {len(way.left_alone)} not or not wholly. Nothing was written."
    if way.can:
        yield "Do it with --apply."


def done_lines(way: Way, done: tuple[Done, ...]) -> Iterator[str]:
    good = sum(1 for one in done if not one.trouble)
    kept = f"{len(way.left_alone)} not or not wholly"
    yield f"Undo of {way.what}: {counted(good, 'record')} taken back, {kept}."
    for one in done:
        if one.trouble:
            title = shorten(title_of(one.link)) or "(no title)"
            yield f"  failed  {title} [{ids_of(one.link)}]: {shorten(one.trouble, 300)}"


def exit_code(way: Way, done: tuple[Done, ...], *, applied: bool) -> int:
    if not applied:
        return PENDING if way.can else NEEDS_A_PERSON if way.left_alone else DONE
    if any(one.trouble and one.link.state is LinkState.RETRYING for one in done):
        return FAILED
    return NEEDS_A_PERSON if way.left_alone or any(one.trouble for one in done) else DONE


def as_document(way: Way, done: tuple[Done, ...], *, applied: bool) -> dict[str, object]:
    troubles = {one.link.id: one.trouble for one in done}
    return {
        "undo_of": way.what,
        "applied": applied,
        "steps": [_step_json(way, step, troubles) for step in way.steps],
    }


def _step_json(way: Way, step: Step, troubles: dict[str, str]) -> dict[str, object]:
    link = way.links.get(step.link_id)
    return {
        "link": step.link_id,
        "superoffice_id": link.left_id if link else None,
        "onlyoffice_id": link.right_id if link else None,
        "title": step.title or (title_of(link) if link else ""),
        "actions": [action_json(action) for action in step.plan.actions] if step.plan else [],
        "left_alone": step in way.left_alone,
        "said": step.said,
        "done": troubles.get(step.link_id) == "",
        "trouble": troubles.get(step.link_id, ""),
    }

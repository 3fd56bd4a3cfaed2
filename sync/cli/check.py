"""`opsync check`: asks both systems and the state database whether a run could work; it writes nowhere."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from itertools import islice

import typer
from rich.table import Table

from sync import wiring
from sync.cli.finding import Finding, Mark, bad_config, broken, fine, odd
from sync.cli.state import DONE, FAILED, USAGE, AsJson, Context, context
from sync.cli.wanted_fields import field_findings
from sync.crm.port import Crm
from sync.domain.model import Lists, Side
from sync.engine.draft import check_mapping
from sync.errors import Misconfigured, OpsyncError
from sync.settings import Settings
from sync.store.database import Database


def register(app: typer.Typer) -> None:
    app.command("check")(check)


def check(ctx: typer.Context, as_json: AsJson = False) -> None:
    """See whether both systems can be reached and whether the configuration fits them.

    Logs in on both sides, reads rights, lists and custom fields, proves that every stage and owner has an
    image, and looks at the state database. Nothing is written anywhere.

    Example: `opsync -c opsync.toml check`

    Exit codes: 0 all is well (with or without remarks), 1 a side or the state cannot be used now,
    2 the configuration has to change.
    """
    shared = context(ctx)
    findings = list(_findings(shared.settings()))
    code = _exit_code(findings)
    if as_json:
        shared.print_json({"ok": code == DONE, "findings": [asdict(finding) for finding in findings]})
    else:
        _print(shared, findings)
    raise typer.Exit(code)


def _findings(settings: Settings) -> Iterator[Finding]:
    crms = wiring.build_crms(settings)
    lists: dict[Side, Lists] = {}
    try:
        for side in Side:
            yield from _side_findings(crms[side], settings, lists)
    finally:
        for crm in crms.values():
            crm.close()
    yield from _mapping_findings(settings, lists)
    yield from _state_findings(settings)


def _side_findings(crm: Crm, settings: Settings, lists: dict[Side, Lists]) -> Iterator[Finding]:
    """A side that cannot be asked is asked no more; what its fields lack is told once."""
    yield from _asked(crm.side, lambda: [*_access(crm), *_lists(crm, lists)])
    if crm.side not in lists:
        return
    yield from (findings := list(field_findings(settings, crm.side, lists[crm.side].custom_fields)))
    if not any(finding.mark is Mark.BAD_CONFIG for finding in findings):
        yield from _asked(crm.side, lambda: _reading(crm))


def _asked(side: Side, question: Callable[[], list[Finding]]) -> list[Finding]:
    try:
        return question()
    except Misconfigured as error:
        return [bad_config(side.label, problem, "correct the setting") for problem in error.problems]
    except OpsyncError as error:
        return [broken(side.label, str(error), "see that the address and the log-in are right")]


def _access(crm: Crm) -> list[Finding]:
    access = crm.fetch_access()
    who = f"logged in to {access.tenant} as {access.user}, version {access.version}"
    role = "administrator" if access.is_admin else "no administrator"
    remarks = [odd(crm.side.label, warning, "see the user's rights") for warning in access.warnings]
    return [fine(crm.side.label, f"{who}, {role}"), *remarks]


def _lists(crm: Crm, lists: dict[Side, Lists]) -> list[Finding]:
    found = crm.fetch_lists()
    lists[crm.side] = found
    active = Counter(
        kind
        for kind, rows in (("stages", found.stages), ("users", found.users), ("currencies", found.currencies))
        for row in rows
        if row.active
    )
    return [fine(crm.side.label, ", ".join(f"{count} {kind}" for kind, count in active.items()))]


def _reading(crm: Crm) -> list[Finding]:
    """The first of each kind proves the right to read, and that the company fields exist."""
    records = sum(1 for _ in islice(crm.fetch_census(), 1))
    companies = sum(1 for _ in islice(crm.fetch_companies(), 1))
    if records and companies:
        return [fine(crm.side.label, "records and companies can be read")]
    missing = " and ".join(
        kind for kind, seen in (("records", records), ("companies", companies)) if not seen
    )
    return [
        odd(crm.side.label, f"no {missing} to see", "if there are some, give the user the right to see them")
    ]


def _mapping_findings(settings: Settings, lists: Mapping[Side, Lists]) -> Iterator[Finding]:
    if len(lists) < len(Side):
        yield odd("mapping", "not checked: the lists of both sides are needed", "repeat when both answer")
        return
    try:
        notes = check_mapping(settings.mapping.spec(), lists)
    except Misconfigured as error:
        for problem in error.problems:
            yield bad_config("mapping", problem, "correct the [mapping] section")
        return
    yield fine("mapping", "every active stage has an image on the other side")
    for note in notes:
        yield odd("mapping", note, "complete the [mapping] section, unless this is meant so")


def _state_findings(settings: Settings) -> Iterator[Finding]:
    try:
        database = Database(settings.state.url.get_secret_value())
    except OpsyncError as error:
        yield broken("state", str(error), "correct [state] url")
        return
    try:
        if database.revision() is None:
            yield odd("state", f"the {database.name} has no tables yet", "the first run makes them")
            return
        database.require_current()
        yield fine("state", f"the {database.name} is up to date")
    except OpsyncError as error:
        yield broken("state", str(error), "see the message")
    finally:
        database.close()


def _exit_code(findings: list[Finding]) -> int:
    if any(finding.mark is Mark.BROKEN for finding in findings):
        return FAILED
    return USAGE if any(finding.mark is Mark.BAD_CONFIG for finding in findings) else DONE


def _print(shared: Context, findings: list[Finding]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("", "where", "what", "to do"):
        table.add_column(heading, overflow="fold")
    for finding in findings:
        table.add_row(finding.sign, finding.where, finding.what, finding.to_do)
    shared.out.print(table)

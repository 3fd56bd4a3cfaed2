"""`opsync check`: asks both systems and the state database whether a run could work; it writes nowhere."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Annotated

import typer
from rich.table import Table

from sync import wiring
from sync.cli.alert_findings import alert_findings
from sync.cli.clocks import clock_findings
from sync.cli.completeness import completeness_findings, reading_findings
from sync.cli.finding import Finding, Mark, bad_config, broken, fine, odd
from sync.cli.progress import shown
from sync.cli.standpoint import access_findings, deletion_findings, state_findings, web_findings
from sync.cli.state import DONE, FAILED, USAGE, AsJson, Context, context
from sync.cli.wanted_fields import field_findings, item_findings
from sync.crm.port import Crm
from sync.domain.model import Lists, Side
from sync.engine.draft import check_mapping
from sync.engine.pairing import Progress
from sync.errors import Misconfigured, OpsyncError
from sync.settings import Settings

_SIGNED_LOGIN = "system_user"


def register(app: typer.Typer) -> None:
    app.command("check")(check)


def check(
    ctx: typer.Context,
    quick: Annotated[
        bool, typer.Option("--quick", help="Read one record and company a side, not all of them.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """See whether both systems can be reached and whether the configuration fits them.

    Logs in on both sides, compares clocks, reads rights, lists and custom fields, proves that every stage and
    owner has an image, reads every record and company once to prove that no page is missing, and looks at the
    state database and the console's port. Nothing is written anywhere.

    Example: `opsync -c opsync.toml check`; each minute from a monitor: `opsync check --quick --json`

    Exit codes: 0 all is well (with or without remarks), 1 a side or the state cannot be used now,
    2 the configuration has to change.
    """
    shared = context(ctx)
    settings = shared.settings()
    with shown(shared.err) as progress:
        findings = list(_Check(settings, progress, quick).findings())
    code = _exit_code(findings)
    if as_json:
        shared.print_json({"ok": code == DONE, "findings": [asdict(finding) for finding in findings]})
    else:
        _print(shared, findings)
    raise typer.Exit(code)


@dataclass
class _Check:
    """One check; `lists` gathers what each side told."""

    settings: Settings
    progress: Progress
    quick: bool
    lists: dict[Side, Lists] = field(default_factory=dict)

    def findings(self) -> Iterator[Finding]:
        crms = wiring.build_crms(self.settings)
        try:
            for side in Side:
                yield from self._of_side(crms[side])
        finally:
            for crm in crms.values():
                crm.close()
        yield from _mapping_findings(self.settings, self.lists)
        yield from state_findings(self.settings)
        yield from web_findings(self.settings)
        yield from alert_findings(self.settings)

    def _of_side(self, crm: Crm) -> Iterator[Finding]:
        """A side that cannot be asked is asked no more; what its fields lack is told once."""
        yield from _asked(crm.side, lambda: [*self._access(crm), *self._lists(crm)])
        if crm.side not in self.lists:
            return
        known = self.lists[crm.side]
        yield from deletion_findings(self.settings, crm.side, sees_all=known.sees_all)
        yield from (findings := list(field_findings(self.settings, crm.side, known.custom_fields)))
        if not any(finding.mark is Mark.BAD_CONFIG for finding in findings):
            yield from _asked(crm.side, lambda: self._reading(crm))

    def _access(self, crm: Crm) -> Iterator[Finding]:
        before = wiring.real_clock()
        access = crm.fetch_access()
        asked = before, wiring.real_clock()
        yield from access_findings(crm.side, access)
        signs_time = crm.side is Side.LEFT and self.settings.superoffice.login == _SIGNED_LOGIN
        yield from clock_findings(crm.side, access.server_time, asked, signs_time=signs_time)

    def _lists(self, crm: Crm) -> Iterator[Finding]:
        found = self.lists[crm.side] = crm.fetch_lists()
        active = Counter(
            kind
            for kind, rows in (
                ("stages", found.stages),
                ("users", found.users),
                ("currencies", found.currencies),
            )
            for row in rows
            if row.active
        )
        yield fine(crm.side.label, ", ".join(f"{count} {kind}" for kind, count in active.items()))

    def _reading(self, crm: Crm) -> Iterable[Finding]:
        return reading_findings(crm) if self.quick else completeness_findings(crm, self.progress)


def _asked(side: Side, question: Callable[[], Iterable[Finding]]) -> list[Finding]:
    """What was found before the trouble is told as well."""
    findings: list[Finding] = []
    try:
        for finding in question():
            findings.append(finding)  # one by one: a list from a generator that raises would be empty
    except Misconfigured as error:
        findings += [bad_config(side.label, problem, "correct the setting") for problem in error.problems]
    except OpsyncError as error:
        findings.append(broken(side.label, str(error), "see that the address and the log-in are right"))
    return findings


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
    yield from item_findings(settings, lists)
    for note in notes:
        yield odd("mapping", note, "complete the [mapping] section, unless this is meant so")


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

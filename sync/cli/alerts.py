"""`opsync alerts`: tries the ways by which people are told; it looks at nothing and changes nothing."""

from dataclasses import dataclass

import typer

from sync import wiring
from sync.cli.channels import build_channels
from sync.cli.listing import print_table
from sync.cli.state import DONE, FAILED, AsJson, context
from sync.daemon.channels.alert import Alert, State
from sync.daemon.conditions import Severity
from sync.errors import Misconfigured
from sync.settings import Settings


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a test alert; no `problem`: the channel took it."""

    channel: str
    arrived: bool
    problem: str


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        no_args_is_help=True,
        help="Be told when something begins to be wrong and when it is over; `[alerts]` says how.",
    )
    group.command("test")(test)
    app.add_typer(group, name="alerts")


def test(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Send one test alert by every configured way, and say what came of it.

    Example: `opsync -c opsync.toml alerts test`

    Exit codes: 0 all of them took it, 1 one did not, 2 configuration, also when no way is configured.
    """
    shared = context(ctx)
    tried = _try_all(shared.settings())
    if as_json:
        shared.print_json({"channels": tried})
    else:
        rows = [(each.channel, "sent" if each.arrived else "failed", each.problem) for each in tried]
        print_table(shared.out, ("channel", "", "problem"), rows)
    raise typer.Exit(DONE if all(each.arrived for each in tried) else FAILED)


def _try_all(settings: Settings) -> list[Tried]:
    channels = build_channels(settings)
    if not channels:
        raise Misconfigured(["alerts: no way is configured: set webhook_url_file, mail_host or command"])
    at = wiring.real_clock()
    alert = Alert(
        source=settings.alerts.name,
        condition="test",
        state=State.TEST,
        severity=Severity.WARNING,
        text="this is how opsync tells that something is wrong",
        step="nothing: all is well",
        since=at,
        at=at,
    )
    problems = {channel.name: channel.send(alert) for channel in channels}
    return [Tried(name, not problem, problem) for name, problem in problems.items()]

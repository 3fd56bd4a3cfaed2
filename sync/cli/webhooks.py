"""`opsync webhooks`: our subscription in SuperOffice, by hand; it receives nothing and touches no record."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from sync import wiring
from sync.cli.hook_findings import hook_text
from sync.cli.state import DONE, FAILED, NEEDS_A_PERSON, AsJson, Context, context, fail
from sync.crm.subscription import Subscription
from sync.errors import RecordTrouble
from sync.wiring import Webhooks


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        no_args_is_help=True,
        help="Have SuperOffice tell opsync of changes at once, instead of at the next look. "
        "`[webhooks] url` is the public https address of `opsync serve`'s webhook port.",
    )
    commands = (
        ("register", register_hook),
        ("status", status),
        ("repair", repair),
        ("remove", remove),
        ("test", test),
    )
    for name, command in commands:
        group.command(name)(command)
    app.add_typer(group, name="webhooks")


def register_hook(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Make the webhook in SuperOffice, or bring the existing one of this name to what is configured.

    SuperOffice posts a test event first and keeps the webhook only if it is answered: start `opsync serve`
    before. Safe to repeat.

    Example: `opsync -c opsync.toml webhooks register`

    Exit codes: 0 done, 1 SuperOffice refused, 2 configuration.
    """
    shared = context(ctx)
    with _hooks(shared) as hooks:
        after = hooks.register()
    _print(shared, after, as_json=as_json)


def status(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Show the webhook's state, address, calls and last error, and what of it is not as configured.

    Example: `opsync webhooks status --json`, each hour from a monitor

    Exit codes: 0 it works, 1 SuperOffice cannot be asked, 2 configuration, 4 it does not work.
    """
    shared = context(ctx)
    with _hooks(shared) as hooks:
        found = hooks.look()
    _print(shared, found, as_json=as_json)
    raise typer.Exit(DONE if found.is_sound else NEEDS_A_PERSON)


def repair(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Switch the webhook on again and correct what differs; make it where it is missing.

    `opsync serve` does this by itself; only a webhook that posts elsewhere is left to you. What SuperOffice
    wanted to tell meanwhile is lost, and found by the next look.

    Example: `opsync webhooks repair`

    Exit codes: 0 it works now, 1 SuperOffice refused, 2 configuration.
    """
    shared = context(ctx)
    with _hooks(shared) as hooks:
        before = hooks.look()
        after = hooks.repair()
    if not before.is_sound and not as_json:
        shared.out.print(f"before  {hook_text(before)}", soft_wrap=True)
    _print(shared, after, as_json=as_json)


def remove(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Remove the webhook from SuperOffice.

    Changes are found by looking from then on. Empty `[webhooks] url` as well and restart the service, or it
    makes the webhook again.

    Example: `opsync webhooks remove`

    Exit codes: 0 done, or there was none; 1 SuperOffice refused, 2 configuration.
    """
    shared = context(ctx)
    with _hooks(shared) as hooks:
        count = hooks.remove()
    if as_json:
        shared.print_json({"removed": count})
    else:
        shared.out.print("removed" if count else "there was none")


def test(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Have SuperOffice post a test event to the configured address; nothing is saved.

    Example: `opsync webhooks test`, while `opsync serve` runs

    Exit codes: 0 it was answered, 1 it was not, 2 configuration.
    """
    shared = context(ctx)
    with _hooks(shared) as hooks:
        problem = hooks.test()
    url = shared.settings().webhooks.url
    if as_json:
        shared.print_json({"url": url, "answered": not problem, "problem": problem})
        raise typer.Exit(FAILED if problem else DONE)
    if problem:
        fail(f"SuperOffice did not get through to {url}: {problem}", FAILED)
    shared.out.print(f"SuperOffice posted to {url} and was answered", soft_wrap=True)


@contextmanager
def _hooks(shared: Context) -> Iterator[Webhooks]:
    """A refusal ends the command with its own words, which say what to do."""
    hooks = wiring.open_webhooks(shared.settings())
    try:
        yield hooks
    except RecordTrouble as error:
        fail(str(error), FAILED)
    finally:
        hooks.close()


def _print(shared: Context, found: Subscription, *, as_json: bool) -> None:
    if as_json:
        shared.print_json({"sound": found.is_sound, "webhook": found})
        return
    shared.out.print(hook_text(found), soft_wrap=True)
    if found.last_error:
        shared.out.print(f"last error: {found.last_error}", soft_wrap=True)

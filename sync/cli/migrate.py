"""`opsync migrate`: brings the state database to this version; it touches neither CRM."""

import typer

from sync.cli.state import AsJson, context
from sync.store.database import migrate as migrate_database


def register(app: typer.Typer) -> None:
    app.command("migrate")(migrate)


def migrate(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Create or update the tables of the state database.

    All or nothing, and safe to repeat. An upgrade of opsync asks for it; stop the daemon first.

    Example: `opsync -c opsync.toml migrate`

    Exit codes: 0 done, 1 the database cannot be used, 2 configuration.
    """
    shared = context(ctx)
    before, after = migrate_database(shared.settings().state.url.get_secret_value())
    if as_json:
        shared.print_json({"before": before, "after": after})
    elif before == after:
        shared.out.print(f"the state database is at {after} already")
    else:
        shared.out.print(f"the state database went from {before or 'empty'} to {after}")

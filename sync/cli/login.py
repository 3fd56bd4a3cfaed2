"""`opsync login`: a person's consent for a SuperOffice tenant in the cloud; it touches no record."""

import sys
import webbrowser
from typing import Annotated
from urllib.parse import urlsplit

import typer

from sync import wiring
from sync.cli.callback import Callback
from sync.cli.state import AsJson, Context, context
from sync.errors import LoginRefused

LIMIT_S = 600.0  # a code lives ten minutes: superoffice.md 2.2 (seen 2026-11-22)

Open = Annotated[bool, typer.Option("--open", help="Open the address in this machine's browser.")]
FromStdin = Annotated[
    bool,
    typer.Option(
        "--code-from-stdin",
        help="Read the address you end up at, or its code, from standard input: no browser here.",
    ),
]


def register(app: typer.Typer) -> None:
    app.command("login")(login)


def login(
    ctx: typer.Context, open_it: Open = False, code_from_stdin: FromStdin = False, as_json: AsJson = False
) -> None:
    """Let a person consent that opsync works in the SuperOffice tenant, once.

    Prints an address to open in a browser and waits for the answer on this machine. The tokens go into
    `refresh_token_file` and `system_user_token_file`, readable by you alone. A running daemon takes the new
    ones by itself. Needs `environment`, `tenant`, `client_id` and `client_secret_file` in the config, and
    http://127.0.0.1:<redirect_port>/callback registered for the application.

    Example: `opsync -c opsync.toml login --open`

    Exit codes: 0 done, 1 refused or nobody answered, 2 configuration.
    """
    shared = context(ctx)
    consent = wiring.open_consent(shared.settings())
    try:
        code = _typed_code(shared, consent) if code_from_stdin else _code(shared, consent, open_it=open_it)
        granted = consent.redeem(code)
    finally:
        consent.close()
    if as_json:
        shared.print_json({"tenant": granted.tenant, "user": granted.user, "files": list(granted.files)})
        return
    shared.out.print(f"{granted.user or 'somebody'} consented for tenant {granted.tenant}", soft_wrap=True)
    for file in granted.files:
        shared.out.print(f"token kept in {file}", soft_wrap=True)


def _code(shared: Context, consent: wiring.Consent, *, open_it: bool) -> str:
    callback = Callback(consent.redirect_port, consent.code_of)
    try:
        _show(shared, consent.url())
        if open_it and not webbrowser.open(consent.url()):
            shared.err.print("no browser could be started; open the address yourself")
        return callback.wait(LIMIT_S)
    finally:
        callback.close()


def _typed_code(shared: Context, consent: wiring.Consent) -> str:
    """A whole address is checked like a redirect; a bare code is bound to this attempt by its verifier."""
    _show(shared, consent.url())
    shared.err.print("then paste the address that the browser ends up at (the page itself will not load):")
    text = sys.stdin.readline().strip()
    code = consent.code_of(urlsplit(text).query) if "://" in text else text
    if not code:
        raise LoginRefused("that is not the answer to this log-in; run `opsync login` again")
    return code


def _show(shared: Context, url: str) -> None:
    shared.err.print("open this address in a browser and consent as an administrator of the tenant:")
    shared.err.print(url, soft_wrap=True)

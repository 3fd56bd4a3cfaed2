"""`opsync serve`: the daemon in the foreground, until a signal; the work itself is in `sync.daemon`."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Annotated, NoReturn

import typer

from sync.cli.house import House
from sync.cli.state import DONE, FAILED, NEEDS_A_PERSON, USAGE, context, fail
from sync.daemon.service import Ending, Mailbox, Message
from sync.daemon.turn import Outcome, Turn

_ASKED = {
    signal.SIGINT: Message.SIGNAL,
    signal.SIGTERM: Message.SIGNAL,
    signal.SIGHUP: Message.RELOAD,
    signal.SIGUSR1: Message.NOW,
}
_CODES = {
    Outcome.DONE: DONE,
    Outcome.RESTING: NEEDS_A_PERSON,
    Outcome.STOPPED: DONE,
    Outcome.HELD: NEEDS_A_PERSON,
    Outcome.MISCONFIGURED: USAGE,
}


def register(app: typer.Typer) -> None:
    app.command("serve")(serve)


def serve(
    ctx: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="One cycle, no pages, then leave.")] = False,
) -> None:
    """Keep both systems equal, cycle after cycle, until SIGTERM or Ctrl-C.

    Records in flight are finished first; a second signal leaves at once. SIGHUP takes over a changed
    configuration if it is good, SIGUSR1 asks for a cycle at once. With a token (`web.token_file`) the
    service shows /livez, /readyz and /metrics at `web.host`:`web.port`. Everything it has to say goes to the
    log on stderr.

    Example: `opsync -c /etc/opsync/opsync.toml serve`; from cron: `opsync serve --once`.

    Exit codes: 0 stopped by a signal, or the one cycle is done; 1 failed, or left at once; 2 configuration;
    4 (--once only) something needs a person.
    """
    house = House(context(ctx))
    with _signals_in(house.mailbox):
        ending = house.run(once=once)
    if ending is not Ending.BY_ITSELF:
        raise typer.Exit(DONE)
    if not once or house.last_turn is None:
        fail("the worker ended by itself; see the log", FAILED)
    _tell_turn(house.last_turn)


@contextmanager
def _signals_in(mailbox: Mailbox) -> Iterator[None]:
    """What signals ask for becomes a message."""

    def note(number: int, _frame: FrameType | None) -> None:
        mailbox.put(_ASKED[signal.Signals(number)])

    before = {number: signal.signal(number, note) for number in _ASKED}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _tell_turn(turn: Turn) -> NoReturn:
    waits = turn.report is not None and turn.report.needs_a_person > 0
    code = _CODES.get(turn.outcome, FAILED)
    code = NEEDS_A_PERSON if code == DONE and waits else code
    if turn.error:
        fail(turn.error, code)
    raise typer.Exit(code)

"""`opsync serve`: the daemon in the foreground, until a signal; the work itself is in `sync.daemon`."""

import logging
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from types import FrameType
from typing import Annotated, NoReturn

import structlog
import typer

from sync import wiring
from sync.cli.state import DONE, FAILED, NEEDS_A_PERSON, USAGE, context, fail
from sync.crm.http import Call
from sync.daemon.health import Health
from sync.daemon.outages import Outages, Topic
from sync.daemon.service import Ending, Guest, Mailbox, Message, Service
from sync.daemon.supervisor import Pace, Supervisor, Watch
from sync.daemon.ticker import Ticker
from sync.daemon.turn import Outcome, Turn
from sync.domain.model import Side
from sync.settings import Settings
from sync.web.app import build_app
from sync.web.metrics import Metrics
from sync.web.server import Server, open_port

_CODES = {
    Outcome.DONE: DONE,
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

    Records in flight are finished first; a second signal leaves at once. With a token (`web.token_file`) the
    service shows /livez, /readyz and /metrics at `web.host`:`web.port`. Everything it has to say goes to the
    log on stderr.

    Example: `opsync -c /etc/opsync/opsync.toml serve`; from cron: `opsync serve --once`.

    Exit codes: 0 stopped by a signal, or the one cycle is done; 1 failed, or left at once; 2 configuration;
    4 (--once only) something needs a person.
    """
    house = _House(context(ctx).settings())
    ending = house.run(once=once)
    if ending is not Ending.BY_ITSELF:
        raise typer.Exit(DONE)
    if not once or house.last_turn is None:
        fail("the worker ended by itself; see the log", FAILED)
    _tell_turn(house.last_turn)


class _House:
    """The parts of one daemon, held together."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.outages = Outages(wiring.real_clock)
        self.health = Health(wiring.real_clock, self.outages, _silence_s(settings))
        self.metrics = Metrics()
        self.last_turn: Turn | None = None

    def run(self, *, once: bool) -> Ending:
        schedule = self.settings.schedule
        mailbox: Mailbox = SimpleQueue()
        guests = [] if once else self._guests()
        with _signals_in(mailbox), self._supervisor(once=once) as supervisor:
            ticker = Ticker(supervisor.tick, schedule.interval_s, schedule.jitter_s)
            ending = Service(supervisor, ticker, mailbox, guests).run()
            if ending in (Ending.CUT, Ending.FORCED):
                _leave_at_once(DONE if ending is Ending.CUT else FAILED)
        return ending

    @contextmanager
    def _supervisor(self, *, once: bool) -> Iterator[Supervisor]:
        pairing = wiring.open_pairing(self.settings, progress=_silent, on_call=self._note_call)
        schedule = self.settings.schedule
        pace = Pace(schedule.interval_s, schedule.full_every_s, once)
        try:
            yield Supervisor(pairing, pace, Watch(self.health, self.outages, self._note_turn))
        finally:
            wiring.close_pairing(pairing)

    def _guests(self) -> list[Guest]:
        """The pages, if there is a token; the port is opened before anything else begins."""
        web, log = self.settings.web, structlog.get_logger()
        if web.token is None:
            log.info("web.kept_closed", remedy="set web.token_file or OPSYNC_WEB__TOKEN to open the port")
            return []
        try:
            listener = open_port(web.host, web.port)
        except OSError as error:
            fail(f"web: cannot listen on {web.host} port {web.port}: {error.strerror}", FAILED)
        app = build_app(
            web.token.get_secret_value(),
            live=self.health.live,
            ready=self.health.ready,
            metrics=self.metrics.render,
        )
        server = Server(app, listener)
        log.info("web.opened", url=server.url)
        return [Guest("web", server.run, server.leave)]

    def _note_call(self, call: Call) -> None:
        self.health.beat()
        self.metrics.note_call(call)

    def _note_turn(self, turn: Turn) -> None:
        self.last_turn = turn
        lost = self.outages.current()
        for side in Side:
            self.metrics.note_side(side, up=Topic.of(side) not in lost)
        self.metrics.note_cycle(str(turn.outcome), turn.report)


def _silence_s(settings: Settings) -> float:
    """The longest time without a sign of life that is no fault: one answer may take five read time-outs."""
    budgets = (settings.budget.superoffice, settings.budget.onlyoffice)
    slowest = max(budget.read_timeout_s + budget.connect_timeout_s for budget in budgets)
    return 3 * settings.schedule.interval_s + 10 * slowest


def _silent(_what: str, _done: int, _total: int | None) -> None:
    """A service shows no progress bar."""


@contextmanager
def _signals_in(mailbox: Mailbox) -> Iterator[None]:
    """SIGTERM and Ctrl-C become messages."""

    def note(_signal: int, _frame: FrameType | None) -> None:
        mailbox.put(Message.SIGNAL)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave_at_once(code: int) -> NoReturn:
    """Without waiting for threads that hang in a call: their intents are stored, the next start goes on."""
    logging.shutdown()
    os._exit(code)


def _tell_turn(turn: Turn) -> NoReturn:
    waits = turn.report is not None and turn.report.needs_a_person > 0
    code = _CODES.get(turn.outcome, FAILED)
    code = NEEDS_A_PERSON if code == DONE and waits else code
    if turn.error:
        fail(turn.error, code)
    raise typer.Exit(code)

"""The parts of one daemon, made from settings and held until it ends; the work is in `sync.daemon`."""

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from queue import SimpleQueue
from typing import NoReturn

import structlog

from sync import log, wiring
from sync.cli.channels import build_alerts, build_thresholds
from sync.cli.ports import open_or_leave, require_ports
from sync.cli.state import DONE, FAILED, Context
from sync.crm.http import Call
from sync.crm.pressure import Pressure
from sync.daemon import systemd
from sync.daemon.blackout import Blackouts, build_blackouts
from sync.daemon.cooling import Cooling
from sync.daemon.health import Health
from sync.daemon.hints import Hints
from sync.daemon.hookwatch import Hook, HookWatch, Told
from sync.daemon.housekeeping import Housekeeping
from sync.daemon.inspection import Inspection
from sync.daemon.lookout import Lookout, Sources
from sync.daemon.outages import Outages, Topic
from sync.daemon.planner import Pace
from sync.daemon.pulse import Pulse
from sync.daemon.service import Ending, Guest, Mailbox, Service
from sync.daemon.settling import Settling
from sync.daemon.supervisor import Company, Supervisor, Watch
from sync.daemon.systemd import Watchdog
from sync.daemon.ticker import Ticker
from sync.daemon.turn import Turn
from sync.domain.model import Side
from sync.engine.pairing import Pairing
from sync.engine.pauses import load_held
from sync.engine.waiting import first_of
from sync.errors import Misconfigured, StateTrouble
from sync.settings import Settings, find_config, load_settings
from sync.store import conflicts as conflict_store
from sync.web.app import build_app
from sync.web.hooks import Trust, build_receiver
from sync.web.metrics import Metrics
from sync.web.server import Server

GATHER_S = 0.2


@dataclass(frozen=True)
class _Crew:
    """What works from one start, or reload, to the next."""

    supervisor: Supervisor
    guests: Sequence[Guest]


class House:
    """One process. Health, outages and numbers outlive a reload; everything else is made anew."""

    def __init__(self, shared: Context) -> None:
        self.settings = shared.settings()
        self.mailbox: Mailbox = SimpleQueue()
        self.outages = Outages(wiring.real_clock)
        self.health = Health(wiring.real_clock, self.outages, silence_s(self.settings))
        self.metrics = Metrics()
        self.metrics.watch_lag(self.health.lag_s)
        self.last_turn: Turn | None = None
        self._config = find_config(shared.config_path)
        self._log = structlog.get_logger()

    def run(self, *, once: bool) -> Ending:
        """Until told to end; a reload begins anew with the settings it accepted."""
        while True:
            ending = self._live(once=once)
            if ending is not Ending.RELOADED:
                return ending

    def _live(self, *, once: bool) -> Ending:
        schedule = self.settings.schedule
        with self._crew(once=once) as crew:
            ticker = Ticker(crew.supervisor.tick, schedule.interval_s, schedule.jitter_s)
            accepts = self._accepting(crew.supervisor)
            service = Service(crew.supervisor, ticker, self.mailbox, crew.guests, accepts=accepts)
            systemd.notify(systemd.READY)
            ending = service.run()
            if ending in (Ending.CUT, Ending.FORCED):
                leave_at_once(DONE if ending is Ending.CUT else FAILED)
        return ending

    @contextmanager
    def _crew(self, *, once: bool) -> Iterator[_Crew]:
        """Ports are opened before anything else begins."""
        settings = self.settings
        wiring.upgrade_state(settings)
        with ExitStack() as stack:
            pressures: dict[Side, Pressure] = {}
            pairing = wiring.open_pairing(
                settings, progress=_silent, on_call=self._note_call, on_pressure=pressures.update
            )
            self.metrics.watch_pressure(pressures)
            stack.callback(wiring.close_pairing, pairing)
            pairing = _patient(pairing, settings, once=once)
            hints = Hints(lambda: supervisor.nudge())
            sources = Sources(self.outages, Pulse(pairing.database, wiring.real_clock), pressures)
            lookout = Lookout(build_thresholds(settings), sources, wiring.real_clock)
            guests = [] if once else [*self._web(lambda: supervisor.tick()), *self._receiver(hints)]
            guests += [] if once else self._watchers(pairing, lookout)
            company = Company(
                hints, _blackouts(settings), [] if once else self._chores(pairing, hints, pressures, stack)
            )

            def hear(turn: Turn) -> None:
                lookout.note(turn)
                self._note_turn(pairing, turn)

            watch = Watch(self.health, self.outages, hear)
            supervisor = Supervisor(pairing, _pace(settings, once=once), watch, company)
            yield _Crew(supervisor, guests)

    def _web(self, now: Callable[[], None]) -> list[Guest]:
        """The pages, if there is a token."""
        web = self.settings.web
        if web.token is None:
            self._log.info(
                "web.kept_closed", remedy="set web.token_file or OPSYNC_WEB__TOKEN to open the port"
            )
            return []
        app = build_app(
            web.token.get_secret_value(),
            live=self.health.live,
            ready=self.health.ready,
            metrics=self.metrics.render,
            now=now,
        )
        server = Server(app, open_or_leave("web", web.host, web.port))
        self._log.info("web.opened", url=server.url)
        return [Guest("web", server.run, server.leave)]

    def _receiver(self, hints: Hints) -> list[Guest]:
        """The port for webhooks, if they are configured."""
        section = self.settings.webhooks
        if not section.url or section.secret is None:
            return []
        trust = Trust(section.secret.get_secret_value(), wiring.webhook_tenants(self.settings))
        app = build_receiver(trust, hints.hear, self.metrics.note_webhook)
        server = Server(app, open_or_leave("webhooks", section.host, section.port))
        self._log.info("webhooks.opened", url=server.url)
        return [Guest("webhooks", server.run, server.leave)]

    def _chores(
        self, pairing: Pairing, hints: Hints, pressures: wiring.Pressures, stack: ExitStack
    ) -> list[Callable[[], object]]:
        housekeeping = Housekeeping(pairing, self.settings.state.keep())
        inspection = Inspection(pairing, self.settings.schedule.audit_every_s, self.metrics.note_drift)
        chores: list[Callable[[], object]] = [
            lambda: housekeeping.due() and housekeeping.run(),
            inspection.look,
        ]
        if self.settings.webhooks.url:
            hooks = wiring.open_webhooks(self.settings, on_call=self._note_call, pressures=pressures)
            stack.callback(hooks.close)
            told = Told(
                lambda error: self.outages.begin(Topic.WEBHOOK, error),
                lambda: self.outages.end(Topic.WEBHOOK),
                lambda: hints.put_all(Side.LEFT),
            )
            chores.append(HookWatch(Hook(hooks.look, hooks.repair), told, wiring.real_clock).look)
        return chores

    def _watchers(self, pairing: Pairing, lookout: Lookout) -> list[Guest]:
        """Who tells people what is wrong, and systemd that we live."""
        alerts = build_alerts(self.settings, pairing.database, wiring.real_clock, self.metrics.note_alert)
        watchdog = Watchdog(lambda: self.health.live()[0])
        return [
            Guest("alerts", lambda: alerts.run(lookout.view), alerts.leave),
            Guest("watchdog", watchdog.run, watchdog.leave),
        ]

    def _accepting(self, supervisor: Supervisor) -> Callable[[], bool]:
        """Whether the configuration, as the file is now, can be worked with; if so, it is the next one."""

        def accept() -> bool:
            systemd.notify(systemd.reloading())
            try:
                loaded = load_settings(self._config)
                supervisor.require_fitting(loaded.settings.mapping.spec())
                require_ports(loaded.settings, self.settings)
            except Misconfigured as error:
                self._log.error("config.refused", problems=str(error), remedy="correct it, then reload again")
                systemd.notify(systemd.READY)
                return False
            self.settings = loaded.settings
            log.configure(loaded.settings.log, loaded.settings.secrets())
            self._log.info("config.accepted", file=str(self._config))
            return True

        return accept

    def _note_call(self, call: Call) -> None:
        self.health.beat()
        self.metrics.note_call(call)

    def _note_turn(self, pairing: Pairing, turn: Turn) -> None:
        self.last_turn = turn
        systemd.notify(systemd.status(f"last cycle {turn.outcome} {turn.error}"))
        lost = self.outages.current()
        for side in Side:
            self.metrics.note_side(side, up=Topic.of(side) not in lost)
        self.metrics.note_outages({str(topic): topic in lost for topic in Topic})
        self.metrics.note_cycle(str(turn.outcome), turn.report)
        try:
            self._note_state(pairing)
        except StateTrouble:
            return  # told by its outage

    def _note_state(self, pairing: Pairing) -> None:
        with pairing.database.read() as connection:
            self.metrics.note_pauses(len(load_held(connection, pairing.clock())))
            self.metrics.note_conflicts(len(conflict_store.load_conflicts(connection)))
        self.metrics.note_size(Housekeeping(pairing, self.settings.state.keep()).size())


def silence_s(settings: Settings) -> float:
    """The longest time without a sign of life that is no fault: one answer may take five read time-outs."""
    budgets = (settings.budget.superoffice, settings.budget.onlyoffice)
    slowest = max(budget.read_timeout_s + budget.connect_timeout_s for budget in budgets)
    return 3 * settings.schedule.interval_s + 10 * slowest


def leave_at_once(code: int) -> NoReturn:
    """Without waiting for threads that hang in a call: their intents are stored, the next start goes on."""
    logging.shutdown()
    os._exit(code)


def _patient(pairing: Pairing, settings: Settings, *, once: bool) -> Pairing:
    """What fails rests, and what is being typed settles; a single turn waits for neither."""
    if once:
        return pairing
    cooling = Cooling(wiring.real_clock)
    settling = Settling(settings.schedule.settle_edits_s, wiring.real_clock)
    return replace(pairing, waits=first_of(cooling, settling), heard=cooling.note)


def _pace(settings: Settings, *, once: bool) -> Pace:
    schedule = settings.schedule
    return Pace(
        schedule.interval_s,
        schedule.changed_every_s,
        schedule.ids_every_s,
        schedule.full_every_s,
        GATHER_S,
        once,
    )


def _blackouts(settings: Settings) -> Blackouts:
    return build_blackouts(settings.schedule.blackouts, settings.schedule.time_zone)


def _silent(_what: str, _done: int, _total: int | None) -> None:
    """A service shows no progress bar."""

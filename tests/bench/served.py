"""A real `opsync serve` beside two sandboxes of equal pairs, linked already; it measures nothing."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sync import wiring
from sync.cli.sandbox_config import write_config
from sync.domain.link import Link
from sync.sandbox.launch import launch
from sync.settings import load_settings
from tests.bench.filling import fill
from tests.bench.measure import require
from tests.daemon.calls import equal_world
from tests.daemon.process import Stage
from tests.soak.daemon import Daemon, Line
from tests.soak.front import Front

PATIENCE_S = 240.0
_PERSONS = '[mapping.fields.person]\ndirection = "both"'
_OPTIONS = {"LOG__FORMAT": "json", "WEB__PORT": "0", "WEBHOOKS__PORT": "0", "SCHEDULE__JITTER_S": "0"}


@dataclass(frozen=True, slots=True)
class Served:
    """`links` as they were when the daemon began."""

    stage: Stage
    links: list[Link]
    daemon: Daemon
    front: Front

    def await_line(self, event: str, after: int = 0) -> Line:
        """The first line of that event beyond the first `after` lines of it."""
        pace = threading.Event()
        for _ in range(int(PATIENCE_S / 0.05)):
            found = [line for line in self.daemon.lines() if line.event == event]
            if len(found) > after:
                return found[after]
            require(self.daemon.is_alive, "the daemon ended by itself")
            pace.wait(0.05)
        raise RuntimeError(f"no {event} in {PATIENCE_S:.0f} s")

    def count(self, event: str) -> int:
        return sum(1 for line in self.daemon.lines() if line.event == event)


@contextmanager
def served(pairs: int, options: Mapping[str, object], *, hooked: bool = False) -> Iterator[Served]:
    """`options` by their environment names, without the prefix. Persons are left out: reading them is a
    matter of the first link, and it would take an hour here."""
    with TemporaryDirectory(prefix="opsync-bench-") as folder:
        world = equal_world(pairs)
        sandbox = launch(world, clock=wiring.real_clock)
        stage = Stage(sandbox, Path(folder) / "opsync.toml")
        daemons: list[Daemon] = []
        front = Front(
            lambda: [str(line.fields["url"]) for one in daemons if (line := one.last("webhooks.opened"))]
        )
        try:
            write_config(stage.config, sandbox, world.users, web_token="of-this-bench")
            _adapt(stage.config, front.url if hooked else "")
            links = _link(stage.config)
            daemons.append(Daemon(0, stage.config, _environ(options)))
            yield Served(stage, links, daemons[0], front)
        finally:
            for one in daemons:
                one.close()
            front.close()
            sandbox.stop()


def _environ(options: Mapping[str, object]) -> dict[str, str]:
    return {f"OPSYNC_{name}": str(value) for name, value in {**_OPTIONS, **options}.items()}


def _adapt(config: Path, hook_url: str) -> None:
    text = config.read_text(encoding="utf-8")
    require(_PERSONS in text, "the sandbox's configuration has changed")
    text = text.replace(_PERSONS, _PERSONS.replace("both", "off"))
    if hook_url:
        secret = config.parent / "webhooks.secret"
        secret.touch(mode=0o600)
        secret.write_text("of-this-bench\n", encoding="utf-8")
        text += f'\n[webhooks]\nurl = "{hook_url}"\nsecret_file = "{secret.name}"\n'
    config.write_text(text, encoding="utf-8")


def _link(config: Path) -> list[Link]:
    pairing = wiring.open_pairing(load_settings(config, {}).settings, progress=lambda *_told: None)
    try:
        return fill(pairing)
    finally:
        wiring.close_pairing(pairing)

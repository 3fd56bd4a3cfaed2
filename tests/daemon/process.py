"""`opsync serve` as a process of its own, and the two sandbox servers it works with; holds no test."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any  # log lines have fields of many types

import httpx

from sync.cli.sandbox_config import write_config
from sync.sandbox.launch import Sandbox, launch
from sync.sandbox.world import make_world
from sync.wiring import real_clock

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "token-of-this-test"
PATIENCE_S = 30.0


@dataclass(frozen=True)
class Stage:
    """Both servers, and a configuration that reaches them."""

    sandbox: Sandbox
    config: Path

    def control(self, side: str, what: str, body: object) -> None:
        httpx.post(f"{self._url(side)}/{what}", json=body).raise_for_status()

    def look(self, side: str, what: str) -> Any:
        return httpx.get(f"{self._url(side)}/{what}").raise_for_status().json()

    def heal(self) -> None:
        """No fault any more on either server; calls under way still suffer theirs."""
        for side in ("superoffice", "onlyoffice"):
            httpx.delete(f"{self._url(side)}/faults").raise_for_status()

    def _url(self, side: str) -> str:
        return str(self.sandbox.as_json()[side]["control_url"])


class Process:
    """`opsync serve`, started; its log lines are read one by one."""

    def __init__(self, stage: Stage, *arguments: str, **environ: str) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("OPSYNC_")}
        self._popen = subprocess.Popen(
            [sys.executable, "-m", "sync", "-c", str(stage.config), "serve", *arguments],
            cwd=ROOT,
            env=clean | {"OPSYNC_LOG__FORMAT": "json", "OPSYNC_WEB__PORT": "0"} | environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: list[str] = []

    def until(self, *events: str) -> Any:
        """The next log line of one of these events."""
        assert self._popen.stderr is not None
        for line in self._popen.stderr:
            self.lines.append(line)
            if line.startswith("{") and (found := json.loads(line))["event"] in events:
                return found
        raise AssertionError(f"ended without {' or '.join(events)}:\n{''.join(self.lines)}")

    def send(self, number: signal.Signals) -> None:
        self._popen.send_signal(number)

    def ended(self) -> tuple[int, str]:
        """Exit code, and everything it printed to stderr."""
        _, rest = self._popen.communicate(timeout=PATIENCE_S)
        return self._popen.returncode, "".join(self.lines) + rest

    def close(self) -> None:
        if self._popen.poll() is None:
            self._popen.kill()
        self._popen.communicate()


@contextmanager
def a_stage(tmp_path: Path, ambiguous: int = 0, sales: int = 6) -> Iterator[Stage]:
    world = make_world(companies=3, sales=sales, seed=1, ambiguous=ambiguous)
    sandbox = launch(world, clock=real_clock)
    config = tmp_path / "opsync.toml"
    write_config(config, sandbox, world.users, web_token=TOKEN)
    try:
        yield Stage(sandbox, config)
    finally:
        sandbox.stop()

"""Both sandbox servers, a configuration for them, and the command line against both; holds no test."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any  # JSON enters here

import httpx
from typer.testing import CliRunner, Result

from sync.cli.main import build
from sync.cli.sandbox_config import write_config
from sync.sandbox.launch import Sandbox, launch
from sync.sandbox.world import make_world
from sync.wiring import real_clock

SUPEROFFICE, ONLYOFFICE = "superoffice", "onlyoffice"
LABELS = {SUPEROFFICE: "SuperOffice", ONLYOFFICE: "ONLYOFFICE"}
WEB_TOKEN = "web-token-of-this-test"
# One attempt a call, so that a lasting fault is told at once; only complaints on stderr.
_BRISK = {
    "OPSYNC_BUDGET__SUPEROFFICE__ATTEMPTS": "1",
    "OPSYNC_BUDGET__ONLYOFFICE__ATTEMPTS": "1",
    "OPSYNC_LOG__LEVEL": "error",
    "COLUMNS": "400",
}


@dataclass
class Installation:
    """Two servers that can be bent, and `opsync` as a person would run it against them."""

    sandbox: Sandbox
    config: Path
    told: dict[str, Any]
    environ: dict[str, str] = field(default_factory=dict)
    switches: dict[str, dict[str, Any]] = field(default_factory=dict)

    def run(self, *arguments: str, **environ: str) -> Result:
        command = ["-c", str(self.config), *arguments]
        return CliRunner().invoke(build(), command, env=_BRISK | self.environ | environ)

    def ask(self, side: str, method: str, what: str, body: object = None) -> Any:
        """One call of a server's control endpoint."""
        answer = httpx.request(method, f"{self.told[side]['control_url']}/{what}", json=body, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def fault(self, side: str, **fault: object) -> None:
        self.ask(side, "POST", "faults", {"times": -1, **fault})

    def switch(self, side: str, **values: object) -> None:
        self.ask(side, "POST", "switches", values)

    def heal(self) -> None:
        """Both servers as they were; what was written stays."""
        for side, values in self.switches.items():
            self.ask(side, "DELETE", "faults")
            self.ask(side, "POST", "switches", values)

    def writes(self, side: str) -> int:
        return int(self.ask(side, "GET", "counters")["totals"]["writes"])

    def records(self, side: str) -> list[Any]:
        """All deals of one server, as it stores them."""
        dump = self.ask(side, "GET", "dump")
        return list(dump["sales" if side == SUPEROFFICE else "opportunities"])

    def forget(self) -> None:
        """No state database, no request log, no environment of an earlier test."""
        self.environ.clear()
        for file in self.config.parent.glob("opsync.db*"):
            file.unlink()
        for side in LABELS:
            self.ask(side, "DELETE", "log")

    def as_cloud(self, login: str) -> None:
        """From here on the tenant is one of the vendor's cloud, which the sandbox plays."""
        left = self.told[SUPEROFFICE]
        root = left["base_url"].removesuffix(f"/{left['tenant']}")
        self.config.write_text(
            self.config.read_text().replace(f'base_url = "{left["base_url"]}"', 'environment = "sod"')
        )
        secrets = ("client_id", "system_user_token", "private_key")
        given = {"login": login, "identity_url": root, "state_url": left["state_url"]}
        given |= {"client_secret": left["app_token"]} | {name: left[name] for name in secrets}
        self.environ |= {f"OPSYNC_SUPEROFFICE__{name.upper()}": value for name, value in given.items()}


@contextmanager
def an_installation(folder: Path, *, sales: int = 6, ambiguous: int = 0) -> Iterator[Installation]:
    world = make_world(companies=4, sales=sales, seed=3, ambiguous=ambiguous)
    sandbox = launch(world, clock=real_clock)
    config = folder / "opsync.toml"
    write_config(config, sandbox, world.users, web_token=WEB_TOKEN)
    installation = Installation(sandbox, config, dict(sandbox.as_json()))
    for side in LABELS:
        installation.switches[side] = installation.ask(side, "GET", "switches")
    try:
        yield installation
    finally:
        sandbox.stop()


def the_one_line(result: Result) -> str:
    """The whole complaint of a command that failed: one line on stderr, no traceback, nothing on stdout."""
    lines = result.stderr.splitlines()
    assert (result.stdout, len(lines)) == ("", 1), result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return lines[0]

"""Writes .github/docs/operations.md from a service that really runs: `make docs`; it invents no number."""

import json
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from sync.wiring import real_clock
from tests.daemon.process import PATIENCE_S, ROOT, TOKEN, Stage, a_stage
from tests.deploy.promql import Reading, Unanswerable
from tests.soak.daemon import Daemon

PAGE = ROOT / ".github" / "docs" / "operations.md"
DASHBOARD = ROOT / "deploy" / "grafana" / "opsync.json"
SALES = 24
_ENVIRON = {
    "OPSYNC_LOG__FORMAT": "json",
    "OPSYNC_WEB__PORT": "0",
    "OPSYNC_SCHEDULE__INTERVAL_S": "3600",
    "OPSYNC_BUDGET__ONLYOFFICE__ATTEMPTS": "1",
    "OPSYNC_BUDGET__SUPEROFFICE__CALLS_PER_DAY": "50000",
}
_SCRIPT = (
    'echo "$OPSYNC_ALERT_STATE $OPSYNC_ALERT_CONDITION ($OPSYNC_ALERT_SEVERITY): $OPSYNC_ALERT_TEXT" >> told'
)
_HEAD = """# What the service shows

**This page is printed by a service that really runs** (`make docs`) between the two sandboxes: twenty-four
deals, one cycle that reads everything and one that reads changes. A test does it again and compares all but
the numbers.
"""


@dataclass(frozen=True, slots=True)
class Scene:
    """The service, and where its command writes down what it was told."""

    stage: Stage
    daemon: Daemon
    told: Path

    def url(self) -> str:
        line = self.daemon.last("web.opened")
        return str(line.fields["url"]) if line else ""

    def cycle(self, number: int) -> None:
        """Asks for one more, and waits until so many have ended."""
        self.daemon.send(signal.SIGUSR1)
        _until(lambda: sum(line.event == "cycle.finished" for line in self.daemon.lines()) >= number)

    def await_told(self, count: int) -> None:
        _until(lambda: self.told.exists() and len(self.told.read_text().splitlines()) >= count)


def page() -> str:
    """The whole text."""
    with TemporaryDirectory(prefix="opsync-shown-") as folder, a_stage(Path(folder), sales=SALES) as stage:
        with stage.config.open("a", encoding="utf-8") as file:
            argv = ["sh", "-c", _SCRIPT.replace("told", str(Path(folder) / "told"))]
            file.write(f"\n[alerts]\nafter_s = 1\ncommand = {json.dumps(argv)}\n")
        daemon = Daemon(0, stage.config, _ENVIRON, "tests.daemon.hurried")
        try:
            parts = list(_parts(Scene(stage, daemon, Path(folder) / "told")))
        finally:
            daemon.close()
    text = "\n".join([_HEAD, *parts]).rstrip() + "\n"
    return text.replace(f"{folder}/", "").replace(socket.gethostname(), "host")


def masked(text: str) -> str:
    """Without what differs from one run to the next: numbers, moments and ids."""
    return re.sub(r"\b[0-9a-f]{8,32}\b|\d+([.:]\d+)*", "#", text)


def _parts(scene: Scene) -> Iterator[str]:
    _until(lambda: scene.daemon.last("cycle.finished") is not None)
    scene.cycle(2)
    yield "## `opsync status`\n"
    yield _fenced(_status(scene.stage.config))
    yield "## Panels of `deploy/grafana/opsync.json`, answered by `/metrics`\n"
    yield "Those that one reading can answer; the others show a course of time.\n"
    yield _panels(scene.url())
    yield "## An alert, and its end\n"
    yield (
        "ONLYOFFICE answered each call with 503 for a while. `after_s` was 1 here, so that nobody\n"
        f"has to wait two minutes, and `command` was `sh -c '{_SCRIPT}'`:\n"
    )
    yield _fenced(_alerts(scene))


def _status(config: Path) -> str:
    argv = [sys.executable, "-m", "sync", "-c", str(config), "status"]
    return subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def _panels(url: str) -> str:
    answer = httpx.get(f"{url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).raise_for_status()
    reading = Reading(answer.text, real_clock())
    panels = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    queries = {target["expr"]: panel["title"] for panel in panels for target in panel.get("targets", [])}
    rows = [row for query, title in queries.items() for row in _row(reading, title, query)]
    return "\n".join(["| panel | query | answer |", "|---|---|---|", *rows]) + "\n"


def _row(reading: Reading, title: str, query: str) -> list[str]:
    """None for a query about a course of time."""
    try:
        vector = reading.answer(query.replace("$__rate_interval", "5m"))
    except Unanswerable:
        return []
    values = sorted(
        (", ".join(text for _, text in sorted(labels)), value) for labels, value in vector.items()
    )
    told = "; ".join(f"{labels} {_number(value)}".strip() for labels, value in values)
    return [f"| {title} | `{query}` | {told or 'none'} |"]


def _number(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")


def _alerts(scene: Scene) -> str:
    """The server is busy until that was told, and for one cycle more."""
    scene.stage.control("onlyoffice", "switches", {"front": "busy"})
    scene.cycle(3)
    scene.await_told(1)
    scene.stage.control("onlyoffice", "switches", {"front": ""})
    scene.cycle(4)
    scene.await_told(2)
    return scene.told.read_text(encoding="utf-8")


def _fenced(text: str) -> str:
    return f"```text\n{text.rstrip()}\n```\n"


def _until(is_so: Callable[[], bool]) -> None:
    pace, deadline = threading.Event(), real_clock().timestamp() + PATIENCE_S
    while not is_so():
        if real_clock().timestamp() > deadline:
            raise RuntimeError(f"it did not come about in {PATIENCE_S:.0f} s")
        pace.wait(0.05)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

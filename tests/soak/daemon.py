"""One `opsync serve` of a soak, with its log and its memory; it judges nothing."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any  # log fields have many types

from sync.wiring import real_clock
from tests.daemon.process import ROOT

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a daemon's log; without an event it is no line of ours, such as a traceback."""

    daemon: int
    at: datetime
    level: str
    event: str
    fields: Fields


class Daemon:
    """A process that was started; its lines are kept as they come. Safe from any thread."""

    def __init__(self, number: int, config: Path, environ: Mapping[str, str], module: str = "sync") -> None:
        self.number = number
        self.started_at = real_clock()
        self.ended_by: signal.Signals | None = None
        self._log = config.parent / f"daemon-{number}.log"
        clean = {name: value for name, value in os.environ.items() if not name.startswith("OPSYNC_")}
        with self._log.open("wb") as file:
            self._popen = subprocess.Popen(
                [sys.executable, "-m", module, "-c", str(config), "serve"],
                cwd=ROOT,
                env=clean | dict(environ),
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        self._lock = threading.Lock()
        self._read = 0
        self._lines: list[Line] = []

    @property
    def is_alive(self) -> bool:
        return self._popen.poll() is None

    @property
    def code(self) -> int | None:
        return self._popen.poll()

    def send(self, number: signal.Signals) -> None:
        if number is not signal.SIGHUP:
            self.ended_by = number
        self._popen.send_signal(number)

    def wait(self, limit_s: float) -> int:
        """The exit code; after the limit it is killed."""
        try:
            return self._popen.wait(limit_s)
        except subprocess.TimeoutExpired:
            self.close()
            return -signal.SIGKILL

    def close(self) -> None:
        if self.is_alive:
            self._popen.kill()
        self._popen.wait()

    def lines(self) -> list[Line]:
        """Everything logged so far, oldest first."""
        with self._lock:
            with self._log.open("rb") as file:
                file.seek(self._read)
                text = file.read()
            whole = text[: text.rfind(b"\n") + 1]
            self._read += len(whole)
            self._lines += [self._line(row) for row in whole.decode().splitlines()]
            return list(self._lines)

    def last(self, event: str) -> Line | None:
        return next((line for line in reversed(self.lines()) if line.event == event), None)

    def seen_at(self) -> datetime:
        """The last sign of life."""
        return real_clock() if self.is_alive else max([self.started_at, *(line.at for line in self.lines())])

    def memory_kb(self) -> int:
        """Resident set; 0 when the process is gone."""
        try:
            text = Path(f"/proc/{self._popen.pid}/status").read_text(encoding="ascii")
        except OSError:
            return 0
        return next((int(row.split()[1]) for row in text.splitlines() if row.startswith("VmRSS:")), 0)

    def cpu_s(self) -> float:
        """User and system time so far."""
        parts = Path(f"/proc/{self._popen.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")

    def _line(self, row: str) -> Line:
        try:
            fields = json.loads(row)
            at = datetime.fromisoformat(fields["timestamp"])
            return Line(self.number, at, fields["level"], fields["event"], fields)
        except (ValueError, KeyError, TypeError):
            return Line(self.number, real_clock(), "error", "", {"text": row})

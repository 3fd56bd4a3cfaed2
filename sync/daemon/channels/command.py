"""Runs a program of the operator's for each alert, without a shell and without our secrets."""

import os
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO

import orjson
import structlog

from sync.daemon.channels.alert import Alert

_PASSED_ON = ("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR")
"""Everything else stays here: OPSYNC_… may hold passwords, NOTIFY_SOCKET speaks for the service."""
_SHOWN_BYTES = 2000


@dataclass(frozen=True, slots=True)
class CommandChannel:
    """`argv` as the system takes it. The alert is JSON on stdin, and OPSYNC_ALERT_… in the environment."""

    argv: tuple[str, ...]
    timeout_s: float
    name: str = "command"

    def send(self, alert: Alert) -> str:
        told = alert.as_json()
        try:
            with TemporaryFile() as stdin, TemporaryFile() as output:
                stdin.write(orjson.dumps(told) + b"\n")
                stdin.seek(0)
                problem = self._run(_environment(told), stdin, output)
                _note_output(output)
        except (OSError, ValueError) as error:
            return f"the command could not be started ({type(error).__name__})"
        return problem

    def _run(self, environment: Mapping[str, str], stdin: IO[bytes], output: IO[bytes]) -> str:
        """Files, not pipes: a grandchild that keeps one open cannot hold us up."""
        with subprocess.Popen(  # noqa: S603  the operator's own program, as a list, by no shell
            self.argv,
            stdin=stdin,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            start_new_session=True,
        ) as process:
            try:
                code = process.wait(self.timeout_s)
            except subprocess.TimeoutExpired:
                _end_all(process.pid)
                return f"the command took longer than {self.timeout_s:g} s and was ended"
        return f"the command ended with code {code}" if code else ""


def _end_all(group: int) -> None:
    """The command and what it started."""
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _environment(told: Mapping[str, object]) -> dict[str, str]:
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return passed_on | {f"OPSYNC_ALERT_{name.upper()}": str(value) for name, value in told.items()}


def _note_output(output: IO[bytes]) -> None:
    output.seek(0)
    if said := output.read(_SHOWN_BYTES):
        structlog.get_logger().debug("command.said", output=said.decode(errors="replace"))

"""The real command as a process of its own, against both sandbox servers."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import httpx
import pytest

from tests.daemon.process import PATIENCE_S, ROOT, TOKEN, Process, Stage, a_stage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with a_stage(tmp_path) as stage:
        yield stage


@pytest.fixture
def started(stage: Stage) -> Iterator[list[Process]]:
    """Processes of a test, ended with it whatever happens."""
    processes: list[Process] = []
    yield processes
    for process in processes:
        process.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve_works_shows_itself_and_stops(
    stage: Stage, started: list[Process], number: signal.Signals
) -> None:
    """From start to signal: records arrive, the pages answer, the exit code is 0."""
    process = Process(stage)
    started.append(process)
    url = process.until("web.opened")["url"]
    cycle = process.until("cycle.finished")
    client = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=10)
    answers = {page: client.get(page) for page in ("/livez", "/readyz", "/metrics")}
    client.close()

    healthy = healthcheck(url)
    process.send(number)
    code, told = process.ended()

    assert (healthy, healthcheck(url)) == (0, 1)
    assert (code, cycle["outcome"], cycle["reach"]) == (0, "done", "all")
    assert {page: answer.status_code for page, answer in answers.items()} == dict.fromkeys(answers, 200)
    assert 'opsync_calls_total{method="GET"' in answers["/metrics"].text
    assert "Traceback" not in told
    assert TOKEN not in told


def test_a_restart_goes_on(stage: Stage, started: list[Process]) -> None:
    """The second process writes nothing that the first has written."""
    code, _ = _once(stage, started)
    again = Process(stage, "--once")
    started.append(again)
    cycle = again.until("cycle.finished")

    assert code == again.ended()[0] == 0
    assert cycle["reach"] == "changed"
    assert not [name for name in cycle if name.startswith(("created", "updated", "deleted"))]


def test_a_second_signal_does_not_wait(stage: Stage, started: list[Process]) -> None:
    """A call hangs for a minute: told twice, the process leaves with 1 all the same."""
    stage.control("onlyoffice", "faults", {"kind": "delay", "delay_s": 60, "times": -1})
    process = Process(stage)
    started.append(process)
    process.until("daemon.started")
    deadline = monotonic() + PATIENCE_S
    while not stage.look("superoffice", "log"):  # the other side is asked at the same moment, and hangs
        assert monotonic() < deadline
    process.send(signal.SIGTERM)
    process.until("daemon.stopping")

    process.send(signal.SIGTERM)

    assert process.ended()[0] == 1


def test_a_taken_port_is_one_line(stage: Stage, started: list[Process]) -> None:
    """Nothing begins when the pages cannot be shown where they should be."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        process = Process(stage, OPSYNC_WEB__PORT=port)
        started.append(process)
        code, told = process.ended()

    assert code == 1
    assert told == f"web: cannot listen on 127.0.0.1 port {port}: Address already in use\n"


def test_without_a_token_the_port_stays_closed(stage: Stage, started: list[Process]) -> None:
    """The service works all the same, and says how to open the port."""
    text = stage.config.read_text(encoding="utf-8")
    stage.config.write_text(text.replace('token_file = "web.token"', ""), encoding="utf-8")
    process = Process(stage)
    started.append(process)

    closed = process.until("web.kept_closed")
    process.until("cycle.finished")
    process.send(signal.SIGTERM)
    code, told = process.ended()

    assert "web.token_file" in closed["remedy"]
    assert "web.opened" not in told
    assert code == 0


def test_once_tells_by_its_exit_code(stage: Stage, started: list[Process]) -> None:
    """A side that refuses the log-in is 1; a mapping that does not fit is 2."""
    refused = _once(stage, started, OPSYNC_ONLYOFFICE__PASSWORD="wrong")
    text = stage.config.read_text(encoding="utf-8")
    stage.config.write_text(text.replace("Closure/Transaction", "No such stage"), encoding="utf-8")
    unmapped = _once(stage, started)

    assert refused[0] == 1
    assert "side.lost" in refused[1]
    assert unmapped[0] == 2
    assert "No such stage" in unmapped[1]


def test_once_says_that_somebody_has_to_decide(tmp_path: Path, started: list[Process]) -> None:
    """Companies that exist twice wait for a person: exit code 4, and the rest is done."""
    with a_stage(tmp_path, ambiguous=3) as stage:
        process = Process(stage, "--once")
        started.append(process)
        cycle = process.until("cycle.finished")
        code, _ = process.ended()

    assert code == 4
    assert cycle["outcome"] == "done"
    assert cycle["needs_a_person"] > 0


def healthcheck(url: str) -> int:
    """What the container's health check finds."""
    environ = os.environ | {"OPSYNC_WEB__TOKEN": TOKEN, "OPSYNC_WEB__PORT": url.rpartition(":")[2]}
    script = ROOT / "deploy" / "livez.py"
    return subprocess.run([sys.executable, script], env=environ, check=False, capture_output=True).returncode


def _once(stage: Stage, started: list[Process], **environ: str) -> tuple[int, str]:
    process = Process(stage, "--once", **environ)
    started.append(process)
    return process.ended()

"""What the running daemon can be asked for from outside: a cycle, another configuration, signs of life."""

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from sync.store.database import Database, rollback
from tests.daemon.process import TOKEN, Process, Stage, a_stage

SELDOM = {"OPSYNC_SCHEDULE__INTERVAL_S": "3600"}
"""No tick comes by itself during a test."""


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with a_stage(tmp_path) as stage:
        yield stage


@pytest.fixture
def started(stage: Stage) -> Iterator[list[Process]]:
    processes: list[Process] = []
    yield processes
    for process in processes:
        process.close()


def a_daemon(stage: Stage, started: list[Process], **environ: str) -> Process:
    started.append(Process(stage, **SELDOM, **environ))
    return started[-1]


def test_a_cycle_can_be_asked_for(stage: Stage, started: list[Process]) -> None:
    """By SIGUSR1 and by a POST to /now: each is followed by a cycle long before the next tick."""
    process = a_daemon(stage, started)
    url = process.until("web.opened")["url"]
    process.until("cycle.finished")

    process.send(signal.SIGUSR1)
    by_signal = process.until("cycle.finished")
    answer = httpx.post(f"{url}/now", headers={"Authorization": f"Bearer {TOKEN}"})
    by_page = process.until("cycle.finished")

    assert (by_signal["outcome"], answer.status_code, by_page["outcome"]) == ("done", 202, "done")
    assert httpx.post(f"{url}/now").status_code == 401


def test_a_changed_configuration_is_taken_over(stage: Stage, started: list[Process]) -> None:
    """SIGHUP: records in flight are finished, then the same process goes on with the new file."""
    process = a_daemon(stage, started)
    process.until("cycle.finished")
    text = stage.config.read_text()
    stage.config.write_text(text.replace("[schedule]", '[schedule]\nblackouts = ["00:00-24:00"]', 1))

    process.send(signal.SIGHUP)
    process.until("config.accepted")
    resting = process.until("cycles.resting")

    assert "blackout" in resting["error"]
    process.send(signal.SIGTERM)
    assert process.ended()[0] == 0


def test_a_broken_configuration_is_refused(stage: Stage, started: list[Process]) -> None:
    """The log names every problem, and the daemon goes on as before."""
    process = a_daemon(stage, started)
    process.until("cycle.finished")
    stage.config.write_text(stage.config.read_text().replace("[schedule]", "[schedule]\nblackouts = 7", 1))

    process.send(signal.SIGHUP)
    refused = process.until("config.refused")
    process.send(signal.SIGUSR1)

    assert "schedule.blackouts" in refused["problems"]
    assert process.until("cycle.finished")["outcome"] == "done"


def test_a_taken_port_is_refused(stage: Stage, started: list[Process], tmp_path: Path) -> None:
    """The old configuration goes on; a free port is taken over."""
    secret = tmp_path / "webhooks.secret"
    secret.touch(mode=0o600)
    secret.write_text("of-this-test\n", encoding="utf-8")
    section = f'\n[webhooks]\nurl = "https://opsync.example.com/h"\nsecret_file = "{secret}"\nport = '
    process, before = a_daemon(stage, started), stage.config.read_text()
    process.until("cycle.finished")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        stage.config.write_text(f"{before}{section}{port}\n")
        process.send(signal.SIGHUP)
        refused = process.until("config.refused")
    process.send(signal.SIGHUP)

    assert f"webhooks: cannot listen on 127.0.0.1 port {port}" in refused["problems"]
    assert process.until("webhooks.opened")["url"] == f"http://127.0.0.1:{port}"


def test_systemd_hears_of_it(stage: Stage, started: list[Process], tmp_path: Path) -> None:
    """Ready, alive, what the last cycle was, and that the end has begun."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(tmp_path / "notify"))
        ear.settimeout(30)
        process = a_daemon(stage, started, NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="400000")
        heard: set[str] = set()
        while not {"READY=1", "WATCHDOG=1", "STATUS=last cycle done"} <= heard:
            heard.add(ear.recv(4096).decode().strip())
        process.send(signal.SIGTERM)
        while "STOPPING=1" not in heard:
            heard.add(ear.recv(4096).decode().strip())

    assert process.ended()[0] == 0


def test_an_older_state_database_is_upgraded_at_the_start(stage: Stage, started: list[Process]) -> None:
    """Nobody has to think of `opsync migrate` after an upgrade of the daemon."""
    url = f"sqlite:///{stage.config.with_suffix('.db')}"
    first = a_daemon(stage, started)
    first.until("cycle.finished")
    first.send(signal.SIGTERM)
    first.ended()
    rollback(url, "0001")

    second = a_daemon(stage, started)
    upgraded = second.until("state.upgraded")
    second.until("cycle.finished")

    database = Database(url)
    database.require_current()
    database.close()
    assert upgraded["before"] == "0001"

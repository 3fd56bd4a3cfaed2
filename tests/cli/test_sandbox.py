"""`opsync sandbox` serves both CRMs and writes a configuration that works with them."""

import json
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sync.cli.sandbox_config import write_config
from sync.errors import Misconfigured
from sync.sandbox.launch import launch
from sync.sandbox.world import make_world
from sync.settings import load_settings
from sync.wiring import real_clock
from tests.cli.conftest import Opsync

SMALL = ("--companies", "3", "--sales", "4", "--seed", "1")


@contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """The process, and its one line once both servers answer."""
    command = [sys.executable, "-m", "sync", "sandbox", *SMALL, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, json.loads(process.stdout.readline())
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_runs_until_it_is_told_to_stop(tmp_path: Path, number: signal.Signals) -> None:
    """One line, then service, then a clean end by either signal."""
    config = tmp_path / "sub" / "opsync.toml"
    with running("--write-config", str(config)) as (process, told):
        port = int(told["onlyoffice"]["base_url"].rsplit(":", 1)[1])
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
        process.send_signal(number)
        rest, complaints = process.communicate(timeout=20)

    assert (process.returncode, rest, complaints) == (0, "", "")
    assert told["config"] == str(config)
    assert load_settings(config, {}).settings.onlyoffice.base_url == told["onlyoffice"]["base_url"]


def test_a_taken_port_is_one_line(opsync: Opsync) -> None:
    """Exit code 1."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = opsync("sandbox", *SMALL, "--superoffice-port", taken.getsockname()[1])

    assert result.exit_code == 1
    assert "cannot open its ports" in result.stderr


def test_secret_files_are_private_and_old_state_goes(tmp_path: Path) -> None:
    """A new sandbox is a new world; what an earlier one left behind would be wrong about it."""
    world = make_world(companies=3, sales=4, seed=1)
    sandbox = launch(world, clock=real_clock)
    sandbox.stop()
    config = tmp_path / "opsync.toml"
    write_config(config, sandbox, world.users, web_token="t")
    (tmp_path / "opsync.db").write_text("stale")
    write_config(config, sandbox, world.users, web_token="t", removal="close_as_lost")
    settings = load_settings(config, {})

    assert not (tmp_path / "opsync.db").exists()
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("*.[pt][ao]*") if path != config}
    assert modes == {0o600}
    assert settings.warnings == ()
    assert settings.settings.policy.deleted_in_onlyoffice == "close_as_lost"


def test_somebodys_own_configuration_is_not_overwritten(tmp_path: Path) -> None:
    """Only what a sandbox wrote may be replaced by one."""
    world = make_world(companies=3, sales=4, seed=1)
    sandbox = launch(world, clock=real_clock)
    sandbox.stop()
    config = tmp_path / "opsync.toml"
    config.write_text("# mine\n")
    (tmp_path / "opsync.db").write_text("mine")

    with pytest.raises(Misconfigured, match="not written by"):
        write_config(config, sandbox, world.users, web_token="t")
    assert (config.read_text(), (tmp_path / "opsync.db").read_text()) == ("# mine\n", "mine")

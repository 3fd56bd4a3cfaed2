"""A program of the operator's is run for each alert: no shell, no secrets, never longer than allowed."""

import json
import os
import select
import sys
from pathlib import Path

import pytest

from sync.daemon.channels.command import CommandChannel
from tests.daemon.bench import heard, named
from tests.daemon.ear import DOWN, an_alert

NOTE = """
import json, os, sys
told = {"argv": sys.argv[1:], "stdin": sys.stdin.read(), "environ": dict(os.environ)}
open(sys.argv[1], "w").write(json.dumps(told))
print("tr0ub4dor")
"""
LINGER = """
import os, subprocess, sys, time
line = os.open(sys.argv[1], os.O_WRONLY)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], pass_fds=[line])
os.write(line, b"up")
time.sleep(8)
os.write(line, b"late")
"""


def a_program(folder: Path, text: str) -> str:
    path = folder / "program.py"
    path.write_text(text)
    return str(path)


def test_the_program_gets_the_alert(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As JSON on stdin and in variables; arguments as they stand, and none of our own variables."""
    monkeypatch.setenv("OPSYNC_ONLYOFFICE__PASSWORD", "tr0ub4dor")
    monkeypatch.setenv("NOTIFY_SOCKET", "/run/systemd/notify")
    note = str(tmp_path / "note.json")
    argv = (sys.executable, a_program(tmp_path, NOTE), note, "$(id); `id` && *")
    problem = CommandChannel(argv, 20.0).send(an_alert())
    told = json.loads(Path(note).read_text())
    ours = {name for name in told["environ"] if name.startswith("OPSYNC_")}

    assert problem == ""
    assert told["argv"] == [note, "$(id); `id` && *"]
    assert json.loads(told["stdin"])["condition"] == told["environ"]["OPSYNC_ALERT_CONDITION"] == DOWN
    assert all(name.startswith("OPSYNC_ALERT_") for name in ours)
    assert "NOTIFY_SOCKET" not in told["environ"]
    assert told["environ"]["PATH"] == os.environ["PATH"]


def test_its_output_is_for_debugging_only(tmp_path: Path) -> None:
    """It may say anything."""
    note = str(tmp_path / "note.json")
    with heard() as events:
        CommandChannel((sys.executable, a_program(tmp_path, NOTE), note), 20.0).send(an_alert())

    (line,) = named(events, "command.said")
    assert (line["log_level"], line["output"]) == ("debug", "tr0ub4dor\n")
    assert [event for event in events if event is not line] == []


def test_a_program_that_fails(tmp_path: Path) -> None:
    """Is told with its code."""
    program = a_program(tmp_path, "raise SystemExit(3)")

    assert CommandChannel((sys.executable, program), 20.0).send(an_alert()) == "the command ended with code 3"


def test_a_program_that_reads_nothing(tmp_path: Path) -> None:
    """Need not."""
    assert CommandChannel((sys.executable, a_program(tmp_path, "")), 20.0).send(an_alert()) == ""


@pytest.mark.parametrize(
    "argv", [("/no/such/program",), ("no-such-program-of-the-tests",), ("/",), ("a\0b",)]
)
def test_a_program_that_cannot_be_started(argv: tuple[str, ...]) -> None:
    """Raises nothing."""
    assert CommandChannel(argv, 20.0).send(an_alert()).startswith("the command could not be started (")


def test_a_program_that_hangs_is_ended_with_all_it_started(tmp_path: Path) -> None:
    """Nothing of it stays behind, and nobody waits for what it left open."""
    fifo = str(tmp_path / "line")
    os.mkfifo(fifo)
    line = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    problem = CommandChannel((sys.executable, a_program(tmp_path, LINGER), fifo), 2.0).send(an_alert())
    said = os.read(line, 10)
    was_let_go, _, _ = select.select([line], [], [], 10.0)
    rest = os.read(line, 10) if was_let_go else b"held by the child"
    os.close(line)

    assert problem == "the command took longer than 2 s and was ended"
    assert (said, rest) == (b"up", b"")

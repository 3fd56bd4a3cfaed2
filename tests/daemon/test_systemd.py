"""systemd is told over its real datagram protocol; without systemd nothing happens."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sync.daemon.systemd import ALIVE, READY, STOPPING, Watchdog, notify, reloading, status, watchdog_s

PATIENCE_S = 10.0


@contextmanager
def listening(address: str) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.settimeout(PATIENCE_S)
        listener.bind(f"\0{address[1:]}" if address.startswith("@") else address)
        yield listener


@pytest.fixture(params=["path", "abstract"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "notify") if request.param == "path" else f"@opsync-{os.getpid()}-{tmp_path.name}"


@pytest.mark.parametrize("state", [READY, STOPPING, ALIVE, f"{READY}\n{status('7 links')}"])
def test_states_arrive_as_they_are(address: str, state: str) -> None:
    """At a path and in the abstract namespace."""
    with listening(address) as listener:
        told = notify(state, {"NOTIFY_SOCKET": address})

        assert told
        assert listener.recv(4096).decode() == state


@pytest.mark.parametrize(
    "address", ["", "relative", "vsock:2:1234", "/no/such/socket", "@nobody-listens", f"/{'x' * 200}"]
)
def test_nobody_listens_and_nothing_happens(address: str) -> None:
    """Neither an error nor a wait."""
    assert not notify(READY, {"NOTIFY_SOCKET": address} if address else {})


def test_the_environment_of_the_process_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless another one is given."""
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    with listening(str(tmp_path / "notify")):
        assert notify(READY)


def test_a_reload_carries_the_monotonic_time() -> None:
    """In microseconds; systemd wants to know to which request it belongs."""
    first, second = reloading(), reloading()
    (head, time), (_, later) = (text.split("\n") for text in (first, second))

    assert head == "RELOADING=1"
    assert 0 < int(time.removeprefix("MONOTONIC_USEC=")) <= int(later.removeprefix("MONOTONIC_USEC="))


def test_a_status_is_one_short_line() -> None:
    """No text can add an assignment."""
    assert status("7 links\nREADY=1\r\n") == "STATUS=7 links READY=1"
    assert len(status("x" * 10_000)) < 300


@pytest.mark.parametrize(
    ("environ", "seconds"),
    [
        ({"WATCHDOG_USEC": "30000000"}, 30.0),
        ({"WATCHDOG_USEC": "500000", "WATCHDOG_PID": str(os.getpid())}, 0.5),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({"WATCHDOG_PID": str(os.getpid())}, None),
        ({}, None),
    ],
)
def test_how_often_systemd_wants_a_sign(environ: dict[str, str], seconds: float | None) -> None:
    """In seconds; only of the process it means."""
    assert watchdog_s(environ) == seconds


def test_signs_of_life_are_given_while_there_is_life(address: str) -> None:
    """Twice as often as wanted; none when the worker hangs, until it goes on."""
    answers = iter([True, False, True])
    watchdog: Watchdog

    def is_alive() -> bool:
        alive = next(answers, None)
        if alive is None:
            watchdog.leave()
        return bool(alive)

    watchdog = Watchdog(is_alive, {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "20000"})
    with listening(address) as listener:
        watchdog.run()

        assert [listener.recv(4096).decode() for _ in range(2)] == [ALIVE, ALIVE]
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.recv(4096)


def test_the_watchdog_leaves_when_told() -> None:
    """Also in the middle of a long wait."""
    begun = threading.Event()

    def is_alive() -> bool:
        begun.set()
        return True

    watchdog = Watchdog(is_alive, {"WATCHDOG_USEC": "60000000"})
    thread = threading.Thread(target=watchdog.run)
    thread.start()
    assert begun.wait(PATIENCE_S)
    watchdog.leave()
    thread.join(PATIENCE_S)

    assert not thread.is_alive()


def test_without_a_watchdog_there_is_nothing_to_do() -> None:
    """It returns at once and asks nobody."""

    def is_alive() -> bool:
        raise AssertionError("nobody has to be asked")

    Watchdog(is_alive, {}).run()

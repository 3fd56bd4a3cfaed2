"""Tells systemd how the service is, by the notify protocol; without systemd it does nothing."""

import os
import socket
import threading
from collections.abc import Callable, Mapping
from time import monotonic_ns

READY = "READY=1"
STOPPING = "STOPPING=1"
ALIVE = "WATCHDOG=1"
_LONGEST_STATUS = 200


def notify(state: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Sends assignments, one a line; False where nobody listens. A path, or "@name" in the abstract
    namespace: man7.org/linux/man-pages/man3/sd_notify.3.html (seen 2026-11-22)."""
    address = environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return False
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
            sender.connect(f"\0{address[1:]}" if address.startswith("@") else address)
            sender.sendall(state.encode())
    except OSError:
        return False
    return True


def status(text: str) -> str:
    """The assignment that `systemctl status` shows; one line, whatever the text."""
    return f"STATUS={' '.join(text.split())[:_LONGEST_STATUS]}"


def reloading() -> str:
    """To be followed by READY when the new configuration is in use. The monotonic time tells systemd to which
    request it belongs: man7.org/linux/man-pages/man3/sd_notify.3.html (seen 2026-11-22)."""
    return f"RELOADING=1\nMONOTONIC_USEC={monotonic_ns() // 1000}"


def watchdog_s(environ: Mapping[str, str] = os.environ) -> float | None:
    """Seconds within which systemd wants a sign of life; None where it wants none of this process:
    manned.org/sd_watchdog_enabled.3 (seen 2026-11-22)."""
    limit, pid = environ.get("WATCHDOG_USEC", ""), environ.get("WATCHDOG_PID", "")
    is_ours = not pid or pid == str(os.getpid())
    return int(limit) / 1_000_000 if is_ours and limit.isdecimal() and int(limit) else None


class Watchdog:
    """Says that the service lives as long as `is_alive` says so; in a thread of its own."""

    def __init__(self, is_alive: Callable[[], bool], environ: Mapping[str, str] = os.environ) -> None:
        self._is_alive = is_alive
        self._environ = environ
        self._left = threading.Event()

    def run(self) -> None:
        """Twice within the time that systemd allows; returns at once where it wants no sign."""
        limit_s = watchdog_s(self._environ)
        while limit_s and not self._left.is_set():
            if self._is_alive():
                notify(ALIVE, self._environ)
            self._left.wait(limit_s / 2)

    def leave(self) -> None:
        self._left.set()

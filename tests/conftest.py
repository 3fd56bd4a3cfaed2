"""What holds for every test: nobody talks to a machine other than this one."""

import ipaddress
import socket
from collections.abc import Callable, Iterator
from typing import Any  # socket addresses have many shapes

import pytest

_LOCAL_NAMES = {"", "localhost", "localhost.localdomain"}


class RemoteContact(BaseException):
    """A test tried to leave this machine. No OSError, so that no retry or fallback can swallow it."""


def is_local(address: object) -> bool:
    """True for unix sockets (paths), loopback addresses and names that mean this machine."""
    if isinstance(address, tuple):
        return is_local_host(address[0])
    return isinstance(address, str | bytes)


def is_local_host(host: object) -> bool:
    if host is None:
        return True
    name = host.decode() if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return name in _LOCAL_NAMES


@pytest.fixture(autouse=True)
def remote_contacts(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Fail the test that opens a connection, sends a datagram or looks up a name beyond this machine.

    Gives the refused attempts; a test of the guard itself clears the list.
    """
    refused: list[str] = []

    def refuse(target: object) -> None:
        refused.append(str(target))
        raise RemoteContact(f"a test reached out to {target}")

    for method in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, method, _checked(getattr(socket.socket, method), refuse))
    monkeypatch.setattr(socket, "getaddrinfo", _checked_lookup(socket.getaddrinfo, refuse))
    yield refused
    if refused:
        pytest.fail(f"reached out to {', '.join(refused)}")


def _checked(method: Callable[..., Any], refuse: Callable[[object], None]) -> Callable[..., Any]:
    def check(opened: socket.socket, *args: Any) -> Any:
        if not is_local(args[-1]):  # connect(address), sendto(data[, flags], address)
            refuse(args[-1])
        return method(opened, *args)

    return check


def _checked_lookup(lookup: Callable[..., Any], refuse: Callable[[object], None]) -> Callable[..., Any]:
    def check(host: object, *args: Any, **options: Any) -> Any:
        if not is_local_host(host):
            refuse(host)
        return lookup(host, *args, **options)

    return check

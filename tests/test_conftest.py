"""The guard that keeps tests on this machine."""

import socket

import pytest

from tests.conftest import RemoteContact, is_local, is_local_host

REMOTE = ("192.0.2.1", 80)  # RFC 5737: an address for documentation, routed nowhere


def test_a_connection_to_another_machine_is_refused(remote_contacts: list[str]) -> None:
    """Neither connect nor connect_ex nor sendto leaves this machine, and each attempt is remembered."""
    with socket.socket() as stream, socket.socket(type=socket.SOCK_DGRAM) as datagram:
        with pytest.raises(RemoteContact):
            stream.connect(REMOTE)
        with pytest.raises(RemoteContact):
            stream.connect_ex(REMOTE)
        with pytest.raises(RemoteContact):
            datagram.sendto(b"x", REMOTE)

    assert len(remote_contacts) == 3
    remote_contacts.clear()


def test_a_name_lookup_is_refused(remote_contacts: list[str]) -> None:
    """A foreign name is not even looked up."""
    with pytest.raises(RemoteContact):
        socket.create_connection(("crm.example", 443), timeout=1)

    assert remote_contacts == ["crm.example"]
    remote_contacts.clear()


def test_loopback_works() -> None:
    """A server on 127.0.0.1 can be reached by address and by name."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        for host in ("127.0.0.1", "localhost"):
            socket.create_connection((host, port), timeout=5).close()


@pytest.mark.parametrize(
    ("address", "local"),
    [
        (("127.0.0.1", 1), True),
        (("127.8.9.1", 1), True),
        (("::1", 1, 0, 0), True),
        ("/run/socket", True),
        (("0.0.0.0", 1), False),
        (("10.0.0.1", 1), False),
        (("2001:db8::1", 1, 0, 0), False),
        (("localhost.example", 1), False),
    ],
)
def test_what_counts_as_this_machine(address: object, local: bool) -> None:
    """Loopback and unix sockets are local, everything else is not."""
    assert is_local(address) is local


def test_listening_on_every_interface_may_be_resolved() -> None:
    """`None` and the empty name mean this machine when a server binds."""
    assert is_local_host(None)
    assert is_local_host(b"")

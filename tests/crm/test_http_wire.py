"""The sender on a real wire: connections that break and certificates nobody trusts."""

import contextlib
import ipaddress
import json
import socketserver
import ssl
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from sync.crm.http import Call
from sync.errors import (
    OutcomeUnknown,
    RetryLater,
    SideDown,
)
from tests.crm.test_http import an_http


class _Cutter(socketserver.BaseRequestHandler):
    """Answers with half a body, then hangs up."""

    def handle(self) -> None:
        self.request.recv(65536)
        self.server.seen += 1  # type: ignore[attr-defined]  # set by the fixture
        self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + json.dumps([1]).encode())


@pytest.fixture
def cutter() -> Iterator[socketserver.TCPServer]:
    with socketserver.TCPServer(("127.0.0.1", 0), _Cutter) as server:
        server.seen = 0  # type: ignore[attr-defined]  # counter of the handler
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_connection_cut_inside_the_answer(cutter: socketserver.TCPServer) -> None:
    """On a real wire: a read tries again and gives up as passing, a write is unknown after one try."""
    http = an_http(f"http://127.0.0.1:{cutter.server_address[1]}/api", attempts=2)

    with pytest.raises(RetryLater):
        http.read("GET", "x", route="x")
    assert cutter.seen == 2  # type: ignore[attr-defined]  # counter of the handler
    with pytest.raises(OutcomeUnknown):
        http.write("POST", "x", route="x", json={})
    assert cutter.seen == 3  # type: ignore[attr-defined]  # counter of the handler
    http.close()


class _Greeter(socketserver.BaseRequestHandler):
    """Answers `true` over TLS; a client that hangs up in the handshake is none of its business."""

    def handle(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.server.pem)  # type: ignore[attr-defined]  # set by the fixture
        with (
            contextlib.suppress(ssl.SSLError, ConnectionError),
            context.wrap_socket(self.request, server_side=True) as secure,
        ):
            secure.recv(65536)
            secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntrue")


def _self_signed() -> bytes:
    """A key and a certificate for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(datetime(2020, 1, 1)).not_valid_after(datetime(2090, 1, 1))  # noqa: DTZ001  this API takes naive UTC
    certificate = builder.add_extension(address, False).sign(key, hashes.SHA256())
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private + certificate.public_bytes(Encoding.PEM)


@pytest.fixture
def greeter(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """A TLS server nobody trusts yet: its URL and its certificate file."""
    pem = tmp_path / "server.pem"
    pem.write_bytes(_self_signed())
    with socketserver.TCPServer(("127.0.0.1", 0), _Greeter) as server:
        server.pem = pem  # type: ignore[attr-defined]  # read by the handler
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"https://127.0.0.1:{server.server_address[1]}", str(pem)
        server.shutdown()
        thread.join()


def test_an_untrusted_certificate_stops_the_side(greeter: tuple[str, str]) -> None:
    """A certificate does not become trusted by trying again, but by naming it."""
    url, ca_file = greeter
    calls: list[Call] = []

    with pytest.raises(SideDown, match="ca_file"):
        an_http(url, calls).read("GET", "x", route="x")
    assert len(calls) == 1
    trusted = an_http(url, ca_file=ca_file)
    answer = trusted.read("GET", "x", route="x")
    assert answer is not None and answer.body is True
    trusted.close()

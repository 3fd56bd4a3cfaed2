"""A TLS server on loopback that signed its own certificate; holds no test."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

_HOST = "127.0.0.1"
_NOW = datetime(2026, 11, 22, tzinfo=UTC)


class _Page(BaseHTTPRequestHandler):
    """Answers everything with a page, and notes what it was sent."""

    seen: list[str]

    def do_GET(self) -> None:
        self.seen.append(f"{self.requestline}\n{self.headers}")
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        page = b"<!DOCTYPE html><html>hello</html>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Tests read stderr."""


@contextmanager
def self_signed_server(folder: Path) -> Iterator[tuple[str, Path, list[str]]]:
    """(address, its certificate as a file, the requests that came through)."""
    certificate, key = written_certificate(folder)
    seen: list[str] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = ThreadingHTTPServer((_HOST, 0), type("Page", (_Page,), {"seen": seen}))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"https://{_HOST}:{server.server_address[1]}", certificate, seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def written_certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "crm.example.com")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address(_HOST))])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(_NOW - timedelta(days=365))
        .not_valid_after(_NOW + timedelta(days=36_500))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    files = folder / "server.crt", folder / "server.key"
    files[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files

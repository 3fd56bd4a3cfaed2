"""A mail server on loopback that keeps what it is handed; holds no test."""

import base64
import socketserver
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from tests.security.selfsigned import written_certificate

USER, PASSWORD = "opsync", "tr0ub4dor-of-the-mail"


@dataclass
class PostOffice:
    """What a test may change: the certificate, whether it offers STARTTLS, whom it takes mail for."""

    certificate: Path
    key: Path
    offers_tls: bool = True
    refuses: frozenset[str] = frozenset()
    answer: str = "250 taken"
    is_mute: bool = False
    mails: list[EmailMessage] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    """Every command that came in the clear."""

    def trust(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context


class _Clerk(socketserver.StreamRequestHandler):
    """One connection. Speaks just enough of RFC 5321, 3207 and 4954."""

    office: PostOffice
    hidden: bool = False
    timeout = 10

    def setup(self) -> None:
        if self.hidden:
            self.request = self.office.trust().wrap_socket(self.request, server_side=True)
        super().setup()

    def finish(self) -> None:
        super().finish()
        self.request.close()

    def handle(self) -> None:
        if self.office.is_mute:
            self.rfile.readline()
            return
        self.say("220 postoffice.example.com")
        while line := self.rfile.readline().decode().strip():
            if not self.hidden:
                self.office.lines.append(line)
            word = line.partition(" ")[0].upper()
            if word == "QUIT":
                self.say("221 bye")
                return
            self.answer(word, line)

    def answer(self, word: str, line: str) -> None:
        match word:
            case "EHLO":
                self.greet()
            case "STARTTLS":
                self.hide()
            case "AUTH":
                self.say("235 welcome" if self.knows(line) else "535 who are you?")
            case "RCPT":
                refused = any(address in line for address in self.office.refuses)
                self.say("550 nobody here of that name" if refused else "250 fine")
            case "DATA":
                self.take()
            case "MAIL":
                self.office.senders.append(line)
                self.say("250 fine")
            case _:
                self.say("250 fine")

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def greet(self) -> None:
        may_hide = self.office.offers_tls and not self.hidden
        for offer in ("postoffice.example.com", "AUTH PLAIN", *(("STARTTLS",) if may_hide else ())):
            self.say(f"250-{offer}")
        self.say("250 8BITMIME")

    def hide(self) -> None:
        self.say("220 go on")
        self.request = self.office.trust().wrap_socket(self.request, server_side=True)
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", buffering=0)
        self.hidden = True

    def knows(self, line: str) -> bool:
        expected = base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode()
        return line.endswith(f" {expected}")

    def take(self) -> None:
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        mail = message_from_bytes(b"".join(lines), policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.office.mails.append(mail)
        self.say(self.office.answer)


@contextmanager
def post_office(
    folder: Path, *, hidden: bool = False, options: Mapping[str, object] | None = None
) -> Iterator[tuple[PostOffice, int]]:
    """(office, port); `hidden` speaks TLS from the first byte."""
    certificate, key = written_certificate(folder)
    office = PostOffice(certificate, key, **(options or {}))  # type: ignore[arg-type]  # tests name the fields

    class Clerk(_Clerk):
        """A test's own; what a client breaks off is no fault of the server's."""

        def setup(self) -> None:
            self.hidden = hidden
            self.office = office
            super().setup()

    class Counter(socketserver.ThreadingTCPServer):
        """Quiet about connections that were broken off."""

        daemon_threads = True

        def process_request_thread(self, *arguments: object) -> None:
            with suppress(OSError):
                super().process_request_thread(*arguments)  # type: ignore[arg-type]  # passed on as they are

        def handle_error(self, *_arguments: object) -> None:
            """Tests read stderr."""

    with Counter(("127.0.0.1", 0), Clerk) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield office, server.server_address[1]
        finally:
            server.shutdown()
            thread.join()

"""Alerts are posted as JSON over real loopback HTTP; what goes wrong is told without the address."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest

from sync.daemon.channels.webhook import WebhookChannel
from tests.daemon.ear import DOWN, an_alert
from tests.security.selfsigned import self_signed_server


class Receiver:
    """Answers with `status`, says nothing at all while `is_mute`, and keeps what it got."""

    def __init__(self) -> None:
        self.status = 204
        self.is_mute = False
        self.goes_on = Event()
        self.got: list[tuple[str, str, bytes]] = []


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@contextmanager
def listening(receiver: Receiver) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        """Passes on what comes."""

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.got.append((self.path, self.headers["Content-Type"], body))
            if receiver.is_mute:
                receiver.goes_on.wait(10)
                return
            self.send_response(receiver.status)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "1000000000")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Tests read stderr."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/hooks/tr0ub4dor"
    finally:
        receiver.goes_on.set()
        server.shutdown()
        thread.join()
        server.server_close()


def test_an_alert_is_posted_as_json(receiver: Receiver) -> None:
    """`text` alone is the whole message; the answer's body is not waited for."""
    with listening(receiver) as url:
        problem = WebhookChannel(url, 5.0).send(an_alert())
    ((path, kind, body),) = receiver.got
    told = json.loads(body)

    assert problem == ""
    assert (path, kind) == ("/hooks/tr0ub4dor", "application/json")
    assert (told["condition"], told["state"], told["severity"]) == (DOWN, "firing", "critical")
    assert "ONLYOFFICE cannot be worked with. Next: run `opsync check`" in told["text"]


@pytest.mark.parametrize("status", [302, 404, 500])
def test_any_other_answer_is_a_problem(receiver: Receiver, status: int) -> None:
    """A redirect is not followed: it could lead anywhere."""
    receiver.status = status
    with listening(receiver) as url:
        problem = WebhookChannel(url, 5.0).send(an_alert())

    assert problem == f"the address answered {status}"
    assert len(receiver.got) == 1


def test_a_receiver_that_says_nothing_is_not_waited_for(receiver: Receiver) -> None:
    """Longer than the time-out."""
    receiver.is_mute = True
    with listening(receiver) as url:
        problem = WebhookChannel(url, 0.2).send(an_alert())

    assert problem == "no answer (ReadTimeout)"


def test_an_address_where_nobody_listens() -> None:
    """Is told without being named."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: connections are refused
        problem = WebhookChannel(f"http://127.0.0.1:{taken.getsockname()[1]}/x", 5.0).send(an_alert())

    assert problem == "no answer (ConnectError)"


@pytest.mark.parametrize("url", ["http://127.0.0.1:99999/x", "http:///x", "ftp://127.0.0.1", "x"])
def test_an_address_that_is_none(url: str) -> None:
    """Raises nothing and is not repeated."""
    problem = WebhookChannel(url, 5.0).send(an_alert())

    assert problem.startswith("no answer (")
    assert url not in problem


def test_a_certificate_has_to_be_trusted(tmp_path: Path) -> None:
    """By the usual authorities or by one's own; nothing is sent before."""
    with self_signed_server(tmp_path) as (url, certificate, seen):
        refused = WebhookChannel(url, 5.0).send(an_alert())
        sent_before = list(seen)
        accepted = WebhookChannel(url, 5.0, str(certificate)).send(an_alert())

    assert (refused, sent_before) == ("its certificate is not trusted: see ca_file", [])
    assert (accepted, len(seen)) == ("", 1)


def test_a_ca_file_without_certificates(tmp_path: Path) -> None:
    """Is a problem of this channel, not a crash."""
    (tmp_path / "ca.pem").write_text("nothing")
    problem = WebhookChannel("https://127.0.0.1:1/x", 5.0, str(tmp_path / "ca.pem")).send(an_alert())

    assert problem == "no answer (SSLError)"


def test_the_address_hides_itself() -> None:
    """Also where the channel is printed."""
    assert "tr0ub4dor" not in repr(WebhookChannel("https://chat.example.com/tr0ub4dor", 5.0))

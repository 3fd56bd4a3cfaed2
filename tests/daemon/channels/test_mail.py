"""Alerts are handed to a mail server, encrypted and by name as configured, and never by less."""

import socket
from dataclasses import replace
from pathlib import Path

import pytest

from sync.daemon.channels.alert import Alert, State
from sync.daemon.channels.mail import MailChannel, MailServer, Security
from tests.daemon.bench import heard, named
from tests.daemon.channels.postoffice import PASSWORD, USER, PostOffice, post_office
from tests.daemon.ear import TEXT, an_alert

SENDER, RECIPIENTS = "opsync@example.com", ("ops@example.com", "night@example.com")


def a_server(port: int, security: Security = Security.STARTTLS, ca: Path | None = None) -> MailServer:
    return MailServer("127.0.0.1", port, security, USER, PASSWORD, str(ca) if ca else "")


def sent(server: MailServer, alert: Alert | None = None, timeout_s: float = 5.0) -> str:
    return MailChannel(server, SENDER, RECIPIENTS, timeout_s).send(alert or an_alert())


def taken(office: PostOffice) -> str:
    (mail,) = office.mails
    return str(mail.get_content())


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.SSL])
def test_an_alert_is_a_mail(tmp_path: Path, security: Security) -> None:
    """Subject, addresses, date and body; the log-in is encrypted."""
    with post_office(tmp_path, hidden=security is Security.SSL) as (office, port):
        problem = sent(a_server(port, security, office.certificate))
    (mail,) = office.mails

    assert problem == ""
    assert (mail["Subject"], mail["From"], mail["To"]) == (
        f"opsync: {TEXT}",
        SENDER,
        "ops@example.com, night@example.com",
    )
    assert (mail["Date"], mail["Auto-Submitted"]) == ("Sun, 22 Nov 2026 08:00:00 +0000", "auto-generated")
    assert mail["Message-ID"].endswith("@example.com>")
    assert "next       run `opsync check`, which tells why" in taken(office)
    assert [line for line in office.lines if "AUTH" in line] == []


def test_a_recovery_is_a_mail_too(tmp_path: Path) -> None:
    """It says since when and until when."""
    with post_office(tmp_path) as (office, port):
        sent(a_server(port, ca=office.certificate), an_alert(State.OVER))

    assert "until      2026-11-22 08:00:00 UTC" in taken(office)


def test_a_mail_is_never_sent_with_less_than_asked_for(tmp_path: Path) -> None:
    """A server, or somebody in between, that offers no encryption gets neither password nor mail."""
    with post_office(tmp_path, options={"offers_tls": False}) as (office, port):
        problem = sent(a_server(port, ca=office.certificate))

    assert problem == "the mail server does not offer what mail_security or mail_user need"
    assert office.mails == []
    assert [line for line in office.lines if "AUTH" in line] == []


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.SSL])
def test_a_certificate_has_to_be_trusted(tmp_path: Path, security: Security) -> None:
    """Nothing is handed to a stranger."""
    with post_office(tmp_path, hidden=security is Security.SSL) as (office, port):
        problem = sent(a_server(port, security))

    assert problem == "the mail server's certificate is not trusted: see ca_file"
    assert office.mails == []


def test_a_relay_in_the_same_house_may_do_without(tmp_path: Path) -> None:
    """Neither encryption nor log-in."""
    with post_office(tmp_path, options={"offers_tls": False}) as (office, port):
        problem = sent(MailServer("127.0.0.1", port, Security.NONE))

    assert problem == ""
    assert taken(office).startswith(f"opsync: {TEXT}")


def test_a_wrong_password_is_told_without_it(tmp_path: Path) -> None:
    """With the server's code."""
    with post_office(tmp_path) as (office, port):
        server = replace(a_server(port, ca=office.certificate), password="wrong-tr0ub4dor")
        problem = sent(server)

    assert problem == "the mail server refused the log-in (535)"
    assert "tr0ub4dor" not in repr(server)


@pytest.mark.parametrize("password", ["schlüssel", "a\0b"])
def test_a_password_that_cannot_be_sent(tmp_path: Path, password: str) -> None:
    """Is a problem, no crash."""
    with post_office(tmp_path) as (office, port):
        problem = sent(replace(a_server(port, ca=office.certificate), password=password))

    assert problem
    assert office.mails == []


def test_one_recipient_refused_does_not_keep_it_from_the_others(tmp_path: Path) -> None:
    """It counts as sent, and is a line in the log without the address."""
    with (
        heard() as events,
        post_office(tmp_path, options={"refuses": frozenset({"night@"})}) as (office, port),
    ):
        problem = sent(a_server(port, ca=office.certificate))

    (line,) = named(events, "mail.partly_refused")
    assert (problem, len(office.mails), line["recipients"]) == ("", 1, 1)
    assert "night@" not in str(line)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"refuses": frozenset({"@example.com"})}, "the mail server refused every recipient"),
        ({"answer": "554 no such thing here"}, "the mail server answered 554"),
        ({"is_mute": True}, "the mail server could not be worked with (SMTPServerDisconnected)"),
    ],
)
def test_what_a_server_may_do(tmp_path: Path, options: dict[str, object], problem: str) -> None:
    """Each in words of our own."""
    with post_office(tmp_path, options=options) as (office, port):
        found = sent(a_server(port, ca=office.certificate), timeout_s=0.5)

    assert found == problem


def test_nobody_there() -> None:
    """The address is not repeated."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # bound but not listening: connections are refused
        problem = sent(a_server(bound.getsockname()[1]))

    assert problem == "the mail server could not be worked with (ConnectionRefusedError)"


def test_a_text_cannot_add_a_header(tmp_path: Path) -> None:
    """A line break in a text stays a space."""
    with post_office(tmp_path) as (office, port):
        alert = replace(an_alert(), text="held\r\nBcc: thief@example.com")
        problem = sent(a_server(port, ca=office.certificate), alert)
    (mail,) = office.mails

    assert problem == ""
    assert mail["Bcc"] is None
    assert mail["Subject"] == "opsync: held Bcc: thief@example.com"

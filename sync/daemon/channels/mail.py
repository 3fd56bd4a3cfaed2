"""Hands alerts as e-mail to one mail server; it knows no other content."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from enum import StrEnum

import structlog

from sync.daemon.channels.alert import Alert


class Security(StrEnum):
    """How the connection is encrypted; never less than asked for."""

    STARTTLS = "starttls"
    SSL = "ssl"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in; without `user` nobody logs in."""

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""


@dataclass(frozen=True, slots=True)
class MailChannel:
    """From one address to some; each network step may take `timeout_s`."""

    server: MailServer
    sender: str
    recipients: tuple[str, ...]
    timeout_s: float
    name: str = "mail"

    def send(self, alert: Alert) -> str:
        try:
            with self._connected() as connection:
                refused = connection.send_message(self._message(alert), self.sender, self.recipients)
        except (OSError, ValueError) as error:
            return _problem(error)
        if refused:
            structlog.get_logger().warning("mail.partly_refused", recipients=len(refused))
        return ""

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        server = self.server
        with self._open() as connection:
            if server.security is Security.STARTTLS:
                connection.starttls(context=_trust(server))
            if server.user:
                connection.login(server.user, server.password)
            yield connection

    def _open(self) -> smtplib.SMTP:
        server = self.server
        if server.security is Security.SSL:
            trust = _trust(server)
            return smtplib.SMTP_SSL(server.host, server.port, timeout=self.timeout_s, context=trust)
        return smtplib.SMTP(server.host, server.port, timeout=self.timeout_s)

    def _message(self, alert: Alert) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self.sender
        message["To"] = ", ".join(self.recipients)
        message["Subject"] = " ".join(alert.subject.split())
        message["Date"] = format_datetime(alert.at)
        message["Message-ID"] = make_msgid(domain=self.sender.partition("@")[2])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(alert.body)
        return message


def _trust(server: MailServer) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=server.ca_file or None)


def _problem(error: Exception) -> str:
    """By kind: a server's own words may hold addresses."""
    match error:
        case smtplib.SMTPAuthenticationError():
            return f"the mail server refused the log-in ({error.smtp_code})"
        case smtplib.SMTPNotSupportedError():
            return "the mail server does not offer what mail_security or mail_user need"
        case smtplib.SMTPRecipientsRefused():
            return "the mail server refused every recipient"
        case smtplib.SMTPResponseException():
            return f"the mail server answered {error.smtp_code}"
        case ssl.SSLCertVerificationError():
            return "the mail server's certificate is not trusted: see ca_file"
        case _:
            return f"the mail server could not be worked with ({type(error).__name__})"

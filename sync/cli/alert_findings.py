"""The ways to be told as findings of `opsync check`; it sends nothing and calls nobody."""

from collections.abc import Iterator
from shutil import which
from urllib.parse import urlsplit

from sync.cli.channels import build_channels
from sync.cli.finding import Finding, fine, odd
from sync.settings import Settings
from sync.settings.alerts import LOOPBACK

_WHERE = "alerts"
_TRY = "try it with `opsync alerts test`"


def alert_findings(settings: Settings) -> Iterator[Finding]:
    """What would keep an alert from arriving, as far as that shows without sending one."""
    section = settings.alerts
    if section.is_silent:
        yield odd(_WHERE, "nobody is told when something goes wrong", "set one of the ways in [alerts]")
        return
    found = [*_webhook_findings(settings), *_mail_findings(settings), *_command_findings(settings)]
    yield from found
    if not found:
        names = ", ".join(channel.name for channel in build_channels(settings))
        yield fine(_WHERE, f"told by {names} after {section.after_s:g} s; {_TRY}")


def _webhook_findings(settings: Settings) -> Iterator[Finding]:
    url = settings.alerts.webhook_url
    parts = urlsplit(url.get_secret_value() if url else "")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        yield odd(_WHERE, "the webhook's address, a secret, travels in the clear", "use https")


def _mail_findings(settings: Settings) -> Iterator[Finding]:
    section = settings.alerts
    if not section.mail_host:
        return
    if section.mail_security == "none" and section.mail_host not in LOOPBACK:
        yield odd(_WHERE, "mail travels in the clear", 'set mail_security to "starttls" or "ssl"')
    usual = {"ssl": 587, "starttls": 465}
    if section.mail_port == usual.get(section.mail_security):
        what = f'mail_security = "{section.mail_security}" is unusual at port {section.mail_port}'
        yield odd(_WHERE, what, f"465 goes with ssl, 587 with starttls; {_TRY}")


def _command_findings(settings: Settings) -> Iterator[Finding]:
    command = settings.alerts.command
    if command and which(command[0]) is None:
        yield odd(
            _WHERE, f"the program {command[0]} is not there, or may not be run", "correct [alerts] command"
        )

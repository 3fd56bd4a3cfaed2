"""The ways to be told, and the rules of telling, that settings ask for; it sends nothing."""

from collections.abc import Callable

from sync.daemon.alerts import Alerts
from sync.daemon.channels.alert import Channel
from sync.daemon.channels.command import CommandChannel
from sync.daemon.channels.mail import MailChannel, MailServer, Security
from sync.daemon.channels.webhook import WebhookChannel
from sync.daemon.lookout import Thresholds
from sync.daemon.notices import Rules
from sync.daemon.post import Note, Post
from sync.engine.pairing import Clock
from sync.settings import Settings
from sync.store.database import Database


def build_alerts(settings: Settings, database: Database, clock: Clock, note: Note) -> Alerts:
    """`note` gets a channel's name and what became of each alert. Without channels nobody is told."""
    return Alerts(build_rules(settings), Post(build_channels(settings), note), database, clock)


def build_channels(settings: Settings) -> tuple[Channel, ...]:
    ways: tuple[Callable[[Settings], Channel | None], ...] = (_webhook, _mail, _command)
    return tuple(channel for way in ways if (channel := way(settings)) is not None)


def build_rules(settings: Settings) -> Rules:
    section = settings.alerts
    return Rules(
        source=section.name,
        after_s=section.after_s,
        after={str(kind): seconds for kind, seconds in section.after.items()},
        remind_every_s=section.remind_every_s,
        never=frozenset(section.never),
    )


def build_thresholds(settings: Settings) -> Thresholds:
    section = settings.alerts
    return Thresholds(
        no_good_cycle_s=max(section.no_good_cycle_s, 3 * settings.schedule.interval_s),
        conflicts_from=section.conflicts_from,
        parked_from=section.parked_from,
        budget_percent=section.budget_percent,
        retrying_s=section.retrying_s,
    )


def _webhook(settings: Settings) -> Channel | None:
    section = settings.alerts
    if section.webhook_url is None:
        return None
    return WebhookChannel(section.webhook_url.get_secret_value(), section.timeout_s, section.ca_file)


def _mail(settings: Settings) -> Channel | None:
    section = settings.alerts
    if not section.mail_host:
        return None
    server = MailServer(
        host=section.mail_host,
        port=section.mail_port,
        security=Security(section.mail_security),
        user=section.mail_user,
        password=section.mail_password.get_secret_value() if section.mail_password else "",
        ca_file=section.ca_file,
    )
    return MailChannel(server, section.mail_from, tuple(section.mail_to), section.timeout_s)


def _command(settings: Settings) -> Channel | None:
    section = settings.alerts
    return CommandChannel(tuple(section.command), section.timeout_s) if section.command else None

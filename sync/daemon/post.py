"""Carries alerts to the channels and notices which of them fail; it decides nothing about what is told."""

from collections.abc import Callable, Iterator, Sequence

import structlog

from sync.daemon.channels.alert import Channel
from sync.daemon.notices import Delivery

Note = Callable[[str, str], None]
"""Takes a channel's name and what became of an alert: sent, failed or given_up."""


class Post:
    """Used by one thread. A channel that fails is logged once, and once when it works again."""

    def __init__(self, channels: Sequence[Channel], note: Note) -> None:
        self._channels = {channel.name: channel for channel in channels}
        self._note = note
        self._lost: set[str] = set()
        self._log = structlog.get_logger()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._channels)

    def carry(self, deliveries: Sequence[Delivery]) -> Iterator[tuple[Delivery, bool]]:
        """Each with whether it arrived, as soon as that is known. After a failure the same channel is not
        tried again this time: what hangs, hangs once."""
        failed: set[str] = set()
        for delivery in deliveries:
            arrived = delivery.channel not in failed and self._send(delivery)
            if not arrived:
                failed.add(delivery.channel)
                self._give_up(delivery)
            yield delivery, arrived

    def _send(self, delivery: Delivery) -> bool:
        problem = self._channels[delivery.channel].send(delivery.alert)
        self._note(delivery.channel, "failed" if problem else "sent")
        if problem:
            self._tell_lost(delivery.channel, problem)
        elif delivery.channel in self._lost:
            self._lost.remove(delivery.channel)
            self._log.info("channel.recovered", channel=delivery.channel)
        return not problem

    def _tell_lost(self, channel: str, problem: str) -> None:
        if channel not in self._lost:
            self._lost.add(channel)
            self._log.warning("channel.lost", channel=channel, error=problem)

    def _give_up(self, delivery: Delivery) -> None:
        if delivery.is_last:
            self._note(delivery.channel, "given_up")
            self._log.debug("alert.given_up", channel=delivery.channel, condition=delivery.alert.condition)

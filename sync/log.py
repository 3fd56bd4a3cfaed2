"""Sets up the log, ours and the libraries', as lines on stderr without secrets; it logs nothing itself."""

import base64
import logging
import sys
from collections.abc import Iterable, Mapping
from typing import Protocol, TextIO
from urllib.parse import quote

import stamina.instrumentation
import structlog
from stamina.instrumentation import RetryDetails
from structlog.types import EventDict, Processor, WrappedLogger

HIDDEN = "**********"
_QUIET = ("httpx", "httpcore", "alembic", "apscheduler", "uvicorn.access")
_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


class LogSettings(Protocol):
    """The [log] section as far as this module needs it."""

    @property
    def level(self) -> str: ...
    @property
    def format(self) -> str: ...


class Redactor:
    """Replaces every known secret, plain or percent- or base64-encoded, anywhere in an event."""

    def __init__(self, secrets: Iterable[str]) -> None:
        plain = {secret for secret in secrets if secret}
        coded = {quote(secret, safe="") for secret in plain}
        coded |= {base64.b64encode(secret.encode()).decode() for secret in plain}
        # The longest first, so that no tail of one remains where another is its beginning.
        self._secrets = sorted(plain | coded, key=len, reverse=True)

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {key: self._clean(value) for key, value in event.items()}

    def text(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text

    def _clean(self, value: object) -> object:
        match value:
            case None | bool() | int() | float():
                return value
            case str():
                return self.text(value)
            case Mapping():
                return {self.text(str(key)): self._clean(item) for key, item in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self._clean(item) for item in value]
            case _:
                return self.text(str(value))


def configure(settings: LogSettings, secrets: Iterable[str], stream: TextIO | None = None) -> None:
    """Replaces any earlier set-up. `stream` is stderr unless given."""
    target = stream or sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    _bridge(_formatter(settings.format, shared, Redactor(secrets), colors=target.isatty()), target)
    logging.getLogger().setLevel(_LEVELS[settings.level])
    stamina.instrumentation.set_on_retry_hooks([_log_retry])
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _log_retry(details: RetryDetails) -> None:
    structlog.get_logger("opsync").debug(
        "call.retried",
        attempt=details.retry_num,
        wait_s=round(details.wait_for, 1),
        cause=str(details.caused_by),
    )


def _formatter(
    style: str, shared: list[Processor], redactor: Redactor, *, colors: bool
) -> structlog.stdlib.ProcessorFormatter:
    plain = structlog.dev.plain_traceback
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=plain)
    )
    remove_meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared, processors=[remove_meta, redactor, renderer]
    )


def _bridge(formatter: logging.Formatter, target: TextIO) -> None:
    """The root logger gets exactly one handler of ours."""
    handler = logging.StreamHandler(target)
    handler.setFormatter(formatter)
    handler.set_name("opsync")
    root = logging.getLogger()
    for old in [old for old in root.handlers if old.get_name() == "opsync"]:
        root.removeHandler(old)
    root.addHandler(handler)

"""The log is readable by machines, and no secret gets through it."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from sync import log
from sync.settings.sections import Log

SECRET = 'pa"ss wörd'  # characters that JSON and URLs write differently


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Where the log goes; the earlier set-up comes back afterwards."""
    root, captured = logging.getLogger(), io.StringIO()
    handlers, level = list(root.handlers), root.level
    yield captured
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def events(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_one_line_of_json(stream: io.StringIO) -> None:
    """With its level, a UTC time and what is bound for the run."""
    log.configure(Log(format="json"), (), stream)
    with structlog.contextvars.bound_contextvars(run_id="r1"):
        structlog.get_logger().info("action.applied", side="right", fields=2)

    (event,) = events(stream)
    assert str(event.pop("timestamp")).endswith("Z")
    expected = {"event": "action.applied", "level": "info", "side": "right", "fields": 2, "run_id": "r1"}
    assert event == expected


def test_libraries_speak_the_same_way(stream: io.StringIO) -> None:
    """Standard logging takes the same road; the chatty ones only when something is wrong."""
    log.configure(Log(format="json", level="debug"), (), stream)
    logging.getLogger("httpx").info("HTTP Request: GET https://crm.example.com")
    logging.getLogger("some.library").warning("pool is %s", "full")

    (event,) = events(stream)
    assert (event["event"], event["level"]) == ("pool is full", "warning")


@pytest.mark.parametrize("style", ["json", "console"])
def test_secrets_never_get_through(stream: io.StringIO, style: str) -> None:
    """Neither as a value, inside one, as a key, in an error's traceback, nor percent- or base64-encoded."""
    log.configure(Log.model_validate({"format": style}), (SECRET, "tok-123", ""), stream)
    logger = structlog.get_logger()
    logger.warning(
        "login.failed", text=f"x{SECRET}x", rows=[{SECRET: ("tok-123", 1)}], error=ValueError(SECRET)
    )
    logger.warning(f"url.refused {SECRET}", url="https://x/?p=pa%22ss%20w%C3%B6rd", b="dG9rLTEyMw==")
    try:
        raise ValueError(f"refused {SECRET}")
    except ValueError:
        logging.getLogger("library").exception("it broke with tok-123")

    written = stream.getvalue()
    leaks = (SECRET, 'pa\\"ss', "ss wörd", "pa%22ss", "tok-123", "dG9rLTEyMw==")
    assert [leak for leak in leaks if leak in written] == []
    assert written.count(log.HIDDEN) >= 7


def test_the_level_is_kept_and_a_second_set_up_replaces_the_first(stream: io.StringIO) -> None:
    """No line twice, none below the level."""
    log.configure(Log(format="json"), (), stream)
    log.configure(Log(format="json", level="warning"), (), stream)
    structlog.get_logger().info("run.started")
    structlog.get_logger().error("run.failed")

    assert [event["event"] for event in events(stream)] == ["run.failed"]

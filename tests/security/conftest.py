"""One installation for the tests of a module, as it was for each of them."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.security.installation import Installation, an_installation


@pytest.fixture(scope="module")
def shared_installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with an_installation(tmp_path_factory.mktemp("installation")) as installation:
        yield installation


@pytest.fixture
def installation(shared_installation: Installation) -> Iterator[Installation]:
    """Nothing bent, nothing remembered; the configuration is put back as well."""
    text = shared_installation.config.read_text()
    shared_installation.forget()
    yield shared_installation
    shared_installation.heal()
    shared_installation.config.write_text(text)


@pytest.fixture
def own_installation(tmp_path: Path) -> Iterator[Installation]:
    """For a test that changes the records of both servers."""
    with an_installation(tmp_path) as installation:
        yield installation


@pytest.fixture(autouse=True)
def quiet_log() -> Iterator[None]:
    """The log a command sets up ends with the test."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()

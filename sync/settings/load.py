"""Finds and loads the configuration, telling every problem at once; it sets nothing up."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import ValidationError

from sync.errors import Misconfigured
from sync.settings.problems import lines_of
from sync.settings.sections import Settings
from sync.settings.source import Raw, gather

VARIABLE = "OPSYNC_CONFIG"
PLACES = (Path("opsync.toml"), Path("/etc/opsync/opsync.toml"))
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings with the file they came from, where each value was set (by dotted name), and warnings."""

    settings: Settings
    path: Path
    origins: Mapping[str, str]
    warnings: tuple[str, ...] = ()


def find_config(given: Path | None, environ: Mapping[str, str] = os.environ) -> Path:
    """The file to read; `Misconfigured` when there is none."""
    named = given or (Path(environ[VARIABLE]) if environ.get(VARIABLE) else None)
    if named is not None:
        return named
    found = next((place for place in PLACES if place.is_file()), None)
    if found is None:
        places = ", ".join(str(place) for place in PLACES)
        raise Misconfigured(
            [f"no configuration: none of {places}; name one with -c, or begin with `opsync init`"]
        )
    return found


def load_settings(path: Path, environ: Mapping[str, str] = os.environ) -> Loaded:
    """`Misconfigured` carries all problems, one line each."""
    raw = gather(path, environ)
    settings = _validated(raw)
    if raw.problems or settings is None:
        raise Misconfigured(raw.problems)
    return Loaded(settings, path, raw.origins, (*raw.warnings, *_in_the_clear(settings)))


def _validated(raw: Raw) -> Settings | None:
    try:
        return Settings.model_validate(raw.tree)
    except ValidationError as error:
        said = {problem.split(":")[0] for problem in raw.problems}
        lines = lines_of(error, raw.origins)
        raw.problems += [line for line in lines if line.split(":")[0] not in said]
        return None


def _in_the_clear(settings: Settings) -> list[str]:
    addresses = {
        "superoffice.base_url": settings.superoffice.base_url,
        "superoffice.identity_url": settings.superoffice.identity_url,
        "superoffice.state_url": settings.superoffice.state_url,
        "onlyoffice.base_url": settings.onlyoffice.base_url,
    }
    parts = {name: urlsplit(address) for name, address in addresses.items()}
    return [
        f"{name}: http sends the password in the clear; use https"
        for name, part in parts.items()
        if part.scheme == "http" and part.hostname not in _LOOPBACK
    ]

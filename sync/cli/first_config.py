"""The text of the configuration that `opsync init` writes; it asks nobody and opens no file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any  # settings of any type

from sync.cli.proposal_text import mapping_lines, stamp_line
from sync.cli.toml_text import section_lines, setting, with_files
from sync.cli.way_in import WayIn
from sync.domain.model import Side
from sync.domain.propose import Proposal
from sync.settings import Loaded
from sync.settings.source import PREFIX, SECRETS

_HEAD = """\
# Written by `opsync init` from what both systems said. Nothing was written into either of them.
# Nobody was asked about the lines with "guess:", so read those first. `opsync config example` explains every
# setting. Then go on with `opsync check` and `opsync plan`.
"""
_TAIL = """
# Nothing is deleted anywhere unless you say so here.
[policy]
first_link = "ask"
deleted_in_superoffice = "keep"
deleted_in_onlyoffice = "keep"
"""
_SECRETS = {f"{section}.{name}" for section, name in SECRETS}


def render(way: WayIn, loaded: Loaded, proposal: Proposal) -> str:
    """Everything set about the connections but no secret, and the proposed mapping."""
    right = _side_settings(way, loaded, Side.RIGHT)
    remark = "" if "default_currency" in right else "guess: for amounts without currency; both sides have it"
    currency = setting("default_currency", right.pop("default_currency", proposal.default_currency), remark)
    budget = with_files(way.tree.get("budget", {}), lambda file: _near(file, way.folder))
    lines = (
        _HEAD,
        *_side_lines(way, loaded, Side.LEFT, _side_settings(way, loaded, Side.LEFT), proposal),
        "",
        *_side_lines(way, loaded, Side.RIGHT, right, proposal),
        currency,
        "",
        *section_lines({"budget": budget} if budget else {}),
        *mapping_lines(proposal),
        _TAIL,
    )
    return "\n".join(lines)


def _side_settings(way: WayIn, loaded: Loaded, side: Side) -> dict[str, Any]:
    """Whatever option, environment or older file set, and the files that typed secrets go to."""
    section = side.label.lower()
    names = (name for name in loaded.origins if name.startswith(f"{section}.") and name not in _SECRETS)
    keys = [name.removeprefix(f"{section}.") for name in names]
    found = {key: getattr(getattr(loaded.settings, section), key) for key in keys}
    typed = (name for name in way.secrets if name.startswith(f"{section}."))
    files = {f"{name.removeprefix(f'{section}.')}_file": name for name in typed}
    return {**with_files(found, lambda file: _near(file, way.folder)), **files}


def _side_lines(
    way: WayIn, loaded: Loaded, side: Side, settings: dict[str, Any], proposal: Proposal
) -> Iterator[str]:
    stamp = settings.pop("stamp_field", "")
    yield f"[{side.label.lower()}]"
    yield from (setting(name, value) for name, value in settings.items())
    for name in sorted(_SECRETS - way.secrets.keys()):
        origin = loaded.origins.get(name, "")
        if name.startswith(f"{side.label.lower()}.") and origin.startswith(PREFIX):
            yield f"# {name.partition('.')[2]}: by {origin}, which every command needs, or by a file"
    yield setting("stamp_field", stamp) if stamp else stamp_line(proposal, side)


def _near(file: str, folder: Path) -> str:
    """Relative to the configuration where the file lies beside or below it."""
    path = Path(file)
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else file

"""Values and remarks as TOML text, safe whatever a CRM's texts hold; it knows no setting."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any  # settings of any type

from sync.cli.words import shorten

_REMARK_WIDTH = 200
_FILE = "_file"


def literal(value: object) -> str:
    """A TOML value; text is quoted."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return quoted(str(value))


def quoted(text: str) -> str:
    """A basic string, good as a key too. Half a surrogate is no text and becomes a question mark."""
    # JSON escapes what TOML escapes, but for DEL: toml.io/en/v1.0.0 "String" (seen 2026-11-22)
    clean = text.encode("utf-8", "replace").decode()
    return json.dumps(clean, ensure_ascii=False).replace("\x7f", "\\u007f")


def setting(name: str, value: object, remark: str = "") -> str:
    return f"{name} = {literal(value)}{trailing(remark)}"


def trailing(remark: str) -> str:
    """A remark behind something; nothing where there is none."""
    return f"  # {plain(remark)}" if remark else ""


def plain(text: str) -> str:
    """One line that cannot end its comment."""
    return shorten(text, _REMARK_WIDTH)


def section_lines(tree: Mapping[str, Mapping[str, Any]], above: str = "") -> Iterator[str]:
    """TOML tables; those inside one come after its values."""
    for name, table in tree.items():
        yield f"[{above}{name}]"
        yield from (setting(key, value) for key, value in table.items() if not isinstance(value, Mapping))
        inner = {key: value for key, value in table.items() if isinstance(value, Mapping)}
        yield from section_lines(inner, f"{above}{name}.")
        yield ""


def with_files(table: Mapping[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    """The table with every file name changed, those of tables inside too."""
    return {key: _with_file(key, value, change) for key, value in table.items()}


def _with_file(key: str, value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, Mapping):
        return with_files(value, change)
    return change(value) if key.endswith(_FILE) and isinstance(value, str) else value

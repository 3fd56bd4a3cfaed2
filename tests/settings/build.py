"""Configurations for the tests of the settings, as small files with everything they need beside them."""

from collections.abc import Mapping
from pathlib import Path

MINIMAL = """
[superoffice]
base_url = "https://crm.example.com"
user = "opsync"
password_file = "left.password"

[onlyoffice]
base_url = "https://office.example.com"
user = "opsync@example.com"
password_file = "right.password"

[[mapping.stages]]
status = "sold"
stage = "Closed"
"""


def a_config(
    folder: Path, more: str = "", *, text: str = MINIMAL, secrets: Mapping[str, str] | None = None
) -> Path:
    """A config file with its secret files, readable by their owner only."""
    wanted = (
        {"left.password": "left-secret", "right.password": "right-secret"} if secrets is None else secrets
    )
    for name, secret in wanted.items():
        (folder / name).touch(mode=0o600)
        (folder / name).write_text(f"{secret}\n")
    path = folder / "opsync.toml"
    path.write_text(text + more)
    return path

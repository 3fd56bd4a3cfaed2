"""Every setting that a file in deploy/ names exists, and the settings given there are accepted."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from sync.settings import load_settings
from tests.deploy.files import DEPLOY, FILES, VARIABLE, documents, is_setting, kinds, text
from tests.settings.build import MINIMAL
from tests.soak.play import ENVIRON

NAMING = [path for path in FILES if VARIABLE.search(path.read_text(encoding="utf-8"))]
SECRETS = "/run/secrets"


@pytest.mark.parametrize("path", NAMING, ids=lambda path: path.relative_to(DEPLOY).as_posix())
def test_every_variable_is_a_setting(path: Path) -> None:
    """A variable that was misspelt would be refused at the start."""
    found = set(VARIABLE.findall(path.read_text(encoding="utf-8")))

    wrong = {name for name in found if not is_setting(name.removeprefix("OPSYNC_").lower().split("__"))}
    assert wrong == set()


def test_all_ways_to_run_it_are_looked_at() -> None:
    """The test above does not pass for want of files."""
    assert {path.name for path in NAMING} >= {"opsync.service", "Dockerfile", "compose.yaml", "opsync.yaml"}


def compose_environment() -> dict[str, str]:
    (compose,) = documents("compose.yaml")
    environment: dict[str, str] = compose["services"]["opsync"]["environment"]
    return environment


def kubernetes_environment() -> dict[str, str]:
    pod = kinds("kubernetes/opsync.yaml")["Deployment"]["spec"]["template"]["spec"]
    return {row["name"]: row["value"] for row in pod["containers"][0]["env"]}


@pytest.mark.parametrize(
    "given", [compose_environment(), kubernetes_environment()], ids=["compose", "kubernetes"]
)
def test_a_container_starts_with_what_it_is_given(tmp_path: Path, given: Mapping[str, str]) -> None:
    """Over the image's own variables, with every secret in its file, this is a working configuration."""
    image = dict(
        part.split("=", 1) for part in text("Dockerfile").split() if VARIABLE.match(part) and "=" in part
    )
    environ = {name: value.replace(SECRETS, str(tmp_path)) for name, value in {**image, **given}.items()}
    for name in ("superoffice.password", "onlyoffice.password", "web.token", "state.url"):
        secret = "postgresql://opsync:word@postgres/opsync" if name == "state.url" else "a-secret"
        (tmp_path / name).touch(mode=0o600)
        (tmp_path / name).write_text(secret, encoding="utf-8")
    config = tmp_path / "opsync.toml"
    config.write_text("\n".join(line for line in MINIMAL.splitlines() if "password_file" not in line))

    settings = load_settings(config, environ).settings

    assert settings.state.url.get_secret_value() == "postgresql://opsync:word@postgres/opsync"
    assert settings.web.host == "0.0.0.0"
    assert settings.web.token is not None
    assert settings.log.format == "json"


@pytest.mark.parametrize("file", ["opsync.service", "Dockerfile"])
def test_memory_is_shared_out_as_in_the_soak(file: str) -> None:
    """What the soak proves to stay flat is what people run."""
    assert f"MALLOC_ARENA_MAX={ENVIRON['MALLOC_ARENA_MAX']}" in text(file)

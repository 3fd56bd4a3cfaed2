"""The image and its composition: complete, not root, nothing writable, nothing open to the world."""

import re
import shutil
from pathlib import Path
from typing import Any  # YAML enters here

import pytest

from tests.deploy.files import ROOT, documents, text

DOCKERFILE = text("Dockerfile")
(COMPOSE,) = documents("compose.yaml")
SERVICES: dict[str, Any] = COMPOSE["services"]
COPIED = [line.split()[1:-1] for line in DOCKERFILE.splitlines() if re.match(r"COPY (?!--from)", line)]


def test_the_image_holds_all_that_the_package_needs(tmp_path: Path) -> None:
    """No link of the copied folders points to something that was left behind."""
    for name in {name for names in COPIED for name in names}:
        source, target = ROOT / name, tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)

    links = [path for path in tmp_path.rglob("*") if path.is_symlink()]

    assert links
    assert [path.relative_to(tmp_path) for path in links if not path.exists()] == []


def test_only_named_files_get_into_the_image() -> None:
    """No configuration, state or secret of whoever builds it."""
    names = {name for names in COPIED for name in names}

    assert not {name for name in names if name in {".", "./", "config", "deploy"} or "*" in name}
    assert {"sync", "migrations", "requirements.lock"} <= names


def test_the_image_is_not_root() -> None:
    """By number, so that Kubernetes can check it; and it knows whether it is alive."""
    users = re.findall(r"^USER (\S+)", DOCKERFILE, re.MULTILINE)

    assert users == ["10001:10001"]
    assert "HEALTHCHECK" in DOCKERFILE
    assert DOCKERFILE.count("\nFROM ") == 2


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_locked_in(name: str) -> None:
    """Nothing of its own file system can be written, and no right can be gained."""
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service


def test_no_port_is_open_to_the_world() -> None:
    """The pages on this machine only, the database not even there."""
    ports = {name: service.get("ports", []) for name, service in SERVICES.items()}

    assert {port.rpartition(":")[0].rpartition(":")[0] for found in ports.values() for port in found} == {
        "127.0.0.1"
    }
    assert ports["postgres"] == []
    assert SERVICES["postgres"]["networks"] == ["state"]
    assert COMPOSE["networks"]["state"] == {"internal": True}


def test_every_secret_is_a_file_that_somebody_reads() -> None:
    """None stands in the composition itself."""
    used = {secret for service in SERVICES.values() for secret in service.get("secrets", [])}

    assert used == set(COMPOSE["secrets"])
    assert all(set(secret) == {"file"} for secret in COMPOSE["secrets"].values())


def test_it_starts_in_order_and_stops_in_time() -> None:
    """Database, tables, service; and the records in flight are finished."""
    needed = SERVICES["opsync"]["depends_on"]

    assert needed["postgres"] == {"condition": "service_healthy"}
    assert needed["migrate"] == {"condition": "service_completed_successfully"}
    assert "pg_isready" in SERVICES["postgres"]["healthcheck"]["test"]
    assert int(SERVICES["opsync"]["stop_grace_period"].removesuffix("s")) > 30

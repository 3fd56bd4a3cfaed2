"""Every YAML file says what it looks like it says."""

from pathlib import Path

import pytest
from yamllint import linter  # type: ignore[import-untyped]  # ships no type information
from yamllint.config import (  # type: ignore[import-untyped]  # ships no type information
    YamlLintConfig,
)

from tests.deploy.files import DEPLOY, ROOT, YAML

FLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
CONFIG = YamlLintConfig(
    """
extends: default
rules:
  line-length: {max: 120}
  document-start: disable
  octal-values: enable
  truthy: {check-keys: false}
"""
)


def problems(text: str) -> list[str]:
    return [str(problem) for problem in linter.run(text, CONFIG)]


@pytest.mark.parametrize("path", [*YAML, *FLOWS], ids=lambda path: path.name)
def test_yaml_is_clean(path: Path) -> None:
    """No key twice, no 0440 that is a text, no `no` that is a number."""
    assert problems(path.read_text(encoding="utf-8")) == []


def test_the_linter_sees_mistakes() -> None:
    """And there is something for it to look at."""
    assert len(YAML) >= 5
    assert DEPLOY / "compose.yaml" in YAML
    assert len(problems("a: 1\na: 0440\nb: yes\n")) >= 3

"""The rules of the house that no linter knows: what lies where, how big it is, and what the lock may name."""

import ast
import io
import os
import re
import sys
import tokenize
import tomllib
from fnmatch import fnmatch
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
TOP_LEVEL = {
    *("pyproject.toml", "requirements.lock", "README.md", "Makefile", "LICENSE", ".gitignore"),
    *("sync", "migrations", "config", "tests", "deploy", ".ci", ".github"),
}
MODULES = sorted(path for folder in ("sync", "migrations", "tests") for path in (ROOT / folder).rglob("*.py"))
BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
LONGEST = 300
PIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9.!+]+")
SUPPRESSION = re.compile(r"#\s*(?:noqa|type:\s*ignore|pragma:\s*no|mypy:|ruff:)")
REASONED = re.compile(r"# (?:noqa: [A-Z]+\d+(?:, ?[A-Z]+\d+)*  \S|type: ignore\[[a-z, -]+\]  # \S)")


def test_the_top_level_holds_only_what_belongs_there() -> None:
    """Anything new at the top is a decision, not an accident; what git ignores does not count."""
    ignored = [line.strip("/") for line in _lines(ROOT / ".gitignore") if line]
    found = {path.name for path in ROOT.iterdir()} - {".git"}

    strangers = {name for name in found if not any(fnmatch(name, pattern) for pattern in ignored)} - TOP_LEVEL
    assert not strangers


@pytest.mark.parametrize("name", sorted(TOP_LEVEL))
def test_the_top_level_is_complete(name: str) -> None:
    """Everything the layout promises is there."""
    assert (ROOT / name).exists()


def test_the_checks_look_at_the_real_tree() -> None:
    """No check below passes because it found nothing to check."""
    assert Path(__file__) in MODULES
    assert len(MODULES) > 100


def test_every_module_is_short() -> None:
    """A file can be read in one sitting."""
    long = [f"{_name(path)}: {count} lines" for path in MODULES if (count := len(_lines(path))) > LONGEST]

    assert long == []


def test_every_module_is_named_after_what_it_holds() -> None:
    """There is no drawer for odds and ends."""
    assert [_name(path) for path in MODULES if not BANNED_NAMES.isdisjoint(_name(path)[:-3].split("/"))] == []


def test_every_module_says_what_it_is_for() -> None:
    """A module with content begins with a docstring."""
    texts = {_name(path): path.read_text() for path in MODULES}

    assert [name for name, text in texts.items() if text and not ast.get_docstring(ast.parse(text))] == []


def test_every_suppression_has_a_code_and_a_reason() -> None:
    """Nothing is silenced wholesale, or without saying why."""
    bare = [f"{_name(path)}: {found}" for path in MODULES for found in _comments(path) if _is_bare(found)]

    assert bare == []


@pytest.mark.parametrize(
    ("comment", "is_bare"),
    [
        ("# noqa: F401  the import is the point", False),
        ("# type: ignore[arg-type]  # options of many types", False),
        ("# noqa: F401", True),
        ("# noqa", True),
        ("# type: ignore", True),
        ("# type: ignore[arg-type]", True),
        ("# why it is so", False),
    ],
)
def test_a_bare_suppression_is_told_from_a_reasoned_one(comment: str, is_bare: bool) -> None:
    """The check above sees what it looks for."""
    assert _is_bare(comment) is is_bare


def test_the_domain_uses_only_the_standard_library() -> None:
    """A package nobody thought of when the layers were written cannot slip in either."""
    imported = {name for path in (ROOT / "sync/domain").glob("*.py") for name in _imports(path)}

    assert "dataclasses" in imported
    assert not imported - sys.stdlib_module_names - {"sync"}


def test_the_lock_pins_packages_and_names_no_place() -> None:
    """One exact version a line, in order, no address of an index, no option, no path."""
    lines = _lines(ROOT / "requirements.lock")
    names = [line.partition("==")[0].lower() for line in lines]

    assert [line for line in lines if not PIN.fullmatch(line)] == []
    assert names == sorted(set(names))
    assert "opsync" not in names


def test_the_lock_meets_what_the_project_asks_for() -> None:
    """Every requirement of the project, its extras and its build is pinned to a version it allows."""
    locked = _locked()
    asked = [Requirement(text) for text in _asked()]

    assert [str(one) for one in asked if canonicalize_name(one.name) not in locked] == []
    assert [str(one) for one in asked if locked[canonicalize_name(one.name)] not in one.specifier] == []


def test_the_ci_script_runs_what_people_run() -> None:
    """One set of commands for machines and people; all of them exist, and the script may be executed."""
    script = ROOT / ".ci/run"
    commands = re.findall(r"^make (\w+)", script.read_text(), re.M)
    targets = re.findall(r"^(\w+):.*## ", (ROOT / "Makefile").read_text(), re.M)

    assert os.access(script, os.X_OK)
    assert commands == ["test", "cover", "lint", "mutants", "demo"]
    assert {"setup", "demo", "test", "lint", "bench"} <= set(targets)


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines()


def _comments(path: Path) -> list[str]:
    tokens = tokenize.generate_tokens(io.StringIO(path.read_text()).readline)
    return [token.string for token in tokens if token.type == tokenize.COMMENT]


def _is_bare(comment: str) -> bool:
    return bool(SUPPRESSION.search(comment)) and not REASONED.search(comment)


def _imports(path: Path) -> set[str]:
    """Top-level names of everything a module imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


def _locked() -> dict[str, str]:
    lines = _lines(ROOT / "requirements.lock")
    return {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in lines)}


def _asked() -> list[str]:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    project = config["project"]
    extras = chain.from_iterable(project["optional-dependencies"].values())
    return [*config["build-system"]["requires"], *project["dependencies"], *extras]

"""What stands in deploy/, read once for the tests beside this module; holds no test."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any  # YAML and JSON enter here

import yaml
from pydantic import BaseModel

from sync.settings import Settings

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
ROOT = DEPLOY.parent
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
YAML = [path for path in FILES if path.suffix == ".yaml"]
VARIABLE = re.compile(r"OPSYNC_[A-Z]+__\w+")


def text(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


def documents(name: str) -> list[Any]:
    return list(yaml.safe_load_all(text(name)))


def kinds(name: str) -> dict[str, Any]:
    """Kubernetes objects by kind; there is one of each."""
    return {document["kind"]: document for document in documents(name) if document}


def is_setting(names: Iterable[str]) -> bool:
    model: type[BaseModel] | None = Settings
    for name in names:
        info = model.model_fields.get(name) if model else None
        if info is None:
            return False
        kind = info.annotation
        model = kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None
    return True


def dicts_in(tree: Any) -> Iterator[dict[str, Any]]:
    """Every mapping at any depth."""
    if isinstance(tree, dict):
        yield tree
    for item in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from dicts_in(item)

"""Whatever a CRM calls its things, the text stays TOML and means the same."""

import tomllib
from typing import Any  # settings of any type

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.cli.toml_text import quoted, section_lines, setting, with_files

UGLY = ['say "hi"', "back\\slash", "line\nbreak", "\x7f\x00\x1b[31m", "emoji 🧊", "# no = remark", ""]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_survives(text: str) -> None:
    """As a value and as a key."""
    assert tomllib.loads(f"{quoted(text)} = {quoted(text)}") == {text: text}


@pytest.mark.parametrize("text", UGLY)
def test_a_remark_cannot_end_its_comment(text: str) -> None:
    """Nothing in it becomes a setting."""
    assert tomllib.loads(f"{setting('name', 1, text)}\nother = 2") == {"name": 1, "other": 2}


def test_half_a_surrogate_becomes_a_question_mark() -> None:
    """It is no text that a file could hold."""
    assert tomllib.loads(f"name = {quoted('a' + chr(0xD800))}") == {"name": "a?"}


def test_tables_inside_tables_come_last() -> None:
    """Otherwise a setting would fall into the table above it."""
    tree: dict[str, dict[str, Any]] = {
        "budget": {"inner": {"calls": 5, "ratio": 0.5}, "workers": 8, "on": True},
        "web": {"port": 1},
    }

    assert tomllib.loads("\n".join(section_lines(tree))) == tree


def test_only_file_names_are_changed() -> None:
    """Those of tables inside as well."""
    tree = {"password_file": "a", "user": "b", "inner": {"ca_file": "c"}}

    assert with_files(tree, str.upper) == {"password_file": "A", "user": "b", "inner": {"ca_file": "C"}}

"""The judge of mutants: what it reads out of a run, and that it lets nothing pass unexplained."""

import ast
from pathlib import Path

import pytest

from .mutants import ROOT, Mutant, explanations, function_of, is_of, mutant_of, report

SHOWN = """# sync.domain.link.x_f__mutmut_1: survived
--- sync/domain/link.py
+++ sync/domain/link.py
@@ -1,4 +1,3 @@
 def f():
-    match a:
-        case _:
+    match b:
         return a
"""
CHANGE = Mutant("link.f", "return 1", "return 2")


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("sync.domain.plan.x_plan_link__mutmut_12", "plan.plan_link"),
        ("sync.domain.plan.x__bury__mutmut_1", "plan._bury"),
        ("sync.domain.link.xǁLinkǁwith_base__mutmut_3", "link.Link.with_base"),
        ("sync.domain.field.xǁCapacityǁ_hold_text__mutmut_3", "field.Capacity._hold_text"),
    ],
)
def test_a_mutant_is_known_by_its_function(name: str, function: str) -> None:
    """The number in its name changes with every line added before it."""
    assert function_of(name) == function
    assert is_of(function, [function.partition(".")[0]])
    assert not is_of(function, ["other"])
    assert is_of(function, [])


def test_a_mutant_is_the_lines_it_changes() -> None:
    """All of them, without their indentation."""
    mutant = mutant_of("sync.domain.link.x_f__mutmut_1", SHOWN)

    assert mutant == Mutant("link.f", "match a: case _:", "match b:")


@pytest.mark.parametrize(
    ("alive", "explained", "code", "said"),
    [
        ([], set(), 0, "9 mutants: 9 killed, 0 explained, 0 unexplained, 0 explanations of nothing"),
        ([(CHANGE, "survived")], {CHANGE}, 0, "9 mutants: 8 killed, 1 explained, 0 unexplained"),
        ([(CHANGE, "survived")], set(), 1, "survived: link.f\n    was: return 1\n    now: return 2\n"),
        ([(CHANGE, "no tests")], set(), 1, "no tests: link.f\n"),
        ([], {CHANGE}, 1, "explained in survivors.toml, but it does not live on: link.f\n"),
    ],
)
def test_only_an_even_account_passes(
    capsys: pytest.CaptureFixture[str],
    alive: list[tuple[Mutant, str]],
    explained: set[Mutant],
    code: int,
    said: str,
) -> None:
    """Every survivor has its explanation, and every explanation its survivor."""
    assert report(9, alive, explained) == code
    assert said in capsys.readouterr().out


def test_a_run_without_mutants_does_not_pass() -> None:
    """A name of no module must not look like a clean module."""
    assert report(0, [], set()) == 1


def test_every_explanation_is_of_code_that_is_there() -> None:
    """The function exists and has these lines, so nothing is explained that is long gone."""
    sources = {path.stem: path.read_text() for path in (ROOT / "sync/domain").glob("*.py")}
    texts = {one: " ".join(_source(one.function, sources).split()) for one in explanations()}

    assert texts
    assert [str(one) for one, text in texts.items() if one.was not in text] == []


def _source(function: str, sources: dict[str, str]) -> str:
    """Of `module.function` or `module.Class.method`."""
    module, *path = function.split(".")
    node: ast.AST = ast.parse(sources[module])
    for name in path:
        node = next(each for each in ast.walk(node) if getattr(each, "name", None) == name)
    return ast.get_source_segment(sources[module], node) or ""


def test_no_explanation_is_given_twice() -> None:
    """One place to look."""
    found = explanations()

    assert len(found) == len(set(found))
    assert Path(__file__).with_name("survivors.toml").read_text().count("why = ") > 0

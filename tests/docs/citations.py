"""Finds where the product cites the fact sheets, from its comments and docstrings; it judges no fact."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("crm", "settings", "domain", "engine", "cli", "web", "daemon")
_NUMBER = r"\d+(?:\.\d+)?"
_PART = rf'{_NUMBER}(?: "[^"]*")?'
_CITED = re.compile(rf"(superoffice|onlyoffice)\.md ({_PART}(?:(?:, | and |; ){_PART})*)")


@dataclass(frozen=True, slots=True, order=True)
class Citation:
    """One place that rests on one section of a sheet; `place` is `module:function`."""

    sheet: str
    section: str
    place: str


def citations() -> list[Citation]:
    """All of the product, sorted, none twice; the sandbox is no part of it."""
    found = {
        citation
        for folder in FOLDERS
        for path in (ROOT / "sync" / folder).rglob("*.py")
        for citation in _in_module(path.read_text(encoding="utf-8"), _module_name(path))
    }
    return sorted(found)


def sections_in(text: str) -> Iterator[tuple[str, str]]:
    """(sheet, section) of every citation, several sections in one included."""
    for match in _CITED.finditer(" ".join(text.split())):
        bare = re.sub(r'"[^"]*"', "", match[2])
        yield from ((match[1], number) for number in re.findall(_NUMBER, bare))


def _in_module(source: str, module: str) -> Iterator[Citation]:
    tree = ast.parse(source)
    names = dict(_named(tree, ""))
    for line, text in (*_docstrings(tree), *_comments(source)):
        for sheet, section in sections_in(text):
            yield Citation(sheet, section, f"{module}:{_holder(names, line)}".rstrip(":"))


def _named(tree: ast.AST, above: str) -> Iterator[tuple[tuple[int, int], str]]:
    """((first line, last line), dotted name) of every definition and named value, outer ones first."""
    for node in ast.iter_child_nodes(tree):
        name = _name_of(node)
        if not name or not isinstance(node, ast.stmt):
            continue
        first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
        yield (first, node.end_lineno or first), f"{above}{name}"
        if isinstance(node, ast.ClassDef):
            yield from _named(node, f"{above}{name}.")


def _name_of(node: ast.AST) -> str:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return name
        case ast.Assign(targets=[ast.Name(id=name), *_]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
    return ""


def _holder(names: dict[tuple[int, int], str], line: int) -> str:
    """The innermost that holds the line; for a comment between two, the next one below."""
    inside = [span for span in names if span[0] <= line <= span[1]]
    if inside:
        return names[max(inside, key=lambda span: span[0])]
    below = [span for span in names if span[0] > line]
    return names[min(below)] if below and line > 1 else ""


def _docstrings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Texts that stand alone as a statement, where they begin."""
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant(value=str(text)), lineno=line):
                yield line, text


def _comments(source: str) -> Iterator[tuple[int, str]]:
    """Comments, those on lines of their own joined with the ones right below."""
    held: tuple[int, str] | None = None
    last = 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        line, text = token.start[0], token.string.lstrip("# ")
        if held and line == last + 1 and not token.line[: token.start[1]].strip():
            held = (held[0], f"{held[1]} {text}")
        else:
            yield from [held] if held else []
            held = (line, text)
        last = line
    yield from [held] if held else []


def _module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT / "sync").with_suffix("").parts)

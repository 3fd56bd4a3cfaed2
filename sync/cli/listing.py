"""Tables as every command prints them; it knows nothing of what the rows mean."""

from collections.abc import Iterable, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from sync.cli.words import shorten

_LONGEST = 400


def print_table(console: Console, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    table = Table(*columns, box=SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        table.add_row(*(shorten(cell, _LONGEST) for cell in row))
    console.print(table)


def print_lines(console: Console, lines: Iterable[str]) -> None:
    """As they are: long lines are wrapped by the terminal, not by us."""
    for line in lines:
        console.print(line, soft_wrap=True)

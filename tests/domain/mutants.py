"""Changes `sync/domain` in thousands of small ways and tells every change that no test of the domain noticed.

It judges against survivors.toml and changes nothing in the tree; its copy of the tree is `mutants/`.
"""

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence, Set
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
COPY = ROOT / "mutants"
SURVIVORS = Path(__file__).with_name("survivors.toml")
MUTMUT = str(Path(sys.executable).with_name("mutmut"))
PREFIX = "sync.domain."
KILLED = {"killed", "timeout"}
RUN = """
import sys
from mutmut.configuration import config
config().only_mutate = sys.argv[1:]
from mutmut.__main__ import cli
cli(["run", "--max-children", "2"])
"""
"""mutmut takes from its command line which mutants to try, but not which files to read for them."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One small change: its `module.function` or `module.Class.method`, and the lines it changes."""

    function: str
    was: str
    now: str

    def __str__(self) -> str:
        return f"{self.function}\n    was: {self.was}\n    now: {self.now}"


def main(modules: Sequence[str]) -> int:
    """Exit code 1 where a mutant lives on unexplained, or an explanation explains nothing."""
    if trouble := run(modules):
        print(trouble)
        return 1
    judged = {name: status for name, status in statuses().items() if is_of(function_of(name), modules)}
    alive = [
        (mutant_of(name, ask("show", name)), status)
        for name, status in judged.items()
        if status not in KILLED
    ]
    explained = {mutant for mutant in explanations() if is_of(mutant.function, modules)}
    return report(len(judged), alive, explained)


def run(modules: Sequence[str]) -> str:
    """Always from nothing: a result kept from before may be of other tests. Gives its words if it fails."""
    shutil.rmtree(COPY, ignore_errors=True)
    files = [f"sync/domain/{module}.py" for module in modules or ["*"]]
    command = [sys.executable, "-c", RUN, *files]
    heard = None if sys.stdout.isatty() else subprocess.PIPE
    done = subprocess.run(command, cwd=ROOT, stdout=heard, stderr=subprocess.STDOUT, text=True)
    return (done.stdout or "mutmut failed").replace("\r", "\n") if done.returncode else ""


def statuses() -> dict[str, str]:
    """Status by name of every mutant."""
    lines = ask("results", "--all", "true").splitlines()
    return {name.strip(): status for name, _, status in (line.partition(": ") for line in lines)}


def ask(*words: str) -> str:
    return subprocess.run([MUTMUT, *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout


def mutant_of(name: str, shown: str) -> Mutant:
    """From the name and a unified diff."""
    lines = shown.partition("@@")[2].splitlines()
    was, now = (" ".join(line[1:].strip() for line in lines if line[:1] == sign) for sign in "-+")
    return Mutant(function_of(name), was, now)


def function_of(name: str) -> str:
    """`sync.domain.link.xǁLinkǁbase__mutmut_1` is in `link.Link.base`, `…plan.x_f__mutmut_1` in `plan.f`."""
    module, _, mangled = name.removeprefix(PREFIX).partition(".")
    return f"{module}.{re.sub(r'^x(_|ǁ)|__mutmut_[0-9]+$', '', mangled).replace('ǁ', '.')}"


def is_of(function: str, modules: Sequence[str]) -> bool:
    return not modules or function.partition(".")[0] in modules


def explanations(path: Path = SURVIVORS) -> list[Mutant]:
    groups = tomllib.loads(path.read_text())["equivalent"]
    return [Mutant(**mutant) for group in groups for mutant in group["mutants"]]


def report(count: int, alive: Sequence[tuple[Mutant, str]], explained: Set[Mutant]) -> int:
    """Prints the account; 1 where it does not come out even."""
    unexplained = [(mutant, status) for mutant, status in alive if mutant not in explained]
    idle = explained - {mutant for mutant, _ in alive}
    for mutant, status in unexplained:
        print(f"{status}: {mutant}")
    for mutant in sorted(idle, key=str):
        print(f"explained in {SURVIVORS.name}, but it does not live on: {mutant}")
    killed, known = count - len(alive), len(alive) - len(unexplained)
    told = f"{killed} killed, {known} explained, {len(unexplained)} unexplained"
    print(f"{count} mutants: {told}, {len(idle)} explanations of nothing")
    return 1 if unexplained or idle or not count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""A short run of `tests/kill9.sh`: killed with -9 while people work, opsync loses and doubles nothing."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROUNDS = 8
PATIENCE_S = 600


def test_killed_at_random_moments_nothing_is_lost_or_doubled() -> None:
    """Both servers' own dumps agree, every deal is there once, every edit arrived, nobody has to help."""
    environ = os.environ | {"COMPANIES": "20", "SALES": "60", "PYTHON": sys.executable}

    told = subprocess.run(
        ["bash", ROOT / "tests" / "kill9.sh", str(ROUNDS), "1"],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )

    last = told.stdout.splitlines()[-1]
    assert re.fullmatch(
        r"kill9: seed 1, 8 killed, \d+ ended by themselves; .* edits, .*, 0 violations", last
    ), told.stdout + told.stderr
    assert told.returncode == 0

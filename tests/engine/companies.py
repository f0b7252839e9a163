"""A small invented company, made once for each test process."""

import tempfile
from functools import cache
from pathlib import Path

from mingdan.engine.simulate import simulate


@cache
def small_company() -> Path:
    """Return the trail of sixteen salespeople, five of whom divert orders; nobody may write to it."""
    folder = Path(tempfile.mkdtemp(prefix="mingdan-test-")) / "trail"
    simulate(folder, reps=16, accounts=320, years=1.5, seed=521, guilty_share=0.3)
    return folder

"""Debian packages that a comparison needs: installed with apt where that can be done, as `make e2e` does."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_SCRIPT = Path(__file__).parent.parent / "scripts" / "system"


class NotHereError(Exception):
    """A peer cannot run on this machine; says why and what would help."""


def ensure(*packages: str) -> None:
    """Install what is missing if this is root on Debian, and say so. Whoever needs a package finds out by its program."""
    if os.geteuid() == 0 and _SCRIPT.exists():
        subprocess.run([str(_SCRIPT), *packages], check=False)

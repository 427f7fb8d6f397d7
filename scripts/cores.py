"""Holds the pure cores to full branch coverage, each from its own test file (a module that others happen to run is not tested).

Run as ``python -m scripts.cores``; ``make test`` does. Prints what is missing and ends with 1.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]

CORES: Final = (
    "server/domain/*.py",
    "media/core/*.py",
    "signaling/session.py",
    "signaling/voice/answer.py",
    "signaling/voice/negotiation.py",
)

AT_ONCE: Final = 2


def modules() -> list[Path]:
    """The cores, without packages' empty front doors."""
    found = [path.relative_to(ROOT) for pattern in CORES for path in sorted(ROOT.glob(pattern))]
    return [path for path in found if path.name != "__init__.py"]


def own_test(module: Path) -> Path:
    return Path("tests/unit") / module.parent / f"test_{module.name}"


def shortfall(module: Path) -> str:
    """What is missing of a module's coverage, for people; empty when nothing is."""
    test = own_test(module)
    if not (ROOT / test).is_file():
        return f"{module}: has no test file of its own ({test})"
    with tempfile.TemporaryDirectory() as folder:
        data = f"--data-file={folder}/coverage"
        run = [sys.executable, "-m", "coverage", "run", "--branch", f"--include={module}", data]
        tests = subprocess.run(
            [*run, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(test)], cwd=ROOT, capture_output=True, text=True
        )
        if tests.returncode:
            return f"{module}: its tests fail\n{tests.stdout}"
        report = subprocess.run(
            [sys.executable, "-m", "coverage", "report", data, "--show-missing", "--fail-under=100", "--skip-empty"],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
    return "" if report.returncode == 0 else f"{module}: not whole from {test}\n{report.stdout}{report.stderr}"


def main() -> int:
    cores = modules()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        missing = [words for words in pool.map(shortfall, cores) if words]
    sys.stdout.write("\n".join([*missing, f"cores: {len(cores) - len(missing)} of {len(cores)} whole"]) + "\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())

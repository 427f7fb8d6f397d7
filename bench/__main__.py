"""``python -m bench [section ...]``: measure, print a table, write bench/results.json."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import fcntl
import importlib
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Protocol, cast

from bench.report import RESULTS, Result, table, write

SECTIONS: Final = {"voice": "bench.voice", "chat": "bench.chat.section", "search": "bench.search"}


class Section(Protocol):
    """What a section's module offers."""

    @staticmethod
    async def run(arguments: argparse.Namespace) -> list[Result]: ...


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("sections", nargs="*", help=f"of {', '.join(SECTIONS)}; all when none is named")
    parser.add_argument("--runs", type=int, default=3, help="runs of each measurement (default 3)")
    parser.add_argument("--seconds", type=float, default=6.0, help="length of each run (default 6)")
    parser.add_argument("--only", default="", help="only scenarios whose name contains this")
    parser.add_argument("--peers", default="", help="only these peers, with commas (voice), e.g. parley,floor")
    parser.add_argument("--loopback", action="store_true", help="voice: no network namespace, and so no Janus")
    arguments = parser.parse_args()
    for section in arguments.sections:
        if section not in SECTIONS:
            parser.error(f"no section {section!r}: there are {', '.join(SECTIONS)}")
    return arguments


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Two benches at once would measure one another: the second waits."""
    with (Path(tempfile.gettempdir()) / "parley-bench.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("another bench is running on this machine: waiting for it to end", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> int:
    arguments = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers and namespaces are cleaned up
    results: list[Result] = []
    with _alone():
        for name in arguments.sections or SECTIONS:
            section = cast(Section, importlib.import_module(SECTIONS[name]))
            results += asyncio.run(section.run(arguments))
    if not results:
        print("nothing was measured")
        return 1
    write(results)
    print(f"\n{table(results)}\n\nwritten to {RESULTS.relative_to(RESULTS.parent.parent)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

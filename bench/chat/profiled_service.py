"""``parley`` with its main thread under cProfile, from SIGUSR1 until SIGUSR2, which writes the file that ``BENCH_PROFILE`` names.

Run as ``python -m bench.chat.profiled_service`` with the command line of ``parley``. Times are the thread's CPU time, so waiting
counts nothing; calls of short functions come out dearer than they are.
"""

from __future__ import annotations

import cProfile
import os
import signal
import time
from pathlib import Path
from typing import Final

VARIABLE: Final = "BENCH_PROFILE"


def prepare(path: Path) -> None:
    profile = cProfile.Profile(time.thread_time)

    def write() -> None:
        profile.disable()
        partial = path.with_suffix(".part")
        profile.dump_stats(partial)
        partial.replace(path)

    signal.signal(signal.SIGUSR1, lambda *_: profile.enable())
    signal.signal(signal.SIGUSR2, lambda *_: write())


if __name__ == "__main__":
    prepare(Path(os.environ[VARIABLE]))
    from parley.__main__ import main

    main()

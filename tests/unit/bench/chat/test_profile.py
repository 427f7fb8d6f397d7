from __future__ import annotations

import cProfile
import os
import pstats
from pathlib import Path

from bench.chat.profile import table, thread_cpu_s


def _work() -> int:
    return sum(len(str(number)) for number in range(1000))


def test_functions_are_shown_by_what_they_cost_for_each_message(tmp_path: Path) -> None:
    profile = cProfile.Profile()
    profile.runcall(_work)
    profile.dump_stats(tmp_path / "output")
    lines = table(pstats.Stats(str(tmp_path / "output")), messages=10).splitlines()
    (work,) = [line for line in lines if line.endswith("_work")]
    assert "chat/test_profile.py" in work
    assert float(work.split()[2]) == 0.1
    assert float(work.split()[0]) <= float(work.split()[1])


def test_each_thread_has_its_cpu_time() -> None:
    assert sum(thread_cpu_s(os.getpid()).values()) > 0

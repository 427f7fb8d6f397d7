"""What the kernel says of a process: CPU time to the nanosecond, memory."""

from __future__ import annotations

import contextlib
import resource
import subprocess
import time
from pathlib import Path
from typing import Final

import psutil

FILES_MAX: Final = 16_384
"""Open files that a process of the bench, and what it starts, may have."""


def allow_many_files() -> None:
    """As far as this user may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES_MAX if hard == resource.RLIM_INFINITY else min(FILES_MAX, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


def cpu_s(pid: int) -> float:
    """CPU time of all threads, user and system, since the process started (the POSIX process clock of another
    process: CPUCLOCK_SCHED of linux/posix-timers.h). Raises OSError when the process is gone."""
    return time.clock_gettime(((~pid) << 3) | 2)


def rss_kib(pid: int) -> float:
    """Resident memory."""
    return float(psutil.Process(pid).memory_info().rss) / 1024


def tree(pid: int) -> list[int]:
    """The process and all that descend from it, as they are now."""
    return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]


def tree_cpu_s(pid: int) -> float:
    """:func:`cpu_s` of the process and of all its descendants that are there now."""
    total_s = 0.0
    for one in tree(pid):
        with contextlib.suppress(OSError):  # ended since
            total_s += cpu_s(one)
    return total_s


def tree_rss_kib(pid: int) -> float:
    """:func:`rss_kib` of the process and of its descendants; what they share is counted for each."""
    total_kib = 0.0
    for one in tree(pid):
        with contextlib.suppress(psutil.NoSuchProcess):
            total_kib += rss_kib(one)
    return total_kib


def libraries(program: str, wanted: str) -> list[str]:
    """Base names of the shared objects of a program that contain ``wanted``; empty when ldd cannot tell."""
    result = subprocess.run(["ldd", program], capture_output=True, text=True, check=False)
    names = [line.split()[0] for line in result.stdout.splitlines() if line.strip()]
    return sorted({Path(name).name for name in names if wanted in name})

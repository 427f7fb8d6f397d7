"""What the kernel says of a process: CPU time to the nanosecond, memory."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import psutil


def cpu_s(pid: int) -> float:
    """CPU time of all threads, user and system, since the process started (the POSIX process clock of another
    process: CPUCLOCK_SCHED of linux/posix-timers.h). Raises OSError when the process is gone."""
    return time.clock_gettime(((~pid) << 3) | 2)


def rss_kib(pid: int) -> float:
    """Resident memory."""
    return float(psutil.Process(pid).memory_info().rss) / 1024


def libraries(program: str, wanted: str) -> list[str]:
    """Base names of the shared objects of a program that contain ``wanted``; empty when ldd cannot tell."""
    result = subprocess.run(["ldd", program], capture_output=True, text=True, check=False)
    names = [line.split()[0] for line in result.stdout.splitlines() if line.strip()]
    return sorted({Path(name).name for name in names if wanted in name})

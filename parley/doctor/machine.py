"""The program itself and what the system allows it."""

from __future__ import annotations

import platform
import resource
from typing import Final

from parley import __version__
from parley.doctor.examination import Patient
from parley.doctor.findings import Finding, good, warn

FILES_WANTED: Final = 4096
"""A connection takes one."""


def check_version(_patient: Patient) -> list[Finding]:
    return [good(f"Parley {__version__}, Python {platform.python_version()}, {platform.system()} {platform.release()}")]


def check_limits(_patient: Patient) -> list[Finding]:
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return [about_files(soft)]


def about_files(soft: int) -> Finding:
    if soft == resource.RLIM_INFINITY:
        return good("any number of open files")
    if soft < FILES_WANTED:
        return warn(
            f"{soft} open files: so many people and connections at once at most",
            f"ulimit -n {FILES_WANTED * 16}, LimitNOFILE= in systemd, or --ulimit nofile= for a container.",
        )
    return good(f"{soft} open files at once")

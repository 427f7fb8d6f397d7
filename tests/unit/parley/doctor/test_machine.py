from __future__ import annotations

import resource
from pathlib import Path

from parley import __version__
from parley.doctor.machine import about_files, check_limits, check_version
from tests.support.doctor import levels, patient, said


def test_the_version(tmp_path: Path) -> None:
    assert f"Parley {__version__}, Python 3." in said(check_version(patient(tmp_path)))


def test_open_files(tmp_path: Path) -> None:
    assert len(check_limits(patient(tmp_path))) == 1
    found = [about_files(1024), about_files(65536), about_files(resource.RLIM_INFINITY)]
    assert levels(found) == ["warn", "pass", "pass"]

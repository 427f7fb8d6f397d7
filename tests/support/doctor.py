"""Settings as they would be read, for the checks of ``parley doctor``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import MappingProxyType

from parley.config import load
from parley.doctor.examination import Patient
from parley.doctor.findings import Finding


def patient(
    folder: Path,
    given: Mapping[str, str] = MappingProxyType({}),
    *,
    running: bool = False,
    send_to: str | None = None,
    **variables: str,
) -> Patient:
    environment = {"PARLEY_DATA": str(folder / "data"), **given, **variables}
    with ThreadPoolExecutor(1) as thread:  # settings are files, and a test may have an event loop
        settings = thread.submit(load, environment, secrets=folder / "no-secrets").result()
    return Patient(settings, environment, running=running, send_to=send_to)


def levels(found: Sequence[Finding]) -> list[str]:
    """Holds every finding that is not well to naming its mend."""
    assert all(finding.mend or finding.level == "pass" for finding in found), found
    return [finding.level for finding in found]


def said(found: Sequence[Finding]) -> str:
    return "\n".join(f"{finding.text} -> {finding.mend}" for finding in found)

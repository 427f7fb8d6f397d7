"""Is the database there, ours to write, and at the tables of this version? And does its clock agree with this machine's?"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from db.errors import DatabaseError
from db.inspection import Inspection, inspect
from db.migrations import HEAD
from parley.config import Settings
from parley.doctor.examination import Patient
from parley.doctor.findings import Finding, fail, good, warn

_NAMES: Final = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mysql": "MySQL"}

_YEARS: Final = range(2026, 2100)
"""Of a clock that was set; this version was made in the first."""
APART_MAX_S: Final = 5.0
"""Codes of an authenticator live for 30 seconds."""


async def _inspect(settings: Settings) -> Inspection | None:
    storage = settings.storage
    return await inspect(storage.database_url, storage.database_password, storage.database_ca)


async def check_database(patient: Patient) -> list[Finding]:
    try:
        found = await _inspect(patient.settings)
    except DatabaseError as error:
        return [fail(str(error).rstrip("."), "Start the database, or mend PARLEY_DATABASE_URL and its password.")]
    if found is None:
        return [good("SQLite; the file is made at the first start")]
    return [*about(found), *_way(patient.settings, found)]


def about(found: Inspection) -> list[Finding]:
    name = _NAMES[found.kind]
    version = found.version if name.lower() in found.version.lower() else f"{name} {found.version}"
    if "mariadb" in found.version.lower():
        version = found.version
    findings = [_tables(version, found.revision)]
    if not found.writable:
        findings.append(
            fail(
                "this user may not write in it",
                "GRANT it everything in this database; see Databases in docs/self-hosting.md.",
            )
        )
    return findings


def _tables(version: str, revision: str | None) -> Finding:
    if revision is None:
        return good(f"{version}, reachable and empty: the tables are made at the first start")
    if revision == HEAD:
        return good(f"{version}, reachable, tables at {revision} as this version wants them")
    if revision < HEAD:
        return warn(
            f"{version}, reachable, tables at {revision}", f"The next start brings them to {HEAD}: make a backup first."
        )
    return fail(
        f"{version}: its tables ({revision}) are of a newer Parley than this ({HEAD})",
        "Run the newer one, or restore a backup.",
    )


def _way(settings: Settings, found: Inspection) -> list[Finding]:
    if found.encrypted is None:
        return []
    if found.encrypted:
        checked = settings.storage.database_ca is not None
        return [good("the connection is encrypted" + (", and the server's certificate checked" if checked else ""))]
    if any(
        here in settings.storage.database_url
        for here in ("@localhost", "@127.0.0.1", "@[::1]", "host=/", "unix_socket=")
    ):
        return []
    return [warn("the connection to it is not encrypted", "Give the authority of its certificate: PARLEY_DATABASE_CA.")]


# ------------------------------------------------------------------------------------------------------------------ clock


async def check_clock(patient: Patient) -> list[Finding]:
    """Against the file system's and the database's; what the true time is nobody here can tell."""
    year = datetime.now(UTC).year
    if year not in _YEARS:
        return [
            fail(f"this machine thinks that it is the year {year}", "Set its clock, and let NTP keep it (timedatectl).")
        ]
    try:
        found = await _inspect(patient.settings)
    except DatabaseError:
        found = None  # the database has a part of its own
    others: dict[str, float | None] = {
        "the disk's": await asyncio.to_thread(_of_disk, patient.settings.storage.data),
        "the database's": found.now_s if found else None,
    }
    return compare(time.time(), others)


def compare(now_s: float, others: dict[str, float | None]) -> list[Finding]:
    apart = [
        warn(
            f"{whose} clock is {abs(now_s - other):.0f} seconds {'behind' if other < now_s else 'ahead of'} this machine's",
            "Let NTP keep both (timedatectl set-ntp true): codes of authenticators and certificates go by the clock.",
        )
        for whose, other in others.items()
        if other is not None and abs(now_s - other) > APART_MAX_S
    ]
    if apart:
        return apart
    known = " and ".join(whose for whose, other in others.items() if other is not None)
    agrees = f", which agrees with {known}" if known else ""
    when = datetime.fromtimestamp(now_s, UTC)
    return [good(f"{when:%Y-%m-%d %H:%M:%S} UTC{agrees}. Codes of authenticators need it right within 30 seconds.")]


def _of_disk(folder: Path) -> float | None:
    """Matters where the folder lies on another machine."""
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        return None
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-") as file:
        return os.fstat(file.fileno()).st_mtime

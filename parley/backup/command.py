"""``parley backup`` and ``parley restore``: what they say at the terminal."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from db.errors import DatabaseError
from parley.admin.command import size
from parley.backup.errors import BackupError
from parley.backup.restore import Seen, restore, verify
from parley.backup.take import STDOUT, take_backup
from parley.config import Settings
from parley.failures import CannotStart

FAILURES: Final = (BackupError, CannotStart, DatabaseError)
"""Whose words are for the person at the terminal."""

_EVERY_S: Final = 0.2
_DOING: Final = {
    "database": "Copying the database",
    "files": "Copying files",
    "verify": "Looking through the backup",
    "unpack": "Unpacking",
}


def run_backup(settings: Settings, target: str, *, with_secrets: bool) -> None:
    """Raises one of :data:`FAILURES`."""
    progress = _Progress()
    try:
        taken = take_backup(settings, target, with_secrets=with_secrets, progress=progress.show)
    except OSError as error:
        raise BackupError(_explain(error)) from None
    finally:
        progress.clear()
    gone = f" ({taken.files_gone} were deleted meanwhile)" if taken.files_gone else ""
    secrets = "left out" if taken.secrets is None else f"{taken.secrets} files: keep the backup as safe as the server"
    lines = [
        f"Database  {size(taken.database_bytes)}, tables at {taken.tables}",
        f"Files     {taken.files} with {size(taken.files_bytes)}{gone}",
        f"Secrets   {secrets}",
        f"Backup    {'standard output' if target == STDOUT else target}, {size(taken.archive_bytes)}",
        f"SHA-256   {taken.sha256}",
    ]
    for line in lines:
        click.echo(line, err=target == STDOUT)


def run_verify(file: Path) -> None:
    """Raises one of :data:`FAILURES`."""
    progress = _Progress()
    try:
        seen = verify(file, progress.show)
    except OSError as error:
        raise BackupError(_explain(error)) from None
    finally:
        progress.clear()
    for line in _about(seen):
        click.echo(line)
    click.echo("The backup is whole.")


def run_restore(settings: Settings, file: Path, *, replace: bool) -> None:
    """Raises one of :data:`FAILURES`."""
    progress = _Progress()
    try:
        restored = restore(settings, file, replace=replace, progress=progress.show)
    except OSError as error:
        raise BackupError(_explain(error)) from None
    finally:
        progress.clear()
    for line in _about(restored.seen):
        click.echo(line)
    click.echo(f"Restored into {settings.storage.data}")
    if restored.aside is not None:
        click.echo(f"What was there before is in {restored.aside}; delete it when all is well.")


def _about(seen: Seen) -> list[str]:
    manifest = seen.manifest
    made = datetime.fromtimestamp(manifest.made_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return [
        f"Made      {made} by Parley {manifest.version}",
        f"Database  {manifest.database}, {size(seen.database_bytes or 0)}, tables at {manifest.tables}",
        f"Files     {seen.files} with {size(seen.files_bytes)}",
        f"Secrets   {seen.secrets} files"
        if manifest.secrets
        else "Secrets   not in it: new ones are made at the start",
    ]


def _explain(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}. Nothing was left behind."


class _Progress:
    """One line on standard error that writes over itself; nothing where nobody looks."""

    def __init__(self) -> None:
        self._seen = sys.stderr.isatty()
        self._next_s = 0.0
        self._shown = False

    def show(self, what: str, done: int, total: int | None) -> None:
        now_s = time.monotonic()
        if not self._seen or now_s < self._next_s:
            return
        self._next_s = now_s + _EVERY_S
        self._shown = True
        how_far = f"{done}" if total is None else f"{100 * done // max(total, 1)} %"
        click.echo(f"\r\x1b[K{_DOING[what]} ... {how_far}", nl=False, err=True)

    def clear(self) -> None:
        if self._shown:
            click.echo("\r\x1b[K", nl=False, err=True)

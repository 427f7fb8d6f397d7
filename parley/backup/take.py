"""Takes a backup, of a server that runs or of one that does not.

First the database, in one consistent state; then the files, which never change under their key: whatever that state speaks of was
there before it, and is there unless it was deleted since.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from db import snapshots
from parley import __version__
from parley.backup.archive import ArchiveWriter
from parley.backup.errors import BackupError
from parley.backup.manifest import DATABASES, Manifest
from parley.backup.places import FILES, SECRETS, is_plain, plain_files
from parley.config import Settings

STDOUT: Final = "-"

Progress = Callable[[str, int, int | None], None]
"""What is being done, how far it is, and of how much if that is known."""


@dataclass(slots=True)
class Taken:
    """What is in a backup, for the person at the terminal."""

    database_bytes: int = 0
    tables: str = ""
    files: int = 0
    files_bytes: int = 0
    files_gone: int = 0
    """Deleted between being seen and being copied."""
    secrets: int | None = None
    """None: left out."""
    archive_bytes: int = 0
    sha256: str = ""


def take_backup(settings: Settings, target: str, *, with_secrets: bool, progress: Progress) -> Taken:
    """Into the new file ``target``, readable for this user alone; ``-`` is standard output.

    Raises :class:`BackupError`, :class:`db.errors.DatabaseError` or :class:`OSError`; then there is no file.
    """
    data = settings.storage.data
    if not data.is_dir():
        raise BackupError(f"There is no data folder {data}. Name the server's with --data or PARLEY_DATA.")
    with ExitStack() as stack:
        out = stack.enter_context(_opened(target))
        beside = data if target == STDOUT else Path(target).absolute().parent
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=".parley-backup-", dir=beside)))
        hashing = _Hashing(out)
        taken = _take(settings, hashing, folder / "database", with_secrets, progress)
        taken.sha256 = hashing.digest.hexdigest()
        return taken


def _take(settings: Settings, out: _Hashing, copy: Path, with_secrets: bool, progress: Progress) -> Taken:
    storage = settings.storage
    taken = Taken()
    made_ms = time.time_ns() // 1_000_000
    taken.tables = snapshots.take(
        storage.database_url,
        copy,
        lambda done, total: progress("database", done, total),
        password=storage.database_password,
        ca=storage.database_ca,
    )
    kind = snapshots.kind_of(storage.database_url)
    manifest = Manifest(
        version=__version__, made_ms=made_ms, database=kind, tables=taken.tables, files=True, secrets=with_secrets
    )
    with ArchiveWriter(out, manifest) as archive:
        taken.database_bytes = _add(archive, DATABASES[kind], copy) or 0
        copy.unlink()
        _add_files(archive, storage.data, taken, progress)
        if with_secrets:
            secrets = (each for folder in SECRETS for each in plain_files(storage.data, folder))
            taken.secrets = sum(_add(archive, name, path) is not None for name, path in secrets)
        archive.finish()
        taken.archive_bytes = archive.written_bytes
    return taken


def _add_files(archive: ArchiveWriter, data: Path, taken: Taken, progress: Progress) -> None:
    for name, path in plain_files(data, FILES):
        size = _add(archive, name, path)
        if size is None:
            taken.files_gone += 1
            continue
        taken.files += 1
        taken.files_bytes += size
        progress("files", taken.files, None)


def _add(archive: ArchiveWriter, name: str, path: Path) -> int | None:
    """Its size; None when it is gone."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    with os.fdopen(handle, "rb") as source:
        state = os.fstat(handle)
        if not is_plain(state.st_mode):
            raise BackupError(f"{path} is no plain file. Take it away.")
        archive.add(name, source, state.st_size, state.st_mtime_ns // 1_000_000)
        return state.st_size


class _Hashing:
    """Knows the sum of all that is written through it."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self.digest = hashlib.sha256()

    def write(self, content: bytes) -> int:
        self.digest.update(content)
        return self._out.write(content)


@contextmanager
def _opened(target: str) -> Iterator[BinaryIO]:
    """There when it is whole and on the disk, or not at all."""
    if target == STDOUT:
        with os.fdopen(os.dup(1), "wb") as out:
            yield out
        return
    path = Path(target).absolute()
    if path.exists():
        raise BackupError(f"There is a file {path} already. Name another, or take that one away.")
    partial = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        partial.rename(path)
        sync_folder(path.parent)
    finally:
        partial.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

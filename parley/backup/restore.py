"""Makes a data folder of a backup, while no server uses it: looked through to the end, then unpacked beside, then put in place.

What was in the folder before is moved into a folder of its own inside of it, and never deleted.
"""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from db import migrations, snapshots
from parley import data_folder
from parley.backup.archive import ArchiveReader, Member
from parley.backup.errors import BackupError
from parley.backup.manifest import DATABASES, Manifest
from parley.backup.places import ASIDE, FILES, SECRETS, STAGING, UNTOUCHED
from parley.backup.take import Progress, sync_folder
from parley.config import Settings

SPARE_BYTES: Final = 64 << 20
"""That the disk must have free beyond what is unpacked."""


@dataclass(slots=True)
class Seen:
    """What was found in a backup that is whole."""

    manifest: Manifest
    files: int = 0
    files_bytes: int = 0
    secrets: int = 0
    total_bytes: int = 0
    database_bytes: int | None = None

    def count(self, member: Member) -> None:
        """Raises :class:`BackupError` for what has no place in a server."""
        folder = member.name.partition("/")[0]
        self.total_bytes += member.size_bytes
        if member.name == DATABASES[self.manifest.database]:
            self.database_bytes = member.size_bytes
        elif folder == FILES and folder != member.name:
            self.files += 1
            self.files_bytes += member.size_bytes
        elif folder in SECRETS and folder != member.name:
            self.secrets += 1
        else:
            raise BackupError(
                f"The backup holds {member.name}, which this Parley has no place for. Install a newer one."
            )


def verify(file: Path, progress: Progress) -> Seen:
    """Reads all of it. Raises :class:`BackupError` or :class:`OSError`."""
    with _opened(file) as source, ArchiveReader(source) as archive:
        size = os.fstat(source.fileno()).st_size
        seen = Seen(archive.manifest)
        if not migrations.knows(seen.manifest.tables):
            raise BackupError(
                f"The backup was made by a newer Parley ({seen.manifest.version[:40]}; its tables are at "
                f"{seen.manifest.tables[:40]!r}, this program knows {migrations.HEAD}). Install that one."
            )
        for member in archive.members():
            seen.count(member)
            progress("verify", archive.read_bytes, size)
    if seen.database_bytes is None:
        raise BackupError("The backup holds no database. Take another one.")
    return seen


def _opened(file: Path) -> BinaryIO:
    try:
        return file.open("rb")
    except OSError as error:
        raise BackupError(f"The backup {file} cannot be read ({error.strerror}).") from None


@dataclass(slots=True)
class Restored:
    seen: Seen
    aside: Path | None
    """Where that is which was there before."""


def restore(settings: Settings, file: Path, *, replace: bool, progress: Progress) -> Restored:
    """Raises :class:`BackupError`, :class:`parley.failures.CannotStart` (a server uses the folder),
    :class:`db.errors.DatabaseError` or :class:`OSError`; then the server is what it was.
    """
    seen = verify(file, progress)
    storage = settings.storage
    kind = snapshots.kind_of(storage.database_url)
    if kind != seen.manifest.database:
        raise BackupError(
            f"The backup is of a {seen.manifest.database} database, and the settings name a {kind} one. "
            "Restore it to the same kind of database (PARLEY_DATABASE_URL)."
        )
    with ExitStack() as stack:
        stack.enter_context(data_folder.held(storage.data))
        place = _Place(storage.data, snapshots.sqlite_file(storage.database_url), file)
        place.check(seen, replace=replace)
        snapshots.check_empty(storage.database_url, password=storage.database_password, ca=storage.database_ca)
        stack.callback(shutil.rmtree, place.staging, ignore_errors=True)
        _unpack(file, place.staging, seen, progress)
        dump = place.staging / DATABASES[kind]
        if kind == "sqlite":
            _check_tables(dump, seen.manifest)
        else:
            snapshots.load(storage.database_url, dump, password=storage.database_password, ca=storage.database_ca)
            dump.unlink()
        return Restored(seen, place.swap(dump if kind == "sqlite" else None))


def _check_tables(database: Path, manifest: Manifest) -> None:
    if snapshots.check_file(database) != manifest.tables:
        raise BackupError("The backup's database is another one than its manifest says. Take another backup.")


def _unpack(file: Path, staging: Path, seen: Seen, progress: Progress) -> None:
    """The file is checked once more while it is read: it could have been exchanged since."""
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(mode=0o700)
    again = Seen(seen.manifest)
    folders = {staging}
    with _opened(file) as source, ArchiveReader(source) as archive:
        for member in archive.members():
            again.count(member)
            path = staging / member.name
            if path.parent not in folders:
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                folders = {path.parent}  # they come one folder after the other
            _write(path, member)
            progress("unpack", again.total_bytes, seen.total_bytes)
    if archive.manifest != seen.manifest or again != seen:
        raise BackupError("The backup was exchanged while it was read. Try again.")


def _write(path: Path, member: Member) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except FileExistsError:
        raise BackupError(f"The backup holds {member.name} twice. It was not made by Parley.") from None
    with os.fdopen(handle, "wb") as target:
        for chunk in member.chunks():
            target.write(chunk)


class _Place:
    """The data folder, and a database that may be elsewhere."""

    def __init__(self, data: Path, database: Path | None, archive: Path) -> None:
        self._data = data
        self._database = database
        self._archive = archive.resolve()
        self.staging = data / STAGING

    def check(self, seen: Seen, *, replace: bool) -> None:
        """Raises :class:`BackupError` when something would be in the way."""
        there = [path for path, _ in self._old(Path())]
        if there and not replace:
            raise BackupError(
                f"{there[0]} is there already. Restore into another folder (--data), or write --replace: "
                f"what is there is then moved into {self._data / ASIDE}..."
            )
        free, needed = shutil.disk_usage(self._data).free, seen.total_bytes + SPARE_BYTES
        if free < needed:
            raise BackupError(
                f"The disk of {self._data} has {free >> 20} MiB free, and the backup needs {needed >> 20} MiB. Make room."
            )
        if self._database is not None and not self._database.parent.is_dir():
            raise BackupError(f"The folder of the database, {self._database.parent}, does not exist; create it.")

    def _old(self, aside: Path) -> list[tuple[Path, Path]]:
        """What is there, and where it goes."""
        found = [
            (entry, aside / entry.name)
            for entry in sorted(self._data.iterdir())
            if entry.name not in UNTOUCHED and not entry.name.startswith(ASIDE) and entry.resolve() != self._archive
        ]
        database = self._database
        if database is not None and database.parent.resolve() != self._data.resolve():
            sides = (database.with_name(database.name + ending) for ending in ("", "-wal", "-shm"))
            found += [(side, aside / side.name) for side in sides if side.exists()]
        return found

    def swap(self, database: Path | None) -> Path | None:
        """The old out, the new in; all or, when something fails, nothing. Returns where the old is, if there was any."""
        self._give_to_owner()
        aside = self._data / time.strftime(f"{ASIDE}%Y%m%d-%H%M%S", time.gmtime())
        old = self._old(aside)
        if old:
            aside.mkdir(mode=0o700)
        new = [(entry, self._data / entry.name) for entry in sorted(self.staging.iterdir()) if entry != database]
        if database is not None and self._database is not None:
            new.append((database, self._database))
        _move_all([*old, *new])
        sync_folder(self._data)
        return aside if old else None

    def _give_to_owner(self) -> None:
        """What the superuser has unpacked belongs to whom the folder does, as whom the server will run."""
        state = self._data.stat()
        folders: list[Path] = []
        for root, names, files in os.walk(self.staging):
            if os.geteuid() == 0:
                for name in (*names, *files):
                    os.chown(Path(root, name), state.st_uid, state.st_gid, follow_symlinks=False)
            folders.append(Path(root))
        os.sync()  # all that was unpacked, at once, before anything old goes away
        for folder in folders:
            sync_folder(folder)


def _move_all(moves: Iterable[tuple[Path, Path]]) -> None:
    """All of them, or none: what was done is undone. Raises :class:`BackupError`."""
    done: list[tuple[Path, Path]] = []
    try:
        for source, target in moves:
            _move(source, target)
            done.append((source, target))
    except OSError as error:
        for source, target in reversed(done):
            _move(target, source)
        raise BackupError(
            f"{error.filename} cannot be moved ({error.strerror}), so nothing was changed. "
            "A folder that is a mount of its own has to be emptied by hand, or taken from its place."
        ) from None


def _move(source: Path, target: Path) -> None:
    """The database may be on another disk than the data folder."""
    try:
        source.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV or not source.is_file():
            raise
        partial = target.with_name(target.name + ".part")
        shutil.copy2(source, partial)
        with partial.open("rb") as copied:
            os.fsync(copied.fileno())
        partial.rename(target)
        source.unlink()

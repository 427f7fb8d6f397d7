"""The file that a backup is: a tar of plain files that any tar can unpack, written and read in one go and never held in memory.

Its first member is ``manifest.json`` (:mod:`parley.backup.manifest`), its last one ``SHA256SUMS``, a line for each of the others in
their order, as ``sha256sum --check`` reads it. So a file that breaks off, or in which a bit has changed, is seen for what it is.
"""

from __future__ import annotations

import hashlib
import re
import tarfile
import tempfile
from collections.abc import Iterator
from typing import IO, BinaryIO, Final, Protocol, Self

from parley.backup.errors import BackupError
from parley.backup.manifest import MANIFEST, MANIFEST_MAX_BYTES, Manifest

SUMS: Final = "SHA256SUMS"

CHUNK_BYTES: Final = 1 << 20
NAME_MAX: Final = 255
_SUMS_IN_MEMORY: Final = 1 << 20
_BLOCK: Final = tarfile.BLOCKSIZE
_PLAIN: Final = re.compile(r"[^\x00-\x1f\x7f\\]+")


def check_name(name: str) -> str:
    """The name of a member, which can lead nowhere but into the folder it is unpacked in. Raises :class:`BackupError`."""
    parts = name.split("/")
    good = len(name.encode(errors="replace")) <= NAME_MAX and _PLAIN.fullmatch(name)
    if not good or any(part in {"", ".", ".."} for part in parts):
        raise BackupError(f"The backup holds a file with a name that must not be: {name[:NAME_MAX]!r}.")
    return name


class Sink(Protocol):
    def write(self, content: bytes, /) -> object: ...


class _Summed:
    """Has a file for the sums, which is closed when the block ends."""

    def __init__(self) -> None:
        self._sums: IO[bytes] = tempfile.SpooledTemporaryFile(_SUMS_IN_MEMORY)  # noqa: SIM115 - see __exit__

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._sums.close()


class ArchiveWriter(_Summed):
    """Raises :class:`OSError` when ``out`` does."""

    def __init__(self, out: Sink, manifest: Manifest) -> None:
        super().__init__()
        self._out = out
        self.written_bytes = 0
        encoded = manifest.encoded()
        self._head(MANIFEST, len(encoded), manifest.made_ms)
        self._write(encoded)
        self._foot(MANIFEST, len(encoded), hashlib.sha256(encoded))

    def add(self, name: str, source: BinaryIO, size_bytes: int, changed_ms: int = 0) -> None:
        """So many bytes of ``source``. Raises :class:`BackupError` when it has fewer."""
        self._head(check_name(name), size_bytes, changed_ms)
        digest = hashlib.sha256()
        left = size_bytes
        while left > 0:
            chunk = source.read(min(CHUNK_BYTES, left))
            if not chunk:
                raise BackupError(f"The file {name} became shorter while it was read. Try again.")
            digest.update(chunk)
            self._write(chunk)
            left -= len(chunk)
        self._foot(name, size_bytes, digest)

    def finish(self) -> None:
        """The sums, and the end of the archive. Nothing is flushed."""
        size = self._sums.tell()
        self._sums.seek(0)
        self._head(SUMS, size, 0)
        while chunk := self._sums.read(CHUNK_BYTES):
            self._write(chunk)
        self._pad(size)
        self._write(bytes(2 * _BLOCK))

    def _head(self, name: str, size_bytes: int, changed_ms: int) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = size_bytes, 0o600, changed_ms // 1000
        self._write(info.tobuf(tarfile.GNU_FORMAT))

    def _foot(self, name: str, size_bytes: int, digest: hashlib._Hash) -> None:
        self._pad(size_bytes)
        self._sums.write(_line(name, digest))

    def _pad(self, size_bytes: int) -> None:
        self._write(bytes(-size_bytes % _BLOCK))

    def _write(self, content: bytes) -> None:
        self._out.write(content)
        self.written_bytes += len(content)


class Member:
    """A file of the archive; what is not read of it is skipped."""

    def __init__(self, archive: ArchiveReader, name: str, size_bytes: int) -> None:
        self.name = name
        self.size_bytes = size_bytes
        self._archive = archive
        self._left = size_bytes
        self.digest = hashlib.sha256()

    def chunks(self) -> Iterator[bytes]:
        """Raises :class:`BackupError` when the archive breaks off."""
        while self._left > 0:
            chunk = self._archive.read(min(CHUNK_BYTES, self._left))
            self._left -= len(chunk)
            self.digest.update(chunk)
            yield chunk


class ArchiveReader(_Summed):
    """Knows the manifest from the beginning on; :meth:`members` has been gone through before anything else is believed."""

    def __init__(self, source: BinaryIO) -> None:
        """Raises :class:`BackupError`, also when a newer program has written it."""
        self._source = source
        self.read_bytes = 0
        first = self._next()
        if first is None or first.name != MANIFEST or first.size_bytes > MANIFEST_MAX_BYTES:
            raise BackupError("This is not a backup of Parley's: it does not begin with a manifest.")
        self.manifest = Manifest.decoded(b"".join(first.chunks()))
        self._skip_padding(first.size_bytes)
        super().__init__()  # from here on somebody has to close it
        self._sums.write(_line(first.name, first.digest))

    def members(self) -> Iterator[Member]:
        """All but manifest and sums. Raises :class:`BackupError` for whatever is not as it was written."""
        while (member := self._next()) is not None:
            if member.name == SUMS:
                self._compare(member)
                return
            yield member
            for _ in member.chunks():
                pass
            self._skip_padding(member.size_bytes)
            self._sums.write(_line(member.name, member.digest))
        raise BackupError("The backup breaks off: its end is missing. Take another one.")

    def _compare(self, sums: Member) -> None:
        """Also the lines' order and number."""
        if sums.size_bytes != self._sums.tell():
            raise BackupError("The backup is damaged: it does not hold the files that it should. Take another one.")
        self._sums.seek(0)
        damaged = None
        for chunk in sums.chunks():
            found = self._sums.read(len(chunk))
            if damaged is None and found != chunk:
                damaged = self._name_at(
                    next(at for at, (one, other) in enumerate(zip(found, chunk, strict=True)) if one != other)
                )
        self._skip_padding(sums.size_bytes)
        if damaged is not None:
            raise BackupError(f"The backup is damaged{damaged}. Take another one.")

    def _name_at(self, offset: int) -> str:
        """Of the member in whose line there is a difference; only looked for in what is in memory."""
        at = self._sums.tell()
        self._sums.seek(0)
        before = self._sums.read(offset)
        line = before[before.rfind(b"\n") + 1 :] + self._sums.readline(NAME_MAX + 80)
        self._sums.seek(at)
        name = line.decode(errors="replace").strip().partition("  ")[2]
        return f" in {name}" if name else ""

    def _next(self) -> Member | None:
        block = self.read(_BLOCK)
        if block == bytes(_BLOCK):
            return None
        info = _header(block)
        name = info.name
        if info.type == tarfile.GNUTYPE_LONGNAME and info.size <= NAME_MAX + 1:
            name = self.read(info.size).rstrip(b"\0").decode(errors="replace")
            self._skip_padding(info.size)
            info = _header(self.read(_BLOCK))
        if info.type != tarfile.REGTYPE or info.size < 0:
            raise BackupError("The backup holds something that is no plain file. It was not made by Parley.")
        return Member(self, check_name(name), info.size)

    def read(self, size_bytes: int) -> bytes:
        """Raises :class:`BackupError` when there is less."""
        content = self._source.read(size_bytes)
        self.read_bytes += len(content)
        if len(content) != size_bytes:
            raise BackupError("The backup breaks off: its end is missing. Take another one.")
        return content

    def _skip_padding(self, size_bytes: int) -> None:
        self.read(-size_bytes % _BLOCK)


def _header(block: bytes) -> tarfile.TarInfo:
    try:
        return tarfile.TarInfo.frombuf(block, "utf-8", "replace")
    except tarfile.HeaderError:
        raise BackupError("This is not a backup of Parley's, or it is damaged: it cannot be read as a tar.") from None


def _line(name: str, digest: hashlib._Hash) -> bytes:
    return f"{digest.hexdigest()}  {name}\n".encode()

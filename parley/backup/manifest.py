"""What a backup says of itself."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from parley.backup.errors import BackupError

MANIFEST: Final = "manifest.json"
MANIFEST_MAX_BYTES: Final = 65_536
FORMAT: Final = 1
"""Of the archive: a program reads its own and older ones."""

DATABASES: Final = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump", "mysql": "database.sql"}
"""Kind of database -> the member that holds it."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    format: int = FORMAT
    program: Literal["parley"] = "parley"
    version: str
    """Of the program that wrote it."""
    made_ms: int
    """When the copy of the database was begun."""
    database: Literal["sqlite", "postgresql", "mysql"]
    tables: str
    """The migration that the database is at."""
    files: bool
    """Whether what people uploaded is in it; where it is kept in S3 it is not."""
    secrets: bool
    """Whether keys and certificates are in it."""

    def encoded(self) -> bytes:
        return msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n"

    @staticmethod
    def decoded(content: bytes) -> Manifest:
        """Raises :class:`BackupError`."""
        try:
            found = msgspec.json.decode(content, type=_Beginning)
            if found.format > FORMAT:
                raise BackupError(
                    f"The backup was made by a newer Parley ({found.version[:40]}; its format is {found.format}, this program "
                    f"reads {FORMAT}). Install that one."
                )
            return msgspec.json.decode(content, type=Manifest)
        except msgspec.DecodeError as error:
            raise BackupError(f"This is not a backup of Parley's: its manifest cannot be read ({error}).") from None


class _Beginning(msgspec.Struct):
    """What is sure to be in the manifest of any format."""

    format: int
    program: Literal["parley"]
    version: str

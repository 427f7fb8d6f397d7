"""Bytes by key, in a folder of this machine (or a mount), through obstore, which speaks to S3-compatible storage just the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import obstore
import structlog
from obstore.store import LocalStore, MemoryStore

from server.domain.errors import Unavailable
from server.ports import Blob

_PART_BYTES: Final = 1 << 20
"""So much of an upload waits in memory."""
_READ_BYTES: Final = 1 << 18

_log = structlog.stdlib.get_logger("parley.blobs")


def open_folder(folder: Path) -> Blobs:
    """Made when it is not there. Blocks."""
    return Blobs(LocalStore(folder, mkdir=True))


class Blobs:
    """Implements :class:`server.ports.BlobStore`."""

    def __init__(self, store: LocalStore | MemoryStore) -> None:
        self._store = store

    async def put(self, key: str, chunks: AsyncIterator[bytes]) -> None:
        """What ``chunks`` raises is raised, and then nothing is kept."""
        failure: list[BaseException] = []

        async def watched() -> AsyncIterator[bytes]:
            try:
                async for chunk in chunks:
                    yield chunk
            except BaseException as error:
                failure.append(error)
                raise

        try:
            await obstore.put_async(self._store, key, watched(), chunk_size=_PART_BYTES)
        except Exception as error:
            if failure:
                raise failure[0] from None
            raise _unavailable(error) from error

    async def get(self, key: str) -> Blob | None:
        try:
            result = await obstore.get_async(self._store, key)
        except FileNotFoundError:
            return None
        except Exception as error:
            raise _unavailable(error) from error

        async def chunks() -> AsyncIterator[bytes]:
            async for chunk in result.stream(min_chunk_size=_READ_BYTES):
                yield bytes(chunk)

        return Blob(size_bytes=result.meta["size"], chunks=chunks())

    async def delete(self, key: str) -> None:
        try:
            await obstore.delete_async(self._store, key)
        except FileNotFoundError:
            return
        except Exception as error:
            raise _unavailable(error) from error


def _unavailable(error: Exception) -> Unavailable:
    _log.error(
        "files cannot be stored or read", reason=type(error).__name__, detail=str(error).partition("\n")[0][:200]
    )
    return Unavailable("files_unavailable", "Files cannot be stored or read just now. Try again in a minute.")

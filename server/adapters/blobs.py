"""Bytes by key, in a folder of this machine (or a mount) or in a bucket of S3-compatible storage, through obstore."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import obstore
import structlog
from obstore.store import LocalStore, MemoryStore, S3Store

from server.domain.errors import Unavailable
from server.ports import Blob

_PART_BYTES: Final = 5 << 20
"""So much of an upload waits in memory; S3 takes no smaller parts."""
_READ_BYTES: Final = 1 << 18
_PROBE: Final = "parley-start"

_log = structlog.stdlib.get_logger("parley.blobs")


class StoreRefused(Exception):
    """The store cannot be used; ``str()`` says why, for the operator, without a secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """``endpoint`` None is Amazon's own, as ``region`` says."""

    name: str
    prefix: str = ""
    endpoint: str | None = None
    region: str = "us-east-1"
    key_id: str | None = None
    secret: str | None = None
    """Without both of them what the machine itself is allowed."""


def open_folder(folder: Path) -> Blobs:
    """Made when it is not there. Blocks; raises :class:`StoreRefused`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return Blobs(LocalStore(folder))
    except (OSError, obstore.exceptions.BaseError) as error:
        raise StoreRefused(f"the folder {folder} cannot be made or read ({_reason(error)})") from None


def open_bucket(bucket: Bucket, *, retry_s: float = 20.0) -> Blobs:
    """Reaches for nothing yet: see :meth:`Blobs.check`."""
    credentials = {"access_key_id": bucket.key_id, "secret_access_key": bucket.secret}
    return Blobs(
        S3Store(
            bucket.name,
            prefix=bucket.prefix or None,
            endpoint=bucket.endpoint,
            region=bucket.region,
            virtual_hosted_style_request=False,
            client_options={
                "allow_http": (bucket.endpoint or "").startswith("http://"),
                "connect_timeout": timedelta(seconds=5),
                "timeout": timedelta(seconds=60),
            },
            retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=retry_s)},
            **{name: value for name, value in credentials.items() if value},  # type: ignore[arg-type]
        )
    )


class Blobs:
    """Implements :class:`server.ports.BlobStore`."""

    def __init__(self, store: LocalStore | MemoryStore | S3Store) -> None:
        self._store = store

    async def check(self) -> None:
        """Writes, reads and deletes. Raises :class:`StoreRefused`."""
        try:
            await obstore.put_async(self._store, _PROBE, b"Parley was here.")
            found = await obstore.get_async(self._store, _PROBE)
            await found.bytes_async()
            await obstore.delete_async(self._store, _PROBE)
        except Exception as error:
            raise StoreRefused(_reason(error)) from None

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

    async def get(self, key: str, start: int = 0, end: int | None = None) -> Blob | None:
        options: obstore.GetOptions = {}
        if end is not None:
            options["range"] = (start, end)
        elif start:
            options["range"] = {"offset": start}
        try:
            result = await obstore.get_async(self._store, key, options=options)
        except FileNotFoundError:
            return None
        except Exception as error:
            raise _unavailable(error) from error

        async def chunks() -> AsyncIterator[bytes]:
            try:
                async for chunk in result.stream(min_chunk_size=_READ_BYTES):
                    yield bytes(chunk)
            except Exception as error:
                raise _unavailable(error) from error

        return Blob(size_bytes=result.meta["size"], chunks=chunks())

    async def delete(self, key: str) -> None:
        try:
            await obstore.delete_async(self._store, key)
        except FileNotFoundError:
            return
        except Exception as error:
            raise _unavailable(error) from error

    async def keys(self, folder: str) -> AsyncIterator[str]:
        try:
            async for some in obstore.list(self._store, folder):
                for found in some:
                    yield found["path"]
        except FileNotFoundError:
            return
        except Exception as error:
            raise _unavailable(error) from error


def _unavailable(error: Exception) -> Unavailable:
    _log.error("files cannot be stored or read", reason=type(error).__name__, detail=_reason(error))
    return Unavailable("files_unavailable", "Files cannot be stored or read just now. Try again in a minute.")


def _reason(error: Exception) -> str:
    """The first line of what is said; the others may hold the whole request."""
    return str(error).partition("\n")[0].strip()[:200] or type(error).__name__

"""Where files are kept, opened and tried before anybody may upload one."""

from __future__ import annotations

import asyncio
from pathlib import Path

from parley.config import FileSettings
from parley.failures import CannotStart
from server.adapters.blobs import Blobs, Bucket, StoreRefused, open_bucket, open_folder


async def open_files(settings: FileSettings, data: Path) -> Blobs:
    """Raises :class:`CannotStart`."""
    bucket = settings.bucket
    if bucket is None:
        return await _open_folder(settings.folder or data / "blobs")
    blobs = open_bucket(
        Bucket(
            name=bucket.name,
            prefix=bucket.prefix,
            endpoint=bucket.endpoint,
            region=bucket.region,
            key_id=bucket.key_id,
            secret=bucket.secret,
        )
    )
    try:
        await blobs.check()
    except StoreRefused as error:
        where = bucket.endpoint or f"Amazon S3 in {bucket.region}"
        raise CannotStart(
            f"PARLEY_FILES_STORE: the bucket {bucket.name} at {where} cannot be used ({error}). Make it, and see that the key "
            "(PARLEY_FILES_KEY_ID, PARLEY_FILES_SECRET) may read, write, delete and list in it."
        ) from None
    return blobs


async def _open_folder(folder: Path) -> Blobs:
    try:
        blobs = await asyncio.to_thread(open_folder, folder)
        await blobs.check()
    except StoreRefused as error:
        raise CannotStart(
            f"Files cannot be kept in {folder}: {error}. Let the user that runs Parley write there, or name another folder in "
            "PARLEY_FILES_FOLDER."
        ) from None
    return blobs

"""The data folder: whose it is, who may read it, how much room it has; and whether files can be kept there."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from parley.doctor.examination import Patient
from parley.doctor.findings import Finding, fail, good, warn
from server.adapters.blobs import open_folder
from server.domain.errors import Unavailable

MIB: Final = 1 << 20
FREE_FAIL_BYTES: Final = 200 * MIB
FREE_WARN_BYTES: Final = 2048 * MIB


def check_data_folder(patient: Patient) -> list[Finding]:
    folder = patient.settings.storage.data
    if not folder.exists():
        return _to_be_made(folder)
    if not folder.is_dir():
        return [fail(f"{folder} is no folder", "Name a folder with PARLEY_DATA.")]
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return [
            fail(
                f"{folder} cannot be read and written by this user",
                f"chown -R {os.geteuid()} {folder}, or PARLEY_DATA.",
            )
        ]
    return [*_owner(folder), *_modes(folder), *_room(folder)]


def _to_be_made(folder: Path) -> list[Finding]:
    parent = next(each for each in folder.parents if each.exists())
    if not os.access(parent, os.W_OK | os.X_OK):
        return [
            fail(f"{folder} is not there and cannot be made", "Make it for this user, or name another: PARLEY_DATA.")
        ]
    return [good(f"{folder} is made at the first start"), *_room(parent)]


def _owner(folder: Path) -> list[Finding]:
    owner = folder.stat().st_uid
    if owner != os.geteuid():
        mend = f"Run Parley as the owner, or: chown -R {os.geteuid()} {folder}"
        return [warn(f"{folder} belongs to user {owner}; this is user {os.geteuid()}", mend)]
    return [good(str(folder))]


def _modes(folder: Path) -> list[Finding]:
    found = []
    if stat.S_IMODE(folder.stat().st_mode) & (stat.S_IRWXO | stat.S_IWGRP):
        found.append(warn(f"{folder} is open to other users of this machine", f"chmod 700 {folder}"))
    try:
        kept = sorted((folder / "secrets").iterdir())
    except FileNotFoundError:
        return found
    for path in kept:
        if stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXO | stat.S_IRWXG):
            found.append(fail(f"{path} can be read by others", f"chmod 600 {path}"))
        elif path.stat().st_size == 0:
            found.append(fail(f"{path} is empty", "Put it back from a backup, or delete it to have a new one made."))
    return found


def _room(folder: Path) -> list[Finding]:
    free = shutil.disk_usage(folder).free
    if free < FREE_FAIL_BYTES:
        return [fail(f"only {free // MIB} MiB are free on its disk", "Make room: nothing can be kept on a full disk.")]
    if free < FREE_WARN_BYTES:
        return [warn(f"{free // MIB} MiB are free on its disk", "Make room soon, or move the data folder.")]
    found = [good(f"{free / 1024 / MIB:.0f} GiB free on its disk")]
    inodes = os.statvfs(folder)
    if inodes.f_files and inodes.f_favail * 100 < inodes.f_files * 2:
        found.append(warn(f"its disk can take only {inodes.f_favail} more files", "Delete what is not needed there."))
    return found


async def check_file_store(patient: Patient) -> list[Finding]:
    """Writes a file, reads it and deletes it."""
    folder = patient.settings.storage.data / "blobs"
    if not await asyncio.to_thread(folder.is_dir):
        return [good(f"{folder} is made at the first start")]
    content, key = secrets.token_bytes(64), f"doctor/{secrets.token_hex(8)}"

    async def chunks() -> AsyncIterator[bytes]:
        yield content

    mend = f"See who owns {folder} and whether its disk works."
    try:
        blobs = await asyncio.to_thread(open_folder, folder)
        await blobs.put(key, chunks())
        kept = await blobs.get(key)
        back = b"" if kept is None else b"".join([chunk async for chunk in kept.chunks])
        await blobs.delete(key)
    except (Unavailable, OSError) as error:
        return [fail(f"a file cannot be kept in {folder} ({error})", mend)]
    if back != content:
        return [fail(f"a file kept in {folder} came back changed", mend)]
    return [good(f"a file was kept in {folder}, read and deleted")]

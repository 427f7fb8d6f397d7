"""The one folder in which Parley keeps things: made, checked, held for this process alone; and the secrets in it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from parley.failures import CannotStart


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Makes the folder and holds it until the block ends; two servers on one database would give the same ids twice.

    Raises :class:`CannotStart`.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise CannotStart(
            f"The data folder {folder} cannot be written ({error.strerror}). "
            "Let this user write it, or name another with PARLEY_DATA."
        ) from None
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotStart(
                f"Another Parley uses the data folder {folder}. Stop that one, or name another folder with PARLEY_DATA."
            ) from None
        yield
    finally:
        os.close(lock)


def secret(folder: Path, name: str, make: Callable[[], bytes]) -> bytes:
    """What ``<folder>/secrets/<name>`` holds; on the first start ``make`` makes it, and only this user may read it.

    Raises :class:`CannotStart`.
    """
    path = folder / "secrets" / name
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        if not path.exists():
            write_whole(path, make())
        content = path.read_bytes()
    except OSError as error:
        raise CannotStart(
            f"The secret {path} cannot be read or made ({error.strerror}). Let this user do so."
        ) from None
    if not content:
        raise CannotStart(
            f"The secret {path} is empty. Put it back from a backup, or delete it to have a new one made."
        )
    return content


def write_whole(path: Path, content: bytes) -> None:
    """Whole or not at all, and for this user alone."""
    partial = path.with_name(path.name + ".part")
    partial.unlink(missing_ok=True)
    with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)

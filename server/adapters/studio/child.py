"""One look into one file: ``python -m server.adapters.studio.child <source> <media type> <folder>``, the answer on standard output.

The limits come first: on addresses, processor time, files. A file that needs more than they allow ends the process, and the service
takes that for "nothing can be said of it".
"""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

import msgspec

from server.adapters.studio.job import CPU_S, MEMORY_BYTES, WRITTEN_BYTES, Answer


def main(source: str, media_type: str, folder: str) -> None:
    limit()
    answer = look(Path(source), media_type, Path(folder))
    sys.stdout.buffer.write(msgspec.json.encode(answer))


def limit() -> None:
    """For the rest of this process."""
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_FSIZE, WRITTEN_BYTES),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))
    os.nice(5)


def look(source: Path, media_type: str, folder: Path) -> Answer:
    """Neither library comes in before it is needed: FFmpeg's is 75 MB."""
    if media_type.startswith("image/"):
        from server.adapters.studio import pictures

        return pictures.develop(source, folder)
    from server.adapters.studio import recordings

    return recordings.develop(source, media_type, folder)


if __name__ == "__main__":
    main(*sys.argv[1:])

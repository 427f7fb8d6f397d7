"""The way into a database server for those who come over the network: a port, and a certificate."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Door:
    """On 127.0.0.1, for whoever knows a password. ``key`` and ``certificate`` are PEM."""

    port: int
    key: bytes
    certificate: bytes

    def write(self, folder: Path, user: str) -> tuple[Path, Path]:
        """Key and certificate as files that only ``user`` can read."""
        paths = folder / "key.pem", folder / "certificate.pem"
        for path, content in zip(paths, (self.key, self.certificate), strict=True):
            path.write_bytes(content)
            path.chmod(0o600)
            if os.getuid() == 0:
                shutil.chown(path, user, user)
        return paths

from __future__ import annotations

import msgspec
import pytest

from parley.backup.errors import BackupError
from parley.backup.manifest import FORMAT, Manifest

MANIFEST = Manifest(version="1.2.3", made_ms=1, database="sqlite", tables="0004", files=True, secrets=False)


def test_there_and_back() -> None:
    assert Manifest.decoded(MANIFEST.encoded()) == MANIFEST


def test_one_of_a_newer_format_names_the_program_to_install() -> None:
    newer = msgspec.json.encode({"format": FORMAT + 1, "program": "parley", "version": "9.0", "else": 1})
    with pytest.raises(BackupError, match=r"made by a newer Parley \(9\.0;"):
        Manifest.decoded(newer)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"format": 1, "program": "other", "version": "1"}', b"\xff"])
def test_anything_else_is_no_backup(content: bytes) -> None:
    with pytest.raises(BackupError, match="not a backup of Parley's"):
        Manifest.decoded(content)

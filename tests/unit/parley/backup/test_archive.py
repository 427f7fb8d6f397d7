from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.backup.archive import CHUNK_BYTES, NAME_MAX, ArchiveReader, ArchiveWriter, check_name
from parley.backup.errors import BackupError
from parley.backup.manifest import Manifest

MANIFEST = Manifest(version="1.2.3", made_ms=1, database="sqlite", tables="0004", files=True, secrets=True)
LONG = "blobs/" + "x" * (NAME_MAX - 6)
FILES = {"database.sqlite3": b"d" * 700, "blobs/1": b"", "blobs/a/2": b"e" * 512, LONG: b"f"}


def written(files: dict[str, bytes] = FILES) -> bytes:
    out = io.BytesIO()
    with ArchiveWriter(out, MANIFEST) as archive:
        for name, content in files.items():
            archive.add(name, io.BytesIO(content), len(content))
        archive.finish()
        assert archive.written_bytes == len(out.getvalue())
    return out.getvalue()


def read(content: bytes) -> dict[str, bytes]:
    with ArchiveReader(io.BytesIO(content)) as archive:
        found = {member.name: b"".join(member.chunks()) for member in archive.members()}
        assert archive.manifest == MANIFEST
        return found


def plain_tar(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for info, content in members:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def test_what_is_written_can_be_read() -> None:
    large = {"blobs/1": b"d" * (2 * CHUNK_BYTES + 5)}
    assert (read(written()), read(written(large))) == (FILES, large)


def test_what_is_not_read_of_a_member_is_checked_all_the_same() -> None:
    with ArchiveReader(io.BytesIO(written())) as archive:
        assert [member.name for member in archive.members()] == list(FILES)


def test_any_tar_unpacks_it_and_sha256sum_finds_it_whole(tmp_path: Path) -> None:
    (tmp_path / "backup").write_bytes(written())
    subprocess.run(["tar", "xf", "backup"], cwd=tmp_path, check=True)
    assert (tmp_path / LONG).read_bytes() == b"f"
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=tmp_path, check=True)


def test_one_changed_bit_is_found_and_named() -> None:
    content = bytearray(written())
    content[content.index(b"eeee")] ^= 1
    with pytest.raises(BackupError, match=r"damaged in blobs/a/2\."):
        read(bytes(content))


@given(at=st.integers(0, len(written()) - 1025), bit=st.integers(0, 7))
def test_no_changed_bit_goes_unseen(at: int, bit: int) -> None:
    """But for the header's fields that mean nothing here: mode, owner and time."""
    content = bytearray(written())
    content[at] ^= 1 << bit
    try:
        found = read(bytes(content))
    except BackupError:
        return
    assert found == FILES, "a change was taken for good"


@given(st.integers(0, len(written()) - 1025))
def test_one_that_breaks_off_is_never_taken_for_whole(length: int) -> None:
    with pytest.raises(BackupError):
        read(written()[:length])


@given(st.binary(max_size=2048))
def test_noise_is_no_backup(content: bytes) -> None:
    with pytest.raises(BackupError):
        ArchiveReader(io.BytesIO(content))


def test_a_member_that_was_taken_out_is_missed() -> None:
    shorter = {name: content for name, content in FILES.items() if name != "blobs/1"}
    whole, other = written(), written(shorter)
    sums = whole[whole.rindex(b"SHA256SUMS") :]
    with pytest.raises(BackupError, match="does not hold the files that it should"):
        read(other[: other.rindex(b"SHA256SUMS")] + sums)


@pytest.mark.parametrize(
    "name",
    ["../x", "blobs/../../x", "/etc/passwd", "blobs//x", "blobs/", "", ".", "a\\b", "a\nb", "x" * (NAME_MAX + 1)],
)
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    with pytest.raises(BackupError, match="a name that must not be"):
        check_name(name)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_only_plain_files_are_taken(kind: bytes) -> None:
    link = tarfile.TarInfo("secrets")
    link.type, link.linkname = kind, "/etc"
    with pytest.raises(BackupError, match="no plain file"):
        read(plain_tar((tarfile.TarInfo("manifest.json"), MANIFEST.encoded()), (link, b"")))


def test_it_begins_with_a_manifest() -> None:
    with pytest.raises(BackupError, match="does not begin with a manifest"):
        ArchiveReader(io.BytesIO(plain_tar((tarfile.TarInfo("other"), b"x"))))


def test_a_file_that_became_shorter_ends_it() -> None:
    with ArchiveWriter(io.BytesIO(), MANIFEST) as archive, pytest.raises(BackupError, match="became shorter"):
        archive.add("blobs/1", io.BytesIO(b"abc"), 4)

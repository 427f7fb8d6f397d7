"""Whatever is uploaded, under whatever name: only documented errors come out, and only documented things stay."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from server.actions.files import safe_name
from server.adapters.content import PICTURES, RECORDINGS, media_type
from server.adapters.studio import pictures, recordings
from server.adapters.studio.job import Made, Nothing, Refused
from server.domain.errors import OutOfRange
from server.http.file_headers import disposition, told_type
from server.http.ranges import span_of
from tests.support.pictures import picture
from tests.support.recordings import sound, video


@functools.cache
def samples() -> tuple[tuple[str, bytes], ...]:
    """Of each kind that is looked into, and the type it has."""
    made = (
        picture(24),
        picture(24, "JPEG"),
        picture(24, "WEBP"),
        picture(24, "GIF", frames=3),
        sound(seconds=0.3),
        sound("wav", "pcm_s16le", seconds=0.1),
        sound("mp3", "libmp3lame", seconds=0.3),
        sound("flac", "flac", seconds=0.3),
        sound("mp4", "aac", seconds=0.3),
        video(width=64, height=48),
        video("mp4", "mpeg4", width=64, height=48),
    )
    return tuple((media_type(data[:4096], "x"), data) for data in made)


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, bytes]:
    """Cut, with bytes changed, with something put in, or as another kind than it is."""
    kind, data = draw(st.sampled_from(samples()))
    changed = bytearray(data[: draw(st.integers(0, len(data)))] if draw(st.booleans()) else data)
    for _ in range(draw(st.integers(0, 8))):
        if changed:
            changed[draw(st.integers(0, len(changed) - 1))] = draw(st.integers(0, 255))
    if draw(st.booleans()):
        at = draw(st.integers(0, len(changed)))
        changed[at:at] = draw(st.binary(max_size=40))
    if draw(st.integers(0, 5)) == 0:
        kind = draw(st.sampled_from(sorted(PICTURES | RECORDINGS)))
    return kind, bytes(changed)


def look(kind: str, data: bytes, folder: Path) -> Made | Refused | Nothing:
    (folder / "source").write_bytes(data)
    if kind in PICTURES:
        return pictures.develop(folder / "source", folder)
    return recordings.develop(folder / "source", kind, folder)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("studio")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(damaged())
def test_a_damaged_file_is_shown_refused_or_left_alone(folder: Path, upload: tuple[str, bytes]) -> None:
    kind, data = upload
    answer = look(kind, data, folder)
    if not isinstance(answer, Made):
        assert isinstance(answer, Refused) is (kind in PICTURES)
        return
    assert answer.media_type in PICTURES | RECORDINGS
    assert set(answer.parts) <= {"whole", "small", "large", "poster"}
    assert all((folder / part).stat().st_size for part in answer.parts)
    media = answer.media
    assert media.width is UNSET or media.width > 0
    assert media.duration_ms is UNSET or 0 < media.duration_ms <= recordings.DURATION_MAX_MS


@given(st.binary(max_size=4096), st.text())
def test_every_file_has_a_type_that_can_be_told(head: bytes, name: str) -> None:
    for data in (head, b"<" + head, b"RIFF" + head, b"\x00\x00\x00\x18ftyp" + head, b"\x1aE\xdf\xa3" + head):
        kind = media_type(data, name)
        assert len(kind) <= 127
        assert kind.isascii()
        assert "html" not in told_type(kind)
        assert "svg" not in told_type(kind)


@given(st.text(), st.integers(17, 255))
def test_every_name_can_be_kept_and_told(name: str, longest: int) -> None:
    safe = safe_name(name, longest)
    assert 0 < len(safe) <= longest
    assert not set(safe) & set('/\\:*?"<>|\r\n\0')
    safe.encode()
    assert disposition(safe, inline=False).isascii()


@given(st.text(alphabet="bytes=-,0123456789 "), st.integers(0, 10**9))
def test_every_range_lies_in_the_file(header: str, size: int) -> None:
    try:
        span = span_of(header, size)
    except OutOfRange:
        return
    assert span is None or 0 <= span[0] < span[1] <= size

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from msgspec import UNSET
from PIL import Image

from server.adapters.studio import recordings
from server.adapters.studio.job import Made, Nothing
from tests.support.recordings import sound, video


def develop(data: bytes, media_type: str, folder: Path) -> Made | Nothing:
    (folder / "source").write_bytes(data)
    return recordings.develop(folder / "source", media_type, folder)


@pytest.mark.parametrize(
    ("format", "codec", "asked", "told"),
    [
        ("ogg", "libopus", "audio/ogg", "audio/ogg"),
        ("webm", "libopus", "video/webm", "audio/webm"),
        ("mp4", "aac", "video/mp4", "audio/mp4"),
        ("wav", "pcm_s16le", "audio/wav", "audio/wav"),
        ("mp3", "libmp3lame", "audio/mpeg", "audio/mpeg"),
        ("flac", "flac", "audio/flac", "audio/flac"),
    ],
)
def test_sound_has_a_length_and_a_waveform(format: str, codec: str, asked: str, told: str, tmp_path: Path) -> None:  # noqa: A002
    answer = develop(sound(format, codec), asked, tmp_path)
    assert isinstance(answer, Made)
    assert (answer.media_type, answer.parts, answer.media.width) == (told, (), UNSET)
    assert isinstance(answer.media.duration_ms, int)
    assert abs(answer.media.duration_ms - 2000) < 100
    assert isinstance(answer.media.waveform, str)
    peaks = base64.b64decode(answer.media.waveform)
    assert len(peaks) == recordings.PEAKS
    assert max(peaks) == 255
    assert peaks[5] < peaks[50] < peaks[95]


def test_what_says_no_length_is_heard_to_its_end(tmp_path: Path) -> None:
    """As a browser records: the header is written before anybody knows."""
    whole = sound("webm")
    at = whole.index(b"\x44\x89\x88")  # Duration, in an EBML float of 8 bytes
    answer = develop(whole[:at] + b"\xec\x89" + bytes(9) + whole[at + 11 :], "audio/webm", tmp_path)
    assert isinstance(answer, Made)
    assert isinstance(answer.media.duration_ms, int)
    assert abs(answer.media.duration_ms - 2000) < 100


@pytest.mark.parametrize(("format", "codec", "kind"), [("webm", "libvpx", "video/webm"), ("mp4", "mpeg4", "video/mp4")])
def test_a_video_has_a_poster(format: str, codec: str, kind: str, tmp_path: Path) -> None:  # noqa: A002
    answer = develop(video(format, codec, width=640, height=360), kind, tmp_path)
    assert isinstance(answer, Made)
    assert (answer.media_type, answer.parts) == (kind, ("poster", "small"))
    media = answer.media
    assert (media.width, media.height, media.poster, media.waveform) == (640, 360, True, UNSET)
    assert isinstance(media.duration_ms, int)
    assert abs(media.duration_ms - 3000) < 200
    with Image.open(tmp_path / "poster") as poster:
        assert (poster.format, poster.size) == ("WEBP", (640, 360))


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"", "audio/ogg"),
        (b"OggS" + bytes(200), "audio/ogg"),
        (b"\x1aE\xdf\xa3" + bytes(100), "video/webm"),
        (bytes(range(256)) * 20, "audio/mpeg"),
        (sound()[:70], "audio/ogg"),
        (video()[:300], "video/webm"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "video/mp4"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "video/webm"),
        (b"RIFF\xff\xff\xff\xffWAVEfmt \xff\xff\xff\xff", "audio/wav"),
        (sound(), "audio/x-unheard-of"),
    ],
)
def test_what_says_nothing_is_nothing(data: bytes, media_type: str, tmp_path: Path) -> None:
    assert develop(data, media_type, tmp_path) == Nothing()


def test_a_video_that_is_too_large_has_no_poster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recordings, "SIDE_MAX_PX", 300)
    assert develop(video(), "video/webm", tmp_path) == Nothing()


def test_nobody_listens_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recordings, "LISTEN_S", -1.0)
    answer = develop(sound(), "audio/ogg", tmp_path)
    assert isinstance(answer, Made)
    assert (answer.media.waveform, isinstance(answer.media.duration_ms, int)) == (UNSET, True)

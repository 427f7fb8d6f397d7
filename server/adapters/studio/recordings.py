"""Video and audio, looked into with FFmpeg (PyAV): how long, how large, a picture, and how loud.

The demuxer is named by the caller and nothing but the file is opened: a playlist in a stranger's file leads nowhere.
"""

from __future__ import annotations

import base64
import itertools
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream
from msgspec import UNSET
from numpy.typing import NDArray
from PIL import Image

from server.adapters.studio.job import LARGE_PX, Made, Nothing
from server.adapters.studio.pictures import placeholder, previews
from server.domain.sections import Media

PEAKS: Final = 100
"""Of a waveform."""
DEMUXERS: Final = {
    "mp4": "mov,mp4,m4a,3gp,3g2,mj2",
    "quicktime": "mov,mp4,m4a,3gp,3g2,mj2",
    "webm": "matroska,webm",
    "x-matroska": "matroska,webm",
    "ogg": "ogg",
    "mpeg": "mp3",
    "wav": "wav",
    "flac": "flac",
    "aac": "aac",
}
"""By what follows ``audio/`` or ``video/``."""
SIDE_MAX_PX: Final = 8192
DURATION_MAX_MS: Final = 24 * 3_600_000
LISTEN_S: Final = 15.0
"""So long a waveform may take to make."""
_RATE_HZ: Final = 8000
_BLOCK: Final = 400
"""Samples that a peak is first taken of: 50 ms."""
_BLOCKS_MAX: Final = 20 * 3600
_PACKETS_MAX: Final = 2_000_000


def develop(source: Path, media_type: str, folder: Path) -> Made | Nothing:
    """Writes ``poster`` of a video. Raises nothing that a file could bring about."""
    subtype = media_type.partition("/")[2]
    demuxer = DEMUXERS.get(subtype)
    if demuxer is None:
        return Nothing()
    try:
        options = {"protocol_whitelist": "file", "enable_drefs": "0"}
        with av.open(str(source), format=demuxer.partition(",")[0], options=options, metadata_errors="ignore") as file:
            video = next((each for each in file.streams.video if not _is_cover(each)), None)
            audio = next(iter(file.streams.audio), None)
            if video is not None:
                return _of_video(file, video, f"video/{subtype}", folder)
            return _of_audio(file, audio, f"audio/{subtype}") if audio is not None else Nothing()
    # FFmpeg's own errors, those of numpy and Pillow, and what else a crafted file can bring about.
    except Exception:
        return Nothing()


def _is_cover(stream: VideoStream) -> bool:
    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def _of_video(file: InputContainer, stream: VideoStream, media_type: str, folder: Path) -> Made | Nothing:
    duration_ms = _duration_ms(file, stream)
    image = _poster(file, stream, duration_ms)
    if image is None:
        return Nothing()
    width, height = image.size
    parts = []
    image.thumbnail((LARGE_PX, LARGE_PX), Image.Resampling.LANCZOS)
    image.save(folder / "poster", "WEBP", quality=80)
    parts.append("poster")
    parts += [each for each in previews(image, folder) if each == "small"]
    media = Media(
        width=width,
        height=height,
        thumbhash=placeholder(image),
        duration_ms=UNSET if duration_ms is None else duration_ms,
        poster=True,
    )
    return Made(media_type, media, tuple(parts))


def _poster(file: InputContainer, stream: VideoStream, duration_ms: int | None) -> Image.Image | None:
    if not 0 < max(stream.width, stream.height) <= SIDE_MAX_PX:
        return None
    stream.thread_type = "NONE"
    if duration_ms is not None and duration_ms > 2000:
        try:
            file.seek(min(1_000_000, duration_ms * 100), backward=True)
        except av.FFmpegError:
            file.seek(0)
    for frame in file.decode(stream):
        if max(frame.width, frame.height) > SIDE_MAX_PX:
            return None
        image: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]
        turn = round(getattr(frame, "rotation", 0) / 90) % 4
        return image.rotate(90 * turn, expand=True) if turn else image
    return None


def _of_audio(file: InputContainer, stream: AudioStream, media_type: str) -> Made:
    known_ms = _duration_ms(file, stream, exactly=False)
    peaks, heard_ms = _listen(file, stream)
    duration_ms = known_ms if known_ms is not None else heard_ms
    media = Media(
        duration_ms=UNSET if duration_ms is None else duration_ms,
        waveform=UNSET if peaks is None else base64.b64encode(peaks).decode(),
    )
    return Made(media_type, media, ())


def _duration_ms(file: InputContainer, stream: AudioStream | VideoStream, *, exactly: bool = True) -> int | None:
    """As the file says it; else (``exactly``) by its packets. What a browser records says nothing."""
    if file.duration is not None and file.duration >= 1000:
        return min(DURATION_MAX_MS, file.duration // 1000)
    if stream.duration is not None and stream.duration > 0 and stream.time_base:
        return min(DURATION_MAX_MS, int(stream.duration * stream.time_base * 1000)) or None
    if not exactly or not stream.time_base:
        return None
    last = Fraction(0)
    for number, packet in enumerate(file.demux(stream)):
        if packet.pts is not None:
            last = max(last, (packet.pts + (packet.duration or 0)) * stream.time_base)
        if number > _PACKETS_MAX:
            break
    file.seek(0)
    return min(DURATION_MAX_MS, int(last * 1000)) or None


def _listen(file: InputContainer, stream: AudioStream) -> tuple[bytes | None, int | None]:
    """How loud it is from beginning to end, 0 to 255, and how long it was; None when it takes too long to hear."""
    blocks: list[int] = []
    rest = np.zeros(0, dtype=np.int16)
    samples = 0
    give_up_s = time.monotonic() + LISTEN_S
    for heard in _samples(file, stream):
        samples += len(heard)
        rest = np.concatenate((rest, heard))
        whole = len(rest) // _BLOCK
        if whole:
            loud = np.abs(rest[: whole * _BLOCK].astype(np.int32)).reshape(whole, _BLOCK).max(axis=1)
            blocks.extend(loud.tolist())
            rest = rest[whole * _BLOCK :]
        if len(blocks) > _BLOCKS_MAX or time.monotonic() > give_up_s:
            return None, None
    if len(rest):
        blocks.append(int(np.abs(rest.astype(np.int32)).max()))
    if not samples:
        return None, None
    return _peaks(blocks), min(DURATION_MAX_MS, samples * 1000 // _RATE_HZ)


def _samples(file: InputContainer, stream: AudioStream) -> Iterator[NDArray[np.int16]]:
    resampler = av.AudioResampler(format="s16", layout="mono", rate=_RATE_HZ)
    for frame in file.decode(stream):
        for part in resampler.resample(frame):
            yield part.to_ndarray().reshape(-1).astype(np.int16, copy=False)
    for part in resampler.resample(None):
        yield part.to_ndarray().reshape(-1).astype(np.int16, copy=False)


def _peaks(blocks: list[int]) -> bytes:
    """:data:`PEAKS` of them, the loudest one at 255."""
    loud = np.asarray(blocks, dtype=np.float64)
    edges = np.linspace(0, len(loud), PEAKS + 1)
    peaks = [loud[int(start) : max(int(start) + 1, int(end))].max() for start, end in itertools.pairwise(edges)]
    most = max(max(peaks), 1.0)
    return bytes(round(255 * float(each) / most) for each in peaks)

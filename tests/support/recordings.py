"""Sound and video, made on the spot."""

from __future__ import annotations

import io

import av
import numpy as np
from av.audio.stream import AudioStream
from av.video.stream import VideoStream

_RATE_HZ = 48_000
_FRAME = 960


def sound(format: str = "ogg", codec: str = "libopus", *, seconds: float = 2.0) -> bytes:  # noqa: A002
    """A tone that grows louder from nothing."""
    out = io.BytesIO()
    with av.open(out, "w", format=format) as file:
        stream = file.add_stream(codec, rate=_RATE_HZ, layout="mono")
        assert isinstance(stream, AudioStream)
        times = np.arange(int(_RATE_HZ * seconds)) / _RATE_HZ
        wave = (np.sin(2 * np.pi * 440 * times) * np.linspace(0, 1, len(times)) * 30_000).astype(np.int16)
        for start in range(0, len(wave), _FRAME):
            frame = av.AudioFrame.from_ndarray(wave[None, start : start + _FRAME], format="s16", layout="mono")
            frame.sample_rate = _RATE_HZ
            frame.pts = start
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return out.getvalue()


def video(format: str = "webm", codec: str = "libvpx", *, width: int = 320, height: int = 240) -> bytes:  # noqa: A002
    """Three seconds that become red."""
    out = io.BytesIO()
    with av.open(out, "w", format=format) as file:
        stream = file.add_stream(codec, rate=10)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(30):
            pixels = np.zeros((height, width, 3), np.uint8)
            pixels[..., 0] = 8 * number
            file.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        file.mux(stream.encode(None))
    return out.getvalue()

"""Pictures and uploads, made on the spot."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator

from PIL import Image


def picture(side_px: int = 32, format: str = "PNG", *, frames: int = 1) -> bytes:  # noqa: A002
    """A picture of one colour; several frames have a colour each."""
    images = [Image.new("RGB", (side_px, side_px), (20 * number % 256, 90, 40)) for number in range(frames)]
    out = io.BytesIO()
    if frames > 1:
        images[0].save(out, format, save_all=True, append_images=images[1:], duration=50, loop=0)
    else:
        images[0].save(out, format)
    return out.getvalue()


async def chunks(data: bytes, size: int = 1 << 16) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]

"""Pictures from strangers: looked at by their content, and made anew before they are shown to others.

What a stranger sends is decoded in threads of its own, few at a time, within limits on pixels and frames, and only the pixels
go on: no metadata, no trailing data (OWASP ASVS 5.0, 5.2 and 5.4).
"""

from __future__ import annotations

import asyncio
import io
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from PIL import Image, ImageOps, ImageSequence

from server.adapters import content
from server.domain.errors import Invalid, Unavailable
from server.ports import MadeEmoji, Picture

_T = TypeVar("_T")

FORMATS: Final = ("PNG", "GIF", "WEBP", "JPEG")
PIXELS_MAX: Final = 4096 * 4096
"""Of one frame, before anything of it is decoded."""
FRAMES_MAX: Final = 150
_WAITING_MAX: Final = 32


class Images:
    """Implements :class:`server.ports.Images`."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="images")
        self._pending = 0

    def close(self) -> None:
        """What waits is dropped."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def media_type(self, head: bytes, name: str) -> str:
        return content.media_type(head, name)

    async def emoji(self, data: bytes, side_px: int) -> MadeEmoji:
        return await self._in_pool(lambda: _opened(data, lambda image: _redrawn(image, side_px)))

    async def picture(self, data: bytes, max_side_px: int, shape: tuple[int, int] | None = None) -> Picture:
        return await self._in_pool(lambda: _opened(data, lambda image: _still(image, max_side_px, shape)))

    async def _in_pool(self, work: Callable[[], _T]) -> _T:
        if self._pending >= _WAITING_MAX:
            raise Unavailable("busy", "The server is busy with other images. Try again in a moment.")
        self._pending += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._pending -= 1


def _opened(data: bytes, work: Callable[[Image.Image], _T]) -> _T:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                if image.width * image.height > PIXELS_MAX:
                    raise _bad("This image has too many pixels. Make it smaller.")
                return work(image)
    except Invalid:
        raise
    # Pillow raises what its decoders raise: OSError, ValueError, SyntaxError, struct.error, EOFError, MemoryError ...
    except Exception as error:
        raise _bad("This is no image that can be read. Choose a PNG, GIF, WebP or JPEG.") from error


def _redrawn(image: Image.Image, side_px: int) -> MadeEmoji:
    count = getattr(image, "n_frames", 1)
    if count > FRAMES_MAX:
        raise _bad(f"An animation may have {FRAMES_MAX} frames. Make it shorter.")
    frames, durations = [], []
    for frame in ImageSequence.Iterator(image):
        durations.append(int(frame.info.get("duration", 100)) or 100)
        upright = ImageOps.exif_transpose(frame).convert("RGBA")
        upright.thumbnail((side_px, side_px), Image.Resampling.LANCZOS)
        frames.append(upright)
    out = io.BytesIO()
    animated = len(frames) > 1
    if animated:
        frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], duration=durations, loop=0, quality=80)
    else:
        frames[0].save(out, "PNG", optimize=True)
    picture = Picture(media_type="image/webp" if animated else "image/png", data=out.getvalue())
    return MadeEmoji(picture=picture, animated=animated)


def _still(image: Image.Image, max_side_px: int, shape: tuple[int, int] | None) -> Picture:
    if image.format == "JPEG":  # decoded no larger than needed
        image.draft("RGB", (2 * max_side_px, 2 * max_side_px))
    upright = ImageOps.exif_transpose(image).convert("RGBA")
    if shape is not None:
        wide, high = shape
        unit = min(upright.width / wide, upright.height / high)
        upright = ImageOps.fit(upright, (max(1, round(wide * unit)), max(1, round(high * unit))))
    upright.thumbnail((max_side_px, max_side_px), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    upright.save(out, "WEBP", quality=85)
    return Picture(media_type="image/webp", data=out.getvalue(), width=upright.width, height=upright.height)


def _bad(message: str) -> Invalid:
    return Invalid("bad_image", message)

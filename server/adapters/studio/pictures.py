"""Pictures drawn anew, from pixels alone: no metadata, nothing behind the end (OWASP ASVS 5.0, 5.2 and 5.4)."""

from __future__ import annotations

import base64
import io
import warnings
from pathlib import Path
from typing import Final

import numpy as np
from msgspec import UNSET
from PIL import Image, ImageCms, ImageOps, ImageSequence

from server.adapters.studio.job import LARGE_PX, SMALL_PX, Made, Refused
from server.adapters.studio.thumbhash import SIDE_MAX_PX, thumbhash
from server.domain.sections import Media

FORMATS: Final = ("PNG", "GIF", "WEBP", "JPEG")
PIXELS_MAX: Final = 50_000_000
"""Of one picture; what the cameras of telephones take."""
FRAMES_MAX: Final = 500
ANIMATED_PIXELS_MAX: Final = 120_000_000
"""Of all frames together."""

_PREVIEW: Final = {"quality": 80, "method": 4}


class _TooMuch(Exception):
    """``str()`` is for people."""


def develop(source: Path, folder: Path) -> Made | Refused:
    """Writes ``whole``, and ``small`` and ``large`` where they are smaller than that."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            Image.MAX_IMAGE_PIXELS = PIXELS_MAX
            with Image.open(source, formats=FORMATS) as image:
                if image.width * image.height > PIXELS_MAX:
                    raise _TooMuch("This image has too many pixels. Make it smaller.")
                return _developed(image, folder)
    except _TooMuch as error:
        return Refused(str(error))
    # Pillow raises what its decoders raise: OSError, ValueError, SyntaxError, struct.error, EOFError, MemoryError ...
    except Exception:
        return Refused("This image cannot be read: it is damaged, or no PNG, GIF, WebP or JPEG at all.")


def _developed(image: Image.Image, folder: Path) -> Made:
    frames = getattr(image, "n_frames", 1)
    if frames > 1 and image.format in ("GIF", "WEBP", "PNG"):
        return _animation(image, frames, folder)
    image.load()
    upright = _in_srgb(ImageOps.exif_transpose(image))
    kind = "JPEG" if image.format in ("JPEG", "MPO") else "WEBP" if image.format == "WEBP" else "PNG"
    whole = _drawable(upright, kind)
    whole.info = {name: value for name, value in whole.info.items() if name == "transparency"}
    out = folder / "whole"
    match kind:
        case "JPEG":
            whole.save(out, kind, quality=90, optimize=True)
        case "WEBP":
            whole.save(out, kind, quality=90, method=4, exif=b"", xmp=b"")
        case _:
            whole.save(out, kind)
    return Made(f"image/{kind.lower()}", _media(whole), ("whole", *previews(whole, folder)))


def _animation(image: Image.Image, frames: int, folder: Path) -> Made:
    if frames > FRAMES_MAX or frames * image.width * image.height > ANIMATED_PIXELS_MAX:
        raise _TooMuch("This animation is too long or too large. Send it as a video.")
    durations = [max(20, int(frame.info.get("duration", 100)) or 100) for frame in ImageSequence.Iterator(image)]
    image.seek(0)
    first = image.convert("RGBA")
    image.save(
        folder / "whole",
        "WEBP",
        save_all=True,
        duration=durations,
        loop=0,
        quality=75,
        method=0,
        background=(0, 0, 0, 0),
        exif=b"",
        xmp=b"",
    )
    return Made("image/webp", _media(first, animated=True), ("whole", *previews(first, folder)))


def previews(image: Image.Image, folder: Path) -> list[str]:
    """Those that are smaller than the picture itself."""
    made = []
    for name, side_px in (("large", LARGE_PX), ("small", SMALL_PX)):
        if max(image.size) > side_px:
            smaller = _drawable(image, "WEBP").copy()
            smaller.thumbnail((side_px, side_px), Image.Resampling.LANCZOS)
            smaller.save(folder / name, "WEBP", **_PREVIEW)
            image = smaller
            made.append(name)
    return made


def placeholder(image: Image.Image) -> str:
    """Its ThumbHash in base64."""
    image = _drawable(image, "WEBP")
    small = image.reduce(max(1, max(image.size) // (4 * SIDE_MAX_PX))).convert("RGBA")
    small.thumbnail((SIDE_MAX_PX, SIDE_MAX_PX), Image.Resampling.BOX)
    return base64.b64encode(thumbhash(np.asarray(small))).decode()


def _media(image: Image.Image, *, animated: bool = False) -> Media:
    hashed = placeholder(image)
    return Media(width=image.width, height=image.height, thumbhash=hashed, animated=True if animated else UNSET)


def _in_srgb(image: Image.Image) -> Image.Image:
    """The profile does not go on, so that the colours have to be those of everybody."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK"):
        return image
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        changed = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image  # a profile that cannot be read tells nothing
    return changed or image


def _drawable(image: Image.Image, kind: str) -> Image.Image:
    """In a mode that the format has."""
    if kind == "JPEG":
        return image if image.mode in ("RGB", "L") else image.convert("RGB")
    if image.mode in ("RGB", "RGBA") or (kind == "PNG" and image.mode in ("L", "LA", "1")):
        return image
    if image.mode.startswith(("I", "F")):
        image = Image.fromarray((np.asarray(image, dtype=np.float64) / 256).clip(0, 255).astype(np.uint8))  # of 16 bits
        return image if kind == "PNG" else image.convert("RGB")
    transparent = image.mode in ("LA", "PA", "La", "RGBa") or "transparency" in image.info
    return image.convert("RGBA" if transparent else "RGB")

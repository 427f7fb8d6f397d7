"""A picture's placeholder in some 25 bytes: ThumbHash (https://evanw.github.io/thumbhash/), the low frequencies of the picture."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

SIDE_MAX_PX: Final = 100

_Plane = NDArray[np.float64]


def thumbhash(rgba: NDArray[np.uint8]) -> bytes:
    """Of pixels by row, column and channel; alpha is not multiplied in. Raises :class:`ValueError` over :data:`SIDE_MAX_PX`."""
    height, width = rgba.shape[:2]
    if not 0 < max(width, height) <= SIDE_MAX_PX:
        raise ValueError(f"a picture of {width}x{height} is too large for its placeholder")
    alpha = rgba[..., 3] / 255
    total = float(alpha.sum())
    colours = rgba[..., :3] / 255
    average = (colours * alpha[..., None]).sum(axis=(0, 1)) / (total or 1.0)
    red, green, blue = np.moveaxis(average * (1 - alpha[..., None]) + colours * alpha[..., None], 2, 0)
    transparent = total < width * height
    most = 5 if transparent else 7
    across, down = (max(1, _round(most * side / max(width, height))) for side in (width, height))
    light = _frequencies((red + green + blue) / 3, max(3, across), max(3, down))
    yellow = _frequencies((red + green) / 2 - blue, 3, 3)
    reddish = _frequencies(red - green, 3, 3)
    planes = [light, yellow, reddish]
    landscape = width > height
    head = (
        _round(63 * light[0])
        | _round(31.5 + 31.5 * yellow[0]) << 6
        | _round(31.5 + 31.5 * reddish[0]) << 12
        | _round(31 * light[2]) << 18
        | transparent << 23
    )
    shape = (
        (down if landscape else across) | _round(63 * yellow[2]) << 3 | _round(63 * reddish[2]) << 9 | landscape << 15
    )
    made = bytearray(head.to_bytes(3, "little") + shape.to_bytes(2, "little"))
    if transparent:
        clear = _frequencies(alpha, 5, 5)
        made.append(_round(15 * clear[0]) | _round(15 * clear[2]) << 4)
        planes.append(clear)
    nibbles = [_round(15 * each) for _, terms, _ in planes for each in terms]
    nibbles += [0] * (len(nibbles) % 2)
    made += bytes(low | high << 4 for low, high in zip(nibbles[::2], nibbles[1::2], strict=True))
    return bytes(made)


def _frequencies(plane: _Plane, across: int, down: int) -> tuple[float, list[float], float]:
    """The discrete cosine transform: its constant, its low terms from 0 to 1, and how far they go."""
    height, width = plane.shape
    rows = np.cos(np.pi / height * np.outer(np.arange(down), np.arange(height) + 0.5))
    columns = np.cos(np.pi / width * np.outer(np.arange(across), np.arange(width) + 0.5))
    terms = rows @ plane @ columns.T / (width * height)
    kept = [float(terms[y, x]) for y in range(down) for x in range(across) if x * down < across * (down - y)]
    constant, low = kept[0], kept[1:]
    scale = max(map(abs, low), default=0.0)
    return constant, [0.5 + 0.5 / scale * each for each in low] if scale else low, scale


def _round(number: float) -> int:
    """Halves upwards, as the original does."""
    return math.floor(number + 0.5)

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from server.adapters.studio.thumbhash import thumbhash


def pixels(width: int, height: int, *, transparent: bool = False) -> NDArray[np.uint8]:
    y, x = np.mgrid[0:height, 0:width]
    alpha = (x * 4 + y) % 256 if transparent else np.full_like(x, 255)
    return np.stack([(x * 5 + y * 3) % 256, (x * x + y * 2) % 256, (y * 7 + 40) % 256, alpha], 2).astype(np.uint8)


@pytest.mark.parametrize(
    ("width", "height", "transparent", "expected"),
    [
        (1, 1, False, "c3060a570008f708888788708f7088f80888707ff8000000"),
        (32, 32, False, "5f170e37086185987087888687778877878807f6a7e19008"),
        (100, 75, False, "1f080a0d8277787766578477586a7770770fe7fbd3"),
        (40, 100, False, "df070a0b0676667583858770630f53f97a"),
        (100, 10, False, "9a190a198674606975777878607f078c77"),
        (64, 48, True, "1de8852484283b8588c390499966f72f6908a3749576877707"),
    ],
)
def test_it_says_what_the_original_says(width: int, height: int, transparent: bool, expected: str) -> None:
    """But for the last place of a number that lies between two."""
    found = thumbhash(pixels(width, height, transparent=transparent)).hex()
    assert (len(found), found[:10]) == (len(expected), expected[:10])
    assert all(abs(int(one, 16) - int(other, 16)) <= 1 for one, other in zip(found, expected, strict=True))


@pytest.mark.parametrize("colour", [(0, 0, 0, 0), (0, 0, 0, 255), (255, 255, 255, 255)])
def test_one_colour_has_one(colour: tuple[int, int, int, int]) -> None:
    assert 5 < len(thumbhash(np.full((20, 30, 4), colour, dtype=np.uint8))) < 30


@pytest.mark.parametrize(("width", "height"), [(101, 5), (5, 101), (0, 0)])
def test_larger_ones_are_refused(width: int, height: int) -> None:
    with pytest.raises(ValueError, match="too large"):
        thumbhash(np.zeros((height, width, 4), dtype=np.uint8))

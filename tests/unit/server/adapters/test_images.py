from __future__ import annotations

import io
import zlib
from collections.abc import Iterator

import pytest
from PIL import Image

from server.adapters.images import FRAMES_MAX, Images
from server.domain.errors import Invalid
from tests.support.pictures import picture


@pytest.fixture
def images() -> Iterator[Images]:
    made = Images()
    yield made
    made.close()


def read(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP", "JPEG"])
async def test_a_picture_is_made_anew_in_a_small_size(images: Images, kind: str) -> None:
    made = await images.emoji(picture(300, kind), 128)
    assert (made.picture.media_type, made.animated) == ("image/png", False)
    assert read(made.picture.data).size == (128, 128)


async def test_a_small_one_keeps_its_size_and_shape(images: Images) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (64, 20), (0, 0, 0, 0)).save(out, "PNG")
    made = read((await images.emoji(out.getvalue(), 128)).picture.data)
    assert (made.size, made.mode) == ((64, 20), "RGBA")


async def test_an_animation_stays_one(images: Images) -> None:
    made = await images.emoji(picture(40, "GIF", frames=5), 32)
    assert (made.picture.media_type, made.animated) == ("image/webp", True)
    assert getattr(read(made.picture.data), "n_frames", 1) == 5


async def test_nothing_but_the_pixels_goes_on(images: Images) -> None:
    source = Image.new("RGB", (16, 16))
    exif = source.getexif()
    exif[0x010E] = "where I live"
    out = io.BytesIO()
    source.save(out, "JPEG", exif=exif, comment=b"secret words")
    made = (await images.emoji(out.getvalue() + b"<script>alert(1)</script>", 32)).picture.data
    for word in (b"where I live", b"secret words", b"script"):
        assert word in out.getvalue() + b"<script>"
        assert word not in made


def bomb() -> bytes:
    """A PNG header that promises a billion pixels."""
    header = (30_000).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    chunk = b"IHDR" + header
    return b"\x89PNG\r\n\x1a\n" + (13).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no picture",
        picture()[:40],
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        bomb(),
        picture(8, "GIF", frames=FRAMES_MAX + 1),
        b"II*\x00" + bytes(50),
    ],
    ids=["empty", "text", "cut", "svg", "bomb", "long", "tiff"],
)
async def test_what_is_no_picture_of_ours_is_refused(images: Images, data: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        await images.emoji(data, 64)
    assert refused.value.code == "bad_image"


def sided(width: int, height: int, format: str = "PNG", **options: object) -> bytes:  # noqa: A002
    out = io.BytesIO()
    Image.new("RGB", (width, height), (200, 90, 40)).save(out, format, **options)
    return out.getvalue()


async def test_a_picture_is_small_and_still(images: Images) -> None:
    made = await images.picture(picture(300, "GIF", frames=4), 256)
    assert made.media_type == "image/webp"
    assert (read(made.data).size, getattr(read(made.data), "n_frames", 1)) == ((256, 256), 1)
    assert read((await images.picture(sided(40, 20), 256)).data).size == (40, 20)


@pytest.mark.parametrize(
    ("width", "height", "shape", "size"),
    [
        (900, 300, (1, 1), (256, 256)),
        (300, 900, (1, 1), (256, 256)),
        (100, 100, (3, 1), (100, 33)),
        (1, 500, (3, 1), (1, 1)),
    ],
)
async def test_a_picture_takes_a_shape(
    images: Images, width: int, height: int, shape: tuple[int, int], size: tuple[int, int]
) -> None:
    assert read((await images.picture(sided(width, height), 256, shape)).data).size == size


async def test_a_picture_stands_upright_and_says_nothing_else(images: Images) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn
    exif[0x010E] = "where I live"
    source = sided(600, 200, "JPEG", exif=exif)
    made = (await images.picture(source, 300)).data
    assert read(made).size == (100, 300)
    assert b"where I live" in source
    assert b"where I live" not in made


@pytest.mark.parametrize("data", [b"", picture()[:40], bomb()], ids=["empty", "cut", "bomb"])
async def test_what_is_no_picture_is_refused(images: Images, data: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        await images.picture(data, 64, (1, 1))
    assert refused.value.code == "bad_image"


@pytest.mark.parametrize(
    ("head", "name", "expected"),
    [
        (picture()[:4096], "x.exe", "image/png"),
        (b"%PDF-1.7 ...", "a.png", "application/pdf"),
        ("grüße".encode(), "notes.txt", "text/plain"),
        ("grü".encode()[:-1], "cut.txt", "text/plain"),
        (b"\x00\x01\x02\x03\xfe", "a.bin", "application/octet-stream"),
        (b"", "empty.txt", "text/plain"),
    ],
)
def test_the_type_is_found_by_the_content(images: Images, head: bytes, name: str, expected: str) -> None:
    assert images.media_type(head, name) == expected


async def test_a_picture_that_was_drawn_knows_its_size(images: Images) -> None:
    out = io.BytesIO()
    Image.new("RGB", (300, 100)).save(out, "PNG")
    drawn = await images.picture(out.getvalue(), 60)
    assert (drawn.width, drawn.height) == read(drawn.data).size == (60, 20)

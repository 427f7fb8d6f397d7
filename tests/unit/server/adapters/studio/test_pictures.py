from __future__ import annotations

import io
from pathlib import Path

import pytest
from msgspec import UNSET
from PIL import Image, ImageCms

from server.adapters.studio import pictures
from server.adapters.studio.job import Made, Refused
from tests.support.pictures import picture


def develop(data: bytes, folder: Path) -> Made | Refused:
    (folder / "source").write_bytes(data)
    return pictures.develop(folder / "source", folder)


def made(data: bytes, folder: Path) -> Made:
    answer = develop(data, folder)
    assert isinstance(answer, Made), answer
    return answer


def saved(image: Image.Image, format: str, **options: object) -> bytes:  # noqa: A002
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "media_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp"), ("GIF", "image/png")]
)
def test_a_picture_keeps_its_kind_and_size(kind: str, media_type: str, tmp_path: Path) -> None:
    answer = made(picture(300, kind), tmp_path)
    assert (answer.media_type, answer.parts) == (media_type, ("whole",))
    assert (answer.media.width, answer.media.height, answer.media.animated) == (300, 300, UNSET)
    assert isinstance(answer.media.thumbhash, str)
    with Image.open(tmp_path / "whole") as whole:
        assert (f"image/{str(whole.format).lower()}", whole.size) == (media_type, (300, 300))


def test_large_ones_have_smaller_ones_beside_them(tmp_path: Path) -> None:
    answer = made(saved(Image.new("RGB", (2400, 600), (9, 99, 200)), "JPEG"), tmp_path)
    assert answer.parts == ("whole", "large", "small")
    for name, size in (("whole", (2400, 600)), ("large", (1200, 300)), ("small", (400, 100))):
        with Image.open(tmp_path / name) as image:
            assert image.size == size


def test_nothing_but_the_pixels_goes_on_and_they_stand_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "where I live"
    source = saved(Image.new("RGB", (600, 200), (9, 99, 200)), "JPEG", exif=exif, comment=b"secret words")
    source += b"<script>alert(1)</script>"
    answer = made(source, tmp_path)
    assert (answer.media.width, answer.media.height) == (200, 600)
    for name in answer.parts:
        data = (tmp_path / name).read_bytes()
        for word in (b"where I live", b"secret words", b"script", b"Exif"):
            assert word in source
            assert word not in data


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
def test_texts_in_other_kinds_go_too(kind: str, tmp_path: Path) -> None:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Comment", "secret words")
    options: dict[str, object] = {
        "PNG": {"pnginfo": info},
        "WEBP": {"xmp": b"secret words"},
        "GIF": {"comment": b"secret words"},
    }[kind]  # type: ignore[assignment]
    source = saved(Image.new("RGB", (20, 20)), kind, **options)
    assert b"secret words" in source
    made(source, tmp_path)
    assert b"secret words" not in (tmp_path / "whole").read_bytes()


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_an_animation_stays_one(kind: str, tmp_path: Path) -> None:
    answer = made(picture(500, kind, frames=5), tmp_path)
    assert (answer.media_type, answer.media.animated, answer.parts) == ("image/webp", True, ("whole", "small"))
    with Image.open(tmp_path / "whole") as whole:
        assert getattr(whole, "n_frames", 1) == 5
    with Image.open(tmp_path / "small") as small:
        assert (getattr(small, "n_frames", 1), small.size) == (1, (400, 400))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_mode_can_be_shown(mode: str, tmp_path: Path) -> None:
    made(saved(Image.new(mode, (500, 40)), "PNG"), tmp_path)


def test_sixteen_bits_become_eight(tmp_path: Path) -> None:
    made(saved(Image.new("I;16", (8, 8), 0x8000), "PNG"), tmp_path)
    with Image.open(tmp_path / "whole") as whole:
        assert whole.getpixel((0, 0)) == 128


def test_what_is_clear_stays_clear(tmp_path: Path) -> None:
    for image in (Image.new("RGBA", (8, 8), (1, 2, 3, 0)), Image.new("P", (8, 8), 0)):
        made(saved(image, "PNG", **({"transparency": 0} if image.mode == "P" else {})), tmp_path)
        with Image.open(tmp_path / "whole") as whole:
            assert whole.convert("RGBA").getchannel("A").getpixel((0, 0)) == 0


def test_what_print_shops_send_becomes_red_green_and_blue(tmp_path: Path) -> None:
    made(saved(Image.new("CMYK", (50, 40)), "JPEG"), tmp_path)
    with Image.open(tmp_path / "whole") as whole:
        assert whole.mode == "RGB"


def test_colours_are_those_of_everybody_when_the_profile_goes(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = profile.replace(b"rXYZ", b"____").replace(b"gXYZ", b"rXYZ").replace(b"____", b"gXYZ")
    image = Image.new("RGB", (8, 8), (10, 200, 30))
    made(saved(image, "PNG", icc_profile=swapped), tmp_path)
    with Image.open(tmp_path / "whole") as whole:
        assert "icc_profile" not in whole.info
        assert whole.getpixel((0, 0)) != (10, 200, 30)
    made(saved(image, "PNG", icc_profile=b"no profile"), tmp_path)
    with Image.open(tmp_path / "whole") as whole:
        assert whole.getpixel((0, 0)) == (10, 200, 30)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        picture()[:40],
        saved(Image.new("RGB", (900, 900)), "JPEG")[:1500],
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"II*\x00" + bytes(50),
    ],
    ids=["empty", "cut", "half", "svg", "tiff"],
)
def test_what_cannot_be_read_is_refused(data: bytes, tmp_path: Path) -> None:
    assert isinstance(develop(data, tmp_path), Refused)


def test_what_would_take_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "PIXELS_MAX", 32 * 32 - 1)
    answer = develop(picture(), tmp_path)
    assert isinstance(answer, Refused)
    monkeypatch.setattr(pictures, "PIXELS_MAX", 32 * 32)
    assert isinstance(develop(picture(), tmp_path), Made)


@pytest.mark.parametrize(("name", "most"), [("FRAMES_MAX", 4), ("ANIMATED_PIXELS_MAX", 5 * 32 * 32 - 1)])
def test_an_animation_has_limits(name: str, most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, name, most)
    answer = develop(picture(32, "GIF", frames=5), tmp_path)
    assert isinstance(answer, Refused)
    assert "video" in answer.reason

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from server.adapters.studio.desk import Studio, empty
from server.domain.errors import Invalid, Unavailable
from tests.support.pictures import chunks, picture
from tests.support.recordings import video


def scripted(folder: Path, script: str, within_s: float = 30.0) -> Studio:
    return Studio(folder, child=(sys.executable, "-c", script), within_s=within_s)


def left(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.exists() else []


async def read(part: AsyncIterator[bytes]) -> bytes:
    return b"".join([chunk async for chunk in part])


async def test_a_picture_comes_back_in_parts(tmp_path: Path) -> None:
    studio = Studio(tmp_path / "studio")
    async with studio.develop(chunks(picture(900)), "image/png") as made:
        assert made is not None
        assert (made.media_type, made.media.width) == ("image/png", 900)
        assert sorted(made.parts) == ["small", "whole"]
        assert (await read(made.parts["small"]))[8:12] == b"WEBP"
    assert await asyncio.to_thread(left, tmp_path / "studio") == []


async def test_a_video_comes_back_with_its_poster(tmp_path: Path) -> None:
    async with Studio(tmp_path / "studio").develop(chunks(video()), "video/webm") as made:
        assert made is not None
        assert (made.media.poster, list(made.parts)) == (True, ["poster"])


async def test_other_files_are_not_even_taken(tmp_path: Path) -> None:
    async def untouched() -> AsyncIterator[bytes]:
        raise AssertionError
        yield b""

    async with Studio(tmp_path / "studio").develop(untouched(), "text/plain") as made:
        assert made is None


async def test_a_bad_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refused:
        async with Studio(tmp_path / "studio").develop(chunks(picture()[:40]), "image/png"):
            pass
    assert refused.value.code == "bad_image"
    assert await asyncio.to_thread(left, tmp_path / "studio") == []


@pytest.mark.parametrize(
    "script",
    [
        "import os; os.abort()",
        "print('{')",
        "import time; time.sleep(60)",
        "print('x' * 100_000)",
        "raise SystemExit(3)",
    ],
    ids=["crash", "nonsense", "endless", "talkative", "failure"],
)
async def test_whatever_becomes_of_the_child_is_the_files_doing(script: str, tmp_path: Path) -> None:
    studio = scripted(tmp_path / "studio", script, within_s=1.5)
    async with studio.develop(chunks(b"x"), "video/webm") as made:
        assert made is None
    with pytest.raises(Invalid):
        async with studio.develop(chunks(b"x"), "image/png"):
            pass
    assert await asyncio.to_thread(left, tmp_path / "studio") == []


async def test_the_child_knows_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARLEY_FILES_SECRET", "abc")
    script = "import os, sys; sys.exit(any(name.startswith('PARLEY') for name in os.environ) or print('[\"Nothing\"]'))"
    async with scripted(tmp_path, script).develop(chunks(b"x"), "video/webm") as made:
        assert made is None
    told: list[str] = []
    script = "import json, os; print(json.dumps(sorted(os.environ)))"
    studio = scripted(tmp_path, script)
    run: Callable[..., object] = studio._run
    told.append((await run()).decode())  # type: ignore[misc]
    assert "PARLEY" not in told[0]


async def test_only_so_many_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.adapters.studio.desk._WAITING_MAX", 0)
    with pytest.raises(Unavailable) as refused:
        async with Studio(tmp_path).develop(chunks(b"x"), "image/png"):
            pass
    assert refused.value.code == "busy"


async def test_who_goes_away_leaves_no_child_behind(tmp_path: Path) -> None:
    script = "import pathlib, sys, time; pathlib.Path(sys.argv[3], 'here').touch(); time.sleep(60)"
    folder = tmp_path / "studio"

    async def look() -> None:
        async with scripted(folder, script).develop(chunks(b"x"), "video/webm"):
            pass

    task = asyncio.create_task(look())
    while not await asyncio.to_thread(lambda: list(folder.glob("*/here"))):
        pass
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(left, folder) == []


def test_what_a_killed_process_left_goes(tmp_path: Path) -> None:
    (tmp_path / "studio" / "x").mkdir(parents=True)
    empty(tmp_path / "studio")
    empty(tmp_path / "studio")
    assert not (tmp_path / "studio").exists()

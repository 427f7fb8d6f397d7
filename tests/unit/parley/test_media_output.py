from __future__ import annotations

import asyncio
import logging

import pytest

from parley.media_output import relay


async def relayed(caplog: pytest.LogCaptureFixture, *chunks: bytes) -> list[tuple[int, str]]:
    caplog.set_level(logging.DEBUG)
    output = asyncio.StreamReader(limit=100)
    relaying = asyncio.ensure_future(relay(output))
    for chunk in chunks:
        output.feed_data(chunk)
        await asyncio.sleep(0)
    output.feed_eof()
    await relaying
    return [(record.levelno, record.getMessage()) for record in caplog.records if record.name == "parley.media_output"]


async def test_the_nodes_own_lines_are_for_debugging(caplog: pytest.LogCaptureFixture) -> None:
    said = await relayed(
        caplog, b"INFO media.node: media node ready on 127.0.0.1:1\nWARNING media.node: no", b" address\n"
    )
    assert said == [
        (logging.DEBUG, "INFO media.node: media node ready on 127.0.0.1:1"),
        (logging.DEBUG, "WARNING media.node: no address"),
    ]


async def test_what_nobody_else_tells_is_an_error(caplog: pytest.LogCaptureFixture) -> None:
    said = await relayed(
        caplog, b"ERROR asyncio: Task exception\nTraceback (most recent call last):\n  \xff 100 %s\nend"
    )
    assert {level for level, _ in said} == {logging.ERROR}
    assert [text for _, text in said][1:] == [
        "Traceback (most recent call last):",
        "  \N{REPLACEMENT CHARACTER} 100 %s",
        "end",
    ]


async def test_a_line_without_end_is_passed_over(caplog: pytest.LogCaptureFixture) -> None:
    said = await relayed(caplog, b"x" * 101, b"\nstill there\n")
    assert said[-1] == (logging.ERROR, "still there")

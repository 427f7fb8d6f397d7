from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from aiohttp.http_exceptions import LineTooLong

from parley import logs
from parley.config import LogSettings


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    levels = {name: logging.getLogger(name).level for name in ("asyncio", "aiosqlite", "alembic", "aiohttp.access")}
    filters = list(logging.getLogger("aiohttp.server").filters)
    yield
    root.handlers = handlers
    root.setLevel(level)
    for name, value in levels.items():
        logging.getLogger(name).setLevel(value)
    logging.getLogger("aiohttp.server").filters = filters
    structlog.reset_defaults()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def lines(stream: io.StringIO) -> list[str]:
    return stream.getvalue().splitlines()


def test_json_lines_where_nobody_looks() -> None:
    stream = io.StringIO()
    logs.configure(LogSettings("info", "auto"), stream)
    structlog.stdlib.get_logger("parley.test").info("started", port=8080)
    logging.getLogger("media.node").warning("port %d is %s", 7882, "narrow")
    ours, theirs = (json.loads(line) for line in lines(stream))
    assert (ours["event"], ours["port"], ours["level"], ours["logger"]) == ("started", 8080, "info", "parley.test")
    assert ours["timestamp"].endswith("Z")
    assert (theirs["event"], theirs["level"], theirs["logger"]) == ("port 7882 is narrow", "warning", "media.node")


def test_text_on_a_terminal() -> None:
    stream = Terminal()
    logs.configure(LogSettings("info", "auto"), stream)
    structlog.stdlib.get_logger("parley.test").info("started", port=8080)
    (line,) = lines(stream)
    assert "started" in line
    assert "8080" in line
    assert not line.startswith("{")


def test_a_terminal_can_have_json() -> None:
    stream = Terminal()
    logs.configure(LogSettings("info", "json"), stream)
    logging.getLogger("x").error("y")
    assert json.loads(lines(stream)[0])["event"] == "y"


def test_an_exception_is_in_its_line() -> None:
    stream = io.StringIO()
    logs.configure(LogSettings("info", "json"), stream)
    try:
        raise RuntimeError("oh")
    except RuntimeError:
        structlog.stdlib.get_logger("parley.test").exception("failed")
    (line,) = lines(stream)
    assert "RuntimeError: oh" in json.loads(line)["exception"]


def test_the_level_counts_and_chatty_libraries_are_quiet() -> None:
    stream = io.StringIO()
    logs.configure(LogSettings("warning", "json"), stream)
    structlog.stdlib.get_logger("parley.test").info("no")
    logging.getLogger("parley.test").info("no")
    assert lines(stream) == []
    logs.configure(LogSettings("debug", "json"), stream)
    logging.getLogger("aiosqlite").debug("no")
    logging.getLogger("parley.test").debug("yes")
    assert [json.loads(line)["event"] for line in lines(stream)] == ["yes"]


def test_requests_that_cannot_be_read_are_not_quoted() -> None:
    stream = io.StringIO()
    logs.configure(LogSettings("debug", "json"), stream)
    connections = logging.getLogger("aiohttp.server")
    for error in (LineTooLong(b"Bearer secret", 8190), ZeroDivisionError("ours")):
        try:
            raise error
        except (LineTooLong, ZeroDivisionError):
            connections.exception("Error handling request from %s", "::1")
    connections.error("no exception at all")
    assert "secret" not in stream.getvalue()
    assert [json.loads(line)["event"] for line in lines(stream)] == [
        "Error handling request from ::1",
        "no exception at all",
    ]

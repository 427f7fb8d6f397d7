"""Logging what should not have happened."""

from __future__ import annotations

import traceback

import structlog

_log = structlog.get_logger("parley.gateway")


def log_unexpected(event: str, error: BaseException, **more: str | int) -> None:
    """Where it happened, without the error's own words (they can hold what people wrote) and without reading source files."""
    where = [
        f"{frame.f_code.co_filename}:{line} {frame.f_code.co_qualname}"
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    _log.error(event, error=type(error).__name__, where=where[-8:], **more)

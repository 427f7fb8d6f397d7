"""What a media node prints itself, taken into the service's log."""

from __future__ import annotations

import asyncio
import logging
import re
from typing import Final

log = logging.getLogger(__name__)

_OWN_LINE: Final = re.compile(r"[A-Z]+ media\.\S*: ")
"""As ``media.__main__`` has its loggers write: level, name, text."""


async def relay(output: asyncio.StreamReader) -> None:
    """Until the node has closed it.

    What the operator has to know the node tells on the control stream, so its own lines are for debugging. All else comes from
    the interpreter or a library, where nobody told of it: a traceback, a warning.
    """
    while True:
        try:
            line = await output.readline()
        except ValueError:
            continue  # longer than the reader takes, and dropped by it
        if not line:
            return
        text = line.decode(errors="replace").rstrip()
        log.log(logging.DEBUG if _OWN_LINE.match(text) else logging.ERROR, "%s", text)

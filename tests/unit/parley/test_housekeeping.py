from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from parley.housekeeping import EVERY_S, keep_house


class Over(Exception):
    """The test has seen enough."""


async def test_a_chore_that_fails_is_done_again_and_harms_no_other() -> None:
    done: list[str] = []

    async def broken() -> None:
        done.append("broken")
        raise KeyError("session 7")

    async def sound() -> None:
        done.append("sound")

    async def pause(seconds: float) -> None:
        assert seconds == EVERY_S
        if len(done) == 4:
            raise Over

    with capture_logs() as logs, pytest.raises(Over):
        await keep_house({"first": broken, "second": sound}, pause)
    assert done == ["broken", "sound"] * 2
    assert [(line["event"], line["work"]) for line in logs] == [("housekeeping failed", "first")] * 2

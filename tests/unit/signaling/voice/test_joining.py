"""What the desk's own tests do not see: the credentials. The rest is in ``test_desk.py``."""

from __future__ import annotations

import re
from pathlib import Path

from media.control import Connect, RestartIce
from tests.support.voice_stage import open_stage


async def test_credentials_are_fresh_long_and_of_ice_characters(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        asked: list[int] = []

        def random_bytes(size: int) -> bytes:
            asked.append(size)
            return bytes(251 + (len(asked) + index) % 5 for index in range(size))

        stage.desk._joiner._random_bytes = random_bytes
        await stage.join(stage.owner)
        await stage.join(stage.owner, ufrag="efgh")
        await stage.join(stage.owner, fingerprint="BB")
        found = [each.local for each in stage.node.of(Connect)] + [each.local for each in stage.node.of(RestartIce)]

        assert len(found) == 3
        assert len({each.ufrag for each in found}) == 3
        for each in found:
            assert re.fullmatch(r"[A-Za-z0-9+/]{8}", each.ufrag)
            assert re.fullmatch(r"[A-Za-z0-9+/]{32}", each.password)
        assert asked == [6, 24] * 3, "48 and 192 bits; RFC 8839 5.4 asks for 24 and 128"

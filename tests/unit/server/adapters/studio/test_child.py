from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec

from server.adapters.studio.job import CPU_S, MEMORY_BYTES, Answer, Made, Nothing, Refused
from tests.support.pictures import picture

LIMITS = """
import resource
from server.adapters.studio.child import limit
limit()
print(*(resource.getrlimit(each)[0] for each in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_CORE)))
try:
    bytearray(2 << 30)
except MemoryError:
    print("no room")
"""
ROOT = Path(__file__).parents[5]


def run(*arguments: str) -> bytes:
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, check=True, timeout=50, cwd=ROOT, env=dict(os.environ)
    ).stdout


def ask(source: Path, media_type: str) -> Answer:
    out = run("-m", "server.adapters.studio.child", str(source), media_type, str(source.parent))
    answer: Answer = msgspec.json.decode(out, type=Answer)
    return answer


def test_it_looks_and_answers(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(picture())
    assert isinstance(ask(source, "image/png"), Made)
    source.write_bytes(b"none")
    assert isinstance(ask(source, "image/png"), Refused)
    assert ask(source, "video/webm") == Nothing()


def test_it_has_limits() -> None:
    limits, room = run("-c", LIMITS).decode().splitlines()
    assert limits == f"{MEMORY_BYTES} {CPU_S} 0"
    assert room == "no room"

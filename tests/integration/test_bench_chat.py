"""The bench of chat measures what it says: everything written comes to everybody, and each archive holds it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from bench.chat import reading
from bench.chat.delivery import charged, run
from bench.chat.options import Options
from bench.chat.orders import Go, Report
from bench.chat.peers.ejabberd import Ejabberd
from bench.chat.peers.floor import Floor
from bench.chat.peers.parley import Parley
from bench.chat.peers.peer import ChatPeer, started
from bench.chat.peers.prosody import Prosody
from bench.child import child
from bench.packages import NotHereError
from bench.process import tree_rss_kib

pytestmark = pytest.mark.integration

READERS = 4
GO = Go(seconds=1.0, per_s=20.0)


async def _measured(peer: ChatPeer, go: Go = GO, readers: int = READERS) -> Report:
    async with child("bench.chat.fleet") as fleet:
        await fleet.ask(msgspec.json.encode(peer.orders(readers)))
        report, cpu_s = await charged(peer.pid, lambda: run(fleet, go))
    assert report.delivered == report.expected == report.sent * readers
    assert 0 < report.p50_ms <= report.p99_ms
    assert cpu_s > 0
    assert tree_rss_kib(peer.pid) > 1000
    return report


async def test_parley_and_the_floor_write_the_same_bytes() -> None:
    parley = Parley()
    async with started(parley):
        report = await _measured(parley)
        assert report.sent == 20
        assert 10 <= report.answered <= 20  # the last ones' answers may come when the second is over
        as_answered = await _measured(parley, Go(seconds=0.5, in_flight=3), readers=50)  # so many have time for a burst
        assert as_answered.answered > 3
    floor = Floor(report.frame)
    async with started(floor):
        assert len((await _measured(floor)).frame) == len(report.frame)


async def test_there_is_no_floor_without_the_bytes() -> None:
    with pytest.raises(NotHereError, match="measure Parley"):
        async with started(Floor("")):
            pass


def _rows(folder: Path, table: str) -> int:
    with closing(sqlite3.connect(folder / "archive.sqlite")) as database:
        found: int = database.execute(f"SELECT count(*) FROM {table} WHERE {table}.rowid > 0").fetchone()[0]
    return found


def _lines(folder: Path, pattern: str) -> int:
    return sum(path.read_bytes().count(b"as people write one another") for path in folder.glob(pattern))


@pytest.mark.parametrize(
    ("make", "archived"),
    [
        (Ejabberd, lambda folder: _rows(folder, "archive")),
        (lambda: Ejabberd("mnesia"), lambda folder: _lines(folder, "spool/archive_msg*")),
        (Prosody, lambda folder: _rows(folder, "prosodyarchive")),
        (lambda: Prosody("internal"), lambda folder: _lines(folder, "*/muc_log/*.list")),
    ],
    ids=["ejabberd", "ejabberd_files", "prosody", "prosody_files"],
)
async def test_a_peer_delivers_and_archives(
    make: Callable[[], Ejabberd | Prosody], archived: Callable[[Path], int]
) -> None:
    peer = make()
    try:
        async with started(peer):
            report = await _measured(peer)
            assert archived(peer.folder) > report.sent // 2  # Mnesia and the last one or two take their time
    except NotHereError as reason:
        pytest.skip(str(reason))


async def test_history_and_the_snapshot_come_out_of_a_furnished_database(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, fewer in {"GROUPS": 2, "TEXT_CHANNELS": 2, "MEMBERS": 100, "HISTORY": 300}.items():
        monkeypatch.setattr(reading, name, fewer)
    measured = await reading.measure(Options(runs=1, seconds=0.2))
    found = {result.name: result.median("parley") for result in measured}
    assert list(found) == [*reading.HISTORY_NAMES, *reading.SNAPSHOT_NAMES]
    assert all(found.values())
    assert found["chat/snapshot-statements"] == int(found["chat/snapshot-statements"] or 0)

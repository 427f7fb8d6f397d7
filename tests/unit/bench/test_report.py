from __future__ import annotations

import json
from pathlib import Path

from bench.report import Result, table, write


def _result(name: str = "voice/1x50", **runs: list[float]) -> Result:
    return Result(name, "us", dict(runs))


def test_each_peer_has_its_median_with_the_range_beside_it() -> None:
    assert _result(parley=[5.0, 9.0, 6.0], floor=[4.0]).as_object() == {
        "name": "voice/1x50",
        "unit": "us",
        "parley": 6.0,
        "floor": 4.0,
        "min": {"parley": 5.0, "floor": 4.0},
        "max": {"parley": 9.0, "floor": 4.0},
        "n": {"parley": 3, "floor": 1},
    }


def test_sections_share_one_file(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    write([_result("voice/a", parley=[1.0]), _result("voice/b", parley=[1.0])], path)
    write([_result("text/a", parley=[2.0]), _result("voice/a", parley=[3.0])], path)
    found = {entry["name"]: entry["parley"] for entry in json.loads(path.read_text())}
    assert found == {"voice/a": 3.0, "voice/b": 1.0, "text/a": 2.0}


def test_a_file_that_is_no_list_of_results_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.write_text("not json")
    write([_result(parley=[1.0])], path)
    assert len(json.loads(path.read_text())) == 1


def test_the_table_has_a_column_for_each_peer_and_its_notes() -> None:
    first, second = _result(parley=[1.0, 2.0, 4.0]), _result("voice/b", janus=[9.0])
    second.notes["janus"] = "libsrtp2 uses libnss3.so"
    lines = table([first, second]).splitlines()
    assert lines[0].split() == ["unit", "parley", "janus"]
    assert "2.00 (1.00-4.00)" in lines[1]
    assert lines[2].split()[2] == "-"
    assert lines[3].strip() == "janus: libsrtp2 uses libnss3.so"

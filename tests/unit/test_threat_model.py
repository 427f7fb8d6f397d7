"""docs/threat-model.md names tests that are there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[2]
_REFERENCE: Final = re.compile(r"((?:tests|web)/[\w/.-]+)(?:::(\w+))?")


class Row(NamedTuple):
    what: str
    state: str
    shown_by: str

    @property
    def tests(self) -> list[tuple[str, str]]:
        return _REFERENCE.findall(self.shown_by)


def rows() -> list[Row]:
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("|")
    ]
    items = [Row(f"{one[0]} {one[2]}", one[3], one[4]) for one in cells if len(one) == 5 and re.match(r"\d", one[0])]
    mistakes = [Row(one[0], "pass", one[1]) for one in cells if len(one) == 2 and "/" in one[1]]
    return items + mistakes


def test_the_table_is_read() -> None:
    assert len(rows()) > 60


def test_each_row_says_where_it_stands() -> None:
    assert [row for row in rows() if not re.match(r"pass$|open$|n/a: \w", row.state)] == []


def test_what_passes_is_shown_by_tests_that_exist() -> None:
    for row in rows():
        assert row.tests or row.state != "pass", f"nothing shows {row.what}"
        for path, name in row.tests:
            assert (ROOT / path).is_file(), f"{row.what}: there is no {path}"
            assert not name or re.search(rf"def {name}\(", (ROOT / path).read_text(encoding="utf-8")), f"{path}::{name}"

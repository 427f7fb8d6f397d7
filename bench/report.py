"""Results: one table for people, one file for programs."""

from __future__ import annotations

import dataclasses
import json
import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

RESULTS: Final = Path(__file__).parent / "results.json"

COLUMNS: Final = (
    "parley",
    "floor",
    "janus",
    "janus_one_loop",
    "mumble",
    "ejabberd",
    "ejabberd_files",
    "prosody",
    "prosody_files",
)


@dataclasses.dataclass
class Result:
    """One measured thing: for each peer the values of its runs."""

    name: str
    """Section and scenario, e.g. ``voice/1x50``."""
    unit: str
    runs: dict[str, list[float]] = dataclasses.field(default_factory=dict)
    notes: dict[str, str] = dataclasses.field(default_factory=dict)
    """By peer: what should be known beside the figure."""

    def add(self, peer: str, value: float) -> None:
        self.runs.setdefault(peer, []).append(value)

    def median(self, peer: str) -> float | None:
        values = self.runs.get(peer)
        return statistics.median(values) if values else None

    def as_object(self) -> dict[str, Any]:
        """Each peer's median under its name; its minimum, maximum and number of runs beside it."""
        found = {peer: values for peer, values in self.runs.items() if values}
        made: dict[str, Any] = {"name": self.name, "unit": self.unit}
        made |= {peer: round(statistics.median(values), 3) for peer, values in found.items()}
        made["min"] = {peer: round(min(values), 3) for peer, values in found.items()}
        made["max"] = {peer: round(max(values), 3) for peer, values in found.items()}
        made["n"] = {peer: len(values) for peer, values in found.items()}
        if self.notes:
            made["notes"] = self.notes
        return made


def table(results: Sequence[Result]) -> str:
    """Medians in columns, the range in small beside them."""
    peers = [peer for peer in COLUMNS if any(result.runs.get(peer) for result in results)]
    others = sorted({peer for result in results for peer in result.runs} - set(peers))
    rows = [["", "unit", *peers, *others]]
    columns = (*peers, *others)
    rows += [[result.name, result.unit, *(_cell(result, peer) for peer in columns)] for result in results]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    notes = {f"{peer}: {note}" for result in results for peer, note in result.notes.items()}
    return "\n".join([*lines, *(f"  {note}" for note in sorted(notes))])


def _cell(result: Result, peer: str) -> str:
    values = result.runs.get(peer)
    if not values:
        return "-"
    return f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})"


def write(results: Iterable[Result], path: Path = RESULTS) -> None:
    """Put the results into the file; what it holds under other names stays, so that sections can run apart."""
    fresh = {result.name: result.as_object() for result in results}
    kept = [entry for entry in _read(path) if entry["name"] not in fresh]
    path.write_text(json.dumps([*kept, *fresh.values()], indent=2) + "\n")


def _read(path: Path) -> list[dict[str, Any]]:
    try:
        entries = json.loads(path.read_text())
    except (OSError, ValueError):
        return []
    return [entry for entry in entries if isinstance(entry, dict) and "name" in entry]

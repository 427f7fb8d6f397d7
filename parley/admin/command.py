"""What ``parley admin`` says at the terminal."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from parley.admin.client import give


def owner_link(folder: Path) -> None:
    link = give(folder, "owner-link")
    click.echo("The account that is made by this link becomes an operator, once:")
    click.echo(f"  {link['url']}")
    click.echo(f"It ends {_time(link['until_ms'])}.")


def announce(folder: Path, text: str, hours: float | None) -> None:
    until_ms = None if hours is None else int((time.time() + hours * 3600) * 1000)
    made = give(folder, "announce", text=text, until_ms=until_ms)
    end = "until you take it back: parley admin silence" if hours is None else f"until {_time(made['until_ms'])}"
    click.echo(f"Everybody is told, {end}.")


def silence(folder: Path) -> None:
    give(folder, "silence")
    click.echo("Nothing is announced any more.")


def ban(folder: Path, username: str, reason: str) -> None:
    give(folder, "ban", username=username, reason=reason)
    click.echo(f"{username} is out: every log-in has ended, and none begins. parley admin unban lets them in again.")


def unban(folder: Path, username: str) -> None:
    give(folder, "unban", username=username)
    click.echo(f"{username} may log in again.")


def reset_factor(folder: Path, username: str) -> None:
    give(folder, "reset-factor", username=username)
    click.echo(f"{username} logs in with the password alone now, and should set up a second factor again.")


def stats(folder: Path) -> None:
    found = give(folder, "stats")
    for name, value in found["totals"].items():
        shown = size(value) if name.endswith("_bytes") else f"{value}"
        click.echo(f"{name.replace('_bytes', ' size').replace('_', ' '):15} {shown}")
    if found["largest"]:
        click.echo("\nWho keep the most files:")
        for line in _table(found["largest"]):
            click.echo(line)


def users(folder: Path, beginning: str) -> None:
    after, more = "", True
    while more:
        page = give(folder, "users", query=beginning, after=after, limit=100)
        for line in _table(page["accounts"]):
            click.echo(line)
        more = page["has_more"] and bool(page["accounts"])
        after = page["accounts"][-1]["user"]["username"] if page["accounts"] else ""


def _table(accounts: list[dict[str, Any]]) -> Iterator[str]:
    for each in accounts:
        marks = ["operator"] if each["operator"] else []
        if each.get("disabled_ms"):
            marks.append(f"banned since {_time(each['disabled_ms'])}")
        files = f"{each['files']} files, {size(each['files_bytes'])}"
        yield f"{each['user']['username']:32} {each['sessions']:4} log-ins  {files:24} {', '.join(marks)}".rstrip()


def _time(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")


def size(count_bytes: int) -> str:
    """For people: 1.5 MiB."""
    amount = float(count_bytes)
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "bytes" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} TiB"

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from parley.doctor.examination import Patient, examine
from parley.doctor.findings import Finding, good
from tests.support.doctor import levels, patient, said


@pytest.fixture
def someone(tmp_path: Path) -> Patient:
    return patient(tmp_path)


def blocks(_patient: Patient) -> list[Finding]:
    return [good("done in a thread")]


async def waits(_patient: Patient) -> list[Finding]:
    await asyncio.sleep(0)
    return [good("done in the loop")]


def raises(_patient: Patient) -> list[Finding]:
    raise KeyError("secret password")


async def hangs(_patient: Patient) -> list[Finding]:
    await asyncio.Event().wait()
    return []


async def test_no_check_ends_the_others(someone: Patient) -> None:
    parts = await examine(someone, {"a": raises, "b": hangs, "c": blocks, "d": waits}, within_s=0.05)
    assert [part.name for part in parts] == ["a", "b", "c", "d"]
    assert [levels(part.findings) for part in parts] == [["fail"], ["fail"], ["pass"], ["pass"]]
    assert "KeyError" in said(parts[0].findings)
    assert "secret" not in said(parts[0].findings)
    assert "no answer within" in said(parts[1].findings)


def test_the_environment_is_not_shown(someone: Patient) -> None:
    assert "PARLEY_DATA" not in repr(someone)

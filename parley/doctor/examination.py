"""All checks, one after the other. None can end the examination: one that raises or hangs is a finding itself."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from parley.config import Settings
from parley.doctor.findings import Finding, Part, fail

WITHIN_S: Final = 20.0
"""For each check."""


@dataclass(frozen=True, slots=True)
class Patient:
    settings: Settings
    environment: Mapping[str, str] = field(repr=False)
    running: bool
    """A server holds the data folder."""
    send_to: str | None = None
    """Whom to send a mail, to see whether it arrives."""


Findings = Sequence[Finding]
Check = Callable[[Patient], Findings | Awaitable[Findings]]
"""A coroutine function, or one that blocks, which gets a thread."""


async def examine(patient: Patient, checks: Mapping[str, Check], within_s: float = WITHIN_S) -> list[Part]:
    return [Part(name, tuple(await _look(patient, check, within_s))) for name, check in checks.items()]


async def _look(patient: Patient, check: Check, within_s: float) -> Findings:
    try:
        async with asyncio.timeout(within_s):
            if inspect.iscoroutinefunction(check):
                found: Findings = await check(patient)
            else:
                found = await asyncio.to_thread(check, patient)  # type: ignore[arg-type]
            return found
    except TimeoutError:
        return [fail(f"there was no answer within {within_s:.0f} seconds", "See whether it is reachable from here.")]
    except Exception as error:
        # The message may hold anything, a password among it; the kind is enough to report.
        return [
            fail(f"this check itself failed ({type(error).__name__})", "Please report this, with parley --version.")
        ]

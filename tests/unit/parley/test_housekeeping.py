from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from certs.errors import CertificateError
from certs.load import KeyPair
from parley.housekeeping import EVERY_S, keep_house, refresh


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


@dataclass
class Certificate:
    pair: KeyPair
    outcome: bool | Exception

    def refresh(self) -> bool:
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


@pytest.mark.parametrize(
    ("outcome", "events"),
    [
        (True, ["the certificate was exchanged"]),
        (False, []),
        (CertificateError("it has ended"), ["the new certificate cannot be used; the old one stays"]),
        (PermissionError("not yours"), ["the new certificate cannot be used; the old one stays"]),
    ],
)
async def test_the_operator_hears_of_the_certificate(outcome: bool | Exception, events: list[str]) -> None:
    pair = KeyPair(Path("chain.pem"), Path("key.pem"), datetime(2030, 1, 1, tzinfo=UTC), ("localhost",))
    with capture_logs() as logs:
        await refresh(Certificate(pair, outcome))
    assert [line["event"] for line in logs] == events

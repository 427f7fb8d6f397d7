from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from server.actions import postman as postman_module
from server.actions.mails import queue_mail
from server.actions.postman import (
    ATTEMPTS_MAX,
    LOOK_S,
    RETRY_FIRST_S,
    RETRY_LAST_S,
    TAKEN_FOR_S,
    Postman,
)
from server.domain.errors import Unavailable
from server.domain.ids import MailId
from server.domain.mail import NOBODY, Mail
from server.ports import MailDelayed, MailRefused
from tests.support.actions import House, open_house
from tests.support.waiting import Bell


def mail(name: str) -> Mail:
    return Mail(to=f"{name}@example.org", subject="Come in", text="Hello")


@dataclass
class Mailbox:
    """A mail server that does as it is told."""

    got: list[str] = field(default_factory=list)
    """To whom."""
    ids: list[MailId] = field(default_factory=list)
    answers: list[Exception] = field(default_factory=list)
    """The next ones, in place of taking it."""
    hangs: asyncio.Event | None = None
    bell: Bell = field(default_factory=Bell)

    async def send(self, mail: Mail, mail_id: MailId) -> None:
        self.ids.append(mail_id)
        self.bell.ring()
        if self.hangs is not None:
            await self.hangs.wait()
        if self.answers:
            raise self.answers.pop(0)
        self.got.append(mail.to.partition("@")[0])
        self.bell.ring()


class Office:
    """A postman whose pauses last until the test lets time pass."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.mailbox = Mailbox()
        self.pauses: list[float] = []
        self._bell = Bell()
        self._passed = 0
        self.postman = self.new_postman()

    def new_postman(self, *, is_told: bool = True) -> Postman:
        postman = Postman(self.house.store, self.mailbox, self.house.clock, pause=self._pause)
        if is_told:
            self.house.bus.subscribe(postman.receive)
        return postman

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        count = len(self.pauses)
        self._bell.ring()
        await self._bell.until(lambda: self._passed >= count)

    async def at_rest(self) -> float:
        """Waits until it pauses; returns for how long it wants to."""
        before = self._passed
        await self._bell.until(lambda: len(self.pauses) > before)
        return self.pauses[-1]

    async def pass_time(self) -> None:
        """As long as it wants to pause, to the second."""
        self.house.clock.advance(await self.at_rest())
        self._passed = len(self.pauses)
        self._bell.ring()

    async def write(self, *names: str) -> None:
        async with self.house.store.write() as uow:
            for name in names:
                await queue_mail(self.house.actions, uow, mail(name))

    async def until(self, holds: Callable[[], bool]) -> None:
        await self.mailbox.bell.until(holds)

    async def waiting(self) -> int:
        async with self.house.store.read() as reader:
            return await reader.mails.waiting()


@asynccontextmanager
async def office_in(folder: Path) -> AsyncIterator[Office]:
    async with open_house(folder) as house:
        office = Office(house)
        try:
            yield office
        finally:
            await office.postman.close()


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with office_in(tmp_path) as office:
        yield office


async def test_mail_is_sent_when_its_cause_is_committed(office: Office) -> None:
    office.postman.start()
    assert await office.at_rest() == LOOK_S
    await office.write("anna", "ben")
    await office.until(lambda: len(office.mailbox.got) == 2)
    await office.write("cleo")
    await office.until(lambda: len(office.mailbox.got) == 3)
    assert office.mailbox.got == ["anna", "ben", "cleo"]
    await office.postman.close()
    assert await office.waiting() == 0
    assert len(set(office.mailbox.ids)) == 3


async def test_what_is_for_nobody_is_dropped_in_its_turn(office: Office) -> None:
    async with office.house.store.write() as uow:
        await queue_mail(office.house.actions, uow, Mail(to=NOBODY, subject="x", text="x"))
    await office.write("anna")
    office.postman.start()
    assert await office.at_rest() == LOOK_S
    assert office.mailbox.got == ["anna"]
    assert await office.waiting() == 0


async def test_what_waited_for_a_start_is_sent_at_once(office: Office) -> None:
    await office.write("anna")
    office.postman.start()
    assert await office.at_rest() == LOOK_S
    assert office.mailbox.got == ["anna"]


async def test_a_mail_that_nobody_told_of_is_found(office: Office) -> None:
    office.postman = office.new_postman(is_told=False)
    office.postman.start()
    await office.at_rest()
    await office.write("anna")
    assert office.mailbox.got == []
    await office.pass_time()
    await office.until(lambda: office.mailbox.got == ["anna"])


async def test_while_the_mail_server_is_away_it_is_tried_less_and_less_often(office: Office) -> None:
    office.mailbox.answers = [MailDelayed("away") for _ in range(ATTEMPTS_MAX - 1)]
    await office.write("anna")
    with capture_logs() as logs:
        office.postman.start()
        while len(office.mailbox.ids) < ATTEMPTS_MAX:
            await office.pass_time()
        await office.until(lambda: office.mailbox.got == ["anna"])
    again = [entry["again_in_s"] for entry in logs]
    assert again[:3] == [RETRY_FIRST_S, 2 * RETRY_FIRST_S, 4 * RETRY_FIRST_S]
    assert again[-1] == RETRY_LAST_S
    assert again == sorted(again)
    assert max(office.pauses) <= LOOK_S
    assert len(set(office.mailbox.ids)) == 1, "it is the same mail each time"
    assert {entry["event"] for entry in logs} == {"mail.delayed"}


async def test_in_the_end_it_is_given_up(office: Office) -> None:
    office.mailbox.answers = [MailDelayed("away") for _ in range(ATTEMPTS_MAX)]
    await office.write("anna")
    with capture_logs() as logs:
        office.postman.start()
        while len(office.mailbox.ids) < ATTEMPTS_MAX:
            await office.pass_time()
        await office.at_rest()
    assert await office.waiting() == 0
    assert logs[-1] == {
        "event": "mail.given_up",
        "log_level": "error",
        "mail_id": int(office.mailbox.ids[0]),
        "attempts": ATTEMPTS_MAX,
        "reason": "away",
    }


async def test_a_mail_that_is_refused_is_dropped_and_the_next_one_goes(office: Office) -> None:
    office.mailbox.answers = [MailRefused("SMTPRecipientRefused 550")]
    await office.write("nobody", "ben")
    with capture_logs() as logs:
        office.postman.start()
        await office.at_rest()
    assert office.mailbox.got == ["ben"]
    assert await office.waiting() == 0
    assert [(entry["event"], entry["reason"]) for entry in logs] == [("mail.refused", "SMTPRecipientRefused 550")]


async def test_one_that_is_delayed_does_not_hold_up_the_others(office: Office) -> None:
    office.mailbox.answers = [MailDelayed("greylisted")]
    await office.write("anna", "ben")
    office.postman.start()
    assert await office.at_rest() == RETRY_FIRST_S
    assert office.mailbox.got == ["ben"]
    await office.pass_time()
    await office.until(lambda: office.mailbox.got == ["ben", "anna"])


async def test_no_log_has_an_address(office: Office) -> None:
    office.mailbox.answers = [MailDelayed("away"), MailRefused("no"), RuntimeError("about ben@example.org")]
    await office.write("anna", "ben", "cleo")
    with capture_logs() as logs:
        office.postman.start()
        await office.at_rest()
    assert [entry["event"] for entry in logs] == ["mail.delayed", "mail.refused", "mail.delayed"]
    assert logs[2]["reason"] == "RuntimeError"
    assert "@" not in str(logs)


async def test_a_database_that_is_away_stops_nothing_for_long(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    @asynccontextmanager
    async def away() -> AsyncIterator[None]:
        raise Unavailable("database_unavailable", "away")
        yield

    await office.write("anna")
    with monkeypatch.context() as patch, capture_logs() as logs:
        patch.setattr(office.house.store, "read", away)
        office.postman.start()
        assert await office.at_rest() == LOOK_S
    assert [(entry["event"], entry["error"]) for entry in logs] == [("mail.stuck", "Unavailable")]
    await office.pass_time()
    await office.until(lambda: office.mailbox.got == ["anna"])


async def test_at_the_end_what_is_under_way_is_finished_and_nothing_begun(office: Office) -> None:
    office.mailbox.hangs = asyncio.Event()
    await office.write("anna", "ben")
    office.postman.start()
    await office.until(lambda: len(office.mailbox.ids) == 1)
    closing = asyncio.create_task(office.postman.close())
    await asyncio.sleep(0)
    office.mailbox.hangs.set()
    await closing
    assert office.mailbox.got == ["anna"]
    assert await office.waiting() == 1
    await office.postman.close()


async def test_what_was_cut_off_in_the_middle_is_sent_again_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the next postman: the mail server may have had it or not, and the same id tells it so."""
    monkeypatch.setattr(postman_module, "FINISH_S", 0.0)
    async with office_in(tmp_path) as office:
        office.mailbox.hangs = asyncio.Event()
        await office.write("anna")
        office.postman.start()
        await office.until(lambda: len(office.mailbox.ids) == 1)
        await office.postman.close()
        office.mailbox.hangs = None
        office.postman = office.new_postman()
        office.postman.start()
        assert await office.at_rest() == LOOK_S
        assert office.mailbox.got == []
        office.house.clock.advance(TAKEN_FOR_S - LOOK_S)
        await office.pass_time()
        await office.until(lambda: office.mailbox.got == ["anna"])
        assert len(set(office.mailbox.ids)) == 1

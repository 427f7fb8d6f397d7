"""Nobody finds out by words or by work whether an account or an address is there (OWASP ASVS 5.0, 6.3.8).

Time on a test machine says little, so the work is counted instead: statements to the database, hashes, notices, mails. Each is the
same for what is there and for what is not, over many of both in random order.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from server.actions.accounts import LogIn, SignUp, do_log_in, do_sign_up
from server.actions.context import Origin
from server.actions.emails import SetEmail, VerifyEmail, do_set_email, do_verify_email
from server.actions.invites import look_at_invite
from server.actions.mail_invites import InviteByMail, do_invite_by_mail
from server.actions.recovery import AskRecovery, do_ask_recovery
from server.domain.errors import ParleyError
from server.domain.rates import RATES, Rate
from tests.support.actions import HOME, House, open_house
from tests.support.mails import mails, newcomer, token_in
from tests.support.statements import counted

pytestmark = pytest.mark.integration

PEOPLE: Final = 6
SEED: Final = 20
UNLIMITED: Final = {rule: Rate(1_000_000, 1) for rule in RATES}
STRANGER: Final = Origin(address="198.51.100.7")


class Work(NamedTuple):
    """All that somebody outside could feel the weight of."""

    answer: str
    statements: int
    hashes: int
    mails: int
    notices: int


async def work_of(house: House, attempt: Callable[[], Awaitable[object]]) -> Work:
    house.bus.notices.clear()
    hashes = len(house.hasher.verified)
    with counted(house.store) as statements:
        try:
            await attempt()
            answer = "done"
        except ParleyError as error:
            answer = f"{error.code} {error.message} {dict(error.data)}"
    notices = len(house.bus.notices)
    return Work(answer, len(statements), len(house.hasher.verified) - hashes, len(await mails(house)), notices)


async def furnish(house: House) -> None:
    for number in range(PEOPLE):
        caller = await newcomer(house, f"there{number}")
        await do_set_email(house.actions, caller, SetEmail(email=f"there{number}@example.org"))
        (mail,) = await mails(house)
        await do_verify_email(house.actions, VerifyEmail(token=token_in(mail)), HOME)


def shuffled() -> list[tuple[str, int]]:
    both = [(kind, number) for kind in ("there", "gone") for number in range(PEOPLE)]
    random.Random(SEED).shuffle(both)
    return both


async def test_log_in(tmp_path: Path) -> None:
    async with open_house(tmp_path) as plain:
        house = plain.with_rates(UNLIMITED)
        await furnish(house)
        seen = [
            await work_of(house, partial(do_log_in, house.actions, LogIn(username=name, password="a guess"), STRANGER))
            for name in (f"{kind}{number}" for kind, number in shuffled())
        ]
        assert len(set(seen)) == 1
        assert seen[0].answer.startswith("bad_credentials")
        assert (seen[0].hashes, seen[0].mails) == (1, 0)


async def test_recovery(tmp_path: Path) -> None:
    async with open_house(tmp_path) as plain:
        house = plain.with_rates(UNLIMITED)
        await furnish(house)
        seen = [
            await work_of(house, partial(do_ask_recovery, house.actions, AskRecovery(email=email), STRANGER))
            for email in (f"{kind}{number}@example.org" for kind, number in shuffled())
        ]
        assert len(set(seen)) == 1
        assert (seen[0].answer, seen[0].hashes, seen[0].mails) == ("done", 0, 1)


async def test_sign_up_with_an_address(tmp_path: Path) -> None:
    async with open_house(tmp_path) as plain:
        house = plain.with_rates(UNLIMITED)
        await furnish(house)
        requests = [
            SignUp(username=f"new{place}", password="a long secret", email=f"{kind}{number}@example.org")
            for place, (kind, number) in enumerate(shuffled())
        ]
        seen = [await work_of(house, partial(do_sign_up, house.actions, request, STRANGER)) for request in requests]
        assert len(set(seen)) == 1
        assert (seen[0].answer, seen[0].mails) == ("done", 1)


async def test_invitation_by_mail(tmp_path: Path) -> None:
    async with open_house(tmp_path) as plain:
        house = plain.with_rates(UNLIMITED)
        await furnish(house)
        boris = await house.user("boris")
        group_id = (await house.group(boris)).group.id
        seen = [
            await work_of(
                house,
                partial(do_invite_by_mail, house.actions, boris, group_id, InviteByMail(email=email)),
            )
            for email in (f"{kind}{number}@example.org" for kind, number in shuffled())
        ]
        assert len(set(seen)) == 1
        assert (seen[0].answer, seen[0].mails) == ("done", 1)


async def test_codes_of_invitations_that_are_none(tmp_path: Path) -> None:
    """One that has ended is as one that never was."""
    async with open_house(tmp_path) as plain:
        house = plain.with_rates(UNLIMITED)
        await furnish(house)
        boris = await house.user("boris")
        group_id = (await house.group(boris)).group.id
        ended = (await do_invite_by_mail(house.actions, boris, group_id, InviteByMail(email="a@example.org"))).code
        house.clock.advance(30 * 86_400)
        answers = set()
        for code in (ended, "x" * len(ended), "nonsense"):
            found = await work_of(house, partial(look_at_invite, house.actions, code, STRANGER))
            answers.add(found.answer)
        assert len(answers) == 1

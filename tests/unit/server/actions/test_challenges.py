from __future__ import annotations

import pytest

from server.actions.challenges import (
    CHALLENGE_S,
    Purpose,
    answered_challenge,
    base64url,
    new_challenge,
    octets_of,
    spend_challenge,
)
from server.domain.errors import Forbidden
from server.domain.ids import Snowflake, UserId
from tests.support.actions import House
from tests.support.authenticator import client_data
from tests.support.factors import octets

ANNA, BEN = UserId(Snowflake(1)), UserId(Snowflake(2))


def answered(challenge: str) -> bytes:
    return client_data("webauthn.get", octets(challenge), "https://talk.example.org")


async def test_a_challenge_is_good_for_its_purpose_and_its_person(house: House) -> None:
    said = answered(new_challenge(house.actions, Purpose.FACTOR, ANNA))
    challenge, ends_ms = answered_challenge(house.actions, said, Purpose.FACTOR, ANNA)
    assert len(challenge) >= 16
    assert ends_ms == house.clock.ms + CHALLENGE_S * 1000
    for purpose, user_id in ((Purpose.PROOF, ANNA), (Purpose.FACTOR, BEN), (Purpose.SIGN_IN, None)):
        with pytest.raises(Forbidden):
            answered_challenge(house.actions, said, purpose, user_id)


async def test_it_expires(house: House) -> None:
    said = answered(new_challenge(house.actions, Purpose.SIGN_IN))
    house.clock.advance(CHALLENGE_S - 1)
    answered_challenge(house.actions, said, Purpose.SIGN_IN)
    house.clock.advance(1)
    with pytest.raises(Forbidden, match="too long"):
        answered_challenge(house.actions, said, Purpose.SIGN_IN)


async def test_no_two_are_the_same(house: House) -> None:
    assert new_challenge(house.actions, Purpose.SIGN_IN) != new_challenge(house.actions, Purpose.SIGN_IN)


async def test_it_is_spent_once(house: House) -> None:
    async with house.store.write() as uow:
        await spend_challenge(uow, b"a challenge", 5)
        with pytest.raises(Forbidden):
            await spend_challenge(uow, b"a challenge", 5)
        await spend_challenge(uow, b"another", 5)


@pytest.mark.parametrize("size", range(5))
def test_bytes_travel_as_base64url(size: int) -> None:
    assert octets_of(base64url(b"\xfb" * size)) == b"\xfb" * size

from __future__ import annotations

import pytest

from server.actions.accounts import SignUp, do_sign_up
from server.actions.context import Settings
from server.actions.owner_links import LASTS_MS, do_make_owner_link
from server.domain.errors import Forbidden
from tests.support.actions import HOME, House


def sign_up(name: str, token: str) -> SignUp:
    return SignUp(username=name, password="a long secret", owner_token=token)


async def refused(house: House, request: SignUp) -> None:
    with pytest.raises(Forbidden) as error:
        await do_sign_up(house.actions, request, HOME)
    assert error.value.code == "bad_owner_token"


async def test_a_link_makes_one_more_operator_once(house: House) -> None:
    house = house.with_settings(Settings(sign_up="closed", address="https://talk.example.org"))
    await house.user("olga", operator=True)
    link = await do_make_owner_link(house.actions)
    beginning, token = link.url.split("=")
    assert beginning == "https://talk.example.org/signup?owner"
    assert (len(token), link.until_ms) == (24, house.clock.ms + LASTS_MS)
    assert (await do_sign_up(house.actions, sign_up("anna", token), HOME)).me.operator
    await refused(house, sign_up("ben", token))


async def test_a_sign_up_that_fails_leaves_the_link(house: House) -> None:
    await house.user("anna")
    token = (await do_make_owner_link(house.actions)).url.split("=")[1]
    with pytest.raises(Exception, match="taken"):
        await do_sign_up(house.actions, sign_up("anna", token), HOME)
    assert (await do_sign_up(house.actions, sign_up("ben", token), HOME)).me.operator


async def test_a_link_ends(house: House) -> None:
    token = (await do_make_owner_link(house.actions)).url.split("=")[1]
    house.clock.advance(LASTS_MS / 1000)
    await refused(house, sign_up("anna", token))

from __future__ import annotations

import pytest

from server.actions.context import Settings
from server.actions.passwords import AskAdvice, PasswordAdvice, advise, check_password, typed_password
from server.domain.errors import Invalid, TooMany
from server.domain.rates import Rate, Rule
from tests.support.actions import HOME, House


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("seven77", "too_short"),
        ("x" * 129, "too_long"),
        ("x" * 100_000, "too_long"),
        ("my anna is", "weak_password"),
        ("PassWord", "weak_password"),
        ("iloveyou", "weak_password"),
        ("parley12", "weak_password"),
        ("example!", "weak_password"),
        ("parleyparley", "weak_password"),
        ("half \ud800 a character", "weak_password"),
    ],
)
async def test_what_cannot_be_a_password(house: House, password: str, code: str) -> None:
    house = house.with_settings(Settings(address="https://talk.example.org"))
    with pytest.raises(Invalid) as refused:
        check_password(house.actions, password, "anna")
    assert refused.value.code == code


async def test_lengths_count_after_normalisation(house: House) -> None:
    assert check_password(house.actions, "a\u0308" * 128, "anna") == "\u00e4" * 128
    with pytest.raises(Invalid):
        check_password(house.actions, "a\u0308" * 7, "anna")


@pytest.mark.parametrize(
    "password", ["parley with anybody", "a dozen talks", "an example of mine", "ナナイロの花が咲く"]
)
async def test_a_word_of_the_server_spoils_no_password_that_has_more_to_it(house: House, password: str) -> None:
    house = house.with_settings(Settings(address="https://talk.example.org"))
    assert check_password(house.actions, password, "anna") == password


async def test_advice_has_a_score_or_says_why_not(house: House) -> None:
    async def asked(password: str, username: str = "") -> PasswordAdvice:
        return await advise(house.actions, AskAdvice(password=password, username=username), HOME)

    assert await asked("short") == PasswordAdvice(score=0, refused="too_short")
    assert await asked("password") == PasswordAdvice(score=0, refused="weak_password")
    assert await asked("anna is great", "Anna") == PasswordAdvice(score=0, refused="weak_password")
    assert await asked("correct horse battery staple") == PasswordAdvice(score=4)
    assert (await asked("zyzzogeton", "not a name!")).refused is None
    house = house.with_rates({Rule.ADVICE: Rate(1, 60)})
    await asked("short")
    with pytest.raises(TooMany):
        await asked("short")


def test_what_was_typed_is_brought_into_one_form_if_it_can_be_anybodys() -> None:
    assert typed_password("a\u0308bc", 128) == "\u00e4bc"
    assert typed_password("x" * 513, 128) is None
    assert typed_password("\ud800", 128) is None

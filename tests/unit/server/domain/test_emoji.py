from __future__ import annotations

import pytest

from server.domain.emoji import check_emoji_name, check_unicode_emoji, own_emoji_id, reaction_key
from server.domain.errors import Invalid
from server.domain.ids import MAX_ID


@pytest.mark.parametrize("key", ["👍", "👍🏽", "👨‍👩‍👧", "🇩🇪", "1️⃣", "❤️"])
def test_one_emoji_is_one(key: str) -> None:
    assert check_unicode_emoji(key) == key


def test_two_spellings_are_one() -> None:
    assert check_unicode_emoji("❤") == check_unicode_emoji("❤\ufe0f") == "❤\ufe0f"


@pytest.mark.parametrize("key", ["", "a", "1", "👍👍", "👍 ", ":+1:", "\ufe0f", "👍" * 65, "\ud800"])
def test_all_else_is_none(key: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_unicode_emoji(key)
    assert refused.value.code == "bad_emoji"


def test_an_own_one_is_named_by_its_id() -> None:
    assert own_emoji_id("123") == 123
    assert own_emoji_id(str(MAX_ID)) == MAX_ID
    for key in ("", "-1", "٣", "1x", str(MAX_ID + 1), "9" * 20, "👍"):
        assert own_emoji_id(key) is None


def test_a_reaction_has_one_key_however_it_is_spelled() -> None:
    assert reaction_key("❤") == reaction_key("❤\ufe0f") == "❤\ufe0f"
    assert reaction_key("0123") == reaction_key("123") == "123"
    with pytest.raises(Invalid) as refused:
        reaction_key("123x")
    assert refused.value.code == "bad_emoji"


def test_names_are_words() -> None:
    assert check_emoji_name("red_Rose2") == "red_Rose2"
    for name in ("a", "x" * 33, "two words", "rose:", "röse", ""):
        with pytest.raises(Invalid) as refused:
            check_emoji_name(name)
        assert refused.value.code == "bad_name"

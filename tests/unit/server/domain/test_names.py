from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.errors import Invalid
from server.domain.names import (
    clean_line,
    fold_username,
    is_blank,
    is_sendable,
    is_visible,
    name_key,
    too_long,
    username_key,
)


def key(username: str) -> str | None:
    return fold_username(username, shortest=2, longest=32)


@pytest.mark.parametrize("name", ["ab", "a1", "42", "a.b", "a_b-c.d", "x" * 32, "a--b"])
def test_user_names(name: str) -> None:
    assert key(name) == name
    assert key(name.upper()) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a",
        "x" * 33,
        "-ab",
        "ab-",
        ".ab",
        "ab_",
        "a b",
        "a@b",
        "ä1",
        "аnna",
        "\u212aelvin",
        "ab\n",
        "a\x00b",
        "\ud800a",
    ],
)
def test_what_is_no_user_name(name: str) -> None:
    assert key(name) is None
    with pytest.raises(Invalid) as refused:
        username_key(name, shortest=2, longest=32)
    assert (refused.value.code, refused.value.data) == ("bad_username", {"min": 2, "max": 32})


def test_the_key_of_a_good_name_is_the_folded_one() -> None:
    assert username_key("Anna.B", shortest=2, longest=32) == "anna.b"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Anna", "Anna"),
        ("  Anna \t Bell\n", "Anna Bell"),
        ("A\u0308nna", "\u00c4nna"),
        ("\u3042\u3000\u3044", "\u3042 \u3044"),
        ("\U0001f469\u200d\U0001f33e", "\U0001f469\u200d\U0001f33e"),
        (
            "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        ),
        ("\u2764\ufe0f", "\u2764\ufe0f"),
    ],
)
def test_lines_are_cleaned(text: str, line: str) -> None:
    assert clean_line(text, "name", longest=20) == line


@pytest.mark.parametrize(
    "text",
    [
        "a\x00b",
        "a\x7fb",
        "\u202eannA",
        "a\u2066b",
        "a\u200bb",
        "a\u00adb",
        "a\u2060b",
        "a\ufeffb",
        "a\ud800b",
        "a\ue000b",
        "a\U000e0041b",
        "a\u3164b",
        "\u200da",
        "a\u200d",
        "a \u200db",
        "a\u200d b",
        "a\u200d\u200db",
    ],
)
def test_what_cannot_be_seen_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        clean_line(text, "display_name", longest=20)
    assert (refused.value.code, refused.value.data) == ("bad_name", {"field": "display_name"})
    assert "display name" in refused.value.message


@pytest.mark.parametrize("text", ["", "   ", "\n", "\u0301", "\u2003"])
def test_a_line_must_show_something(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        clean_line(text, "name", longest=20)
    assert refused.value.code == "too_short"


def test_a_line_may_be_empty_where_that_is_said() -> None:
    assert clean_line("  ", "topic", longest=20, shortest=0) == ""
    with pytest.raises(Invalid):
        clean_line("ab", "name", longest=20, shortest=3)


def test_length_is_counted_after_cleaning() -> None:
    assert clean_line("e\u0301" * 20, "name", longest=20) == "\u00e9" * 20
    for text in ("x" * 21, "x" * 81, "x" * 10_000_000):
        with pytest.raises(Invalid) as refused:
            clean_line(text, "name", longest=20)
        assert (refused.value.code, refused.value.data) == ("too_long", {"field": "name", "max": 20})


@given(st.text(max_size=60))
def test_a_clean_line_stays_as_it_is(text: str) -> None:
    try:
        line = clean_line(text, "name", longest=48)
    except Invalid:
        return
    assert clean_line(line, "name", longest=48) == line
    assert unicodedata.is_normalized("NFC", line)
    assert line.strip() == line
    assert 1 <= len(line) <= 48
    line.encode()


def test_what_shows() -> None:
    assert is_visible("a")
    assert is_visible("\U0001f600")
    assert not any(map(is_visible, " \n\u200b\u0301\u3164\u2800"))
    assert is_blank("\u200b \u3164")
    assert not is_blank("  . ")


def test_what_can_be_sent() -> None:
    assert is_sendable("plain")
    assert is_sendable("\U0001f600 \u00e9")
    assert not is_sendable("half \ud83d")


def test_too_long_says_how_long() -> None:
    assert too_long("group_name", 5).message == "The group name is too long. It may have 5 characters."


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Élodie  Straße", b"elodie strasse"),
        ("anna", b"anna"),
        ("ＡＮＮＡ", b"anna"),
        ("ǅemal", "džemal".replace("ž", "z").encode()),
        (" 🌻 ", "🌻".encode()),
        ("", b""),
        ("\ud800", b"?"),
    ],
)
def test_what_a_name_is_found_by(name: str, key: bytes) -> None:
    assert name_key(name) == key


@given(st.text(st.characters(max_codepoint=0x24F), max_size=48), st.integers(0, 48))
def test_the_key_of_a_beginning_is_the_beginning_of_the_key(name: str, length: int) -> None:
    whole = name_key(name)
    assert name_key(name.upper()) == whole
    assert whole.startswith(name_key(name[:length]))


@given(st.text())
def test_every_text_has_a_key_of_bounded_length(name: str) -> None:
    assert len(name_key(name)) <= 192

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.entities import FilterAction, WordFilter
from server.domain.errors import Invalid
from server.domain.filters import WordBook, check_words
from server.domain.ids import FilterId, GroupId, RoleId, Snowflake
from server.domain.limits import Limits

LIMITS = Limits(filter_words_max=3, filter_word_length=20)
TRUSTED = RoleId(Snowflake(9))


def word_filter(
    *words: str, number: int = 1, action: FilterAction = FilterAction.BLOCK, exempt: tuple[RoleId, ...] = ()
) -> WordFilter:
    return WordFilter(
        id=FilterId(Snowflake(number)),
        group_id=GroupId(Snowflake(2)),
        name=f"filter {number}",
        words=words,
        action=action,
        exempt_role_ids=exempt,
    )


def hits(entry: str, text: str) -> bool:
    return WordBook([word_filter(entry)]).find([text], ()) is not None


@pytest.mark.parametrize(
    ("entry", "text", "hit"),
    [
        ("bad", "so BAD!", True),
        ("bad", "badly", False),
        ("bad", "bád", True),
        ("bad*", "badly", True),
        ("bad*", "forbad", False),
        ("*bad", "forbad", True),
        ("*bad", "badly", False),
        ("*bad*", "forbaddance", True),
        ("two words", "Two, words", True),
        ("two words", "two other words", False),
        ("two wor*", "two wordy things", True),
        ("two words", "words two", False),
        ("東京", "私は東京へ", True),
        ("bad", "", False),
        ("bad", "b a d", False),
    ],
)
def test_what_an_entry_finds(entry: str, text: str, hit: bool) -> None:
    assert hits(entry, text) is hit


def test_the_one_that_does_the_most_counts() -> None:
    book = WordBook(
        [
            word_filter("bad", number=1, action=FilterAction.REPORT),
            word_filter("worse", number=2, action=FilterAction.TIME_OUT),
            word_filter("bad", number=3, action=FilterAction.BLOCK),
        ]
    )
    found = [book.find([text], ()) for text in ("bad", "bad and worse", "fine")]
    assert [one and one.id for one in found] == [3, 2, None]
    assert book.find(["fine", "worse"], ()) is not None


def test_roles_can_be_exempt() -> None:
    book = WordBook([word_filter("bad", exempt=(TRUSTED,))])
    assert book.find(["bad"], (TRUSTED,)) is None
    assert book.find(["bad"], ()) is not None


def test_an_empty_book_is_false() -> None:
    assert not WordBook([])
    assert not WordBook([word_filter("👍")])
    assert WordBook([word_filter("bad")])
    assert WordBook([word_filter("bad*")])


def test_words_are_trimmed_and_kept_once() -> None:
    assert check_words([" bad ", "two   words", "", "bad"], LIMITS) == ("bad", "two words")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([], "bad_request"),
        ([" "], "bad_request"),
        (["a", "b", "c", "d"], "bad_request"),
        (["x" * 21], "too_long"),
        (["👍"], "bad_request"),
        (["a b c d e f"], "bad_request"),
        (["ab*"], "bad_request"),
        (["*"], "bad_request"),
    ],
)
def test_words_that_are_refused(words: list[str], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_words(words, LIMITS)
    assert refused.value.code == code


@given(st.text(alphabet="ab c*", max_size=12), st.text(alphabet="abc ", max_size=30))
def test_the_index_finds_what_looking_at_each_word_finds(entry: str, text: str) -> None:
    def slow() -> bool:
        wanted = entry.replace("*", " ").split()
        words = text.split()
        for at in range(len(words) - len(wanted) + 1) if wanted else ():
            fits = []
            for offset, one in enumerate(wanted):
                word = words[at + offset]
                left = offset == 0 and entry.startswith("*")
                right = offset == len(wanted) - 1 and entry.endswith("*")
                if left and right:
                    fits.append(one in word)
                elif left:
                    fits.append(word.endswith(one))
                else:
                    fits.append(word.startswith(one) if right else word == one)
            if all(fits):
                return True
        return False

    assert hits(entry, text) is slow()

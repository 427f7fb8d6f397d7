from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.entities import Mentions, Message
from server.domain.errors import Invalid
from server.domain.ids import MAX_ID, ChannelId, FileId, GroupId, MessageId, Snowflake, UserId
from server.domain.search import TERMS_MAX, Question, all_by, index, match, parse, words
from server.domain.sections import Code, File, Forward, Reply, Section, Text

LONGEST = 256


def message(*sections: Section, mentions: Mentions | None = None) -> Message:
    return Message(
        id=MessageId(Snowflake(7)),
        channel_id=ChannelId(Snowflake(3)),
        author_id=UserId(Snowflake(5)),
        sections=sections,
        mentions=mentions,
    )


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Hello, World!", ["zzhello", "zzworld"]),
        ("CAFÉ café cafe\u0301", ["zzcafe"] * 3),
        ("Straße STRASSE", ["zzstrasse"] * 2),
        ("foo_bar-baz", ["zzfoo", "zzbar", "zzbaz"]),
        ("a 1 i", ["zza", "zz1", "zzi"]),
        ("Qat", ["zzqqat"]),
        ("привет", ["zz" + "".join(f"q{ord(one):06x}" for one in "привет")]),
        ("東京タワー", [f"zzq{ord(one):06x}" for one in "東京タワー"]),
        ("ﬁn ①", ["zzfin", "zz1"]),
        ("👍 — …", []),
    ],
)
def test_words_become_terms(text: str, terms: list[str]) -> None:
    assert list(words(text)) == terms


@given(st.text())
def test_terms_are_plain_and_short(text: str) -> None:
    for term in words(text):
        assert term.isascii()
        assert term.isalnum()
        assert 3 <= len(term) <= 80


@given(st.text(alphabet=st.characters(categories=("Ll", "Nd"), exclude_characters="ſ"), min_size=1, max_size=12))
def test_the_beginning_of_a_word_is_that_of_its_term(word: str) -> None:
    whole = list(words(word))
    for end in range(1, len(word)):
        begun = list(words(word[:end]))
        if len(whole) == len(begun) == 1:
            assert whole[0].startswith(begun[0])


def test_a_message_is_found_by_all_that_it_shows() -> None:
    file = File(file_id=FileId(Snowflake(1)), name="Rose.png", media_type="image/png", size_bytes=1)
    made = index(
        message(
            Reply(MessageId(Snowflake(2))),
            Text("look at https://example.org"),
            Code("print", "python"),
            Forward(sections=(Text("earlier"), file), sent_ms=1),
            mentions=Mentions(user_ids=(UserId(Snowflake(9)),)),
        ),
        GroupId(Snowflake(2)),
    )
    assert made.words.split() == [
        f"zz{one}" for one in ("look", "at", "https", "example", "org", "print", "earlier", "rose", "png")
    ]
    assert made.scope.split() == ["c3", "a5", "g2", "m9", "hfile", "himage", "hlink", "hcode"]


def test_in_a_conversation_there_is_no_group() -> None:
    assert index(message(Text("x")), None).scope == "c3 a5"
    assert index(message(Text("```\nx\n```")), None).scope == "c3 a5 hcode"


def test_words_phrases_and_the_word_that_is_being_typed() -> None:
    asked = parse('red "old roses" foo-bar garde', LONGEST)
    assert asked == Question(
        phrases=(("zzred",), ("zzold", "zzroses"), ("zzfoo", "zzbar")),
        beginning=("zzgarde",),
    )
    assert parse("garden ", LONGEST) == Question(phrases=(("zzgarden",),))
    assert parse('"old ros', LONGEST) == Question(phrases=(("zzold", "zzros"),))


def test_filters_are_told_from_words() -> None:
    asked = parse('in:#general from:@anna mentions:ben has:link has:file pinned:true in:"two words" http://x', LONGEST)
    assert (asked.channels, asked.authors, asked.mentioned) == (("general", "two words"), ("anna",), ("ben",))
    assert (asked.has, asked.pinned) == (("link", "file"), True)
    assert asked.beginning == ("zzhttp", "zzx")


def test_days_are_moments() -> None:
    day = parse("after:2026-11-25 before:2026-11-27", LONGEST)
    assert day.after is not None
    assert day.before is not None
    assert Snowflake(day.before).created_ms - Snowflake(day.after + 1).created_ms == 86_400_000
    assert parse("before:123 before:99", LONGEST).before == 99
    assert parse("after:123 after:99", LONGEST).after == 123
    assert parse("before:1999-01-01", LONGEST).before == 0


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ("", "q"),
        ("  ", "q"),
        ("👍", "q"),
        ("has:wings", "has"),
        ("pinned:maybe", "pinned"),
        ("before:tomorrow", "before"),
        ("after:2026-02-31", "after"),
        ("after:-1", "after"),
        (f"before:{MAX_ID + 1}", "before"),
        (" ".join("abc" for _ in range(TERMS_MAX + 1)), "q"),
    ],
)
def test_questions_that_mean_nothing(asked: str, where: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse(asked, LONGEST)
    assert (refused.value.code, refused.value.data["where"]) == ("bad_search", where)


def test_a_question_has_an_end() -> None:
    with pytest.raises(Invalid) as refused:
        parse("x" * 257, LONGEST)
    assert refused.value.code == "too_long"


@given(st.text(max_size=LONGEST))
def test_whatever_is_asked_is_understood_or_refused(asked: str) -> None:
    try:
        question = parse(asked, LONGEST)
    except Invalid:
        return
    for phrase in (*question.phrases, question.beginning):
        assert all(term.isascii() and term.isalnum() for term in phrase)


def test_names_become_scope() -> None:
    asked = parse("rose has:link", LONGEST)
    ready = match(asked, within=["g1"], authors=[UserId(Snowflake(5))], mentioned=[UserId(Snowflake(6))])
    assert (ready.within, ready.scope) == (("g1",), ("a5", "m6", "hlink"))
    assert (ready.after, ready.before, ready.beginning, ready.phrases) == (0, MAX_ID, (), (("zzrose",),))


def test_everything_of_one_author() -> None:
    match = all_by(UserId(Snowflake(7)), 9)
    assert (match.within, match.after, match.before, match.phrases) == (("a7",), 0, 9, ())

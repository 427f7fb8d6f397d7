"""Searching messages: how text becomes terms, and what a reader's question means. Pure.

Every database keeps the same terms, made here, and serves as an inverted index alone: letter case, accents, short words and
writing without spaces are the same everywhere. A term is ASCII letters and digits. Words begin with ``zz``, so that none is too
short or a stop word; what narrows a search down (the scope: channel, group, author, who is pinged, what is in the message) begins
with another letter.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec

from server.domain.entities import Message
from server.domain.errors import Invalid
from server.domain.ids import EPOCH_MS, MAX_ID, ChannelId, GroupId, MessageId, Snowflake, UserId
from server.domain.sections import Code, Copied, File, Forward, Section, Text

_WORD: Final = re.compile(r"[^\W_]+")
_LINK: Final = re.compile(r"https?://[^\s<>]", re.IGNORECASE)
_FENCE: Final = re.compile(r"^ {0,3}(?:```|~~~)", re.MULTILINE)
_ACCENTS: Final = re.compile("[\u0300-\u036f]")
_UNSPACED: Final = re.compile(
    # Thai, Lao, Myanmar, Khmer, kana, Han: no spaces between words, so each character is a term and a word is a phrase.
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])"
)
_LETTERS_MAX: Final = 40
"""Of one word; the rest of a longer one is not looked at."""
_TERM_MAX: Final = 80
"""InnoDB keeps terms of up to 84 characters."""
TERMS_MAX: Final = 24
"""Words of one question."""

HAS: Final = ("file", "image", "link", "code")


# ------------------------------------------------------------------------------------------------------------------ terms


def folded_words(text: str) -> Iterator[str]:
    """The words of a text, in its order, in one letter case and without accents; characters of unspaced scripts one by one."""
    folded = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    for found in _WORD.finditer(unicodedata.normalize("NFC", folded)):
        for part in _UNSPACED.split(found[0]):
            if part:
                yield part[:_LETTERS_MAX]


def words(text: str) -> Iterator[str]:
    """The terms of a text, in its order."""
    return map(_term, folded_words(text))


def _term(word: str) -> str:
    """As ASCII, so that the beginning of a word is the beginning of its term."""
    written = "".join(_spelled(one) for one in word)
    return f"zz{written}"[:_TERM_MAX]


def _spelled(character: str) -> str:
    if character == "q":
        return "qq"
    return character if character.isascii() else f"q{ord(character):06x}"


class Indexed(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a message for searching."""

    channel_id: ChannelId
    message_id: MessageId
    words: str
    """Terms with spaces between them."""
    scope: str


def index(message: Message, group_id: GroupId | None) -> Indexed:
    """``group_id``: None in a conversation."""
    written = list(texts(message.sections))
    scope = [channel_term(message.channel_id), f"a{int(message.author_id)}"]
    if group_id is not None:
        scope.append(group_term(group_id))
    if message.mentions is not None:
        scope += [f"m{int(user_id)}" for user_id in message.mentions.user_ids]
    scope += [f"h{kind}" for kind in _kinds(message.sections, written)]
    return Indexed(
        channel_id=message.channel_id,
        message_id=message.id,
        words=" ".join(term for text in written for term in words(text)),
        scope=" ".join(scope),
    )


def texts(sections: Iterable[Section | Copied]) -> Iterator[str]:
    """All that people read in a message: text, code, names of files, in forwards too."""
    for section in sections:
        match section:
            case Text(text=text):
                yield text
            case Code(code=code):
                yield code
            case File(name=name):
                yield name
            case Forward(sections=inner):
                yield from texts(inner)
            case _:
                pass


def _kinds(sections: Sequence[Section], written: Iterable[str]) -> list[str]:
    flat = [one for section in sections for one in (section.sections if isinstance(section, Forward) else (section,))]
    files = [section for section in flat if isinstance(section, File)]
    found = {
        "file": bool(files),
        "image": any(file.media_type.startswith("image/") for file in files),
        "link": any(_LINK.search(text) for text in written),
        "code": any(isinstance(one, Code) or (isinstance(one, Text) and _FENCE.search(one.text)) for one in flat),
    }
    return [kind for kind in HAS if found[kind]]


def channel_term(channel_id: ChannelId) -> str:
    return f"c{int(channel_id)}"


def group_term(group_id: GroupId) -> str:
    return f"g{int(group_id)}"


# --------------------------------------------------------------------------------------------------------------- questions


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked, with names as they were written."""

    phrases: tuple[tuple[str, ...], ...] = ()
    """Terms that follow one another; a single word is a phrase of one."""
    beginning: tuple[str, ...] = ()
    """A phrase whose last term may go on: the last word of what was typed."""
    channels: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    mentioned: tuple[str, ...] = ()
    has: tuple[str, ...] = ()
    after: MessageId | None = None
    """Only messages with a greater id."""
    before: MessageId | None = None
    pinned: bool = False


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """A question for a database: all of it must hold."""

    phrases: tuple[tuple[str, ...], ...]
    beginning: tuple[str, ...]
    within: tuple[str, ...]
    """Scope terms of which a message has at least one."""
    scope: tuple[str, ...]
    """Scope terms that a message has all of."""
    after: int
    before: int
    pinned: bool


def all_by(author_id: UserId, before: int = MAX_ID) -> Match:
    """Everything that one author wrote, wherever it is, before this id."""
    return Match(
        phrases=(), beginning=(), within=(f"a{int(author_id)}",), scope=(), after=0, before=before, pinned=False
    )


_PART: Final = re.compile(
    r'(?P<filter>[a-z]+):(?:"(?P<quoted>[^"]*)"|(?P<value>\S*))|"(?P<phrase>[^"]*)"?|(?P<word>\S+)'
)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def parse(asked: str, longest: int) -> Question:
    """Raises :class:`Invalid`: too_long, bad_search (``where``: the filter that cannot be; ``q``: a question about nothing)."""
    if len(asked) > longest:
        raise Invalid("too_long", f"Ask with at most {longest} characters.", field="q", max=longest)
    phrases: list[tuple[str, ...]] = []
    filters: dict[str, list[str]] = {}
    beginning: tuple[str, ...] = ()
    for part in _PART.finditer(asked):
        name, value = part["filter"], part["quoted"] if part["quoted"] is not None else part["value"]
        if name in _FILTERS:
            filters.setdefault(name, []).append(value or "")
            continue
        terms = tuple(words(part[0]))
        typing = part["phrase"] is None and part.end() == len(asked)
        if terms and typing:
            beginning = terms
        elif terms:  # also what was written as one word: foo-bar, or a name in Han characters
            phrases.append(terms)
    count = sum(len(phrase) for phrase in (*phrases, beginning))
    if count > TERMS_MAX:
        raise Invalid("bad_search", f"Ask with at most {TERMS_MAX} words.", where="q")
    if count == 0 and not filters:
        raise Invalid("bad_search", "Write a word to look for, or a filter such as from:name or has:file.", where="q")
    return _with_filters(tuple(phrases), beginning, filters)


_FILTERS: Final = frozenset({"in", "from", "mentions", "has", "before", "after", "pinned"})


def _with_filters(
    phrases: tuple[tuple[str, ...], ...], beginning: tuple[str, ...], filters: dict[str, list[str]]
) -> Question:
    has = tuple(filters.get("has", ()))
    for kind in has:
        if kind not in HAS:
            raise Invalid("bad_search", f"has: takes one of {', '.join(HAS)}.", where="has")
    if any(value != "true" for value in filters.get("pinned", ())):
        raise Invalid("bad_search", "Write pinned:true to find what was pinned.", where="pinned")
    befores = [_moment(value, "before") for value in filters.get("before", ())]
    afters = [_moment(value, "after") for value in filters.get("after", ())]
    return Question(
        phrases=phrases,
        beginning=beginning,
        channels=tuple(value.removeprefix("#") for value in filters.get("in", ())),
        authors=tuple(value.removeprefix("@") for value in filters.get("from", ())),
        mentioned=tuple(value.removeprefix("@") for value in filters.get("mentions", ())),
        has=has,
        before=min(befores, default=None),
        after=max(afters, default=None),
        pinned="pinned" in filters,
    )


def _moment(value: str, where: str) -> MessageId:
    """The first id of a day (UTC) for ``before``, its last one for ``after``; or the id itself."""
    if value.isascii() and value.isdigit() and len(value) <= 19 and int(value) <= MAX_ID:
        return MessageId(Snowflake(value))
    try:
        day = datetime.date.fromisoformat(value) if _DAY.fullmatch(value) else None
    except ValueError:
        day = None
    if day is None:
        raise Invalid("bad_search", f"{where}: takes a day such as 2026-11-25, or the id of a message.", where=where)
    start = datetime.datetime(day.year, day.month, day.day, tzinfo=datetime.UTC)
    if where == "before":
        return MessageId(Snowflake.at(max(int(start.timestamp() * 1000), EPOCH_MS)))
    end_ms = int(start.timestamp() * 1000) + 86_400_000
    return MessageId(Snowflake(max(Snowflake.at(max(end_ms, EPOCH_MS)) - 1, 0)))


def match(
    question: Question, *, within: Iterable[str], authors: Iterable[UserId], mentioned: Iterable[UserId]
) -> Match:
    """The question, with what its names mean."""
    scope = [f"a{int(user_id)}" for user_id in authors]
    scope += [f"m{int(user_id)}" for user_id in mentioned]
    scope += [f"h{kind}" for kind in question.has]
    return Match(
        phrases=question.phrases,
        beginning=question.beginning,
        within=tuple(within),
        scope=tuple(dict.fromkeys(scope)),
        after=question.after or 0,
        before=MAX_ID if question.before is None else question.before,
        pinned=question.pinned,
    )

"""Words that a group does not want to read. Pure, and linear in the text.

Words are compared folded, as for searching: letter case and accents aside. A ``*`` at an end of an entry stands for any letters;
an entry of several words is found where they follow one another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from server.domain.entities import WordFilter
from server.domain.errors import Invalid
from server.domain.ids import RoleId
from server.domain.limits import Limits
from server.domain.search import folded_words

_WORDS_MAX: Final = 5
"""Of one entry."""
_STAR: Final = "*"


class _Pattern(NamedTuple):
    """One word of an entry."""

    word: str
    open_left: bool
    open_right: bool

    def fits(self, word: str) -> bool:
        if self.open_left:
            return self.word in word if self.open_right else word.endswith(self.word)
        return word.startswith(self.word) if self.open_right else word == self.word


class _Entry(NamedTuple):
    patterns: tuple[_Pattern, ...]
    of_filter: WordFilter


def check_words(words: Iterable[str], limits: Limits) -> tuple[str, ...]:
    """The entries, trimmed and each once. Raises :class:`Invalid`: bad_request (``where``), too_long."""
    clean = tuple(dict.fromkeys(" ".join(word.split()) for word in words if word.strip()))
    if not 1 <= len(clean) <= limits.filter_words_max:
        raise Invalid("bad_request", f"A filter has 1 to {limits.filter_words_max} words.", where="words")
    for index, word in enumerate(clean):
        where = f"words[{index}]"
        if len(word) > limits.filter_word_length:
            raise Invalid("too_long", "This word is too long.", field=where, max=limits.filter_word_length)
        patterns = _patterns(word)
        if not patterns:
            raise Invalid("bad_request", "This has no letters or digits in it.", where=where)
        if len(patterns) > _WORDS_MAX:
            raise Invalid("bad_request", f"An entry has at most {_WORDS_MAX} words.", where=where)
        if any(len(one.word) < 3 for one in patterns if one.open_left or one.open_right):
            raise Invalid("bad_request", "With a * at an end, write at least three letters.", where=where)
    return clean


def _patterns(entry: str) -> tuple[_Pattern, ...]:
    words = list(folded_words(entry))
    last = len(words) - 1
    return tuple(
        _Pattern(word, index == 0 and entry.startswith(_STAR), index == last and entry.endswith(_STAR))
        for index, word in enumerate(words)
    )


class WordBook:
    """The filters of a group, ready to be looked up."""

    def __init__(self, filters: Iterable[WordFilter]) -> None:
        self._whole: defaultdict[str, list[_Entry]] = defaultdict(list)
        """Entries by their first word, where that is whole."""
        self._parts: dict[str, list[_Entry]] = defaultdict(list)
        """Entries by their first word, where that is open at an end."""
        self._lengths: set[int] = set()
        for one in filters:
            for entry in one.words:
                self._add(_Entry(_patterns(entry), one))

    def _add(self, entry: _Entry) -> None:
        if not entry.patterns:
            return
        first = entry.patterns[0]
        if first.open_left or first.open_right:
            self._parts[first.word].append(entry)
            self._lengths.add(len(first.word))
        else:
            self._whole[first.word].append(entry)

    def __bool__(self) -> bool:
        return bool(self._whole or self._parts)

    def find(self, texts: Iterable[str], role_ids: Collection[RoleId]) -> WordFilter | None:
        """The filter that these texts of somebody with these roles hit; of several, the one that does the most."""
        hits = (entry.of_filter for text in texts for entry in self._entries(text))
        counted = [one for one in hits if not any(role_id in one.exempt_role_ids for role_id in role_ids)]
        return max(counted, key=lambda one: _SEVERITY[one.action.value], default=None)

    def _entries(self, text: str) -> Iterator[_Entry]:
        words = list(folded_words(text))
        for at, word in enumerate(words):
            for entry in self._beginning_with(word):
                if _follows(entry.patterns, words, at):
                    yield entry

    def _beginning_with(self, word: str) -> Iterator[_Entry]:
        yield from self._whole.get(word, ())
        seen: set[str] = set()
        for length in self._lengths:
            for start in range(len(word) - length + 1):
                part = word[start : start + length]
                if part in self._parts and part not in seen:
                    seen.add(part)
                    yield from self._parts[part]


_SEVERITY: Final = {"report": 0, "block": 1, "time_out": 2}


def _follows(patterns: Sequence[_Pattern], words: Sequence[str], at: int) -> bool:
    if at + len(patterns) > len(words):
        return False
    return all(pattern.fits(words[at + offset]) for offset, pattern in enumerate(patterns))

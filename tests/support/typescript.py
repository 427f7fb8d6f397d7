"""Reads the few forms of TypeScript in which the web client says what it takes from the server.

That is interfaces and type aliases of objects, unions, arrays, literals and ``Record``; and methods of classes that ask one address
and promise one type.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

_TOKEN: Final = re.compile(r"//[^\n]*|/\*.*?\*/|(\"[^\"]*\"|\w+|[^\s\w])", re.DOTALL)
_DECLARATION: Final = re.compile(r"^(?:export )?(interface|type) (\w+)", re.MULTILINE)
_METHOD: Final = re.compile(r"^  (?:async )?(?:readonly )?(\w+)(?:<\w+>)?\(", re.MULTILINE)
_PROMISE: Final = re.compile(r"\): Promise<(.*?)> \{\n", re.DOTALL)
_ADDRESS: Final = re.compile(r"[`\"](/api/[^`\"]*)[`\"]")
_VERB: Final = re.compile(r"\"(GET|POST|PUT|PATCH|DELETE)\"")


@dataclass(frozen=True)
class Named:
    name: str


@dataclass(frozen=True)
class Literal:
    value: str


@dataclass(frozen=True)
class Many:
    item: Type


@dataclass(frozen=True)
class Mapped:
    value: Type


@dataclass(frozen=True)
class Field:
    kind: Type
    optional: bool


@dataclass(frozen=True)
class Shape:
    fields: Mapping[str, Field]
    extends: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Union:
    kinds: tuple[Type, ...]


Type = Named | Literal | Many | Mapped | Shape | Union


class Call(NamedTuple):
    name: str
    verb: str
    address: str
    """With ``{}`` for what is filled in."""
    answer: Type


def declarations(source: str) -> dict[str, Type]:
    """The interfaces and type aliases of a file, by name."""
    found: dict[str, Type] = {}
    for match in _DECLARATION.finditer(source):
        tokens = _Tokens(source[match.end() :])
        if match[1] == "interface":
            extends = _names(tokens) if tokens.take("extends") else ()
            found[match[2]] = Shape(_fields(tokens), extends)
        elif tokens.take("="):
            found[match[2]] = _type(tokens)
    return found


def calls(source: str) -> Iterator[Call]:
    """What the methods of a file ask of the server, and as what they give it back."""
    starts = list(_METHOD.finditer(source))
    ends = [match.start() for match in starts[1:]] + [len(source)]
    for start, end in zip(starts, ends, strict=True):
        text = source[start.start() : end]
        promise, address, verb = _PROMISE.search(text), _ADDRESS.search(text), _VERB.search(text)
        if promise is not None and address is not None:
            path = re.sub(r"\$\{[^}]*\}", "{}", address[1])
            yield Call(start[1], verb[1] if verb else "GET", path, _type(_Tokens(promise[1])))


class _Tokens:
    def __init__(self, source: str) -> None:
        self._found = [match[1] for match in _TOKEN.finditer(source) if match[1]]
        self._at = 0

    def peek(self) -> str:
        return self._found[self._at] if self._at < len(self._found) else ""

    def next(self) -> str:
        self._at += 1
        return self._found[self._at - 1]

    def take(self, wanted: str) -> bool:
        if self.peek() != wanted:
            return False
        self._at += 1
        return True

    def expect(self, wanted: str) -> None:
        if not self.take(wanted):
            raise ValueError(f"{wanted} expected, not {self.peek()}")


def _names(tokens: _Tokens) -> tuple[str, ...]:
    names = [tokens.next()]
    while tokens.take(","):
        names.append(tokens.next())
    return tuple(names)


def _fields(tokens: _Tokens) -> dict[str, Field]:
    fields: dict[str, Field] = {}
    tokens.expect("{")
    while not tokens.take("}"):
        name = tokens.next()
        optional = tokens.take("?")
        tokens.expect(":")
        fields[name] = Field(_type(tokens), optional)
        tokens.take(";")
    return fields


def _type(tokens: _Tokens) -> Type:
    tokens.take("|")
    kinds = [_postfix(tokens)]
    while tokens.take("|"):
        kinds.append(_postfix(tokens))
    return kinds[0] if len(kinds) == 1 else Union(tuple(kinds))


def _postfix(tokens: _Tokens) -> Type:
    tokens.take("readonly")
    kind = _primary(tokens)
    while tokens.take("["):
        tokens.expect("]")
        kind = Many(kind)
    return kind


def _primary(tokens: _Tokens) -> Type:
    if tokens.peek() == "{":
        return Shape(_fields(tokens))
    if tokens.take("("):
        kind = _type(tokens)
        tokens.expect(")")
        return kind
    word = tokens.next()
    if word.startswith('"'):
        return Literal(word.strip('"'))
    if not tokens.take("<"):
        return Named(word)
    arguments = [_type(tokens)]
    while tokens.take(","):
        arguments.append(_type(tokens))
    tokens.expect(">")
    if word != "Record":
        raise ValueError(f"{word}<> is not known here")
    return Mapped(arguments[1])


def alternatives(kind: Type, known: Mapping[str, Type]) -> Iterator[Type]:
    """What a type may be, with the names of aliases and interfaces replaced by what they stand for."""
    if isinstance(kind, Union):
        for each in kind.kinds:
            yield from alternatives(each, known)
    elif isinstance(kind, Named) and kind.name in known:
        yield from alternatives(known[kind.name], known)
    elif isinstance(kind, Shape) and kind.extends:
        yield Shape(dict(_with_inherited(kind, known)))
    else:
        yield kind


def _with_inherited(kind: Shape, known: Mapping[str, Type]) -> Iterable[tuple[str, Field]]:
    for name in kind.extends:
        for base in alternatives(known[name], known):
            if isinstance(base, Shape):
                yield from base.fields.items()
    yield from kind.fields.items()

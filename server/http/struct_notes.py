"""What the sources say of structs and their fields: the string below a field is its description, as editors show it."""

from __future__ import annotations

import ast
import inspect
import itertools
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

_ROLE: Final = re.compile(r":\w+:`[~!]?([\w.]+)`")


def plain(text: str) -> str:
    """Without the marks of reStructuredText: ``:class:`server.domain.ids.Snowflake``` is a Snowflake, a literal is in backticks."""
    unmarked = _ROLE.sub(lambda found: found[1].rpartition(".")[2], inspect.cleandoc(text))
    return unmarked.replace("``", "`")


def struct_notes(kinds: Iterable[Any]) -> dict[str, Mapping[str, str]]:
    """Name of each struct in ``kinds`` and within them -> field -> what is said of it. Reads source files."""
    modules: dict[str, Mapping[str, Mapping[str, str]]] = {}
    found: dict[str, Mapping[str, str]] = {}
    for kind in _structs(kinds):
        notes: dict[str, str] = {}
        for each in reversed(kind.__mro__):
            if each.__module__ not in modules:
                modules[each.__module__] = _module_notes(each.__module__)
            notes |= modules[each.__module__].get(each.__name__, {})
        found[kind.__name__] = notes
    return found


def _structs(kinds: Iterable[Any]) -> Iterator[type[msgspec.Struct]]:
    seen: set[type] = set()
    waiting: list[Any] = list(msgspec.inspect.multi_type_info(kinds))
    while waiting:
        part = waiting.pop()
        if isinstance(part, msgspec.inspect.StructType):
            if part.cls in seen:
                continue
            seen.add(part.cls)
            yield part.cls
            waiting += [field.type for field in part.fields]
        elif isinstance(part, msgspec.inspect.UnionType):
            waiting += part.types
        else:
            inner = ("item_type", "key_type", "value_type")
            waiting += [getattr(part, name) for name in inner if hasattr(part, name)]
            waiting += getattr(part, "item_types", ())


def _module_notes(name: str) -> dict[str, Mapping[str, str]]:
    """Class -> field -> note; empty for a module without sources."""
    try:
        body = ast.parse(inspect.getsource(sys.modules[name])).body
    except (OSError, TypeError):
        return {}
    return {node.name: dict(_field_notes(node)) for node in body if isinstance(node, ast.ClassDef)}


def _field_notes(definition: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for line, below in itertools.pairwise(definition.body):
        match line, below:
            case ast.AnnAssign(target=ast.Name(id=field)), ast.Expr(value=ast.Constant(value=str(note))):
                yield field, note

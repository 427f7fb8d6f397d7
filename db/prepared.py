"""Statements as SQLite's driver takes them: spelled by SQLAlchemy once, not each time they run.

What SQLAlchemy does around a statement costs several times what SQLite does in it. Of that, only what changes values is left here:
the columns' types. Defaults that Python computes are not: whoever inserts gives every value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Dialect, Executable, Row
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.engine import result_tuple
from sqlalchemy.sql.compiler import SQLCompiler

from db.aiosqlite_connection import Heard, Said
from db.connection import Outcome, Parameters, Step

DIALECT: Final[Dialect] = SQLiteDialect_aiosqlite()

_LIST: Final = re.compile(r"__\[POSTCOMPILE_(\w+)\]")
"""Where SQLAlchemy's compiler leaves room for a list."""

_Change = Callable[[Any], Any]


class Prepared:
    """One statement, executed with values for ``names``."""

    __slots__ = (
        *("_changes", "_compiled", "_constants", "_lists", "_make", "_names", "_order", "_sql", "_to_database"),
        "_types",
    )

    def __init__(self, statement: Executable, names: tuple[str, ...]) -> None:
        compiled = statement.compile(dialect=DIALECT, column_keys=list(names))  # type: ignore[attr-defined]
        assert isinstance(compiled, SQLCompiler)  # noqa: S101 (not the definition of a table)
        defaults = [*compiled.insert_prefetch, *compiled.update_prefetch]
        if defaults:
            raise NotImplementedError(f"give a value for {defaults[0]}: defaults are not computed here")
        self._compiled = compiled
        self._names = frozenset(names)
        self._lists = frozenset(name for name, bound in compiled.binds.items() if bound.expanding)
        self._sql: str | None = None
        """None: not known yet, or a new one for each length of a list."""
        self._order: tuple[tuple[str, _Change | None], ...] = ()
        self._constants: dict[str, Any] = {}
        self._to_database = {
            name: change
            for name, bound in compiled.binds.items()
            if (change := bound.type.dialect_impl(DIALECT).bind_processor(DIALECT)) is not None
        }
        self._types = [column.type for column in getattr(statement, "exported_columns", ())]
        self._changes: list[tuple[int, _Change]] = []
        self._make: Callable[[Sequence[Any]], Row[Any]] | None = None

    def said(self, parameters: Parameters) -> Said:
        if isinstance(parameters, dict):
            return Said(*self._bound(parameters))
        return Said(self._bound(parameters[0])[0], [self._bound(each)[1] for each in parameters], many=True)

    def _bound(self, parameters: Mapping[str, Any]) -> tuple[str, list[Any]]:
        if self._sql is None:
            return self._spelled(parameters)
        values = {**self._constants, **parameters} if self._constants else parameters
        return self._sql, [values[name] if change is None else change(values[name]) for name, change in self._order]

    def _spelled(self, parameters: Mapping[str, Any]) -> tuple[str, list[Any]]:
        lists = self._lists
        if lists and all(parameters.get(name) and not isinstance(parameters[name][0], tuple) for name in lists):
            return self._with_lists(parameters)
        return self._by_the_compiler(parameters)

    def _with_lists(self, parameters: Mapping[str, Any]) -> tuple[str, list[Any]]:
        """As the compiler does it, for lists that have something in them; it takes ten times as long over long ones."""
        sql = _LIST.sub(lambda found: "?" + ", ?" * (len(parameters[found[1]]) - 1), self._compiled.string)
        values: list[Any] = []
        for name in self._compiled.positiontup or ():
            given: Any = parameters[name] if name in parameters else self._compiled.binds[name].effective_value
            some = given if name in self._lists else (given,)
            change = self._to_database.get(name)
            values.extend(some if change is None else map(change, some))
        return sql, values

    def _by_the_compiler(self, parameters: Mapping[str, Any]) -> tuple[str, list[Any]]:
        state = self._compiled.construct_expanded_state(parameters, escape_names=False)
        names = state.positiontup or ()
        order = tuple((name, state.processors.get(name) or self._to_database.get(name)) for name in names)
        if not state.parameter_expansion:
            self._sql, self._order = state.statement, order
            self._constants = {name: state.parameters[name] for name in names if name not in self._names}
        values = state.parameters
        return state.statement, [values[name] if change is None else change(values[name]) for name, change in order]

    def outcome(self, heard: Heard) -> Outcome:
        if not heard.rows:
            return Outcome([], heard.changed)
        make = self._make or self._learn(heard.names)
        if not self._changes:
            return Outcome([make(row) for row in heard.rows], heard.changed)
        return Outcome([make(self._changed(row)) for row in heard.rows], heard.changed)

    def _learn(self, names: Sequence[str]) -> Callable[[Sequence[Any]], Row[Any]]:
        if len(self._types) == len(names):
            changes = [type_.dialect_impl(DIALECT).result_processor(DIALECT, None) for type_ in self._types]
            self._changes = [(index, change) for index, change in enumerate(changes) if change is not None]
        self._make = result_tuple(names)
        return self._make

    def _changed(self, row: Sequence[Any]) -> list[Any]:
        values = list(row)
        for index, change in self._changes:
            values[index] = change(values[index])
        return values


@lru_cache(maxsize=1024)
def prepared(statement: Executable, names: tuple[str, ...]) -> Prepared:
    """Statements are constants of their modules; one that is built anew each time is compiled each time."""
    return Prepared(statement, names)


def prepare(step: Step) -> Prepared:
    parameters = step.parameters
    names = parameters if isinstance(parameters, dict) else parameters[0]
    return prepared(step.statement, tuple(names))

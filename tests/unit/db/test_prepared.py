from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import (
    Boolean,
    Column,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    func,
    insert,
    select,
    text,
    tuple_,
    update,
)

from db.aiosqlite_connection import Heard, Said
from db.connection import Step
from db.prepared import prepare, prepared
from db.tables.columns import Id
from server.domain.ids import Snowflake

TABLE = Table(
    "t",
    MetaData(),
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("name", String(10)),
    Column("on", Boolean),
)
BY_IDS = select(TABLE).where(TABLE.c.id.in_(bindparam("ids", expanding=True)), TABLE.c.name == "a")


def spelled(step: Step) -> Said:
    said = prepare(step).said(step.parameters)
    return said._replace(sql=" ".join(said.sql.split()))


def test_an_insert_names_the_columns_that_are_given() -> None:
    add = insert(TABLE)
    assert spelled(Step(add, {"id": Snowflake(1), "on": True})) == Said(
        'INSERT INTO t (id, "on") VALUES (?, ?)', [1, 1]
    )
    assert spelled(Step(add, {"name": "x", "id": 2})) == Said("INSERT INTO t (id, name) VALUES (?, ?)", [2, "x"])


def test_values_are_those_of_the_database() -> None:
    said = prepare(Step(insert(TABLE), {"id": Snowflake(1)})).said({"id": Snowflake(1)})
    assert [type(value) for value in said.parameters] == [int]


def test_an_update_keeps_its_conditions_apart_from_its_values() -> None:
    change = update(TABLE).where(TABLE.c.id == bindparam("of_id"), TABLE.c.name == "old")
    expected = Said("UPDATE t SET name=? WHERE t.id = ? AND t.name = ?", ["new", 1, "old"])
    for _ in range(2):
        assert spelled(Step(change, {"of_id": 1, "name": "new"})) == expected


def test_many_executions_are_one_statement() -> None:
    rows = [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]
    assert spelled(Step(insert(TABLE), rows)) == Said(
        "INSERT INTO t (id, name) VALUES (?, ?)", [[1, "a"], [2, "b"]], many=True
    )


@pytest.mark.parametrize(
    ("ids", "marks"), [([1], "?"), ([3, 1, 2], "?, ?, ?"), ([], "SELECT 1 FROM (SELECT 1) WHERE 1!=1")]
)
def test_a_list_is_spelled_for_its_length(ids: list[int], marks: str) -> None:
    said = spelled(Step(BY_IDS, {"ids": ids}))
    assert said.sql == f'SELECT t.id, t.name, t."on" FROM t WHERE t.id IN ({marks}) AND t.name = ?'
    assert said.parameters == [*ids, "a"]


TWO_LISTS = (
    select(TABLE.c.id)
    .where(TABLE.c.id.in_(bindparam("ids", expanding=True)), TABLE.c.name == bindparam("of_name"))
    .where(TABLE.c.on.in_(bindparam("those", expanding=True)), TABLE.c.id.not_in(bindparam("ids", expanding=True)))
    .where(TABLE.c.name != "x", tuple_(TABLE.c.id, TABLE.c.name).in_([(1, "a")]))
)


@given(
    st.lists(st.integers(0, 2**63 - 1).map(Snowflake), max_size=5),
    st.lists(st.booleans(), max_size=3),
    st.text(max_size=3),
)
def test_lists_are_spelled_as_the_compiler_spells_them(ids: list[Snowflake], those: list[bool], name: str) -> None:
    statement = prepared(TWO_LISTS, ("ids", "of_name", "those"))
    parameters = {"ids": ids, "of_name": name, "those": those}
    sql, values = statement._by_the_compiler(parameters)
    said = statement.said(parameters)
    assert (said.sql, said.parameters) == (sql, values)
    assert [type(value) for value in said.parameters] == [type(value) for value in values]


def test_a_list_of_pairs_is_left_to_the_compiler() -> None:
    pairs = select(TABLE.c.id).where(tuple_(TABLE.c.id, TABLE.c.name).in_(bindparam("keys", expanding=True)))
    said = spelled(Step(pairs, {"keys": [(1, "a"), (2, "b")]}))
    assert said.sql.endswith("IN (VALUES (?, ?), (?, ?))")
    assert said.parameters == [1, "a", 2, "b"]


def test_rows_have_names_and_the_types_of_their_columns() -> None:
    outcome = prepare(Step(BY_IDS, {"ids": [7]})).outcome(
        Heard(("id", "name", "on"), [(7, "a", 1), (8, None, None)], -1)
    )
    first, second = outcome.rows
    assert (first.id, first.name, first._mapping["on"]) == (7, "a", True)
    assert isinstance(first.id, Snowflake)
    assert tuple(second) == (8, None, None)


def test_rows_of_written_sql_are_as_they_come() -> None:
    step = Step(text("SELECT id, 1 AS one FROM t WHERE id = :id"), {"id": 7})
    assert spelled(step) == Said("SELECT id, 1 AS one FROM t WHERE id = ?", [7])
    (row,) = prepare(step).outcome(Heard(("id", "one"), [(7, 1)], -1)).rows
    assert (row.id, row.one) == (7, 1)


def test_a_count_without_a_name_is_the_first_column() -> None:
    step = Step(select(func.count()).select_from(TABLE), {})
    assert spelled(step).sql == "SELECT count(*) AS count_1 FROM t"
    assert prepare(step).outcome(Heard(("count_1",), [(3,)], -1)).rows[0][0] == 3


def test_what_gives_no_rows_counts() -> None:
    outcome = prepare(Step(insert(TABLE), {"id": 1})).outcome(Heard((), [], 1))
    assert (list(outcome.rows), outcome.changed) == ([], 1)


def test_a_statement_is_compiled_once_for_each_set_of_names() -> None:
    assert prepared(BY_IDS, ("ids",)) is prepared(BY_IDS, ("ids",))
    add = insert(TABLE)
    assert prepare(Step(add, {"id": 1})) is prepare(Step(add, {"id": 2}))
    assert prepare(Step(add, {"id": 1})) is not prepare(Step(add, {"id": 1, "name": "x"}))


def test_defaults_that_python_computes_are_refused() -> None:
    table = Table("d", MetaData(), Column("id", Integer, primary_key=True), Column("x", Integer, default=lambda: 1))
    with pytest.raises(NotImplementedError, match=r"give a value for d\.x"):
        prepare(Step(insert(table), {"id": 1}))


def test_a_value_that_is_missing_is_an_error() -> None:
    step = Step(select(TABLE).where(TABLE.c.id == bindparam("of_id", required=True)), {})
    with pytest.raises(Exception, match="of_id"):
        prepare(step).said(step.parameters)

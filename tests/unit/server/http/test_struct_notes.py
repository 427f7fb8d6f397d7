from __future__ import annotations

import msgspec

from server.domain.ids import UserId
from server.http.struct_notes import plain, struct_notes


class Base(msgspec.Struct):
    first: int
    """Of the base."""


class Leaf(Base):
    name: str
    """A name."""
    silent: str
    other: str
    """Another."""


class Tree(msgspec.Struct):
    leaves: list[Leaf | None]
    by_name: dict[str, Tree]
    """Itself again."""
    owner: UserId


def test_the_string_below_a_field_is_its_note() -> None:
    assert struct_notes([Tree]) == {
        "Tree": {"by_name": "Itself again."},
        "Leaf": {"first": "Of the base.", "name": "A name.", "other": "Another."},
    }


def test_structs_are_found_wherever_they_are() -> None:
    assert struct_notes([dict[str, tuple[Base, ...]], tuple[Leaf, int], int]).keys() == {"Base", "Leaf"}


def test_a_module_without_sources_has_no_notes() -> None:
    homeless = msgspec.defstruct("Homeless", [("name", str)], module="builtins")
    assert struct_notes([homeless]) == {"Homeless": {}}


def test_marks_of_restructuredtext_are_taken_off() -> None:
    assert plain("A :class:`server.domain.ids.Snowflake`, ``{x}``.") == "A Snowflake, `{x}`."

from __future__ import annotations

import argparse

import pytest

from bench.chat.options import PEERS, Options


def test_all_peers_when_none_is_named() -> None:
    arguments = argparse.Namespace(runs=2, seconds=1.0, only="", peers="")
    assert Options.of(arguments) == Options(runs=2, seconds=1.0, peers=frozenset(PEERS))
    arguments.peers = "parley,floor"
    assert Options.of(arguments).peers == {"parley", "floor"}


@pytest.mark.parametrize(("only", "wanted"), [("", True), ("1000", True), ("p99", True), ("snapshot", False)])
def test_a_part_of_any_name_is_enough(only: str, wanted: bool) -> None:
    assert Options(only=only).wants("chat/deliver-1000", "chat/deliver-1000-p99") is wanted

"""Two people do whatever they like; what each has of the other is what their steps say."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from server.domain.entities import RelationKind
from server.domain.relations import NONE, Step, after

A, B = 0, 1


@dataclass
class Model:
    """In other words than the rules: who asks, who blocks, whether they are friends."""

    asks: set[int] = field(default_factory=set)
    blocks: set[int] = field(default_factory=set)
    friends: bool = False

    def step(self, who: int, step: Step) -> bool:
        """Whether it can be done."""
        if step is Step.BLOCK:
            self.blocks.add(who)
            self.asks, self.friends = set(), False
            return True
        if step is Step.END:
            there = who in self.blocks or bool(self.asks) or self.friends
            self.blocks.discard(who)
            self.asks, self.friends = set(), False
            return there
        if self.blocks:
            return False
        if not self.friends:
            self.asks.add(who)
        if self.asks == {A, B}:
            self.asks, self.friends = set(), True
        return True

    def word(self, who: int) -> RelationKind | None:
        if self.blocks:
            return RelationKind.BLOCKED if who in self.blocks else None
        if self.friends:
            return RelationKind.FRIEND
        if self.asks:
            return RelationKind.OUTGOING if who in self.asks else RelationKind.INCOMING
        return None


@given(st.lists(st.tuples(st.sampled_from([A, B]), st.sampled_from(Step)), max_size=30))
def test_whatever_two_people_do(steps: list[tuple[int, Step]]) -> None:
    model, tie = Model(), NONE
    for who, step in steps:
        now = after(tie if who == A else tie.turned, step)
        assert model.step(who, step) is (now is not None)
        if now is not None:
            tie = now if who == A else now.turned
        assert (tie.mine, tie.theirs) == (model.word(A), model.word(B))

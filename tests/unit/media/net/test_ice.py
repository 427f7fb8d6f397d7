from __future__ import annotations

import pytest
from aioice import stun as codec

from media.control import IceCredentials, ParticipantId
from media.net.ice import CONSENT_S, MAX_PATHS, REUSE_S, SILENCE_S, IceLite, IceRegistry, Path
from media.net.udp import pack_address
from tests.support.stun import binding_request

HERE = IceCredentials("here", "password-of-here-and-long")
THERE = IceCredentials("there", "password-of-there-and-long")
HERE_2 = IceCredentials("here2", "password-of-here-second-time")
THERE_2 = IceCredentials("there2", "password-of-there-second-time")


def path(n: int = 1, socket: int = 0) -> Path:
    return Path(socket, pack_address(f"192.0.2.{n}", 40000 + n))


def check(local: IceCredentials = HERE, remote: IceCredentials = THERE, *, nominate: bool = False) -> bytes:
    return binding_request(f"{local.ufrag}:{remote.ufrag}", local.password, nominate=nominate)


class Node:
    """A registry with one agent."""

    def __init__(self) -> None:
        self.registry = IceRegistry()
        self.agent = self.join(1, HERE, THERE)

    def join(self, participant: int, local: IceCredentials, remote: IceCredentials, now: float = 0.0) -> IceLite:
        agent = IceLite(ParticipantId(participant), local, remote, now)
        self.registry.add(agent)
        return agent

    def receive(self, datagram: bytes, source: Path, now: float = 1.0) -> bool:
        return self.registry.receive(datagram, source, now) is not None


@pytest.fixture
def node() -> Node:
    return Node()


def test_a_check_is_answered_and_its_path_known(node: Node) -> None:
    answer = node.registry.receive(check(), path(), 1.0)
    assert answer is not None
    assert answer.agent is node.agent
    assert answer.selected is None
    response = codec.parse_message(answer.response)
    assert response.attributes["XOR-MAPPED-ADDRESS"] == ("192.0.2.1", 40001)
    assert response.check_message_integrity(HERE.password.encode())
    assert node.agent.paths == (path(),)
    assert node.registry.at(path()) is node.agent
    assert node.registry.at(path(1, socket=1)) is None


@pytest.mark.parametrize(
    "datagram",
    [
        b"garbage",
        binding_request("nobody:there", HERE.password),
        binding_request("here:stranger", HERE.password),
        binding_request("here:there", "wrong password"),
        binding_request("here:there", THERE.password),
    ],
)
def test_what_is_not_authentic_is_met_with_silence(node: Node, datagram: bytes) -> None:
    assert not node.receive(datagram, path())
    assert node.agent.paths == ()
    assert node.agent.lapses_at == CONSENT_S


def test_nomination_selects_and_the_last_one_counts(node: Node) -> None:
    assert node.receive(check(), path(1))
    assert node.agent.selected is None
    assert node.receive(check(nominate=True), path(2))
    assert node.agent.selected == path(2)
    assert node.receive(check(), path(1))
    assert node.agent.selected == path(2)
    answer = node.registry.receive(check(nominate=True), path(1), 2.0)
    assert answer is not None
    assert answer.selected == path(1)


def test_who_wants_the_controlled_role_is_told_of_the_conflict(node: Node) -> None:
    datagram = binding_request("here:there", HERE.password, role="ICE-CONTROLLED", nominate=True)
    answer = node.registry.receive(datagram, path(), 1.0)
    assert answer is not None
    assert codec.parse_message(answer.response).error_code == 487
    assert node.agent.paths == ()
    assert node.agent.selected is None


def test_the_path_checked_longest_ago_makes_room_but_never_the_selected_one(node: Node) -> None:
    node.receive(check(nominate=True), path(1), 1.0)
    for n in range(2, MAX_PATHS + 3):
        node.receive(check(), path(n), float(n))
    assert len(node.agent.paths) == MAX_PATHS
    assert path(1) in node.agent.paths
    assert path(2) not in node.agent.paths
    assert node.registry.at(path(2)) is None
    assert node.registry.at(path(1)) is node.agent


def test_media_takes_over_once_the_selected_path_is_silent(node: Node) -> None:
    node.receive(check(nominate=True), path(1), 1.0)
    node.receive(check(), path(2), 1.0)
    assert not node.agent.media_from(path(1), 2.0)
    assert not node.agent.media_from(path(2), 2.0 + SILENCE_S / 2)
    assert node.agent.media_from(path(2), 2.0 + SILENCE_S)
    assert node.agent.selected == path(2)
    assert not node.agent.media_from(path(2), 2.5)
    assert not node.agent.media_from(path(1), 2.5 + SILENCE_S / 2)


def test_media_from_a_path_never_checked_moves_nothing(node: Node) -> None:
    node.receive(check(nominate=True), path(1), 1.0)
    assert not node.agent.media_from(path(3), 100.0)
    assert node.agent.selected == path(1)


def test_media_before_any_nomination_selects_nothing(node: Node) -> None:
    node.receive(check(), path(1), 1.0)
    assert not node.agent.media_from(path(1), 100.0)
    assert node.agent.selected is None


def test_consent_lapses_without_checks_and_lives_with_them(node: Node) -> None:
    assert node.registry.expire(CONSENT_S - 0.1) == []
    node.receive(check(nominate=True), path(), 20.0)
    assert node.registry.expire(20.0 + CONSENT_S - 0.1) == []
    assert node.agent.selected == path()
    assert node.registry.expire(20.0 + CONSENT_S) == [node.agent]
    assert node.agent.selected is None
    assert node.registry.at(path()) is None


def test_media_is_no_consent(node: Node) -> None:
    node.receive(check(nominate=True), path(), 1.0)
    node.agent.media_from(path(), 30.0)
    assert node.registry.expire(1.0 + CONSENT_S) == [node.agent]


def test_a_path_without_checks_is_forgotten_and_a_fresh_one_takes_over(node: Node) -> None:
    node.receive(check(nominate=True), path(1), 1.0)
    node.receive(check(), path(2), 20.0)
    node.receive(check(), path(3), 21.0)
    assert node.registry.expire(1.0 + CONSENT_S) == []
    assert node.agent.paths == (path(2), path(3))
    assert node.agent.selected == path(3)


def test_a_restart_keeps_the_old_credentials_until_the_new_are_nominated(node: Node) -> None:
    node.receive(check(nominate=True), path(1), 1.0)
    node.registry.restart(node.agent, HERE_2, THERE_2)
    assert set(node.agent.ufrags) == {"here", "here2"}
    assert node.receive(check(nominate=True), path(1), 2.0)
    assert node.receive(check(HERE_2, THERE_2), path(2), 2.0)
    assert node.agent.selected == path(1)
    assert node.receive(check(HERE_2, THERE_2, nominate=True), path(2), 3.0)
    assert set(node.agent.ufrags) == {"here2"}
    assert node.agent.selected == path(2)
    assert node.agent.paths == (path(2),)
    assert not node.receive(check(nominate=True), path(1), 4.0)
    assert node.registry.at(path(1)) is None


def test_credentials_of_two_generations_do_not_mix(node: Node) -> None:
    node.registry.restart(node.agent, HERE_2, THERE_2)
    assert not node.receive(check(HERE_2, THERE), path())
    assert not node.receive(check(HERE, THERE_2), path())
    assert not node.receive(binding_request("here2:there2", HERE.password), path())


def test_the_same_path_may_be_nominated_by_both_generations(node: Node) -> None:
    node.receive(check(nominate=True), path(1), 1.0)
    node.registry.restart(node.agent, HERE_2, THERE_2)
    node.receive(check(HERE_2, THERE_2, nominate=True), path(1), 2.0)
    assert node.agent.selected == path(1)
    assert node.agent.paths == (path(1),)


def test_a_second_restart_replaces_the_first(node: Node) -> None:
    node.registry.restart(node.agent, HERE_2, THERE_2)
    node.registry.restart(node.agent, IceCredentials("here3", "p" * 22), THERE_2)
    assert node.agent.ufrags == ("here", "here3")
    assert not node.receive(check(HERE_2, THERE_2), path())


def test_a_ufrag_cannot_be_had_twice(node: Node) -> None:
    other = node.join(2, HERE_2, THERE_2)
    with pytest.raises(ValueError, match="in use"):
        node.join(3, HERE, THERE)
    with pytest.raises(ValueError, match="in use"):
        node.registry.restart(other, HERE, THERE)
    with pytest.raises(ValueError, match="new ufrag"):
        node.registry.restart(other, HERE_2, THERE)
    assert other.ufrags == ("here2",)
    assert len(node.registry) == 2


def test_one_who_left_is_known_no_more(node: Node) -> None:
    node.receive(check(nominate=True), path(), 1.0)
    node.registry.remove(node.agent)
    node.registry.remove(node.agent)
    assert node.registry.at(path()) is None
    assert not node.receive(check(), path())
    assert len(node.registry) == 0
    node.join(2, HERE, THERE)
    assert node.receive(check(), path())


def test_a_path_in_use_cannot_be_taken_and_an_old_one_can(node: Node) -> None:
    other = node.join(2, HERE_2, THERE_2)
    node.receive(check(nominate=True), path(), 1.0)
    assert not node.receive(check(HERE_2, THERE_2, nominate=True), path(), 1.0 + REUSE_S / 2)
    assert node.registry.at(path()) is node.agent
    assert node.receive(check(HERE_2, THERE_2, nominate=True), path(), 1.0 + REUSE_S)
    assert node.registry.at(path()) is other
    assert node.agent.paths == ()
    assert node.agent.selected is None


def test_losing_a_path_that_is_not_selected_keeps_the_selection(node: Node) -> None:
    node.receive(check(), path(1), 1.0)
    node.receive(check(nominate=True), path(2), 20.0)
    assert node.registry.expire(1.0 + CONSENT_S) == []
    assert node.agent.paths == (path(2),)
    assert node.agent.selected == path(2)
    assert node.registry.at(path(1)) is None

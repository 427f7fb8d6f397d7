"""Where server and clients meet: loopback, or a veth pair into a network namespace of our own.

Janus does not use loopback addresses, so a comparison with it needs the namespace, and then every peer gets it. That
takes root and iproute2.
"""

from __future__ import annotations

import contextlib
import dataclasses
import ipaddress
import os
import shutil
import subprocess
from collections.abc import Iterator


@dataclasses.dataclass(frozen=True)
class Network:
    kind: str
    client_ip: str
    server_ip: str
    namespace: str = ""

    def command(self, *words: str) -> list[str]:
        """A command line that runs where servers run."""
        return ["ip", "netns", "exec", self.namespace, *words] if self.namespace else list(words)


LOOPBACK = Network("loopback", "127.0.0.1", "127.0.0.1")


@contextlib.contextmanager
def best_network(loopback: bool = False) -> Iterator[Network]:
    """The veth pair where it can be had and loopback is not wanted, else loopback; cleaned up afterwards."""
    if loopback or os.geteuid() != 0 or shutil.which("ip") is None:
        yield LOOPBACK
        return
    name = f"parley-bench-{os.getpid()}"
    link, peer = f"pb{os.getpid()}a", f"pb{os.getpid()}b"
    # 198.18.0.0/15 is set aside for measurements (RFC 2544 C.2.2).
    first = ipaddress.IPv4Address("198.18.0.0") + 4 * (os.getpid() % (1 << 15))
    network = Network("veth", str(first + 1), str(first + 2), name)
    steps = [
        ["ip", "netns", "add", name],
        ["ip", "link", "add", link, "type", "veth", "peer", "name", peer, "netns", name],
        ["ip", "address", "add", f"{network.client_ip}/30", "dev", link],
        ["ip", "link", "set", link, "up"],
        ["ip", "-n", name, "address", "add", f"{network.server_ip}/30", "dev", peer],
        ["ip", "-n", name, "link", "set", peer, "up"],
        ["ip", "-n", name, "link", "set", "lo", "up"],
    ]
    try:
        for step in steps:
            subprocess.run(step, check=True, capture_output=True)
    except subprocess.CalledProcessError as error:
        print(f"no network namespace ({error.stderr.decode().strip()}): loopback is used, and Janus is left out")
        subprocess.run(["ip", "netns", "delete", name], check=False, capture_output=True)
        yield LOOPBACK
        return
    try:
        yield network
    finally:
        subprocess.run(["ip", "netns", "delete", name], check=False, capture_output=True)

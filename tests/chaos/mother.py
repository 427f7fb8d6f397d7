"""Has all the code of the server loaded, and forks a process that is a whole server whenever it is asked.

Lines in: ``start``, ``kill``. Lines out: what the servers say, and ``ended <wait status>`` after a kill. The end of the input ends
all. A server that is forked starts in a fraction of the seconds that Python takes to load it, so that it can be killed often.
It is ``parley run`` but for the media node, which it starts without.
"""

from __future__ import annotations

import os
import signal
import sys

from media.control import Fingerprint, Ready
from parley import bootstrap, config, logs
from parley.lifecycle import run_server
from parley.media_process import MediaProcess


class VoiceOff(MediaProcess):
    """A media process that is never there."""

    async def start(self) -> Ready:
        return Ready(fingerprint=Fingerprint("sha-256", ""), candidates=(), slots=0)

    async def stop(self) -> None:
        pass

    @property
    def ok(self) -> bool:
        return True


def _announce(line: str) -> None:
    print(line, flush=True)


def _live(settings: config.Settings) -> None:
    """Never returns."""
    code = 1
    try:
        run_server(settings, _announce)
        code = 0
    finally:
        sys.stderr.flush()
        os._exit(code)


def _end(pid: int) -> int:
    os.kill(pid, signal.SIGKILL)
    return os.waitpid(pid, 0)[1]


def main() -> None:
    settings = config.load(os.environ)
    logs.configure(settings.log)
    vars(bootstrap)["MediaProcess"] = VoiceOff
    pid = 0
    for line in sys.stdin:
        if line == "start\n":
            pid = os.fork()
            if pid == 0:
                _live(settings)
        elif line == "kill\n":
            print(f"ended {_end(pid)}", flush=True)
            pid = 0
    if pid:
        _end(pid)


if __name__ == "__main__":
    main()

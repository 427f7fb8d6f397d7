"""Puts the built web client into the wheel, as ``parley/web``; builds it first where it is missing."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WebClientHook(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        web = Path(self.root) / "web"
        if not (web / "dist" / "index.html").is_file():
            _build(web)
        build_data["force_include"][str(web / "dist")] = "parley/web"


def _build(web: Path) -> None:
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        raise RuntimeError("The web client is not built, and there is no Node to build it: run `make web` first.")
    for command in (
        [npm, "ci", "--no-progress", "--loglevel=error"],
        [npm, "run", "--silent", "build"],
        [node, "../scripts/compress.mjs", "dist"],
    ):
        subprocess.run(command, cwd=web, check=True)

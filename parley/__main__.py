"""The ``parley`` command."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NoReturn, TypeVar

import click

from parley import __version__, config
from parley.failures import CannotStart

BAD_SETTING: Final = 2
"""Exit code for a setting that cannot be; others that keep the server from starting give 1."""

_F = TypeVar("_F", bound=Callable[..., Any])


def _settings_options(command: _F) -> _F:
    for option in reversed(
        (
            click.option("--config", "file", type=click.Path(path_type=Path), help="Settings file (TOML)."),
            click.option("--host", help="Addresses to listen on, with commas. Default: this machine only."),
            click.option("--port", help="Port of the page and the API (TCP). Default: 8080."),
            click.option("--data", help="Folder for everything that is kept. Default: ./data."),
            click.option("--server-name", help="Host name under which people reach this server."),
        )
    ):
        command = option(command)
    return command


def _load(
    file: Path | None, host: str | None, port: str | None, data: str | None, server_name: str | None
) -> config.Settings:
    """Ends the program with one line on standard error when a setting is bad."""
    given = {"http.host": host, "http.port": port, "storage.data": data, "server_name": server_name}
    try:
        return config.load(os.environ, file=file, overrides=given)
    except config.BadSetting as error:
        _fail(str(error), BAD_SETTING)


def _fail(line: str, code: int) -> NoReturn:
    click.echo(f"parley: {line}", err=True)
    sys.exit(code)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="parley")
def main() -> None:
    """A self-hosted place to talk: text chat and voice for groups.

    Every setting can also be given in the environment (PARLEY_PORT, ...) or in a TOML file; docs/self-hosting.md has them all.
    """


@main.command()
@_settings_options
def run(**options: Any) -> None:
    """Start the server; Ctrl-C stops it."""
    settings = _load(**options)
    from parley import logs  # only what runs a server loads what a server needs
    from parley.lifecycle import run_server

    logs.configure(settings.log)
    try:
        run_server(settings, _announce)
    except CannotStart as error:
        _fail(str(error), 1)


def _announce(line: str) -> None:
    click.echo(line)
    sys.stdout.flush()


@main.command()
@_settings_options
def health(**options: Any) -> None:
    """Ask the running server whether it is well; exit code 0 means yes. For container health checks."""
    settings = _load(**options)
    from parley.health import ask

    state = ask(settings)
    click.echo(state.text, err=not state.well)
    sys.exit(0 if state.well else 1)


@main.command()
@_settings_options
@click.option("--without-secrets", is_flag=True, help="Leave keys and certificates out.")
@click.option("--verify", is_flag=True, help="Look through the backup FILE instead of making it.")
@click.argument("target", metavar="FILE")
def backup(target: str, without_secrets: bool, verify: bool, **options: Any) -> None:
    """Write a backup of the server, which may run, into FILE; - is standard output."""
    from parley.backup.command import FAILURES, run_backup, run_verify

    try:
        if verify:
            run_verify(Path(target))
        else:
            run_backup(_load(**options), target, with_secrets=not without_secrets)
    except FAILURES as error:
        _fail(str(error), 1)


@main.command()
@_settings_options
@click.option("--replace", is_flag=True, help="Move what is in the data folder out of the way.")
@click.argument("archive", metavar="FILE", type=click.Path(path_type=Path))
def restore(archive: Path, replace: bool, **options: Any) -> None:
    """Make the data folder of a server that does not run from the backup FILE."""
    settings = _load(**options)
    from parley.backup.command import FAILURES, run_restore

    try:
        run_restore(settings, archive, replace=replace)
    except FAILURES as error:
        _fail(str(error), 1)


@main.command()
@_settings_options
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--send-to", metavar="ADDRESS", help="Send a mail there, to see whether it arrives.")
def doctor(*, as_json: bool, send_to: str | None, **options: Any) -> None:
    """Look at everything that this server needs, and say how to mend what is wrong.

    Exit code 0: it works, perhaps with warnings; 1: something has to be mended; 2: a setting cannot be. The server may run or not.
    Nothing is changed.
    """
    settings = _load(**options)
    from parley.doctor import findings
    from parley.doctor.command import run_checks

    parts = run_checks(settings, os.environ, send_to)
    width = shutil.get_terminal_size().columns
    click.echo(findings.as_json(parts) if as_json else findings.as_table(parts, min(width, 120)))
    sys.exit(1 if findings.count(parts, "fail") else 0)


@main.group()
@_settings_options
@click.pass_context
def admin(context: click.Context, /, **options: Any) -> None:
    """Look after the server that runs on the data folder, as the user that runs it."""
    context.obj = options


def _at_the_server(context: click.Context, name: str, *arguments: Any) -> None:
    from parley.admin import command
    from parley.admin.client import AdminError

    folder = _load(**context.obj).storage.data
    try:
        getattr(command, name)(folder, *arguments)
    except AdminError as error:
        _fail(str(error), 1)


@admin.command("owner-link")
@click.pass_context
def admin_owner_link(context: click.Context) -> None:
    """Make a one-time link; the account made by it becomes an operator."""
    _at_the_server(context, "owner_link")


@admin.command("announce")
@click.option("--hours", type=click.FloatRange(min=0.01, max=8784), help="When it ends; else it stays.")
@click.argument("text")
@click.pass_context
def admin_announce(context: click.Context, text: str, hours: float | None) -> None:
    """Show TEXT to everybody, now and when they come."""
    _at_the_server(context, "announce", text, hours)


@admin.command("silence")
@click.pass_context
def admin_silence(context: click.Context) -> None:
    """Take the announcement back."""
    _at_the_server(context, "silence")


@admin.command("ban")
@click.option("--reason", default="", help="For the operators.")
@click.argument("username")
@click.pass_context
def admin_ban(context: click.Context, username: str, reason: str) -> None:
    """Keep an account out, at once and until it is let in again."""
    _at_the_server(context, "ban", username, reason)


@admin.command("unban")
@click.argument("username")
@click.pass_context
def admin_unban(context: click.Context, username: str) -> None:
    """Let an account in again."""
    _at_the_server(context, "unban", username)


@admin.command("reset-factor")
@click.argument("username")
@click.pass_context
def admin_reset_factor(context: click.Context, username: str) -> None:
    """For someone who has lost their second factor: the password is enough again."""
    _at_the_server(context, "reset_factor", username)


@admin.command("stats")
@click.pass_context
def admin_stats(context: click.Context) -> None:
    """How much of everything there is, and who keeps the most files."""
    _at_the_server(context, "stats")


@admin.command("users")
@click.argument("beginning", default="")
@click.pass_context
def admin_users(context: click.Context, beginning: str) -> None:
    """List the accounts whose user name begins so; all of them without BEGINNING."""
    _at_the_server(context, "users", beginning)


if __name__ == "__main__":
    main(prog_name="parley")

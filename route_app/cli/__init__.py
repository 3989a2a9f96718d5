"""Commands of `flask --app route_app.app`; one module per group."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from flask import Flask

from route_app.cli import accounts, database, plan, roads, serve, setup, territory, users, worker
from route_app.db import sentence_for
from route_app.errors import RouteAppError

GROUPS = (
    accounts.group,
    database.group,
    plan.group,
    roads.group,
    serve.serve,
    setup.setup,
    territory.group,
    users.group,
    worker.group,
)


def init_app(app: Flask) -> None:
    """Register every command and group."""
    for group in GROUPS:
        _say_what_is_wrong(group)
        app.cli.add_command(group)


def _say_what_is_wrong(command: click.Command) -> None:
    """Have a command, or each of a group, end in a sentence where a person can do something."""
    if isinstance(command, click.Group):
        for part in command.commands.values():
            _say_what_is_wrong(part)
    elif command.callback is not None and not hasattr(command.callback, "says_what_is_wrong"):
        command.callback = _speaking(command.callback)


def _speaking(do: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(do)
    def speak(*args: Any, **options: Any) -> Any:
        try:
            return do(*args, **options)
        except RouteAppError as error:
            raise click.ClickException(error.message) from error
        except Exception as error:
            said = sentence_for(error)
            if not said and isinstance(error, OSError) and error.strerror:
                said = f"{error.filename or 'A file'} cannot be used: {error.strerror}."
            if not said:
                raise
            raise click.ClickException(said) from error

    speak.says_what_is_wrong = True  # type: ignore[attr-defined]
    return speak

"""Commands of `flask --app route_app.app`; one module per group."""

from flask import Flask

from route_app.cli import accounts, database, plan, roads, serve, setup, territory, users, worker

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
        app.cli.add_command(group)

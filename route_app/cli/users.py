"""`flask users`: add people, list them, and make the links that let them in."""

from typing import TYPE_CHECKING

import click
from flask import current_app
from flask.cli import AppGroup

from route_app.db import transaction
from route_app.errors import NotFound, RouteAppError
from route_app.users import queries, service
from route_app.users.person import Role

if TYPE_CHECKING:
    from sqlmodel import Session

group = AppGroup("users", help="Add people, list them, and make links that let them in.")


@group.command("create")
@click.option("--email", required=True, help="What they sign in with.")
@click.option("--name", required=True)
@click.option("--role", type=click.Choice([role.value for role in Role]), default="rep")
@click.option("--manager", "manager_email", default="", help="The e-mail of their manager.")
@click.option("--password", is_flag=True, help="Ask for a password here instead of a link.")
def create(*, email: str, name: str, role: str, manager_email: str, password: bool) -> None:
    """Add somebody and print the link with which they set their password."""
    typed = (
        click.prompt("Password", hide_input=True, confirmation_prompt=True) if password else None
    )
    try:
        with transaction(current_app.extensions["engine"]) as session:
            manager = _user_id(session, manager_email) if manager_email else None
            user = service.create_user(
                session,
                email=email,
                name=name,
                role=Role(role),
                manager_id=manager,
                password=typed,
            )
            link = "" if typed else _link(service.invite(session, user_id=user.id))
    except RouteAppError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"Added {name} <{email}> as {role}.")
    if link:
        click.echo(f"Send them this link; it works once, for 7 days:\n{link}")


@group.command("list")
def list_users() -> None:
    """Print everybody: e-mail, role, whether they can sign in, name."""
    with transaction(current_app.extensions["engine"], write=False) as session:
        for user in queries.everybody(session):
            state = "off" if not user.active else "active" if user.password_hash else "invited"
            click.echo(f"{user.email}\t{user.role}\t{state}\t{user.name}")


@group.command("first-admin-link")
def first_admin_link() -> None:
    """Print the one-time link that sets up the company and its first admin."""
    try:
        with transaction(current_app.extensions["engine"]) as session:
            token = service.first_admin_link(session)
    except RouteAppError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"Open this link to set up your company; it works once, for 7 days:\n{_link(token)}")


@group.command("reset-link")
@click.argument("email")
def reset_link(email: str) -> None:
    """Print a one-time link with which EMAIL sets a new password."""
    try:
        with transaction(current_app.extensions["engine"]) as session:
            token = service.reset_link(session, user_id=_user_id(session, email))
    except RouteAppError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"Send them this link; it works once, for 24 hours:\n{_link(token)}")


def _user_id(session: "Session", email: str) -> str:
    user = queries.user_by_email(session, email)
    if user is None:
        raise NotFound(f"Nobody signs in with {email}. `flask users list` shows everybody.")
    return user.id


def _link(token: str) -> str:
    return f"{current_app.extensions['settings'].base_url}/invitations/{token}"

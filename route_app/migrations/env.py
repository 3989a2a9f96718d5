"""Alembic's entry: migrate on the connection that was handed over."""

from alembic import context

from route_app.models import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
    transactional_ddl=False,  # the caller's transaction is the one
)
context.run_migrations()

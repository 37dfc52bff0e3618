"""Alembic environment: the portal hands over its connection."""

from alembic import context

from portal.core.db import Base
from portal.models import load_all

load_all()
connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()

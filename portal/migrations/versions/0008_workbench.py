"""names of text modules, required checks, and the words of requests for the desk's search

The index of words is a table of SQLite's own full-text search; other databases have none and are
searched without it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None
WORDS = (
    "CREATE VIRTUAL TABLE request_words USING fts5("
    "words, request_id UNINDEXED, entry_id UNINDEXED, kind UNINDEXED, "
    "tokenize = 'unicode61 remove_diacritics 2')"
)


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def upgrade() -> None:
    with op.batch_alter_table("text_module") as batch_op:
        batch_op.add_column(sa.Column("names", sa.JSON(), nullable=False))
        batch_op.add_column(sa.Column("used", sa.Integer(), nullable=False))
        batch_op.drop_column("name")
    with op.batch_alter_table("request_check") as batch_op:
        batch_op.add_column(sa.Column("texts", sa.JSON(), nullable=False))
        batch_op.add_column(sa.Column("required", sa.Boolean(), nullable=False))
        batch_op.add_column(sa.Column("service", sa.String(length=10), nullable=False))
        batch_op.drop_column("text")
    if _sqlite():
        op.execute(WORDS)


def downgrade() -> None:
    if _sqlite():
        op.execute("DROP TABLE request_words")
    with op.batch_alter_table("request_check") as batch_op:
        batch_op.add_column(sa.Column("text", sa.String(length=300), nullable=False))
        batch_op.drop_column("service")
        batch_op.drop_column("required")
        batch_op.drop_column("texts")
    with op.batch_alter_table("text_module") as batch_op:
        batch_op.add_column(sa.Column("name", sa.String(length=80), nullable=False))
        batch_op.drop_column("used")
        batch_op.drop_column("names")
